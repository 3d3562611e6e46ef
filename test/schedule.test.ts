import type { Marks } from '../nodes/Bunq/marks';
import { useBank, type TestBank } from './support/bank';
import type { Poller, PollOrder } from './support/poller';
import { randomOf } from './support/random';

/**
 * Random schedules of new events, polls, faults, restarts and re-activations: whatever happens, each event is
 * delivered once and in order. `SEED=<number>` runs one schedule again, `RUNS=<number>` as many as that.
 */

const RUNS = Number(process.env.RUNS ?? 200);
const FIRST = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));

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
	created: Array<{ id: number; account: number }>;
	poller: Poller;
	steps: string[];
}

/** One schedule to its end, when the faults are over and everything had time to arrive. */
const run = async (
	{ control, world, trigger }: TestBank,
	seed: number,
	spoil?: PollOrder['spoil'],
): Promise<Schedule> => {
	const random = randomOf(seed);
	await control.reset(`schedule ${seed}`);
	jest.setSystemTime(Date.now() + 60_000);
	const pick = <T>(from: readonly T[]) => from[random(from.length)];
	const accounts = (await world()).accounts
		.filter(({ status }) => status === 'ACTIVE')
		.map(({ id }) => id);
	const poller = await trigger(
		{ event: 'paymentCreated', catchUpDays: 365 },
		{ durable: random(4) === 0, budget: pick([null, 0, 5_000, 300_000]), spoil },
	);
	await poller.activate();
	const created: Schedule['created'] = [];
	const steps: string[] = [];
	const attempt = async (poll: () => Promise<unknown>) => {
		jest.setSystemTime(Date.now() + 1_000 * (30 + random(300)));
		await poll().catch(() => undefined);
	};

	const STEPS: Array<[weight: number, name: string, step: () => Promise<unknown>]> = [
		[
			8,
			'payments',
			async () => {
				const account = pick(accounts);
				const amount = pick(['1.00', '-1.00', '250.00']);
				const count = pick([1, 1, 1, 2, 5, 230]);
				const ids = await control.addPayments({ accountId: account, amount, count });
				created.push(...ids.map((id) => ({ id, account })));
			},
		],
		[
			3,
			'pair',
			async () => {
				const account = pick(accounts);
				for (const amount of ['5.00', '-5.00']) {
					const [id] = await control.addPayments({ accountId: account, amount });
					created.push({ id, account });
				}
			},
		],
		[1, 'account', async () => accounts.push(await control.addAccount({ balance: '3.00' }))],
		[
			3,
			'fault',
			async () =>
				await control.fault({
					kind: pick(FAULTS),
					method: 'GET',
					path: pick(['payment', 'monetary-account$', '']),
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
		[3, 'restart', async () => await attempt(async () => await poller.restart())],
		[
			1,
			'off and on',
			async () => {
				poller.deactivate();
				const account = pick(accounts);
				const [id] = await control.addPayments({ accountId: account });
				created.push({ id, account });
				await attempt(async () => await poller.activate());
			},
		],
		[1, 'test', async () => await attempt(async () => await poller.test())],
	];
	const weighted = STEPS.flatMap(([weight, name, step]) =>
		Array.from({ length: weight }, () => ({ name, step })),
	);
	for (let count = 8 + random(12); count > 0; count--) {
		const { name, step } = pick(weighted);
		steps.push(name);
		await step();
	}

	await control.clearFaults();
	const isDone = () => poller.delivered.length >= created.length;
	for (let polls = 0; polls < 60 && !isDone(); polls++)
		await attempt(async () => await poller.tick());
	// What comes twice, comes now.
	await attempt(async () => await poller.restart());
	for (let polls = 0; polls < 2; polls++) await attempt(async () => await poller.tick());
	return { created, poller, steps };
};

const judge = ({ created, poller }: Schedule) => {
	const delivered = poller.delivered.map(({ id }) => Number(id));
	const accountOf = new Map(created.map(({ id, account }) => [id, account]));
	const ofAccount = (ids: number[]) => {
		const by: Record<number, number[]> = {};
		for (const id of ids) (by[accountOf.get(id) ?? 0] ??= []).push(id);
		return by;
	};
	return {
		lost: created.filter(({ id }) => !delivered.includes(id)).length,
		doubled: delivered.length - new Set(delivered).size,
		unasked: delivered.filter((id) => !accountOf.has(id)).length,
		isInOrder:
			JSON.stringify(ofAccount([...new Set(delivered)])) ===
			JSON.stringify(
				ofAccount([...delivered].sort((a, b) => a - b).filter((id, at, all) => all[at - 1] !== id)),
			),
	};
};

test(`${RUNS} schedules: nothing lost, nothing doubled, in order`, async () => {
	const total = { runs: 0, events: 0, lost: 0, doubled: 0 };
	for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
		const schedule = await run(bank, seed);
		const result = judge(schedule);
		expect({ seed, steps: schedule.steps, ...result }).toEqual({
			seed,
			steps: schedule.steps,
			lost: 0,
			doubled: 0,
			unasked: 0,
			isInOrder: true,
		});
		total.runs++;
		total.events += schedule.created.length;
		total.lost += result.lost;
		total.doubled += result.doubled;
	}
	console.log(`Random schedules from seed ${FIRST}: ${JSON.stringify(total)}`);
}, 600_000);

test.each<[broken: string, spoil: NonNullable<PollOrder['spoil']>]>([
	[
		'marks without the ids that were seen',
		({ marks }) => {
			const { accounts, ...rest } = marks as Marks;
			const blunt = Object.entries(accounts).map(([id, mark]) => [
				id,
				{ ...mark, seen: [], top: 0 },
			]);
			return { marks: { ...rest, accounts: Object.fromEntries(blunt) as Marks['accounts'] } };
		},
	],
	['marks that are lost', () => ({})],
])('a broken rule is noticed: %s', async (_broken, spoil) => {
	const wrong = { lost: 0, doubled: 0 };
	for (let seed = 1; seed <= 8; seed++) {
		const { lost, doubled } = judge(await run(bank, seed, spoil));
		wrong.lost += lost;
		wrong.doubled += doubled;
	}
	console.log(`With ${_broken}: ${JSON.stringify(wrong)}`);
	expect(wrong.lost + wrong.doubled).toBeGreaterThan(0);
});
