/** The address of bunq's API by environment (docs/bunq-api.md 1). */
export const HOSTS = {
	production: 'https://api.bunq.com/v1',
	sandbox: 'https://public-api.sandbox.bunq.com/v1',
};

/** The addresses of bunq's consent page and of its token endpoint by environment (docs/bunq-api.md 1). */
export const OAUTH = {
	authorize: {
		production: 'https://oauth.bunq.com/auth',
		sandbox: 'https://oauth.sandbox.bunq.com/auth',
	},
	token: {
		production: 'https://api.oauth.bunq.com/v1/token',
		sandbox: 'https://api-oauth.sandbox.bunq.com/v1/token',
	},
};

/** bunq's two environments, which share no users and no keys. */
export type Environment = keyof typeof HOSTS;

/** The methods of bunq's API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
