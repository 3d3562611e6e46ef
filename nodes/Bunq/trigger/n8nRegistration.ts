import type { IHookFunctions, ITriggerFunctions } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { connect } from '../connect';
import type { CalledTrigger } from './registrationPlan';
import { keepRegistered, registerTrigger, unregisterTrigger } from './registration';
import type { Event } from './event';
import { warningOf, type Warning } from './registrationWarning';
import { readEvent, triggerKey } from './settings';

/**
 * A trigger's URL at bunq, as n8n's hooks and clock look after it. n8n tells the URL only in its hooks, and would stop a
 * trigger whose hook fails, although it can poll.
 */

/** The triggers of which n8n's hooks told this process the URL, by key. */
const called = new Map<string, CalledTrigger>();

/** A hook ends before n8n gives it up, and a poll is not kept waiting. */
const limits = () => ({ timeout: 10_000, signal: AbortSignal.timeout(30_000) });

const calledTrigger = (ctx: IHookFunctions, events: Record<string, Event>): CalledTrigger => ({
	key: triggerKey(ctx),
	url: ctx.getNodeWebhookUrl('default'),
	categories: readEvent(ctx, events).callback.categories,
});

/** n8n starts the trigger: bunq is asked to call. Rejects where that is not certain; the clock then tries again. */
export const registerUrl = async (ctx: IHookFunctions, events: Record<string, Event>) => {
	const trigger = calledTrigger(ctx, events);
	called.set(trigger.key, trigger);
	const bunq = await connect(ctx, limits());
	if (called.get(trigger.key) !== trigger) return;
	const registration = await registerTrigger(bunq, trigger);
	if (registration.state === 'unavailable') await Promise.reject(registration.error);
};

/** n8n deactivates the trigger: bunq is asked to call no more. Rejects where that is not certain. */
export const unregisterUrl = async (ctx: IHookFunctions, events: Record<string, Event>) => {
	const trigger = calledTrigger(ctx, events);
	called.delete(trigger.key);
	await unregisterTrigger(await connect(ctx, limits()), trigger);
};

/** Whether bunq calls, as far as a person has to know. */
export interface UrlCheck {
	/** What keeps bunq from calling. */
	warning?: Warning;
}

/**
 * Keeps bunq's list right while the trigger runs; asks bunq every 15 minutes. Undefined where nobody knows at the moment:
 * bunq did not answer, or the hooks have told this process no URL.
 * @param isOver whether n8n has stopped the trigger
 */
export const keepUrl = async (
	ctx: ITriggerFunctions,
	isOver: () => boolean,
): Promise<UrlCheck | undefined> => {
	const trigger = called.get(triggerKey(ctx));
	if (!trigger) return undefined;
	const bunq = await connect(ctx, limits());
	// n8n may need a while for the credential. Of a trigger that it stopped meanwhile, nothing would remove the URL again.
	if (isOver() || called.get(trigger.key) !== trigger) return undefined;
	const registration = await keepRegistered(bunq, trigger);
	const isKnown = !['unavailable', 'stopped'].includes(registration.state);
	const usesKey = ctx.getNodeParameter('authentication') === 'apiKey';
	return isKnown ? { warning: warningOf(registration, usesKey) } : undefined;
};

/** The warning as the error of a failed execution. */
export const warningError = ({ message, description }: Warning) =>
	new BunqError('rejected', message, { description });
