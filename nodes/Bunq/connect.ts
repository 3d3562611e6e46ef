import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { type BunqClient, createClient } from './api/client';
import { accessOf, type CredentialData } from './api/credential';
import { BunqError } from './api/errors';
import type { HttpRequest } from './api/http';
import type { ClientOptions } from './api/retry';
import type { Account } from './api/types';

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
