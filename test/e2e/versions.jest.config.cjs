/** The packed package on several versions of n8n, one after the other, each with its own bank. */
module.exports = {
	...require('./jest.config.cjs'),
	testMatch: ['<rootDir>/versions.test.ts'],
	globalSetup: undefined,
	globalTeardown: undefined,
};
