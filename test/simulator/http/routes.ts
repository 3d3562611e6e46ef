import type { BodyOf, Fields } from './fields';
import type { Switches } from '../control/protocol';
import type { ApiRequest } from '../auth/callers';
import type {
	Bank,
	BankEnvironment,
	Credential,
	Installation,
	Json,
	Session,
	User,
} from '../bank/state';

/** What a row's `run` gets: everything about the call is checked by then. */
export interface Call<F extends Fields = Fields> {
	bank: Bank;
	env: BankEnvironment;
	request: ApiRequest;
	params: Record<string, string>;
	body: BodyOf<F>;
}

/** A call with an installation token (§2.2, §2.3). */
export interface InstallationCall<F extends Fields = Fields> extends Call<F> {
	installation: Installation;
}

/** A call within a session. */
export interface SessionCall<F extends Fields = Fields> extends Call<F> {
	session: Session;
	credential: Credential;
	/** The user whose money it is; for an app: the one who granted it. */
	user: User;
}

/** What a row answers. */
export interface Result {
	items: Json[];
	pagination?: Json;
	/** The answer to an installation carries the key that would verify it: not signed (§3). */
	unsigned?: boolean;
}

/** The names of the switches that are on or off. */
type Flag = { [K in keyof Switches]: Switches[K] extends boolean ? K : never }[keyof Switches];

interface Row<F extends Fields> {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below `/v1`; `{name}` is one part. `{userId}` must be the caller's. */
	path: string;
	/** The fields of its body. None: there is no body. */
	body?: F;
	/** §3: to be signed whatever the switches say. */
	mandatorySignature?: boolean;
}

interface OpenRow<F extends Fields> extends Row<F> {
	auth: 'none';
	run(call: Call<F>): Result;
}

interface InstallationRow<F extends Fields> extends Row<F> {
	auth: 'installation';
	run(call: InstallationCall<F>): Result;
}

interface SessionRow<F extends Fields> extends Row<F> {
	/**
	 * §8: whether an OAuth app may do it: in bunq's list of rights, not in it, or a switch because
	 * nobody knows.
	 */
	oauth: boolean | Flag;
	/** Ends the refusal "Not enough permissions to …". */
	does: string;
	run(call: SessionCall<F>): Result;
}

/** A row of the bank's table: one endpoint. */
export type Route = OpenRow<Fields> | InstallationRow<Fields> | SessionRow<Fields>;

const erase = <F extends Fields>(row: Row<F>) => row as unknown as Route;

/** An endpoint without authentication. */
export const openRoute = <F extends Fields = Record<never, never>>(row: Omit<OpenRow<F>, 'auth'>) =>
	erase({ ...row, auth: 'none' } as OpenRow<F>);

/** An endpoint of the handshake. */
export const installationRoute = <F extends Fields = Record<never, never>>(
	row: Omit<InstallationRow<F>, 'auth'>,
) => erase({ ...row, auth: 'installation' } as InstallationRow<F>);

/** Any other endpoint. */
export const route = <F extends Fields = Record<never, never>>(row: SessionRow<F>) => erase(row);

export type Found =
	| { route: Route; params: Record<string, string> }
	| 'unknown path'
	| 'unknown method';

const match = (template: string, path: string): Record<string, string> | undefined => {
	const parts = template.split('/');
	const given = path.split('/');
	if (parts.length !== given.length) return undefined;
	const params: Record<string, string> = {};
	for (const [index, part] of parts.entries()) {
		if (part.startsWith('{')) params[part.slice(1, -1)] = given[index];
		else if (part !== given[index]) return undefined;
	}
	return params;
};

/** The row for a request. */
export const findRoute = (routes: readonly Route[], method: string, path: string): Found => {
	let pathIsKnown = false;
	for (const route of routes) {
		const params = match(route.path, path);
		if (params && route.method === method) return { route, params };
		pathIsKnown ||= params !== undefined;
	}
	return pathIsKnown ? 'unknown method' : 'unknown path';
};
