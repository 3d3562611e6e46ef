import type { IDataObject } from 'n8n-workflow';
import { exchange, type HttpRequest } from './exchange';
import { monotonicNow } from './clock';
import { type Environment, OAUTH } from './hosts';
import { isRecord, parseJson } from './json';
import { hideSecrets } from './reason';

/**
 * bunq documents its token endpoint as a POST with its parameters in the URL and no body; n8n posts them as a form
 * (docs/bunq-api.md 7.2). The relay receives the form and sends bunq the URL.
 */

/** A request to the relay's webhook, as n8n parsed it. */
export interface RelayRequest {
	method: string;
	/** The content type in lower case; empty without that header. */
	contentType: string;
	form: IDataObject;
	/** The environment that the credential is set to; absent when the request is not a credential's. */
	environment?: unknown;
}

/** The relay's response to n8n. */
export interface RelayResponse {
	status: number;
	/** JSON text. */
	body: string;
}

/** The parameters that bunq documents (docs/bunq-api.md 7.2). The relay forwards nothing else. */
const FIELDS = ['grant_type', 'code', 'redirect_uri', 'client_id', 'client_secret'];
const SECRET_FIELDS = ['code', 'client_secret'];
/** In characters. bunq's values have 64; a redirect URL has more. */
const MAX_FIELD_LENGTH = 2_000;
/** n8n itself would wait five minutes. */
const TOKEN_TIMEOUT_MS = 30_000;
/**
 * n8n replaces the description of OAuth's own error codes, and for a status of 500 or more it shows no description and
 * logs the whole request with its secret. So the relay's own responses are 4xx with this code.
 */
const ERROR_CODE = 'bunq_token_relay';
const FAILED_DEPENDENCY = 424;

/** A person connects once; anybody who knows the address may call it. Of this process; refused requests count for nothing. */
const MAX_REQUESTS_PER_MINUTE = 30;
const MAX_PARALLEL_REQUESTS = 5;
const MINUTE_MS = 60_000;
/** A token's answer has 200. */
const MAX_ANSWER_CHARACTERS = 10_000;
const OVER_LIMIT = 429;

/** When the requests of the last minute were sent, by the monotonic clock; at most as many as the limit allows. */
let sentAt: number[] = [];
let parallelRequests = 0;

/** Takes a place for a request, whose end the caller reports by `parallelRequests--`. False: there are too many. */
const takePlace = () => {
	const now = monotonicNow();
	sentAt = sentAt.filter((moment) => now - moment < MINUTE_MS);
	if (parallelRequests >= MAX_PARALLEL_REQUESTS || sentAt.length >= MAX_REQUESTS_PER_MINUTE)
		return false;
	sentAt.push(now);
	parallelRequests++;
	return true;
};

const reject = (status: number, description: string): RelayResponse => ({
	status,
	body: JSON.stringify({ error: ERROR_CODE, error_description: description }),
});

const ENVIRONMENT_LABELS = { production: 'Production', sandbox: 'Sandbox' };

/** Why the relay refuses a request, and what to do next; undefined for the request of a bunq credential. */
const rejectionReason = (request: RelayRequest, environment: Environment) => {
	const { method, contentType, form, environment: requested } = request;
	if (method !== 'POST')
		return 'This is a Bunq Token Relay, and it is running. Paste this address into "Token Relay URL" of a Bunq OAuth2 credential, save it and press Connect.';
	if (!contentType.startsWith('application/x-www-form-urlencoded'))
		return 'A Bunq Token Relay accepts only the form that a Bunq OAuth2 credential posts. Nothing was sent to bunq. Paste its address into "Token Relay URL" of that credential and press Connect.';
	const missing = FIELDS.filter((name) => !isText(form[name]));
	if (missing.length > 0)
		return `A Bunq Token Relay needs ${missing.join(', ')}, each once and not empty. Nothing was sent to bunq. Check the client ID and the client secret in the Bunq OAuth2 credential, save it and press Connect again.`;
	if (form.grant_type !== 'authorization_code')
		return 'A Bunq Token Relay forwards only grant_type authorization_code. Nothing was sent to bunq. Use it only for a Bunq OAuth2 credential.';
	if ((requested === 'production' || requested === 'sandbox') && requested !== environment)
		return `The credential is set to ${ENVIRONMENT_LABELS[requested]}, the Bunq Token Relay to ${ENVIRONMENT_LABELS[environment]}. Nothing was sent to bunq. Set Environment to the same in both, publish the relay's workflow and press Connect again.`;
	return undefined;
};

const isText = (value: unknown) =>
	typeof value === 'string' && value.length > 0 && value.length <= MAX_FIELD_LENGTH;

/**
 * Requests a token as bunq documents it (docs/bunq-api.md 7.2). Returns bunq's status and JSON, or a 4xx of the relay's
 * own, which holds no secret. Does not throw.
 */
export const relayTokenRequest = async (
	httpRequest: HttpRequest,
	environment: Environment,
	request: RelayRequest,
): Promise<RelayResponse> => {
	const reason = rejectionReason(request, environment);
	if (reason) return reject(400, reason);
	if (!takePlace())
		return reject(
			OVER_LIMIT,
			`A Bunq Token Relay forwards at most ${MAX_REQUESTS_PER_MINUTE} requests in a minute, and ${MAX_PARALLEL_REQUESTS} at once. Nothing was sent to bunq. Press Connect again in a minute. If this remains, somebody else calls this address: replace the relay with a new one.`,
		);
	return await forward(httpRequest, environment, request).finally(() => parallelRequests--);
};

const forward = async (
	httpRequest: HttpRequest,
	environment: Environment,
	{ form }: RelayRequest,
): Promise<RelayResponse> => {
	const parameters = new URLSearchParams(
		FIELDS.map((name) => [name, String(form[name])] as [string, string]),
	);
	const headers = {
		Accept: 'application/json',
		'Cache-Control': 'no-cache',
		'User-Agent': 'n8n-nodes-bunq-connect',
	};
	const url = `${OAUTH.token[environment]}?${parameters}`;
	const options = { method: 'POST' as const, url, headers };
	const response = await exchange(httpRequest, options, TOKEN_TIMEOUT_MS);
	if (!('statusCode' in response))
		return reject(
			FAILED_DEPENDENCY,
			`${response.message}. bunq issued no token. Check that this n8n can reach bunq over the internet (DNS, firewall, proxy), then press Connect again.`,
		);
	const body = response.body.toString('utf8');
	if (body.length > MAX_ANSWER_CHARACTERS || !isRecord(parseJson(body).value))
		return reject(
			FAILED_DEPENDENCY,
			`bunq's token endpoint answered ${response.statusCode} without a token or a reason: bunq is under maintenance, or a proxy answered in its place. Press Connect again later.`,
		);
	if (response.statusCode < 300) return { status: response.statusCode, body };
	// n8n shows and logs the reason, and bunq may repeat in it what it was sent.
	return {
		status: response.statusCode,
		body: hideSecrets(
			body,
			SECRET_FIELDS.map((name) => form[name]),
		),
	};
};
