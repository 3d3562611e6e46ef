import {
	sleep,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type ITriggerFunctions,
} from 'n8n-workflow';
import { abortable } from './api/abort';
import { createClient, sendWithoutSession, type BunqClient } from './api/client';
import { createCredential, secretKey, type BunqCredential } from './api/credential';
import { BunqError } from './api/errors';
import { HOSTS, type Environment } from './api/hosts';
import type { HttpRequest } from './api/exchange';
import { ACCOUNTS_PATH } from './api/listPaths';
import { collect } from './api/pagination';
import { redact } from './api/redact';
import { createSend, type ClientOptions } from './api/retry';
import { refreshSession } from './api/session';
import type { Account } from './api/types';
import {
	LEFT_TO_BUNQ,
	readSpendingPolicy,
	type SpendingFields,
	type SpendingPolicy,
} from './spendingPolicy';

/** The fields of both credential types, as n8n stores them. */
interface CredentialFields extends SpendingFields {
	environment?: Environment;
	deviceDescription?: string;
	allowAnyIp?: boolean;
	oauthTokenData?: { access_token?: string };
	apiKey?: string;
	handshakeSecret?: string;
}

/** bunq as one credential, for one execution. */
export interface Bunq extends BunqClient {
	/** All accounts, including closed ones, read once per execution. Throws a BunqError. */
	accounts(): Promise<Account[]>;
	/** The same as far as it was read; none before. Sends nothing. */
	knownAccounts(): Account[];
	spendingPolicy: SpendingPolicy;
	/** Waits so many milliseconds. Throws a BunqError as soon as the execution is stopped. */
	pause(ms: number): Promise<void>;
	/** Tells the user something beside the items; once, however often it is called. Polls and pickers show nothing. */
	hint(text: string): void;
	/** The workflow's time zone, for times that a message shows. */
	timezone(): string;
	/** Identifies the host and the secret, in memory only; the secret cannot be read from it. */
	access: string;
}

type ConnectionLimits = Pick<ClientOptions, 'timeout' | 'signal'>;

type N8nContext = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | ITriggerFunctions;

/**
 * Connects as the credential that the node uses; sends nothing yet. Throws a BunqError of kind `authentication` when the
 * credential is not connected.
 * @param limits a poll's own timeout (milliseconds) and signal, instead of the execution's
 */
export const connect = async (ctx: N8nContext, limits?: ConnectionLimits): Promise<Bunq> =>
	toBunq(ctx, await readCredential(ctx, 0), limits);

/**
 * Connects items, each as its own credential: an expression in a credential may give another one for each item. Items of
 * one credential share a connection. Throws as `connect` does.
 */
export const connectItems = (ctx: IExecuteFunctions) => {
	const connections = new Map<string, Bunq>();
	const hint = showOnce(ctx);
	return async (item: number) => {
		const credential = await readCredential(ctx, item);
		const key = JSON.stringify(credential);
		const bunq = connections.get(key) ?? toBunq(ctx, credential, {}, hint);
		connections.set(key, bunq);
		return bunq;
	};
};

/**
 * Connects to bunq's sandbox without a credential, for the one thing that it gives anybody: a user with a key
 * (docs/bunq-api.md 11). Everything but `send` would need a session.
 */
export const connectWithoutCredential = (ctx: IExecuteFunctions): Bunq => {
	const credential = { host: HOSTS.sandbox, secret: '', deviceName: '', acceptsAnyIp: false };
	const signal = cancelSignalOf(ctx);
	const options = { httpRequest: httpRequestOf(ctx), credential, signal };
	const client = createClient(options);
	return {
		...client,
		send: async (request) => await sendWithoutSession(options, request),
		accounts: async () => await readAllAccounts(client),
		knownAccounts: () => [],
		spendingPolicy: { toOthers: 'never' },
		pause: pauseUntil(signal),
		hint: showOnce(ctx),
		timezone: () => ctx.getTimezone(),
		access: secretKey(credential),
	};
};

const pauseUntil = (signal?: AbortSignal) => async (ms: number) =>
	await abortable(sleep(ms), signal);

const readCredential = async (ctx: N8nContext, item: number) => {
	const isKey = ctx.getNodeParameter('authentication', item) === 'apiKey';
	const type = isKey ? 'bunqApiKeyApi' : 'bunqOAuth2Api';
	// Pickers and polls have no items and ignore the index.
	const fields = await (ctx as IExecuteFunctions).getCredentials<CredentialFields>(type, item);
	return { isKey, fields };
};

const toBunq = (
	ctx: N8nContext,
	{ isKey, fields }: { isKey: boolean; fields: CredentialFields },
	limits: ConnectionLimits = {},
	hint = showOnce(ctx),
): Bunq => {
	const credential = toBunqCredential(fields, {
		isManual: ctx.getMode?.() === 'manual',
		executionId: ctx.getExecutionId?.() || undefined,
	});
	const signal = cancelSignalOf(ctx);
	const client = createClient({
		httpRequest: httpRequestOf(ctx),
		credential,
		signal,
		onWarning: (warning) => hint(`bunq warns: ${warning}`),
		...limits,
	});
	const spendingPolicy = isKey ? readSpendingPolicy(fields) : LEFT_TO_BUNQ;
	const accounts = cached(() => readAllAccounts(client));
	const knownAccounts = () => accounts.known() ?? [];
	return {
		...client,
		accounts: accounts.read,
		knownAccounts,
		spendingPolicy,
		pause: pauseUntil(signal),
		hint,
		timezone: () => ctx.getTimezone(),
		access: secretKey(credential),
	};
};

/**
 * bunq's credential from n8n's credential fields, and who uses it. Throws a BunqError of kind `authentication` when it is
 * not connected.
 */
export const toBunqCredential = (
	fields: CredentialFields,
	usedBy: Pick<BunqCredential, 'isManual' | 'executionId'> = {},
) =>
	createCredential({
		environment: fields.environment,
		secret: fields.apiKey ?? fields.oauthTokenData?.access_token,
		deviceName: fields.deviceDescription,
		acceptsAnyIp: fields.allowAnyIp,
		isOAuth2: fields.apiKey === undefined,
		storedSession: fields.handshakeSecret,
		...usedBy,
	});

/**
 * The handshake of a credential's test (docs/bunq-api.md 2).
 * @returns the session to store in the credential, as JSON. Throws an Error whose message n8n shows.
 */
export const handshakeForTest = async (
	helpers: { httpRequest: unknown },
	fields: CredentialFields,
) => {
	const httpRequest = helpers.httpRequest as HttpRequest;
	const handshake = async () => {
		const credential = toBunqCredential(fields, { isManual: true });
		return await refreshSession(credential, createSend({ httpRequest, credential }));
	};
	return await handshake().catch(asTestMessage);
};

/** n8n's test shows only the message, and replaces it when the error has a status code. */
const asTestMessage = async ({ message, description }: BunqError) =>
	await Promise.reject(
		new Error([message.replace(/\.$/, ''), description].filter(Boolean).join('. ')),
	);

/** All accounts, including closed ones, as they are now. Throws a BunqError. */
export const readAllAccounts = async (client: BunqClient) =>
	await collect(client.each<Account>(ACCOUNTS_PATH));

const MAX_HINTS = 5;

/** Shows each text once, beside the node's output. Pickers, polls and older versions of n8n have no such place. */
const showOnce = (ctx: N8nContext) => {
	const shown = new Set<string>();
	return (text: string) => {
		if (!('addExecutionHints' in ctx) || shown.has(text) || shown.size >= MAX_HINTS) return;
		shown.add(text);
		ctx.addExecutionHints({ message: redact(text), type: 'warning', location: 'outputPane' });
	};
};

/** Reads once, at the first call. A failed read is repeated at the next call. */
const cached = <T>(read: () => Promise<T>) => {
	let reading: Promise<T> | undefined;
	let known: T | undefined;
	return {
		read: async () => {
			reading ??= read();
			reading.catch(() => (reading = undefined));
			known = await reading;
			return known;
		},
		known: () => known,
	};
};

/** The execution's cancel signal. Pickers, polls and older versions of n8n have none. */
export const cancelSignalOf = (ctx: N8nContext) =>
	'getExecutionCancelSignal' in ctx ? ctx.getExecutionCancelSignal?.() : undefined;

/** A function of its own, because n8n's lint forbids reading a credential and sending a request in the same function. */
const httpRequestOf = (ctx: N8nContext) => ctx.helpers.httpRequest as HttpRequest;
