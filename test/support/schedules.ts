import { events } from '../../nodes/Bunq/trigger/events';
import type { TestBank } from './bank';
import { callAbout, type Calls } from './calls';
import { scenarios, type EventScenario } from './eventScenarios';
import { noRequests, passMinutes, passSeconds } from './fakeClock';
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
	'stale',
] as const;

export interface Schedule {
	scenario: EventScenario;
	trigger: TriggerHarness;
	/** Another trigger for the same event, in another workflow. */
	other?: TriggerHarness;
	steps: string[];
}

/** What may happen to the next call. */
const CALL_FAULTS = ['lost', 'doubled', 'late', 'out of order', 'early'] as const;

/** A record that bunq lists late is delivered if it is among the newest 200 of its account. */
const MAX_LATE = 150;

export interface ScheduleOptions {
	corrupt?: TriggerOptions['corrupt'];
	/** With it, bunq calls, and so does everybody else. */
	calls?: Calls;
}

/** Runs a schedule, then polls without faults until everything has had time to arrive. */
export const runSchedule = async (
	bank: TestBank,
	seed: number,
	name: string,
	{ corrupt, calls }: ScheduleOptions = {},
): Promise<Schedule> => {
	const { control, world } = bank;
	const random = randomOf(seed);
	await control.reset(`schedule ${seed}`);
	await control.switches({ oauthMayUseTheRest: true });
	await bank.respell(`${name} ${seed}`);
	// In every fourth, each process begins with the handshake.
	bank.connect(seed % 4 > 0);
	passMinutes();
	const pick = <T>(from: readonly T[]) => from[random(from.length)];
	const accounts = (await world()).accounts
		.filter(({ status, balance }) => status === 'ACTIVE' && Number(balance) > 10)
		.map(({ id }) => id)
		// A few accounts that cross often try more combinations than many that cross once.
		.slice(0, name === 'both' || name === 'below' ? 2 : undefined);
	const scenario = scenarios[name](bank, pick);
	const { mayBeHidden } = scenario;
	const create = calls?.trigger ?? bank.trigger;
	const parameters = { event: scenario.event, catchUpDays: 365, ...scenario.parameters };
	const trigger = await create(
		{ ...parameters },
		{
			version: random(4) === 0 ? 1 : 2,
			// Requests at the same time would run out of time together.
			answersTake: pick(mayBeHidden || calls ? [0] : [0, 0, 9, 31]),
			corrupt,
		},
	);
	await trigger.activate();
	const hasOther = calls && !mayBeHidden && random(3) === 0;
	const other = hasOther ? await create({ ...parameters }) : undefined;
	await other?.activate();
	if (calls) await control.holdCallbacks(true);
	const steps: string[] = [];
	const attempt = async (poll: () => Promise<unknown>) => {
		passSeconds(30 + random(300));
		await poll().catch(() => undefined);
	};
	const occur = async () => {
		if (mayBeHidden) await control.clearFaults();
		if (calls) await faultCalls();
		const before = scenario.expected.length;
		await scenario.occur(pick(accounts));
		if (calls && scenario.expected.length - before > MAX_LATE) passSeconds(60);
	};
	const isAnswer = scenario.event.endsWith('Updated');
	const faultCalls = async () => {
		const kind = pick(CALL_FAULTS);
		if (random(3) > 0 || (kind === 'early' && isAnswer)) return;
		// bunq lists the next record before this one.
		if (kind === 'early') scenario.isOrdered = false;
		const delayMs = kind === 'late' || kind === 'early' ? 1_000 * (1 + random(20)) : undefined;
		await control.callbackFault({ kind, delayMs, times: 1 + random(3) });
	};
	const [object] = events[scenario.event].callback.objects;
	const forge = async () => {
		for (let count = 1 + random(30); count > 0; count--) {
			const id = random(2)
				? random(2 ** 30)
				: (pick([...scenario.expected, { key: '1' }]).key as unknown);
			const account = random(4) ? pick(accounts) : random(2 ** 20);
			await trigger.call(callAbout(object, { id, account }));
		}
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
			async () => {
				const kind = pick(FAULTS);
				// An account that its list lacks for minutes counts as shared later, and a link may show a payment two seconds late.
				const paths =
					kind === 'stale' ? ['account/\\d+/(?!bunqme)'] : ['\\d/[a-z]', 'monetary-account$', ''];
				const [times, skip] = [1 + random(3), random(3)];
				await control.fault({ kind, method: 'GET', path: pick(paths), times, skip });
			},
		],
		[
			10,
			'poll',
			async () => {
				await attempt(async () => await trigger.tick());
				await other?.tick().catch(() => undefined);
			},
		],
		[calls ? 12 : 0, 'calls', async () => await control.deliverDue()],
		[calls ? 3 : 0, 'forged calls', forge],
		[
			calls ? 3 : 0,
			'published again during a poll',
			async () =>
				await attempt(async () => {
					const poll = trigger.tick();
					await trigger.reactivate();
					await poll;
				}),
		],
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
	// A person whose activation failed tries again.
	if (!trigger.isActive) await attempt(async () => await trigger.activate());
	const isIncomplete = () =>
		[trigger, other ?? trigger].some(
			({ delivered }) =>
				new Set(scenario.expected.map(({ key }) => key)).size >
				new Set(delivered.map(scenario.keyOf)).size,
		);
	for (let polls = 0; polls < 60 && (mayBeHidden ? polls < 3 : isIncomplete()); polls++)
		await attempt(async () => {
			await other?.tick().catch(() => undefined);
			await trigger.tick();
		});
	if (calls) await control.deliverDue();
	// An event that is delivered twice is delivered again now.
	await attempt(async () => await trigger.moveToNewProcess());
	for (let polls = 0; polls < 2; polls++) await attempt(async () => await trigger.tick());
	for (const each of [trigger, other]) each?.deactivate();
	await noRequests();
	return { scenario, trigger, other, steps };
};

/** What the schedule lost, delivered twice or out of order, in both triggers. */
export const evaluate = ({ scenario, trigger, other }: Schedule) => {
	const first = evaluateTrigger(scenario, trigger);
	const second = other ? evaluateTrigger(scenario, other) : first;
	return {
		lost: Math.max(first.lost, second.lost),
		duplicates: Math.max(first.duplicates, second.duplicates),
		unexpected: Math.max(first.unexpected, second.unexpected),
		isInOrder: first.isInOrder && second.isInOrder,
	};
};

const evaluateTrigger = (scenario: EventScenario, trigger: TriggerHarness) => {
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
