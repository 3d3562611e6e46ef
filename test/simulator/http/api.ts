import {
	type ApiRequest,
	checkHeaders,
	checkRequestId,
	checkSignature,
	installationOf,
	lostInstallation,
	notPermitted,
	sessionOf,
	urlUserId,
} from '../auth/callers';
import { operationOf } from '../../support/openapi';
import { checkFields, isObject } from './fields';
import { countCall } from './limits';
import { Refusal, refusals, refuse } from './refusal';
import { type Answer, apiErrorReply, fileReply, itemsReply } from './reply';
import { ROUTES } from '../resources';
import { type Result, type Route, type SessionCall, findRoute } from './routes';
import type { Bank, BankEnvironment, Credential } from '../bank/state';

const readBody = (bank: Bank, route: Route, request: ApiRequest) => {
	// Where a body has no fields, whether there must be one is unknown.
	const hasFields = Object.keys(route.body ?? {}).length > 0;
	if (!route.body || (!hasFields && request.body.length === 0)) return {};
	const { requireHeaders, strictFields } = bank.switches;
	const type = request.headers['content-type'] ?? '';
	if (requireHeaders && !/^application\/json\b/.test(type)) {
		throw refuse('missingHeader', { name: 'Content-Type: application/json' });
	}
	let body: unknown;
	try {
		body = JSON.parse(request.body.toString('utf8'));
	} catch {
		throw refuse('notJson');
	}
	if (!isObject(body)) throw refuse('notJson');
	return checkFields(route.body, body, strictFields ? undefined : operationOf(route)?.body);
};

const checkUserId = (bank: Bank, credential: Credential, id: string | undefined) => {
	if (id === undefined || id === String(urlUserId(credential))) return;
	if (bank.switches.acceptGrantedUserId && id === String(credential.userId)) return;
	throw refusals.notFound();
};

/** Checks authentication, limit, signature, right and body in bunq's order, then runs the route. */
const run = (
	bank: Bank,
	env: BankEnvironment,
	request: ApiRequest,
	{ route, params }: { route: Route; params: Record<string, string> },
): Result => {
	const token = request.headers['x-bunq-client-authentication'];
	const mandatory = route.mandatorySignature ?? false;
	const count = () => countCall(bank, `${request.caller} ${env.name}`, route.method, route.path);
	const call = { bank, env, request, params };

	if ('run' in route && !('auth' in route)) {
		const session = sessionOf(bank, env, token, request.ip);
		const { credential, installation } = session;
		const isKnown = env.installations.has(installation.token);
		if (!isKnown && !bank.switches.sessionsOutliveInstallation) throw lostInstallation(bank);
		count();
		checkSignature(bank, request, isKnown ? installation.publicKey : undefined, mandatory);
		checkRequestId(bank, request, installation);
		checkUserId(bank, credential, params.userId);
		const allowed = typeof route.oauth === 'boolean' ? route.oauth : bank.switches[route.oauth];
		if (credential.grant && !allowed) throw notPermitted(bank, route.does);
		const user = env.users.get(credential.userId);
		if (!user) throw refusals.notFound();
		const body = readBody(bank, route, request);
		return route.run({ ...call, session, credential, user, body } as SessionCall);
	}
	if (route.auth === 'installation') {
		const installation = installationOf(bank, env, token);
		count();
		checkSignature(bank, request, installation.publicKey, mandatory);
		checkRequestId(bank, request, installation);
		return route.run({ ...call, installation, body: readBody(bank, route, request) });
	}
	count();
	return route.run({ ...call, body: readBody(bank, route, request) });
};

/** Answers a request to bunq's API. */
export const callApi = (bank: Bank, env: BankEnvironment, request: ApiRequest): Answer => {
	try {
		const found = findRoute(ROUTES, request.method, request.path);
		if (found === 'unknown path') throw refuse('unknownPath');
		if (found === 'unknown method') throw refuse('methodNotAllowed');
		checkHeaders(bank, request);
		const result = run(bank, env, request, found);
		const changedSomething = request.method !== 'GET';
		if ('file' in result) return { reply: fileReply(bank, result.file), changedSomething };
		const { items, pagination, unsigned } = result;
		return { reply: itemsReply(bank, items, pagination, !unsigned), changedSomething };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return { reply: apiErrorReply(bank, error), changedSomething: false };
	}
};
