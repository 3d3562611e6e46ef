import {
	randomInt,
	toCronExpression,
	type CronExpression,
	type ITriggerFunctions,
	type ITriggerResponse,
	type TriggerTime,
} from 'n8n-workflow';
import { connect } from '../connect';
import { toNodeError } from '../nodeError';
import { withEventAccountName } from '../simplify/accountNames';
import { forgetTrigger, triggersCalledWith } from './registration';
import type { Event } from './event';
import { readEvent, readSettings, triggerKey, withFixedParameters } from './settings';
import { fetchTestEvent } from './testEvent';
import { RunningTrigger } from './runningTrigger';

/** The life of a trigger in n8n: it polls when it starts, at its Poll Times, and when bunq calls, until n8n stops it. */

const running = new Map<string, RunningTrigger>();

/**
 * A call came to the URL of a trigger. It wakes all triggers of the bunq user in this process: bunq calls so few URLs that
 * they share one. In another process, which runs no triggers, it does nothing. Returns at once.
 */
export const wakeTriggers = (key: string, body: unknown) => {
	for (const each of new Set([key, ...triggersCalledWith(key)])) running.get(each)?.receive(body);
};

/** n8n has told a trigger's URL, perhaps after it started the trigger: what keeps bunq from calling is reported now. */
export const checkUrlAgain = async (key: string) => await running.get(key)?.keepUrl();

/** n8n starts a trigger without anybody who could read an error: its first poll fails the way later polls do. */
const UNATTENDED = ['init', 'leadershipChange'];

/**
 * Starts the trigger, or fetches a test event in the editor. Rejects if the first poll after a person's activation fails;
 * n8n then does not activate the workflow.
 */
export const startTrigger = async (
	n8n: ITriggerFunctions,
	events: Record<string, Event>,
): Promise<ITriggerResponse> => {
	const ctx = withFixedParameters(n8n);
	if (n8n.getMode() === 'manual')
		return { manualTriggerFunction: async () => await emitTestEvent(ctx, events) };

	const key = triggerKey(ctx);
	const trigger = new RunningTrigger(ctx, readEvent(ctx, events), key);
	running.get(key)?.stop();
	running.set(key, trigger);
	const stop = () => {
		trigger.stop();
		if (running.get(key) !== trigger) return;
		running.delete(key);
		forgetTrigger(key);
	};
	const isAttended = !UNATTENDED.includes(n8n.getActivationMode());
	const start = async () => {
		if (isAttended) {
			await trigger.poll();
			await trigger.keepUrl();
		} else await trigger.tick();
		for (const expression of pollTimes(ctx))
			n8n.helpers.registerCron({ expression }, trigger.tick as () => void);
		if (trigger.isInstant)
			n8n.helpers.registerCron({ expression: urlTimes() }, trigger.checkUrl as () => void);
	};
	await start().catch(async (error: Error) => {
		stop();
		return await Promise.reject(error);
	});
	return { closeFunction: async () => stop() };
};

const pollTimes = (ctx: ITriggerFunctions) => {
	const { item = [] } = ctx.getNodeParameter('pollTimes', {}) as { item?: TriggerTime[] };
	return item.map(toCronExpression);
};

/**
 * When to ask for bunq's list, as the Poll Times may be a day apart. n8n refuses a second cron of one expression, so this
 * is one that hardly anybody chooses.
 */
const urlTimes = (): CronExpression => `${randomInt(60)} */8 * * * *`;

const emitTestEvent = async (ctx: ITriggerFunctions, events: Record<string, Event>) => {
	const find = async () => {
		const bunq = await connect(ctx);
		const settings = await readSettings(ctx, readEvent(ctx, events), bunq);
		return withEventAccountName(await fetchTestEvent(settings, bunq), bunq.knownAccounts());
	};
	const json = await find().catch(
		async (error: unknown) => await Promise.reject(toNodeError(ctx.getNode(), error)),
	);
	ctx.emit([[{ json }]]);
};
