import type { IDataObject } from 'n8n-workflow';
import { openSession, type Session } from '../simulator/control/testClient';
import { useBank } from '../support/bank';
import { meaningOf, type SentFilter } from '../support/callbackProcess';
import { passMinutes } from '../support/fakeClock';
import { underEach } from '../support/underEach';

const bank = useBank();

const OURS = 'https://n8n.example.com/webhook/11111111-2222-4333-8444-555555555555/bunq';
const THEIRS = 'https://shop.example.com/bunq?token=secret';
const filter = (category: string, url: string, more: object = {}): SentFilter => ({
	category,
	notification_target: url,
	...more,
});
const now = {} as { other: Session };

beforeEach(async () => {
	await bank.control.switches({ extraFields: false, filterAnswer: 'lists' });
	now.other = await openSession(bank.url, (await bank.world()).apiKey);
	await list([filter('MUTATION', OURS), filter('MUTATION', THEIRS), filter('REQUEST', THEIRS)]);
});

const list = async (notification_filters: SentFilter[]) => {
	const { status } = await now.other.post('{user}/notification-filter-url', {
		notification_filters,
	});
	expect(status).toBe(200);
	passMinutes();
	await bank.control.clearLog();
};
const posts = async () =>
	(await bank.log())
		.filter(({ method }) => method === 'POST')
		.map(({ body }) => (body as IDataObject).notification_filters as SentFilter[]);

const getAll = { resource: 'callback', operation: 'getAll' };
const remove = (url: string) => ({ resource: 'callback', operation: 'delete', url });

describe('get many', () => {
	underEach(bank, 'filterAnswer', () => {
		test('lists each URL in full, by category, and says which are of a trigger', async () => {
			const { json } = await bank.apiKey(getAll);
			expect(json).toHaveLength(3);
			expect(json).toEqual(
				expect.arrayContaining([
					{ category: 'MUTATION', url: OURS, isOurs: true },
					{ category: 'MUTATION', url: THEIRS, isOurs: false },
					{ category: 'REQUEST', url: THEIRS, isOurs: false },
				]),
			);
			const raw = await bank.apiKey({ ...getAll, simplify: false });
			expect(raw.json).toContainEqual(
				expect.objectContaining({ category: 'REQUEST', notification_target: THEIRS }),
			);
		});
	});

	test('has null for what cannot be read', async () => {
		await bank.control.dirty({
			changes: [{ kind: 'a number', key: 'notification_target$', entry: 0 }],
		});
		const { json } = await bank.apiKey(getAll);
		expect(json).toContainEqual({ category: 'REQUEST', url: null, isOurs: null });
	});
});

describe('delete', () => {
	test('removes a URL in all its categories; others stay as narrow as they were', async () => {
		const narrow = { all_monetary_account_id: [await bank.accountId('Main')] };
		const kept = [filter('MUTATION', OURS), filter('OAUTH', `${THEIRS}2`, narrow)];
		await list([...kept, filter('MUTATION', THEIRS), filter('REQUEST', THEIRS)]);
		const { json } = await bank.apiKey(remove(THEIRS));
		expect(json).toEqual([
			{ url: THEIRS, categories: expect.arrayContaining(['MUTATION', 'REQUEST']), deleted: true },
		]);
		expect((await posts()).map((each) => each.map(meaningOf).sort())).toEqual([
			kept.map(meaningOf).sort(),
		]);
		expect((await bank.apiKey(getAll)).json).toHaveLength(2);
	});

	test('of a URL that is not there changes nothing, and says so', async () => {
		const { json } = await bank.apiKey(remove(`${THEIRS}/`));
		expect(json).toEqual([{ url: `${THEIRS}/`, categories: [], deleted: false }]);
		expect(await posts()).toEqual([]);
	});

	test('of one item after the other: the second one finds nothing left', async () => {
		const items = [{ url: THEIRS }, { url: THEIRS }, { url: OURS }];
		const { json } = await bank.apiKey(remove('={{ $json.url }}'), { items });
		expect(json.map(({ deleted }) => deleted)).toEqual([true, false, true]);
		expect((await bank.apiKey(getAll)).json).toEqual([]);
	});

	test('where another entry has a field that no POST takes changes nothing, and shows no URL', async () => {
		await bank.control.switches({ extraFields: true });
		const { error } = await bank.apiKey(remove(OURS));
		expect(error?.message).toContain('_future_field');
		expect(error?.description).toContain('shop.example.com');
		expect(JSON.stringify(error)).not.toContain('secret');
		expect(await posts()).toEqual([]);
		// The list is free again.
		await bank.control.switches({ extraFields: false });
		expect((await bank.apiKey(remove(OURS))).json).toMatchObject([{ deleted: true }]);
	});

	test('whose answer was lost is not sent blindly again: Retry On Fail reads first', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'notification-filter' });
		const { json } = await bank.apiKey(remove(THEIRS), {
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(json).toEqual([{ url: THEIRS, categories: [], deleted: false }]);
		expect(await posts()).toHaveLength(1);
	});

	test('that failed leaves the list free for the next one', async () => {
		await bank.control.fault({ kind: 'maintenance', method: 'POST', path: 'notification-filter' });
		expect((await bank.apiKey(remove(THEIRS))).error?.message).toMatch(/maintenance/);
		expect((await bank.apiKey(remove(THEIRS))).json).toMatchObject([{ deleted: true }]);
	});
});
