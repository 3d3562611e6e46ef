import type { Environment } from '../control/protocol';

/** The part of bunq that a host serves. `all`: plain HTTP on this machine. */
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

/** bunq's host names of an environment: of its API, its consent page and its token endpoint. */
export const hostsOf = (environment: Environment) =>
	Object.keys(HOSTS).filter((name) => HOSTS[name].environment === environment);

/** The host of a request; with plain HTTP, a header or the host name may choose the environment. */
export const hostOf = (headers: Record<string, string>): Host | undefined => {
	const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
	if (name === '127.0.0.1' || name === 'localhost' || name === 'sandbox.localhost') {
		const sandbox =
			name === 'sandbox.localhost' || headers['x-simulator-environment'] === 'sandbox';
		return { environment: sandbox ? 'sandbox' : 'production', site: 'all' };
	}
	return HOSTS[name];
};
