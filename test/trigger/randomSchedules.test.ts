import type { IDataObject } from 'n8n-workflow';
import type { Cursor, PollState } from '../../nodes/Bunq/trigger/pollState';
import { useBank } from '../support/bank';
import { useCalls } from '../support/calls';
import { scenarios } from '../support/eventScenarios';
import { evaluate, runSchedule } from '../support/schedules';
import type { TriggerOptions } from '../support/triggerHarness';

/**
 * Random schedules of events, polls, calls, faults, restarts and reactivations for each event of the trigger: every event is
 * delivered once and in order. Calls are lost, doubled, late, out of order, before bunq lists the object, and forged. `SEED=<number>` starts with that schedule, `RUNS=<number>` sets how many there are.
 */

const RUNS = Number(process.env.RUNS ?? 210);
/** CI always runs the same schedules, so that a failure is due to the change; other runs try new ones. */
const FIRST = Number(
	process.env.SEED ?? (process.env.CI ? 20_261_128 : Math.floor(Math.random() * 1_000_000)),
);

const bank = useBank();
const calls = useCalls(bank);
/** In every second schedule bunq calls. */
const callsOf = (seed: number) => (seed % 2 ? calls : undefined);

const names = Object.keys(scenarios);

test.each(names)(
	'%s: random schedules deliver every event once and in order',
	async (name) => {
		const total = { runs: 0, withCalls: 0, events: 0, lost: 0, duplicates: 0 };
		const first = FIRST + RUNS * names.indexOf(name);
		for (let seed = first; seed < first + RUNS / names.length; seed++) {
			const schedule = await runSchedule(bank, seed, name, { calls: callsOf(seed) });
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
			total.withCalls += seed % 2;
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
			const { lost, duplicates, unexpected } = evaluate(
				await runSchedule(bank, seed, name, { corrupt }),
			);
			wrong.lost += lost;
			wrong.duplicates += duplicates;
			wrong.unexpected += unexpected;
		}
		console.log(`${name}, poll state that ${broken}: ${JSON.stringify(wrong)}`);
		expect(total()).toBeGreaterThan(0);
	},
	120_000,
);
