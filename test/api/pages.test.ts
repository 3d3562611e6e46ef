import type { IDataObject } from 'n8n-workflow';
import type { Reply } from '../../nodes/Bunq/api/http';
import { walkPages } from '../../nodes/Bunq/api/pages';

type Links = Pick<Reply, 'olderUrl' | 'newerUrl'>;

/** The IDs that are read, page by page, and the requested paths. */
const walk = async (path: string, pages: Record<string, [ids: unknown[], links?: Links]>) => {
	const requested: string[] = [];
	const read: unknown[] = [];
	const walking = walkPages(async (url) => {
		requested.push(url);
		const [ids, links] = pages[url];
		return { status: 200, items: ids.map((id) => ({ Thing: { id } }) as IDataObject), ...links };
	}, path);
	for await (const { items, isLast } of walking)
		read.push(...items.map(({ Thing }) => (Thing as IDataObject).id), ...(isLast ? ['end'] : []));
	return { read, requested };
};

const CIRCLE = { message: "bunq's pages of this list lead in a circle", kind: 'unavailable' };

test('towards older objects, whatever newer_url says', async () => {
	const { read } = await walk('/a', {
		'/a': [[9, 8], { olderUrl: '/b', newerUrl: '/a' }],
		'/b': [[7, 6], { olderUrl: '/c', newerUrl: '/a' }],
		'/c': [[], { newerUrl: '/b' }],
	});
	expect(read).toEqual([9, 8, 7, 6, 'end']);
});

test.each(['/a?newer_id=3', '/a?count=200&newer_id=3'])(
	'towards newer objects, if these are asked for: %s',
	async (path) => {
		const { read } = await walk(path, {
			[path]: [[5, 4], { olderUrl: '/older', newerUrl: '/b' }],
			'/b': [[7, 6], { olderUrl: path, newerUrl: '/c' }],
			'/c': [[8], { olderUrl: '/b' }],
		});
		expect(read).toEqual([5, 4, 7, 6, 8, 'end']);
	},
);

test.each([
	['the page itself', { '/a': [[2], { olderUrl: '/a' }] }],
	['A, B, A', { '/a': [[4], { olderUrl: '/b' }], '/b': [[3], { olderUrl: '/a' }] }],
	[
		'new links to what was read',
		{
			'/a': [[4], { olderUrl: '/b' }],
			'/b': [[3], { olderUrl: '/c' }],
			'/c': [[4], { olderUrl: '/d' }],
			'/d': [[3]],
		},
	],
	['IDs that rise', { '/a': [[4], { olderUrl: '/b' }], '/b': [['5'], { olderUrl: '/c' }] }],
	[
		'a circle without IDs',
		{ '/a': [[null], { olderUrl: '/b' }], '/b': [[{}], { olderUrl: '/a' }] },
	],
] as Array<[string, Record<string, [unknown[], Links?]>]>)(
	'a circle is refused: %s',
	async (_what, pages) => {
		await expect(walk('/a', pages)).rejects.toMatchObject(CIRCLE);
	},
);

test('IDs that fall are refused when reading upwards', async () => {
	const path = '/a?newer_id=3';
	const walking = walk(path, { [path]: [[5, 4], { newerUrl: '/b' }], '/b': [[3, 2]] });
	await expect(walking).rejects.toMatchObject(CIRCLE);
});

test('objects in any order within a page, or without IDs, are read', async () => {
	const { read } = await walk('/a', {
		'/a': [[7, 9, null, 8], { olderUrl: '/b' }],
		'/b': [[null, {}], { olderUrl: '/c' }],
		'/c': [[5, '6']],
	});
	expect(read).toEqual([7, 9, null, 8, null, {}, 5, '6', 'end']);
});

test('a single ID out of order ends nothing', async () => {
	const { read } = await walk('/a', {
		'/a': [[9, 1, 8], { olderUrl: '/b' }],
		'/b': [[7, 12, 6], { olderUrl: '/c' }],
		'/c': [[5]],
	});
	expect(read).toEqual([9, 1, 8, 7, 12, 6, 5, 'end']);
});

test('links without end are refused', async () => {
	let pages = 0;
	const walking = walkPages(
		async () => ({ status: 200, items: [], olderUrl: `/a?older_id=${++pages}` }),
		'/a',
	);
	const drain = async () => {
		for await (const page of walking) void page;
	};
	await expect(drain()).rejects.toMatchObject(CIRCLE);
	expect(pages).toBe(10_000);
});
