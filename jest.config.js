/** Unit and simulator tests. The real n8n has a config of its own: test/e2e/jest.config.cjs. */
module.exports = {
	setupFiles: ['<rootDir>/test/support/environment.ts'],
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/dist/', '<rootDir>/.run/'],
	testTimeout: 30_000,
	// Two cores, and every worker loads n8n-core.
	maxWorkers: 2,
};
