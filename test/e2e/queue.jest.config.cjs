/** n8n in queue mode: a main process and two workers on a Redis and a PostgreSQL of their own. */
module.exports = {
	...require('./jest.config.cjs'),
	testMatch: ['<rootDir>/queue.test.ts'],
	globalSetup: './queue.setup.ts',
};
