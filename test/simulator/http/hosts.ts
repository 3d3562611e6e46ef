import type { Environment } from '../control/protocol';

/** What a host of bunq serves. `all`: this machine's plain HTTP. */
export type Site = 'api' | 'consent' | 'token' | 'all';

export interface Host {
	environment: Environment;
	site: Site;
}

/** §1. */
const HOSTS: Record<string, Host> = {
	'api.bunq.com': { environment: 'production', site: 'api' },
	'oauth.bunq.com': { environment: 'production', site: 'consent' },
	'api.oauth.bunq.com': { environment: 'production', site: 'token' },
	'public-api.sandbox.bunq.com': { environment: 'sandbox', site: 'api' },
	'oauth.sandbox.bunq.com': { environment: 'sandbox', site: 'consent' },
	'api-oauth.sandbox.bunq.com': { environment: 'sandbox', site: 'token' },
};

/** The host that a request is for; plain HTTP on this machine may name its environment in a header or the name. */
export const hostOf = (headers: Record<string, string>): Host | undefined => {
	const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
	if (name === '127.0.0.1' || name === 'localhost' || name === 'sandbox.localhost') {
		const sandbox =
			name === 'sandbox.localhost' || headers['x-simulator-environment'] === 'sandbox';
		return { environment: sandbox ? 'sandbox' : 'production', site: 'all' };
	}
	return HOSTS[name];
};
