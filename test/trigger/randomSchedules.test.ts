import type { IDataObject } from 'n8n-workflow';
import type { Cursor, PollState } from '../../nodes/Bunq/trigger/pollState';
import { useBank, type TestBank } from '../support/bank';
import { ALL, type Happenings } from '../support/eventScenarios';
import type { Poller, PollOrder } from '../support/triggerHarness';
import { randomOf } from '../support/random';

/**
 * Random schedules of events, polls, faults, restarts and re-activations, for each event of the trigger: whatever
 * happens, each is delivered once and in order. `SEED=<number>` begins with that schedule, `RUNS=<number>` is how many.
 */

const RUNS = Number(process.env.RUNS ?? 210);
/** The same ones in CI, so that a change is judged by what it changes; new ones each time elsewhere. */
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
	what: Happenings;
	poller: Poller;
	steps: string[];
}

/** One schedule to its end, when the faults are over and everything had time to arrive. */
const run = async (
	{ control, world, trigger }: TestBank,
	seed: number,
	name: string,
	spoil?: PollOrder['spoil'],
): Promise<Schedule> => {
	const random = randomOf(seed);
	await control.reset(`schedule ${seed}`);
	jest.setSystemTime(Date.now() + 60_000);
	const pick = <T>(from: readonly T[]) => from[random(from.length)];
	const accounts = (await world()).accounts
		.filter(({ status, balance }) => status === 'ACTIVE' && Number(balance) > 10)
		.map(({ id }) => id)
		// Few accounts that go to and fro meet more of what can happen than many that do it once.
		.slice(0, name === 'both' || name === 'below' ? 2 : undefined);
	const what = ALL[name](bank, pick);
	const poller = await trigger(
		{ event: what.event, catchUpDays: 365, ...what.parameters },
		{
			durable: random(4) === 0,
			budget: pick(what.isSteady ? [null, 300_000] : [null, 0, 5_000, 300_000]),
			spoil,
		},
	);
	await poller.activate();
	// Until then a durable n8n has stored nothing, so another process would begin anew.
	await poller.tick();
	const steps: string[] = [];
	const attempt = async (poll: () => Promise<unknown>) => {
		jest.setSystemTime(Date.now() + 1_000 * (30 + random(300)));
		await poll().catch(() => undefined);
	};
	const happen = async () => {
		if (what.isSteady) await control.clearFaults();
		await what.happen(pick(accounts));
	};

	const STEPS: Array<[weight: number, name: string, step: () => Promise<unknown>]> = [
		[
			10,
			'happen',
			async () => {
				await happen();
				if (what.isSteady) await attempt(async () => await poller.tick());
			},
		],
		[1, 'account', async () => accounts.push(await control.addAccount({ balance: what.balance }))],
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
		[10, 'poll', async () => await attempt(async () => await poller.tick())],
		[
			2,
			'two polls',
			async () => await attempt(async () => await Promise.all([poller.tick(), poller.tick()])),
		],
		[2, 'publish again', async () => await attempt(async () => await poller.restart())],
		[2, 'another process', async () => await attempt(async () => await poller.die())],
		[
			what.isSteady ? 6 : 2,
			'off and on',
			async () => {
				poller.deactivate();
				await happen();
				await attempt(async () => await (random(2) ? poller.activate() : poller.die()));
			},
		],
		[1, 'test', async () => await attempt(async () => await poller.test())],
		[what.survivesOlderCopies ? 1 : 0, 'older copy', async () => poller.saveOlder(random)],
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
	const missing = () =>
		new Set(what.expected.map(({ key }) => key)).size > keysOf(what, poller).size;
	for (let polls = 0; polls < 60 && (what.isSteady ? polls < 3 : missing()); polls++)
		await attempt(async () => await poller.tick());
	// What comes twice, comes now.
	await attempt(async () => await poller.die());
	for (let polls = 0; polls < 2; polls++) await attempt(async () => await poller.tick());
	return { what, poller, steps };
};

const keysOf = ({ isSteady, keyOf }: Happenings, { delivered }: Poller) =>
	new Set(isSteady ? [] : delivered.map(keyOf));

const judge = ({ what, poller }: Schedule) => {
	const { expected, keyOf, isOrdered } = what;
	const delivered = poller.delivered.map(keyOf);
	const accountOf = new Map(expected.map(({ key, account }) => [key, account]));
	const once = [...new Set(delivered)];
	// What an older copy of the marks brings back is delivered again, and only that.
	const again = what.isSteady ? 0 : poller.again.length;
	const ofAccounts = (keys: string[]) => {
		const by: Record<number, string[]> = {};
		for (const key of keys) (by[accountOf.get(key) ?? 0] ??= []).push(key);
		return JSON.stringify(by);
	};
	return {
		lost: expected.filter(({ key }) => !delivered.includes(key)).length,
		doubled: delivered.length - once.length - again,
		unasked: once.filter((key) => !accountOf.has(key)).length,
		isInOrder:
			!isOrdered ||
			ofAccounts(once) ===
				ofAccounts(expected.map(({ key }) => key).filter((key) => once.includes(key))),
	};
};

const names = Object.keys(ALL);

test.each(names)(
	`%s: random schedules lose nothing, double nothing, in order`,
	async (name) => {
		const total = { runs: 0, events: 0, lost: 0, doubled: 0 };
		const first = FIRST + RUNS * names.indexOf(name);
		for (let seed = first; seed < first + RUNS / names.length; seed++) {
			const schedule = await run(bank, seed, name);
			const result = judge(schedule);
			const { steps } = schedule;
			expect({ seed, name, steps, ...result }).toEqual({
				seed,
				name,
				steps,
				lost: 0,
				doubled: 0,
				unasked: 0,
				isInOrder: true,
			});
			total.runs++;
			total.events += schedule.what.expected.length;
			total.lost += result.lost;
			total.doubled += result.doubled;
		}
		console.log(`Random schedules of ${name} from seed ${first}: ${JSON.stringify(total)}`);
	},
	600_000,
);

/** Changes what is stored of each account. */
const eachMark = (change: (mark: Cursor) => Cursor) => (stored: IDataObject) => {
	const { accounts, ...rest } = stored.pollState as PollState;
	const changed = Object.entries(accounts).map(([id, mark]) => [id, change(mark)]);
	return {
		pollState: { ...rest, accounts: Object.fromEntries(changed) as PollState['accounts'] },
	};
};

/** What was stored the time before, always. */
const outdated = () => {
	let last: IDataObject = {};
	return (stored: IDataObject) => {
		const before = last;
		last = stored;
		return before;
	};
};

test.each<[broken: string, name: string, spoil: NonNullable<PollOrder['spoil']>]>([
	[
		'marks without the ids that were seen',
		'payments',
		eachMark((mark) => ({ ...mark, recentIds: [], highWaterId: 0 })),
	],
	['marks that are lost', 'payments', () => ({})],
	['marks that are those before', 'cardTransactions', outdated()],
	[
		'marks without what waits',
		'requestInquiries',
		eachMark((mark) => ({ ...mark, pendingIds: [] })),
	],
	[
		'marks with what was not looked at',
		'requestResponses',
		eachMark(({ highWaterId, recentIds, ...mark }) => {
			const next = Array.from({ length: 100 }, (_, index) => highWaterId + 99 - index);
			return { ...mark, highWaterId, recentIds: [...next, ...recentIds].slice(0, 200) };
		}),
	],
	['balances that are not noted', 'both', eachMark((mark) => ({ ...mark, balance: undefined }))],
	[
		'balances that count as just looked at',
		'below',
		eachMark((mark) => ({ ...mark, checkedAt: mark.checkedAt + 365 * 24 * 60 * 60_000 })),
	],
])(
	'a broken rule is noticed: %s, %s',
	async (broken, name, spoil) => {
		const wrong = { lost: 0, doubled: 0, unasked: 0 };
		const seen = () => wrong.lost + wrong.doubled + wrong.unasked;
		for (let seed = 1; seed <= 20 && seen() === 0; seed++) {
			const { lost, doubled, unasked } = judge(await run(bank, seed, name, spoil));
			wrong.lost += lost;
			wrong.doubled += doubled;
			wrong.unasked += unasked;
		}
		console.log(`${name} with ${broken}: ${JSON.stringify(wrong)}`);
		expect(seen()).toBeGreaterThan(0);
	},
	120_000,
);
