import { consentPage, messagePage } from './consentPage';
import { refuseForm } from './formRefusals';
import { newCode, newGrant } from './grants';
import type { Site } from '../http/hosts';
import { type Answer, type Reply, jsonReply } from '../http/reply';
import { say } from '../http/words';
import { type Bank, type BankEnvironment, now } from '../bank/state';

export interface OAuthRequest {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: Buffer;
}

const html = (status: number, body: string): Reply => ({
	status,
	headers: { 'Content-Type': 'text/html; charset=utf-8' },
	body,
});

const redirect = (uri: string, params: Record<string, string | undefined>): Reply => {
	const target = new URL(uri);
	for (const [name, value] of Object.entries(params)) {
		if (value !== undefined) target.searchParams.set(name, value);
	}
	return { status: 302, headers: { Location: target.href }, body: '' };
};

const formOf = (request: OAuthRequest) =>
	/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')
		? new URLSearchParams(request.body.toString('utf8'))
		: new URLSearchParams();

const done = (reply: Reply, changedSomething = false): Answer => ({ reply, changedSomething });

/** The consent page (§7.1), as seen by the user who scans bunq's QR code. */
const consent = (bank: Bank, env: BankEnvironment, request: OAuthRequest): Answer => {
	const { client_id, redirect_uri, response_type, state } = request.query;
	const client = env.clients.get(client_id);
	// The page that users see if the redirect URL is not registered exactly.
	if (!client?.redirectUris.includes(redirect_uri)) {
		return done(
			html(
				400,
				messagePage(
					'Connection not found',
					'Ask the maker of the app: its client id or its redirect URL is not known to bunq.',
				),
			),
		);
	}
	if (response_type !== 'code') {
		return done(
			html(400, messagePage('Something went wrong', 'The response_type must be "code".')),
		);
	}
	const accounts = [...env.accounts.values()].filter(
		({ userId, status }) => userId === env.personId && status === 'ACTIVE',
	);
	if (request.method === 'GET') return done(html(200, consentPage(client.name, accounts)));
	if (request.method !== 'POST') return done(html(405, messagePage('Method not allowed', '')));

	const form = formOf(request);
	if (form.get('decision') !== 'approve') {
		return done(redirect(redirect_uri, { error: 'access_denied', state }));
	}
	const picked = form.getAll('account').map(Number);
	// All of them includes future ones.
	const accountIds = picked.length === accounts.length ? undefined : picked;
	const grant = {
		clientId: client.id,
		redirectUri: redirect_uri,
		userId: env.personId,
		accountIds,
		state,
	};
	const code = newCode(bank, env, grant);
	return done(redirect(redirect_uri, { code, state }), true);
};

/**
 * §7.2: a POST with its parameters in the URL. Whether bunq also reads a form body is unknown. Basic authentication is
 * undocumented, and ignored.
 */
const exchange = (bank: Bank, env: BankEnvironment, request: OAuthRequest): Answer => {
	if (request.method !== 'POST') {
		return done(
			jsonReply(405, { error: 'invalid_request', error_description: say('methodNotAllowed') }),
		);
	}
	const tokenError = (error: string, error_description: string) =>
		done(jsonReply(bank.switches.tokenErrorStatus, { error, error_description }));
	const readsForm = bank.switches.tokenEndpoint === 'both';
	const params = { ...(readsForm && Object.fromEntries(formOf(request))), ...request.query };
	const code = env.codes.get(params.code ?? '');
	const invalidGrant = () => tokenError('invalid_grant', say('grantInvalid'));
	if (!params.code) {
		const isForm = formOf(request).has('code');
		return isForm ? done(refuseForm(bank.switches.formRefusal)) : invalidGrant();
	}
	if (params.grant_type !== 'authorization_code') {
		return tokenError('unsupported_grant_type', say('grantType'));
	}
	const client = env.clients.get(params.client_id ?? '');
	if (!client || client.secret !== params.client_secret) {
		return tokenError('invalid_client', say('client'));
	}
	const isTheirs = code?.clientId === client.id && code.redirectUri === params.redirect_uri;
	if (!code || !isTheirs || code.expires <= now(bank)) return invalidGrant();
	env.codes.delete(params.code);
	const { secret } = newGrant(bank, env, code);
	const sent = params.state ?? code.state;
	const state = sent === undefined ? {} : { state: sent };
	// §7.3: no refresh_token, no expires_in.
	return done(jsonReply(200, { access_token: secret, token_type: 'bearer', ...state }), true);
};

/** bunq's OAuth hosts (§7). */
export const callOAuth = (
	bank: Bank,
	env: BankEnvironment,
	site: Site,
	request: OAuthRequest,
): Answer => {
	const isConsent = request.path === '/auth';
	if (isConsent && site !== 'token') return consent(bank, env, request);
	if (!isConsent && site !== 'consent') return exchange(bank, env, request);
	return done(html(404, messagePage('Not found', 'This host does not serve this page.')));
};
