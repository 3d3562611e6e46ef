import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { createClient, type BunqClient } from './api/client';
import { createCredential } from './api/credential';
import { BunqError } from './api/errors';
import type { Environment } from './api/hosts';
import type { HttpRequest } from './api/http';
import { collect } from './api/pagination';
import { createSend, type ClientOptions } from './api/retry';
import { refreshSession } from './api/session';
import type { Account } from './api/types';

/** The fields of both credential types, as n8n stores them. */
interface CredentialFields {
	environment?: Environment;
	deviceDescription?: string;
	allowAnyIp?: boolean;
	oauthTokenData?: { access_token?: string };
	apiKey?: string;
	handshakeSecret?: string;
	allowPaymentsToOthers?: boolean;
	maxAmount?: number | string;
}

/** What the credential's owner allows beyond bunq's own rules; OAuth has bunq's rules only. */
export interface SpendingPolicy {
	paymentsToOthers: boolean;
	/** Euros at once; Infinity: no limit. */
	maxAmount: number;
}

/** What an operation gets: bunq, as one credential, for one execution. */
export interface Bunq extends BunqClient {
	/** All accounts, closed ones too, read once per execution however many items ask. */
	accounts(): Promise<Account[]>;
	spendingPolicy: SpendingPolicy;
}

type N8nContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/**
 * bunq as the credential that the node is set to. Throws a BunqError when it is not connected.
 * @param limits how long its answers may take, where that is not the execution's business
 */
export const connect = async (
	ctx: N8nContext,
	limits: Pick<ClientOptions, 'timeout' | 'signal'> = {},
): Promise<Bunq> => {
	const isKey = ctx.getNodeParameter('authentication', 0) === 'apiKey';
	const data = await ctx.getCredentials<CredentialFields>(
		isKey ? 'bunqApiKeyApi' : 'bunqOAuth2Api',
	);
	const credential = toBunqCredential(data, ctx.getMode?.() === 'manual');
	const signal = cancelSignalOf(ctx);
	const client = createClient({ httpRequest: httpRequestOf(ctx), credential, signal, ...limits });
	const spendingPolicy = isKey
		? readSpendingPolicy(data)
		: { paymentsToOthers: true, maxAmount: Infinity };
	return { ...client, accounts: cached(() => readAllAccounts(client)), spendingPolicy };
};

/** n8n's credential fields as bunq's credential. Throws a BunqError when it is not connected. */
export const toBunqCredential = (fields: CredentialFields, isManual = false) =>
	createCredential({
		environment: fields.environment,
		secret: fields.apiKey ?? fields.oauthTokenData?.access_token,
		deviceName: fields.deviceDescription,
		acceptsAnyIp: fields.allowAnyIp,
		storedSession: fields.handshakeSecret,
		isManual,
	});

/** The handshake for a credential's test. Returns the session to store; throws bunq's refusal as n8n shows it. */
export const handshakeForTest = async (
	helpers: { httpRequest: unknown },
	fields: CredentialFields,
) => {
	const httpRequest = helpers.httpRequest as HttpRequest;
	const credential = toBunqCredential(fields, true);
	return await refreshSession(credential, createSend({ httpRequest, credential })).catch(
		asTestMessage,
	);
};

/** n8n's test shows the message only, and a text of its own in its place when the error has a status code. */
const asTestMessage = async ({ message, description }: BunqError) =>
	await Promise.reject(new Error([message, description].filter(Boolean).join(' ')));

/** A limit that is none is an error, never "no limit". */
const readSpendingPolicy = ({
	allowPaymentsToOthers,
	maxAmount,
}: CredentialFields): SpendingPolicy => {
	const most = Number(maxAmount || Infinity);
	if (Number.isNaN(most) || most < 0)
		throw new BunqError('authentication', '"Max Amount" in the credential is not an amount', {
			description: 'Nothing was sent. Set it to a number of euros, or to 0 for no limit.',
		});
	return { paymentsToOthers: allowPaymentsToOthers === true, maxAmount: most };
};

const readAllAccounts = async (client: BunqClient) =>
	await collect(client.each<Account>('/user/{user}/monetary-account'));

/** Reads at the first call only; a failed read is forgotten, the next item may have more luck. */
const cached = <T>(read: () => Promise<T>) => {
	let known: Promise<T> | undefined;
	return async () => {
		known ??= read();
		known.catch(() => (known = undefined));
		return await known;
	};
};

/** The execution's, where there is one: pickers and polls have none, and older n8n does not tell. */
export const cancelSignalOf = (ctx: N8nContext) =>
	'getExecutionCancelSignal' in ctx ? ctx.getExecutionCancelSignal?.() : undefined;

/** In a function of its own: the credential's secret and the sending of it stay apart. */
const httpRequestOf = (ctx: N8nContext) => ctx.helpers.httpRequest as HttpRequest;
