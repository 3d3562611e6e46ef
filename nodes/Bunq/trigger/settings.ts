import type { ITriggerFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import { readParams } from '../parameters/readParams';
import { outputFields, scopeFields, type Event } from './event';
import type { Settings } from './pollRun';

/** The node's settings, read from n8n, and what they identify. */

type NodeContext = Pick<ITriggerFunctions, 'getNode' | 'getNodeParameter' | 'getTimezone'>;

/** Identifies a trigger in this process. Node IDs are not unique. */
export const triggerKey = (ctx: Pick<ITriggerFunctions, 'getWorkflow' | 'getNode'>) =>
	`${ctx.getWorkflow().id} ${ctx.getNode().name}`;

/**
 * The context with the parameters as they are now: n8n evaluates expressions while it starts a trigger, and newer versions
 * refuse to do so later.
 */
export const withFixedParameters = (ctx: ITriggerFunctions): ITriggerFunctions => {
	const names = Object.keys(ctx.getNode().parameters);
	const values = new Map(names.map((name) => [name, ctx.getNodeParameter(name)]));
	return Object.assign(Object.create(ctx) as ITriggerFunctions, {
		getNodeParameter: (name: string, fallback?: unknown) => values.get(name) ?? fallback,
	});
};

/** The event that the trigger waits for. Throws a BunqError if there is none of that name. */
export const readEvent = (
	ctx: Pick<ITriggerFunctions, 'getNodeParameter'>,
	events: Record<string, Event>,
): Event => {
	const name = String(ctx.getNodeParameter('event'));
	const event = events[name];
	if (event) return event;
	throw new BunqError('invalidInput', `There is no event "${name}"`, {
		description: 'Select an event in the "Trigger On" field.',
	});
};

/**
 * Reads and checks the settings. Throws a BunqError that names the field whose value is invalid.
 * @param foundAccount the ID of the account, where it is known: a name or an IBAN then costs no request
 */
export const readSettings = async (
	ctx: NodeContext,
	event: Event,
	bunq: Bunq,
	foundAccount?: number,
): Promise<Settings> => {
	const source = {
		getNodeParameter: (parameter: string, _item: number, fallback?: unknown) =>
			(parameter === 'account' ? foundAccount : undefined) ??
			ctx.getNodeParameter(parameter, fallback),
		getTimezone: () => ctx.getTimezone(),
	};
	const fields = [...scopeFields, ...event.fields, ...outputFields];
	const params = await readParams(source, fields, 0, bunq);
	return { event, params, account: params.account as number | undefined };
};

/** The account that the user's name or IBAN identified, when, and for whom. */
export interface FoundAccount {
	key: string;
	account: number;
	at: number;
}

/** How long an account counts as found by its name or IBAN; milliseconds. */
const FOUND_FOR_MS = 15 * 60_000;

/**
 * Reads the settings of a poll. A name or an IBAN is looked up when the trigger starts, and again every 15 minutes, because
 * the account may be closed or renamed. Throws a BunqError.
 * @param last what an earlier poll of the trigger found
 */
export const readPollSettings = async (
	ctx: ITriggerFunctions,
	event: Event,
	bunq: Bunq,
	last?: FoundAccount,
) => {
	const user = await bunq.user();
	const key = JSON.stringify([bunq.host, user]);
	const isFound = last?.key === key && monotonicNow() - last.at < FOUND_FOR_MS;
	const settings = await readSettings(ctx, event, bunq, isFound ? last.account : undefined);
	const { account } = settings;
	const found = isFound || account === undefined ? last : { key, account, at: monotonicNow() };
	return { ...settings, user, found, scope: readScope(ctx, bunq, account) };
};

/**
 * What a state belongs to besides the user, serialized: n8n copies it with a workflow, and a credential may change behind
 * the node. A node is known by its name, because the IDs of nodes are not unique.
 */
const readScope = (ctx: ITriggerFunctions, { host }: Bunq, account: number | undefined) =>
	JSON.stringify([
		host,
		ctx.getWorkflow().id,
		ctx.getNode().name,
		ctx.getNodeParameter('event'),
		account ?? 'all',
	]);
