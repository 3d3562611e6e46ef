/** bunq's hosts by environment (docs/bunq-api.md 1). */
export const HOSTS = {
	production: 'https://api.bunq.com/v1',
	sandbox: 'https://public-api.sandbox.bunq.com/v1',
};

/** Where a person consents, and where a code becomes a token (docs/bunq-api.md 1). */
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

export type Environment = keyof typeof HOSTS;
