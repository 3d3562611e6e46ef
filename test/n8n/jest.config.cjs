const root = require('../../jest.config.js');

/** The real n8n: one instance and one simulated bank for the whole run, started before the first test. */
module.exports = {
	rootDir: __dirname,
	testMatch: ['<rootDir>/*.e2e.test.ts'],
	transform: root.transform,
	globalSetup: './suite.setup.ts',
	globalTeardown: './suite.teardown.ts',
	// One worker is no worker: the tests run in the process that holds the bank.
	maxWorkers: 1,
	// n8n waits for the bank's limits.
	testTimeout: 120_000,
	// An installed package is not one of ours to find again.
	modulePathIgnorePatterns: ['<rootDir>/node_modules/'],
};
