import type { IDataObject } from 'n8n-workflow';
import type { Cursor, PollState } from '../../nodes/Bunq/trigger/pollState';
import { useBank } from '../support/bank';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { scenarios, type EventScenario } from '../support/eventScenarios';
import { randomOf } from '../support/random';
import type { TriggerHarness, TriggerOptions } from '../support/triggerHarness';

/**
 * Random schedules of events, polls, faults, restarts and reactivations for each event of the trigger: every event is
 * delivered once and in order. `SEED=<number>` starts with that schedule, `RUNS=<number>` sets how many there are.
 */

const RUNS = Number(process.env.RUNS ?? 210);
/** CI always runs the same schedules, so that a failure is due to the change; other runs try new ones. */
const FIRST = Number(
	process.env.SEED ?? (process.env.CI ? 20_261_128 : Math.floor(Math.random() * 1_000_000)),
);

const bank = useBank();

const FAULTS = [
	'drop-before',
	'drop-after',
	'500-before',
	'429',
	'expired',
	'truncated',
	'empty',
] as const;

interface Schedule {
	scenario: EventScenario;
	trigger: TriggerHarness;
	steps: string[];
}

/** Runs a schedule, then polls without faults until everything has had time to arrive. */
const runSchedule = async (
	seed: number,
	name: string,
	corrupt?: TriggerOptions['corrupt'],
): Promise<Schedule> => {
	const { control, world } = bank;
	const random = randomOf(seed);
	await control.reset(`schedule ${seed}`);
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

const evaluate = ({ scenario, trigger }: Schedule) => {
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

const names = Object.keys(scenarios);

test.each(names)(
	'%s: random schedules deliver every event once and in order',
	async (name) => {
		const total = { runs: 0, events: 0, lost: 0, duplicates: 0 };
		const first = FIRST + RUNS * names.indexOf(name);
		for (let seed = first; seed < first + RUNS / names.length; seed++) {
			const schedule = await runSchedule(seed, name);
			const result = evaluate(schedule);
			const { steps } = schedule;
			expect({ seed, name, steps, ...result }).toEqual({
				seed,
				name,
				steps,
				lost: 0,
				duplicates: 0,
				unexpected: 0,
				isInOrder: true,
			});
			total.runs++;
			total.events += schedule.scenario.expected.length;
			total.lost += result.lost;
			total.duplicates += result.duplicates;
		}
		console.log(`Random schedules of ${name} from seed ${first}: ${JSON.stringify(total)}`);
	},
	600_000,
);

/** Changes the stored cursor of each account. */
const eachCursor = (change: (cursor: Cursor) => Cursor) => (stored: IDataObject) => {
	const { accounts, ...rest } = stored.pollState as PollState;
	const changed = Object.entries(accounts).map(([id, cursor]) => [id, change(cursor)]);
	return { pollState: { ...rest, accounts: Object.fromEntries(changed) as PollState['accounts'] } };
};

/** Always stores the state before the latest one. */
const previousState = () => {
	let latest: IDataObject = {};
	return (stored: IDataObject) => {
		const before = latest;
		latest = stored;
		return before;
	};
};

test.each<[broken: string, name: string, corrupt: NonNullable<TriggerOptions['corrupt']>]>([
	[
		'forgets the IDs that it has seen',
		'payments',
		eachCursor((cursor) => ({ ...cursor, recentIds: [], highWaterId: 0 })),
	],
	['is lost', 'payments', () => ({})],
	['is one poll behind', 'cardTransactions', previousState()],
	[
		'forgets the objects that wait for an answer',
		'requestInquiries',
		eachCursor((cursor) => ({ ...cursor, pendingIds: [] })),
	],
	[
		'contains IDs that were never read',
		'requestResponses',
		eachCursor(({ highWaterId, recentIds, ...cursor }) => {
			const next = Array.from({ length: 100 }, (_, index) => highWaterId + 99 - index);
			return { ...cursor, highWaterId, recentIds: [...next, ...recentIds].slice(0, 200) };
		}),
	],
	['has no balances', 'both', eachCursor((cursor) => ({ ...cursor, balance: undefined }))],
	[
		'dates its balances a year ahead',
		'below',
		eachCursor((cursor) => ({
			...cursor,
			checkedAt: cursor.checkedAt + 365 * 24 * 60 * 60_000,
		})),
	],
])(
	'these schedules notice poll state that %s: %s',
	async (broken, name, corrupt) => {
		const wrong = { lost: 0, duplicates: 0, unexpected: 0 };
		const total = () => wrong.lost + wrong.duplicates + wrong.unexpected;
		for (let seed = 1; seed <= 20 && total() === 0; seed++) {
			const { lost, duplicates, unexpected } = evaluate(await runSchedule(seed, name, corrupt));
			wrong.lost += lost;
			wrong.duplicates += duplicates;
			wrong.unexpected += unexpected;
		}
		console.log(`${name}, poll state that ${broken}: ${JSON.stringify(wrong)}`);
		expect(total()).toBeGreaterThan(0);
	},
	120_000,
);
