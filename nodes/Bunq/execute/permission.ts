import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { HOSTS } from '../api/hosts';
import { saysMissingRight } from '../api/replies';
import { connectWithoutCredential, type Bunq } from '../connect';
import { withAlternative } from '../nodeError';
import type { Operation, WritePlan } from '../resources/operation';

/** What an operation may do with the credential of an item, and what happens where bunq refuses it. */

/**
 * Connects as the item's credential, or without one where the operation needs none. Throws a BunqError before anything is
 * sent where the operation is for the sandbox only.
 */
export const connectFor = async (
	ctx: IExecuteFunctions,
	connectItem: (item: number) => Promise<Bunq>,
	{ credential }: Operation,
	item: number,
) => {
	if (credential === 'none') return connectWithoutCredential(ctx);
	const bunq = await connectItem(item);
	if (credential !== 'sandbox' || bunq.host === HOSTS.sandbox) return bunq;
	throw new BunqError(
		'invalidInput',
		'This works only in the sandbox, and the credential is for production',
		{
			description:
				'Nothing was sent. Choose a credential whose Environment is Sandbox: "Sandbox: Create User" gives you a key for one.',
		},
	);
};

/** What the plan has for the case that bunq refuses the right, if this error says so. */
export const planInstead = ({ ifNotPermitted }: WritePlan, error: unknown) =>
	error instanceof BunqError && error.kind === 'rejected' && saysMissingRight(error)
		? ifNotPermitted
		: undefined;

/** Does what the plan has for the case that bunq refuses the right; rethrows any other error. */
export const insteadOf =
	(plan: WritePlan, write: (plan: WritePlan) => Promise<IDataObject[]>) =>
	async (error: unknown) => {
		const instead = planInstead(plan, error);
		if (instead) return await write(instead);
		throw error;
	};

/** Adds the operation's alternative when bunq refuses it to an OAuth app. */
export const withOAuthAlternative =
	(ctx: IExecuteFunctions, { oauthAlternative }: Operation, item: number) =>
	async (error: unknown): Promise<never> => {
		const authentication = oauthAlternative && ctx.getNodeParameter('authentication', item);
		return await Promise.reject(withAlternative(error, oauthAlternative, authentication) as Error);
	};
