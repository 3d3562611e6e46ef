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
	// One worker means none: the tests run in the process that holds the bank.
	maxWorkers: 1,
	// n8n waits for the bank's limits.
	testTimeout: 120_000,
};
