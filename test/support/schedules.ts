import type { TestBank } from './bank';
import { scenarios, type EventScenario } from './eventScenarios';
import { passMinutes, passSeconds } from './fakeClock';
import { randomOf } from './random';
import type { TriggerHarness, TriggerOptions } from './triggerHarness';

/** Random schedules of events, polls, faults, restarts and reactivations for an event of the trigger. */

const FAULTS = [
	'drop-before',
	'drop-after',
	'500-before',
	'429',
	'expired',
	'truncated',
	'empty',
] as const;

export interface Schedule {
	scenario: EventScenario;
	trigger: TriggerHarness;
	steps: string[];
}

/** Runs a schedule, then polls without faults until everything has had time to arrive. */
export const runSchedule = async (
	bank: TestBank,
	seed: number,
	name: string,
	corrupt?: TriggerOptions['corrupt'],
): Promise<Schedule> => {
	const { control, world } = bank;
	const random = randomOf(seed);
	await control.reset(`schedule ${seed}`);
	await bank.respell(`${name} ${seed}`);
	passMinutes();
	const pick = <T>(from: readonly T[]) => from[random(from.length)];
	const accounts = (await world()).accounts
		.filter(({ status, balance }) => status === 'ACTIVE' && Number(balance) > 10)
		.map(({ id }) => id)
		// A few accounts that cross often try more combinations than many that cross once.
		.slice(0, name === 'both' || name === 'below' ? 2 : undefined);
	const scenario = scenarios[name](bank, pick);
	const { mayBeHidden } = scenario;
	const trigger = await bank.trigger(
		{ event: scenario.event, catchUpDays: 365, ...scenario.parameters },
		{
			durable: random(4) === 0,
			budget: pick(mayBeHidden ? [null, 300_000] : [null, 0, 5_000, 300_000]),
			corrupt,
		},
	);
	await trigger.activate();
	// Before this poll a durable n8n has stored no state, so another process would start from nothing.
	await trigger.tick();
	const steps: string[] = [];
	const attempt = async (poll: () => Promise<unknown>) => {
		passSeconds(30 + random(300));
		await poll().catch(() => undefined);
	};
	const occur = async () => {
		if (mayBeHidden) await control.clearFaults();
		await scenario.occur(pick(accounts));
	};

	const STEPS: Array<[weight: number, title: string, step: () => Promise<unknown>]> = [
		[
			10,
			'event',
			async () => {
				await occur();
				if (mayBeHidden) await attempt(async () => await trigger.tick());
			},
		],
		[
			1,
			'account',
			async () => accounts.push(await control.addAccount({ balance: scenario.balance })),
		],
		[
			3,
			'fault',
			async () =>
				await control.fault({
					kind: pick(FAULTS),
					method: 'GET',
					path: pick(['\\d/[a-z]', 'monetary-account$', '']),
					times: 1 + random(3),
					skip: random(3),
				}),
		],
		[10, 'poll', async () => await attempt(async () => await trigger.tick())],
		[
			2,
			'two polls',
			async () => await attempt(async () => await Promise.all([trigger.tick(), trigger.tick()])),
		],
		[2, 'reactivation', async () => await attempt(async () => await trigger.reactivate())],
		[2, 'new process', async () => await attempt(async () => await trigger.moveToNewProcess())],
		[
			mayBeHidden ? 6 : 2,
			'event while inactive',
			async () => {
				trigger.deactivate();
				await occur();
				await attempt(
					async () => await (random(2) ? trigger.activate() : trigger.moveToNewProcess()),
				);
			},
		],
		[1, 'test event', async () => await attempt(async () => await trigger.test())],
		[
			scenario.toleratesOlderState ? 1 : 0,
			'older state',
			async () => trigger.restoreOlderState(random),
		],
	];
	const weighted = STEPS.flatMap(([weight, title, step]) =>
		Array.from({ length: weight }, () => ({ title, step })),
	);
	for (let count = 8 + random(12); count > 0; count--) {
		const { title, step } = pick(weighted);
		steps.push(title);
		await step();
	}

	await control.clearFaults();
	const isIncomplete = () =>
		new Set(scenario.expected.map(({ key }) => key)).size >
		new Set(trigger.delivered.map(scenario.keyOf)).size;
	for (let polls = 0; polls < 60 && (mayBeHidden ? polls < 3 : isIncomplete()); polls++)
		await attempt(async () => await trigger.tick());
	// An event that is delivered twice is delivered again now.
	await attempt(async () => await trigger.moveToNewProcess());
	for (let polls = 0; polls < 2; polls++) await attempt(async () => await trigger.tick());
	return { scenario, trigger, steps };
};

/** What the schedule lost, delivered twice or out of order. */
export const evaluate = ({ scenario, trigger }: Schedule) => {
	const { expected, keyOf, isOrdered, mayBeHidden } = scenario;
	const delivered = trigger.delivered.map(keyOf);
	const accountOf = new Map(expected.map(({ key, account }) => [key, account]));
	const once = [...new Set(delivered)];
	// Only events that older state brought back may be delivered again.
	const redelivered = mayBeHidden ? 0 : trigger.redelivered.length;
	const byAccount = (keys: string[]) => {
		const groups: Record<number, string[]> = {};
		for (const key of keys) (groups[accountOf.get(key) ?? 0] ??= []).push(key);
		return JSON.stringify(groups);
	};
	return {
		lost: expected.filter(({ key }) => !delivered.includes(key)).length,
		duplicates: delivered.length - once.length - redelivered,
		unexpected: once.filter((key) => !accountOf.has(key)).length,
		isInOrder:
			!isOrdered ||
			byAccount(once) ===
				byAccount(expected.map(({ key }) => key).filter((key) => once.includes(key))),
	};
};
