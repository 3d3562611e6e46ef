import type { IPollFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import { readParams } from '../parameters/readParams';
import { outputFields, scopeFields, type Event } from './event';
import type { Settings } from './pollRun';
import type { TriggerMemory } from './triggerMemory';

/** The node's settings, read from n8n, and what they identify. */

type NodeContext = Pick<IPollFunctions, 'getNode' | 'getNodeParameter' | 'getTimezone'>;
type PollContext = Pick<IPollFunctions, 'getWorkflow' | 'getWorkflowStaticData'> &
	Partial<Pick<IPollFunctions, 'getActivationMode'>> &
	NodeContext;

/**
 * Reads and checks the settings. Throws a BunqError that names the field whose value is invalid.
 * @param foundAccount the ID of the account, where it is known: a name or an IBAN then costs no request
 */
export const readSettings = async (
	ctx: NodeContext,
	events: Record<string, Event>,
	bunq: Bunq,
	foundAccount?: number,
): Promise<Settings> => {
	const name = String(ctx.getNodeParameter('event'));
	const event = events[name];
	if (!event)
		throw new BunqError('invalidInput', `There is no event "${name}"`, {
			description: 'Select an event in the "Trigger On" field.',
		});
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

/** How long an account counts as found by its name or IBAN; milliseconds. */
const FOUND_FOR_MS = 15 * 60_000;

/**
 * Reads the settings of a poll. A name or an IBAN is looked up at activation, and again every 15 minutes, because the
 * account may be closed or renamed. Throws a BunqError.
 */
export const readPollSettings = async (
	ctx: PollContext,
	events: Record<string, Event>,
	bunq: Bunq,
	memory: TriggerMemory,
) => {
	const user = await bunq.user();
	const key = JSON.stringify([bunq.host, user, readLocator(ctx)]);
	const activation = ctx.getWorkflowStaticData('node');
	const { found } = memory;
	const isFound =
		found?.key === key &&
		monotonicNow() - found.at < FOUND_FOR_MS &&
		// Within an activation, n8n passes the same object; its durable scheduler passes a new one to each poll.
		(found.activation === activation || ctx.getActivationMode?.() === 'update');
	const settings = await readSettings(ctx, events, bunq, isFound ? found.account : undefined);
	const { account } = settings;
	if (account !== undefined && !isFound)
		memory.found = { key, account, at: monotonicNow(), activation };
	return { ...settings, user, scope: readScope(ctx, bunq, account) };
};

/** The account as the user gave it, serialized; empty for all accounts. */
const readLocator = (ctx: NodeContext) =>
	ctx.getNodeParameter('allAccounts', true) === true
		? ''
		: JSON.stringify(ctx.getNodeParameter('account', ''));

/**
 * What a state belongs to besides the user, serialized: n8n copies it with a workflow, and a credential may change behind
 * the node. A node is known by its name, because the IDs of nodes are not unique.
 */
const readScope = (ctx: PollContext, { host }: Bunq, account: number | undefined) =>
	JSON.stringify([
		host,
		ctx.getWorkflow().id,
		ctx.getNode().name,
		ctx.getNodeParameter('event'),
		account ?? 'all',
	]);
