/** The packed package on older versions of n8n, and on the newest: one after the other, each with a bank of its own. */
module.exports = {
	...require('./jest.config.cjs'),
	testMatch: ['<rootDir>/versions.test.ts'],
	globalSetup: undefined,
	globalTeardown: undefined,
};
