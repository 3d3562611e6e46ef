import { openSession } from '../control/testClient';
import { useSimulator } from './useSimulator';

const bank = useSimulator();
const open = (secret = bank.world.apiKey, options = {}) => openSession(bank.url, secret, options);

describe('pages (§6)', () => {
	const setUp = async (count: number) => {
		const account = await bank.control.addAccount({ description: 'Busy' });
		const ids = count > 0 ? await bank.control.addPayments({ accountId: account, count }) : [];
		const session = await open();
		const path = `/user/${session.userId}/monetary-account/${account}/payment`;
		const page = async (query: string) => {
			await bank.control.advance(3_000);
			const { status, json, text } = await session.get(path + query);
			const list = json.Response?.map((item: { Payment: { id: number } }) => item.Payment.id);
			return { status, ids: list as number[], links: json.Pagination, text };
		};
		return { ids, page, path: `/v1${path}`, session };
	};

	test('have 10 items by default, newest first, with relative escaped links and nulls', async () => {
		const { ids, page, path } = await setUp(25);
		const first = await page('');
		expect(first.ids).toEqual(ids.slice(15).reverse());
		expect(first.links).toEqual({
			future_url: `${path}?newer_id=${ids[24]}`,
			newer_url: null,
			older_url: `${path}?older_id=${ids[15]}`,
		});
		expect(first.text).toContain('"future_url":"\\/v1\\/user\\/');
	});

	test('an older page leads back to the newer one, and to none of the future', async () => {
		const { ids, page, path } = await setUp(25);
		const { links } = await page(`?older_id=${ids[15]}`);
		expect(links).toEqual({
			future_url: null,
			newer_url: `${path}?newer_id=${ids[14]}`,
			older_url: `${path}?older_id=${ids[5]}`,
		});
	});

	test.each([
		[10, [10]],
		[11, [10, 1]],
	])('%i items make pages of %j and no empty last one', async (count, sizes) => {
		const { page, path } = await setUp(count);
		const seen = [];
		let query: string | undefined = '';
		while (query !== undefined) {
			const { ids, links } = await page(query);
			seen.push(ids.length);
			query = links.older_url?.slice(path.length);
		}
		expect(seen).toEqual(sizes);
	});

	test('older_url leads to the oldest item and keeps the count', async () => {
		const { ids, page, path } = await setUp(25);
		const seen: number[] = [];
		let query: string | undefined = '?count=10';
		while (query !== undefined) {
			const { ids: some, links } = await page(query);
			seen.push(...some);
			query = links.older_url?.slice(path.length);
			if (query) expect(query).toMatch(/^\?count=10&older_id=\d+$/);
		}
		expect(seen).toEqual([...ids].reverse());
	});

	test('newer_url leads upwards from the page next to the ID', async () => {
		const { ids, page, path } = await setUp(25);
		const first = await page(`?newer_id=${ids[4]}`);
		expect(first.ids).toEqual(ids.slice(5, 15).reverse());
		expect(first.links).toEqual({
			future_url: null,
			newer_url: `${path}?newer_id=${ids[14]}`,
			older_url: `${path}?older_id=${ids[5]}`,
		});
		const second = await page(first.links.newer_url.slice(path.length));
		expect(second.ids).toEqual(ids.slice(15).reverse());
		expect(second.links.newer_url).toBeNull();
		expect(second.links.future_url).toBe(`${path}?newer_id=${ids[24]}`);
		const third = await page(second.links.future_url.slice(path.length));
		expect([third.ids, third.links.newer_url]).toEqual([[], null]);
	});

	test('are empty without items', async () => {
		const { page } = await setUp(0);
		const { ids, links } = await page('');
		expect([ids, links]).toEqual([[], { future_url: null, newer_url: null, older_url: null }]);
	});

	test('have at most 200 items', async () => {
		const { page } = await setUp(201);
		expect((await page('?count=200')).ids).toHaveLength(200);
		expect((await page('?count=201')).status).toBe(400);
		expect((await page('?count=0')).status).toBe(400);
		expect((await page('?count=ten')).status).toBe(400);
	});

	test('have one direction only', async () => {
		const { page } = await setUp(1);
		expect((await page('?older_id=5&newer_id=1')).status).toBe(400);
	});

	test('apply to the list of accounts too', async () => {
		for (let i = 0; i < 5; i++) await bank.control.addAccount({ description: 'Same name' });
		const session = await open();
		const first = await session.get('{user}/monetary-account');
		expect(first.json.Response).toHaveLength(10);
		const rest = await session.get(first.json.Pagination.older_url.replace('/v1', ''));
		expect(rest.json.Response).toHaveLength(2);
	});

	test('take little time with 100,000 payments', async () => {
		const first = await cpuTime(async () => await setUp(100_000));
		expect(first.took).toBeLessThan(2_000);
		const { page, ids } = first.result;
		const times: number[] = [];
		// The quickest of three, as the rest of the process only adds.
		for (let i = 0; i < 3; i++) {
			const { took, result } = await cpuTime(
				async () => await page(`?count=200&older_id=${ids[50_000]}`),
			);
			expect(result.ids[0]).toBe(ids[49_999]);
			times.push(took);
		}
		expect(Math.min(...times)).toBeLessThan(200);
	});
});

/** The time on the processor, milliseconds: other programs on the machine do not count. */
const cpuTime = async <T>(work: () => Promise<T>) => {
	const before = process.cpuUsage();
	const result = await work();
	const { user, system } = process.cpuUsage(before);
	return { result, took: (user + system) / 1_000 };
};
