import { type Exchange, get, keepId, post, remove, USER } from '../exchange';

const DEVICE = { description: 'Cross check', secret: '{key}' };

/** Installation, device and session: refusals first, as each succeeds once. */
export const handshake: Exchange[] = [
	get('health check', '/health-check', { token: 'none' }),
	post('installation: without a key', '/installation', {}, { token: 'none' }),
	post('installation: null', '/installation', { client_public_key: null }, { token: 'none' }),
	post('installation: no PEM', '/installation', { client_public_key: 'abc' }, { token: 'none' }),
	post('installation: a number', '/installation', { client_public_key: 1 }, { token: 'none' }),
	{
		name: 'installation: no JSON',
		method: 'POST',
		path: '/installation',
		raw: 'client_public_key=abc',
		token: 'none',
	},
	post(
		'installation',
		'/installation',
		{ client_public_key: '{publicKey}' },
		{
			token: 'none',
			keep: (objects) => ({
				installation: objects.find(({ token }) => token)?.token,
				serverKey: objects.find((one) => one.server_public_key)?.server_public_key,
			}),
		},
	),
	get('installation: list', '/installation', { token: 'installation' }),
	post('device: no token', '/device-server', DEVICE, { token: 'none' }),
	post('device: a token that bunq never gave', '/device-server', DEVICE, { token: 'other' }),
	post('device: no description', '/device-server', { secret: '{key}' }, { token: 'installation' }),
	post('device: no secret', '/device-server', { description: 'x' }, { token: 'installation' }),
	post(
		'device: a secret that bunq never gave',
		'/device-server',
		{ ...DEVICE, secret: 'f'.repeat(64) },
		{ token: 'installation' },
	),
	post(
		'device: permitted_ips is a text',
		'/device-server',
		{ ...DEVICE, permitted_ips: '*' },
		{ token: 'installation' },
	),
	post('device: a wrong signature', '/device-server', DEVICE, {
		token: 'installation',
		signature: 'wrong',
	}),
	post('device', '/device-server', DEVICE, { token: 'installation', signature: 'none' }),
	post('device: again', '/device-server', DEVICE, { token: 'installation' }),
	get('device: list, with the token of the installation', '/device-server', {
		token: 'installation',
	}),
	post('session: no token', '/session-server', { secret: '{key}' }, { token: 'none' }),
	post(
		'session: a token that bunq never gave',
		'/session-server',
		{ secret: '{key}' },
		{
			token: 'other',
		},
	),
	...(['none', 'empty', 'wrong'] as const).map((signature) =>
		post(
			`session: signature ${signature}`,
			'/session-server',
			{ secret: '{key}' },
			{
				token: 'installation',
				signature,
			},
		),
	),
	post('session: no secret', '/session-server', {}, { token: 'installation' }),
	post(
		'session: a secret that bunq never gave',
		'/session-server',
		{ secret: 'f'.repeat(64) },
		{ token: 'installation' },
	),
	post(
		'session',
		'/session-server',
		{ secret: '{key}' },
		{
			token: 'installation',
			keep: (objects) => ({
				session: objects.find(({ token }) => token)?.token,
				user: objects.find((one) => one.session_timeout || one.granted_by_user)?.id,
			}),
		},
	),
	get('user: no token', '/user', { token: 'none' }),
	get('user: a token that bunq never gave', '/user', { token: 'other' }),
	get('user: the token of the installation', '/user', { token: 'installation' }),
	get('device: list', '/device-server'),
	get('device: unknown ID', '/device-server/999999999'),
	get('an unknown path', '/cross-check'),
	get('an unknown path without a token', '/cross-check', { token: 'none' }),
	get('an unknown path below the user', `${USER}/cross-check`),
	post('an unknown path: POST', `${USER}/cross-check`, {}),
];

const FORM = 'application/x-www-form-urlencoded';
const parameters =
	'grant_type=authorization_code&code=0123&redirect_uri=https://example.com/&client_id=0123&client_secret=0123';
const token = (name: string, query: string, more: Partial<Exchange> = {}): Exchange => ({
	name: `token endpoint: ${name}`,
	method: 'POST',
	path: `/v1/token${query && `?${query}`}`,
	site: 'token',
	token: 'none',
	signature: 'none',
	...more,
});

/** Whether a form body is read: with a code that nobody gave, an endpoint that reads it names the code. */
export const oauth: Exchange[] = [
	token('in the URL', parameters),
	token('in a form body', '', { raw: parameters, headers: { 'Content-Type': FORM } }),
	token('in both', parameters, { raw: parameters, headers: { 'Content-Type': FORM } }),
	token('nothing', ''),
	token('another grant type', parameters.replace('authorization_code', 'refresh_token')),
	token('no code', parameters.replace('code=0123&', '')),
	token('GET', parameters, { method: 'GET' }),
	{
		name: 'token endpoint on the host of the consent page, as one page says',
		method: 'POST',
		path: '/token',
		raw: parameters,
		headers: { 'Content-Type': FORM },
		site: 'consent',
		token: 'none',
		signature: 'none',
	},
	post(
		'OAuth client: create',
		`${USER}/oauth-client`,
		{ status: 'ACTIVE' },
		{ keep: keepId('client') },
	),
	get('OAuth client: list', `${USER}/oauth-client`, { keep: keepId('anyClient') }),
	get('OAuth client: read', `${USER}/oauth-client/{anyClient}`),
	post('OAuth client: redirect URL', `${USER}/oauth-client/{client}/callback-url`, {
		url: 'https://example.com/callback',
	}),
	get('OAuth client: redirect URLs', `${USER}/oauth-client/{anyClient}/callback-url`),
];

/** The last ones: the session ends. */
export const farewell: Exchange[] = [
	remove('session: end', '/session/0'),
	get('user: after the session', '/user'),
];
