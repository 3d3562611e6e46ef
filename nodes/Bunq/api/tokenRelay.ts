import type { IDataObject } from 'n8n-workflow';
import { type Environment, OAUTH } from './hosts';
import { isRecord, parseJson } from './json';
import { networkFailure, type HttpRequest } from './http';

/**
 * bunq documents its token endpoint as a POST whose parameters are in the URL, without a body; n8n posts them as a form
 * (docs/bunq-api.md 7.2). The relay takes the one and asks with the other.
 */

/** What reached the relay's webhook, as n8n parsed it. */
export interface RelayRequest {
	method: string;
	/** Of the header, in lower case; empty without one. */
	contentType: string;
	form: IDataObject;
	/** Where the credential says that it belongs; absent when something else asks. */
	environment?: unknown;
}

export interface RelayResponse {
	status: number;
	/** JSON text. */
	body: string;
}

/** What bunq documents, and all that is ever passed on. */
const FIELDS = ['grant_type', 'code', 'redirect_uri', 'client_id', 'client_secret'];
/** bunq's own are 64 characters; an address is longer. Characters. */
const MAX_FIELD_LENGTH = 2_000;
/** n8n itself would wait five minutes. Milliseconds. */
const TIMEOUT_MS = 30_000;
/**
 * n8n shows a description of its own for the error codes that OAuth knows, none for a status of 500 or more, and writes
 * the whole request, the secret included, beside such a status: so every answer of the relay's own is a 4xx with this code.
 */
const ERROR_CODE = 'bunq_token_relay';
const FAILED_DEPENDENCY = 424;

const reject = (status: number, description: string): RelayResponse => ({
	status,
	body: JSON.stringify({ error: ERROR_CODE, error_description: description }),
});

const ENVIRONMENT_LABELS = { production: 'Production', sandbox: 'Sandbox' };

/** Why this is not the request of a bunq credential, and what to do; undefined when it is one. */
const rejectionReason = (arrived: RelayRequest, environment: Environment) => {
	const { method, contentType, form, environment: wanted } = arrived;
	if (method !== 'POST')
		return 'This is a Bunq Token Relay, and it runs. Paste this address into "Token Relay URL" of a Bunq OAuth2 credential, save it and press Connect.';
	if (!contentType.startsWith('application/x-www-form-urlencoded'))
		return 'A Bunq Token Relay only takes the form that a Bunq OAuth2 credential posts. Nothing was sent to bunq. Paste its address into "Token Relay URL" of that credential and press Connect.';
	const bad = FIELDS.filter((name) => !isText(form[name]));
	if (bad.length > 0)
		return `A Bunq Token Relay needs ${bad.join(', ')}, each once and not empty. Nothing was sent to bunq. Check client ID and client secret in the Bunq OAuth2 credential, save it and press Connect again.`;
	if (form.grant_type !== 'authorization_code')
		return 'A Bunq Token Relay only passes on grant_type authorization_code. Nothing was sent to bunq. Use it for a Bunq OAuth2 credential only.';
	if ((wanted === 'production' || wanted === 'sandbox') && wanted !== environment)
		return `The credential is set to ${ENVIRONMENT_LABELS[wanted]}, the Bunq Token Relay to ${ENVIRONMENT_LABELS[environment]}. Nothing was sent to bunq. Set Environment to the same in both, publish the relay's workflow and press Connect again.`;
	return undefined;
};

const isText = (value: unknown) =>
	typeof value === 'string' && value.length > 0 && value.length <= MAX_FIELD_LENGTH;

/** Asks bunq as it documents, and gives bunq's own status and JSON. Never throws; no answer of its own holds a secret. */
export const relayTokenRequest = async (
	httpRequest: HttpRequest,
	environment: Environment,
	arrived: RelayRequest,
): Promise<RelayResponse> => {
	const reason = rejectionReason(arrived, environment);
	if (reason) return reject(400, reason);
	const parameters = new URLSearchParams(
		FIELDS.map((name) => [name, String(arrived.form[name])] as [string, string]),
	);
	const response = await httpRequest({
		method: 'POST',
		url: `${OAUTH.token[environment]}?${parameters}`,
		headers: {
			Accept: 'application/json',
			'Cache-Control': 'no-cache',
			'User-Agent': 'n8n-nodes-bunq-connect',
		},
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: TIMEOUT_MS,
	}).catch(networkFailure);
	if (!('statusCode' in response))
		return reject(
			FAILED_DEPENDENCY,
			`${response.message}. bunq gave no token. Check that this n8n can reach bunq over the internet (DNS, firewall, proxy), then press Connect again.`,
		);
	const body = String(response.body);
	if (!isRecord(parseJson(body).value))
		return reject(
			FAILED_DEPENDENCY,
			`bunq's token endpoint answered ${response.statusCode} with something that is not JSON: bunq is under maintenance, or a proxy stands between. Press Connect again later.`,
		);
	return { status: response.statusCode, body };
};
