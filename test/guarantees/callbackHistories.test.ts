import type { IDataObject } from 'n8n-workflow';
import type { BunqClient } from '../../nodes/Bunq/api/client';
import { useBank } from '../support/bank';
import { type Break, runHistory } from '../support/callbackHistory';

/**
 * Random histories of bunq's list of callbacks, with two n8n, other programs, crashes, faults and dirt: no entry of another
 * program ever changes. `SEED=<number>` starts with that history, `RUNS=<number>` sets how many there are.
 */

const RUNS = Number(process.env.RUNS ?? 60);
const FIRST = Number(
	process.env.SEED ?? (process.env.CI ? 20_261_130 : Math.floor(Math.random() * 1_000_000)),
);

const bank = useBank();

test('random histories change no entry of another program', async () => {
	const total = { runs: 0, posts: 0, foreignPosts: 0, changed: 0, lostInWindow: 0 };
	for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
		const { steps, changed, blind, wrong, ...counts } = await runHistory(bank, seed);
		const expected = { seed, steps, changed: [], blind: 0, wrong: [] };
		expect({ seed, steps, changed, blind, wrong }).toEqual(expected);
		total.runs += 1;
		total.posts += counts.posts;
		total.foreignPosts += counts.foreignPosts;
		total.lostInWindow += counts.lostInWindow;
	}
	console.log(`Histories of callbacks from seed ${FIRST}: ${JSON.stringify(total)}`);
	expect(total.posts).toBeGreaterThan(RUNS);
}, 900_000);

const changingBody =
	(change: (filters: IDataObject[], accounts: number[]) => IDataObject[]): Break =>
	(bunq, accounts) => ({
		...bunq,
		send: async ({ body, ...request }) => {
			const filters = (body as { notification_filters: IDataObject[] }).notification_filters;
			return await bunq.send({
				...request,
				body: { notification_filters: change(filters, accounts) },
			});
		},
	});

const changingList =
	(change: (items: AsyncGenerator<IDataObject>) => AsyncGenerator<IDataObject>): Break =>
	(bunq) => ({ ...bunq, eachRaw: (path) => change(bunq.eachRaw(path)) });

const isFlat = (item: IDataObject) =>
	!('notification_filters' in (Object.values(item)[0] as IDataObject));

const BREAKS: Record<string, Break> = {
	'reads only the nested form': changingList(async function* (items) {
		for await (const item of items) if (!isFlat(item)) yield item;
	}),
	'reads only the first page': changingList(async function* (items) {
		let count = 0;
		for await (const item of items) if (++count <= 200) yield item;
	}),
	'skips what it cannot read': changingList(async function* (items) {
		for await (const item of items) {
			const [one] = Object.values(item ?? {}) as [IDataObject];
			if (!one || !isFlat(item) || typeof one.category === 'string') yield item;
		}
	}),
	'forgets what an entry is limited to': changingBody((filters) =>
		filters.map(({ category, notification_target }) => ({ category, notification_target })),
	),
	'sends the accounts that bunq shows': changingBody((filters, accounts) =>
		filters.map((one) => ({ all_monetary_account_id: accounts, ...one })),
	),
	'repeats a POST whose answer was lost': (bunq) => ({
		...bunq,
		send: async (request) => await bunq.send(request).catch(async () => await bunq.send(request)),
	}),
	'never asks for the list': (bunq: BunqClient) => ({
		...bunq,
		eachRaw: async function* () {},
	}),
};

test.each(Object.entries(BREAKS))(
	'these histories notice a client that %s',
	async (_, broken) => {
		let noticed = 0;
		for (let seed = 1; seed <= 40 && noticed === 0; seed++) {
			const { changed, blind } = await runHistory(bank, seed, broken);
			noticed += changed.length + blind;
		}
		expect(noticed).toBeGreaterThan(0);
	},
	600_000,
);
