const { transform } = require('../../jest.config.js');

/** The real n8n: one instance and one simulated bank for the whole run, started before the first test. */
module.exports = {
	rootDir: __dirname,
	testMatch: ['<rootDir>/*.e2e.test.ts'],
	modulePathIgnorePatterns: ['<rootDir>/node_modules/', '<rootDir>/versions/'],
	transform,
	testSequencer: './sequencer.cjs',
	globalSetup: './suite.setup.ts',
	globalTeardown: './suite.teardown.ts',
	// With one worker, the tests run in the process that runs the bank.
	maxWorkers: 1,
	// n8n waits for the bank's rate limits.
	testTimeout: 120_000,
};
