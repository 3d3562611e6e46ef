import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { createClient, exchangeWith, type BunqClient, type ClientOptions } from './api/client';
import { BunqError } from './api/errors';
import type { HttpRequest } from './api/http';
import { testSession, type Access } from './api/session';
import type { Account } from './api/types';

/** bunq's hosts by environment (facts/bunq-api.md 1). */
export const HOSTS = {
	production: 'https://api.bunq.com/v1',
	sandbox: 'https://public-api.sandbox.bunq.com/v1',
};

/** Where a person consents, and where a code becomes a token (facts/bunq-api.md 1). */
export const OAUTH = {
	authorize: {
		production: 'https://oauth.bunq.com/auth',
		sandbox: 'https://oauth.sandbox.bunq.com/auth',
	},
	token: {
		production: 'https://api.oauth.bunq.com/v1/token',
		sandbox: 'https://api-oauth.sandbox.bunq.com/v1/token',
	},
};

export type Environment = keyof typeof HOSTS;

interface CredentialData {
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
export interface Allowance {
	paymentsToOthers: boolean;
	/** Euros at once; Infinity: no limit. */
	maxAmount: number;
}

/** What an operation gets: bunq, as one credential, for one execution. */
export interface Bunq extends BunqClient {
	/** All accounts, closed ones too, read once per execution however many items ask. */
	accounts(): Promise<Account[]>;
	allowance: Allowance;
}

type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/**
 * bunq as the credential that the node is set to. Throws a BunqError when it is not connected.
 * @param limits how long its answers may take, where that is not the execution's business
 */
export const connect = async (
	ctx: Context,
	limits: Pick<ClientOptions, 'timeout' | 'signal'> = {},
): Promise<Bunq> => {
	const isKey = ctx.getNodeParameter('authentication', 0) === 'apiKey';
	const data = await ctx.getCredentials<CredentialData>(isKey ? 'bunqApiKeyApi' : 'bunqOAuth2Api');
	const access = {
		...accessOf(data),
		manual: ctx.getMode?.() === 'manual',
	};
	const signal = signalOf(ctx);
	const client = createClient({ httpRequest: requester(ctx), access, signal, ...limits });
	const allowance = isKey ? allowanceOf(data) : { paymentsToOthers: true, maxAmount: Infinity };
	return { ...client, accounts: once(() => allAccounts(client)), allowance };
};

/** A limit that is none is an error, never "no limit". */
const allowanceOf = ({ allowPaymentsToOthers, maxAmount }: CredentialData): Allowance => {
	const most = Number(maxAmount || Infinity);
	if (Number.isNaN(most) || most < 0)
		throw new BunqError('credential', '"Max Amount" in the credential is not an amount', {
			description: 'Nothing was sent. Set it to a number of euros, or to 0 for no limit.',
		});
	return { paymentsToOthers: allowPaymentsToOthers === true, maxAmount: most };
};

const allAccounts = async (client: BunqClient) => {
	const accounts: Account[] = [];
	for await (const account of client.each<Account>('/user/{user}/monetary-account'))
		accounts.push(account);
	return accounts;
};

/** Reads at the first call only; a failed read is forgotten, the next item may have more luck. */
const once = <T>(read: () => Promise<T>) => {
	let known: Promise<T> | undefined;
	return async () => {
		known ??= read();
		known.catch(() => (known = undefined));
		return await known;
	};
};

/** The execution's, where there is one: pickers and polls have none, and older n8n does not tell. */
export const signalOf = (ctx: Context) =>
	'getExecutionCancelSignal' in ctx ? ctx.getExecutionCancelSignal?.() : undefined;

/** In a function of its own: the credential's secret and the sending of it stay apart. */
const requester = (ctx: Context) => ctx.helpers.httpRequest as HttpRequest;

/** Checks a credential's data before anything is sent. Throws a BunqError that says what is missing. */
export const accessOf = (data: CredentialData): Access => {
	const environment = data.environment === 'sandbox' ? 'sandbox' : 'production';
	const secret = (data.apiKey ?? data.oauthTokenData?.access_token ?? '').trim();
	if (!secret)
		throw new BunqError('credential', 'The bunq credential is not connected', {
			description:
				'Nothing was sent. Open the credential: press Connect (OAuth2), or paste an API key and test it.',
		});
	if (environment === 'production' && secret.startsWith('sandbox_'))
		throw new BunqError(
			'credential',
			'This is a sandbox key, but the credential is set to production',
			{
				description:
					'Nothing was sent. Set Environment to Sandbox in the credential, or use a production key.',
			},
		);
	return {
		host: HOSTS[environment],
		secret,
		deviceDescription: data.deviceDescription?.trim() || 'n8n',
		allowAnyIp: data.allowAnyIp === true,
		stored: data.handshakeSecret,
	};
};

/** The handshake for a credential's test: what the credential stores of it. Throws bunq's refusal. */
export const shakeHands = async (helpers: { httpRequest: unknown }, data: CredentialData) => {
	const httpRequest = helpers.httpRequest as HttpRequest;
	const access = { ...accessOf(data), manual: true };
	return await testSession(access, exchangeWith({ httpRequest, access })).catch(asTestShows);
};

/** n8n's test shows the message alone, and a text of its own in its place when the error has a status code. */
const asTestShows = async ({ message, description }: BunqError) =>
	await Promise.reject(new Error([message, description].filter(Boolean).join(' ')));
