import type { BodyOf, Fields } from './fields';
import type { Switches } from '../control/protocol';
import type { ApiRequest } from '../auth/callers';
import type { StoredFile } from '../bank/attachments';
import type {
	Bank,
	BankEnvironment,
	Credential,
	Installation,
	Json,
	Session,
	User,
} from '../bank/state';

/** The argument of a route's `run`, after all checks. */
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
	/** The user who owns the money; for an app, the user who granted it. */
	user: User;
}

/** The answer of a route: objects, or a file as it is (§9.10). */
export type Result = Items | { file: StoredFile };

interface Items {
	items: Json[];
	pagination?: Json;
	/** True for an installation, whose answer contains the key that would verify it (§3). */
	unsigned?: boolean;
}

/** The names of Boolean switches. */
type Flag = { [K in keyof Switches]: Switches[K] extends boolean ? K : never }[keyof Switches];

interface Row<F extends Fields> {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below `/v1`; `{name}` is a segment. `{userId}` must be the caller's. */
	path: string;
	/** The fields of the body, if it is JSON. A file is in `request.body`. */
	body?: F;
	/** §3: must be signed, regardless of the switches. */
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
	 * §8: whether an OAuth app may do it: true if it is in bunq's list of rights, or a switch where that is unknown.
	 */
	oauth: boolean | Flag;
	/** Ends the refusal "Not enough permissions to …". */
	does: string;
	run(call: SessionCall<F>): Result;
}

/** An endpoint of the bank. */
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

const templates = new Map<string, string[]>();

/** The segments of a route's path. They are cut once: a request is compared with hundreds of routes. */
const segments = (template: string): string[] => {
	const parts = templates.get(template) ?? template.split('/');
	templates.set(template, parts);
	return parts;
};

const match = (template: string, given: string[]): Record<string, string> | undefined => {
	const parts = segments(template);
	if (parts.length !== given.length) return undefined;
	const params: Record<string, string> = {};
	for (const [index, part] of parts.entries()) {
		if (part.startsWith('{')) params[part.slice(1, -1)] = given[index];
		else if (part !== given[index]) return undefined;
	}
	return params;
};

/** The route of a request. */
export const findRoute = (routes: readonly Route[], method: string, path: string): Found => {
	let pathIsKnown = false;
	const given = path.split('/');
	for (const route of routes) {
		const params = match(route.path, given);
		if (params && route.method === method) return { route, params };
		pathIsKnown ||= params !== undefined;
	}
	return pathIsKnown ? 'unknown method' : 'unknown path';
};
