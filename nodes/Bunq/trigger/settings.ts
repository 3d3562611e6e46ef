import type { IPollFunctions } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import { readParams, type Locator } from '../parameters/readParams';
import { outputFields, scopeFields, type Event } from './event';
import type { Settings } from './pollRun';
import type { PollState } from './pollState';

/** The node's settings, read from n8n. */

type NodeContext = Pick<IPollFunctions, 'getNode' | 'getNodeParameter' | 'getTimezone'>;

/**
 * Reads and checks the settings. Throws a BunqError that names the field whose value is invalid.
 * @param state of this scope: has the ID of an account that the user gave by name or IBAN
 */
export const readSettings = async (
	ctx: NodeContext,
	events: Record<string, Event>,
	bunq: Bunq,
	state?: PollState,
): Promise<Settings> => {
	const name = String(ctx.getNodeParameter('event'));
	const event = events[name];
	if (!event)
		throw new BunqError('invalidInput', `There is no event "${name}"`, {
			description: 'Select an event in the "Trigger On" field.',
		});
	const [knownAccount] = Object.keys(state?.accounts ?? {});
	const source = {
		getNodeParameter: (parameter: string, _item: number, fallback?: unknown) =>
			parameter === 'account' && knownAccount
				? knownAccount
				: ctx.getNodeParameter(parameter, fallback),
		getTimezone: () => ctx.getTimezone(),
	};
	const fields = [...scopeFields, ...event.fields, ...outputFields];
	const params = await readParams(source, fields, 0, bunq);
	return { event, params, account: params.account as number | undefined };
};

/** The settings that a state belongs to, serialized. With another event, account or credential the trigger starts over. */
export const readScope = (ctx: NodeContext) => {
	const [event, authentication, allAccounts, account] = [
		'event',
		'authentication',
		'allAccounts',
		'account',
	].map((name) => ctx.getNodeParameter(name, ''));
	const { mode, value } = (account || {}) as Partial<Locator>;
	const credentials = Object.values(ctx.getNode().credentials ?? {}).map(({ id }) => id);
	const watched = allAccounts === false ? [mode, value ?? account] : 'all';
	return JSON.stringify([event, watched, authentication, credentials]);
};
