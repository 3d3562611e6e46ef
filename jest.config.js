/** Unit and simulator tests. The real n8n has a config of its own: test/e2e/jest.config.cjs. */
module.exports = {
	testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
	runtime: '<rootDir>/test/support/jest/runtime.cjs',
	testSequencer: '<rootDir>/test/support/jest/sequencer.cjs',
	setupFiles: ['<rootDir>/test/support/environment.ts', '<rootDir>/test/support/keyPairs.ts'],
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/dist/', '<rootDir>/.run/'],
	testTimeout: 30_000,
	// Two cores, and every worker loads n8n-core once.
	maxWorkers: 2,
};
