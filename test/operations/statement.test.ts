import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { until } from '../support/fakeClock';
import { bytesOf } from '../support/files';
import { locator, RETRY_ON_FAIL } from '../support/parameters';
import { under, underEach } from '../support/underEach';

/** Statements of accounts as files (docs/bunq-api.md 9.11). */

const bank = useBank();
const RETRY = { settings: RETRY_ON_FAIL };
const order = (operation: string, more: IDataObject = {}): IDataObject => ({
	resource: 'statement',
	operation,
	account: locator('name', 'Main'),
	...more,
});
const DAYS = { dateStart: '2026-01-01', dateEnd: '2026-01-31' };
const download = (more: IDataObject = {}) => order('download', { ...DAYS, ...more });
const made = async () => {
	const { error, json } = await bank.apiKey(order('getAll', { returnAll: true }));
	expect(error).toBeUndefined();
	return json;
};
/** Days of this month, which has payments. */
const now = () => {
	const today = new Date().toISOString().slice(0, 10);
	return { dateStart: `${today.slice(0, 8)}01`, dateEnd: today };
};
const bodies = async () =>
	(await bank.log()).filter(({ method }) => method === 'POST').map(({ body }) => body);

describe.each(['oauth', 'apiKey'] as const)('with %s', (by) => {
	beforeEach(async () => void (await bank.control.switches({ oauthMayUseTheRest: true })));

	test.each([
		['csv', 'main-2026-01.csv', 'text/csv', /^"Date";"Interest Date"/],
		['mt940', 'main-2026-01.sta', 'text/plain', /^:20:BUNQ\d/],
		['pdf', 'main-2026-01.pdf', 'application/pdf', /^%PDF-/],
	])('%s is made, waited for and given as %s', async (format, fileName, mimeType, content) => {
		const { error, items } = await bank[by](download({ format, outputFieldName: 'statement' }));
		expect(error?.message).toBeUndefined();
		expect(items).toMatchObject([
			{
				json: {
					id: expect.any(Number),
					accountId: await bank.accountId('Main'),
					status: 'COMPLETED',
					format,
					...DAYS,
					statementNumber: 1,
					fileName,
					mimeType,
				},
				binary: { statement: { fileName, mimeType } },
				pairedItem: { item: 0 },
			},
		]);
		expect(bytesOf(items[0].binary, 'statement').toString('latin1')).toMatch(content);
	});

	test('read, listed, fetched again and deleted', async () => {
		const { json, items } = await bank[by](download({ ...now() }));
		const statementId = String(json[0].id);
		const { fileName, mimeType, ...shown } = json[0];
		expect((await bank[by](order('get', { statementId }))).json).toEqual([shown]);
		expect((await bank[by](order('getAll'))).json).toEqual([shown]);
		const again = await bank[by](order('getFile', { statementId }));
		expect(again.json).toEqual([{ ...shown, fileName, mimeType }]);
		expect(bytesOf(again.items[0].binary)).toEqual(bytesOf(items[0].binary));
		const removed = await bank[by](order('delete', { statementId }));
		expect(removed.json).toEqual([{ id: Number(statementId), deleted: true }]);
		expect((await bank[by](order('getAll'))).json).toEqual([]);
		const raw = order('getAll', { simplify: false });
		await bank[by](download());
		expect((await bank[by](raw)).json).toMatchObject([
			{ _type: expect.stringMatching(/Statement/), statement_format: 'CSV' },
		]);
	});
});

underEach(bank, 'oauthMayUseTheRest', (isGranted) => {
	test('an OAuth app, whose refusal names an alternative', async () => {
		const { error, json } = await bank.oauth(download());
		if (isGranted) return expect(json).toHaveLength(1);
		expect(error?.message).toMatch(/^Not enough permissions to create customer-statement/);
		expect(error?.description).toContain('or export them in the bunq app');
	});
});

describe('what bunq is asked for', () => {
	test.each<[string, IDataObject, IDataObject]>([
		['csv', {}, { regional_format: 'EUROPEAN' }],
		['csv', { regionalFormat: 'ukUs' }, { regional_format: 'UK_US' }],
		['mt940', { regionalFormat: 'ukUs' }, {}],
		['pdf', { includeReceipts: true }, { include_attachment: true }],
		['pdf', { regionalFormat: 'ukUs' }, { regional_format: 'UK_US' }],
		['pdf', { includeReceipts: false }, {}],
	])('%s with %j', async (format, additionalFields, expected) => {
		await bank.apiKey(download({ format, additionalFields }));
		expect(await bodies()).toEqual([
			{
				statement_format: format.toUpperCase(),
				date_start: DAYS.dateStart,
				date_end: DAYS.dateEnd,
				...expected,
			},
		]);
	});

	test.each([
		['2026-01-31', 'Europe/Amsterdam', '2026-01-31'],
		['2026-01-31T00:00:00', 'America/New_York', '2026-01-31'],
		['2026-01-30T23:30:00Z', 'Europe/Amsterdam', '2026-01-31'],
		['2026-01-31T03:00:00Z', 'America/New_York', '2026-01-30'],
		[
			'={{ DateTime.fromISO("2026-02-15").minus({ months: 1 }).endOf("month") }}',
			'Asia/Tokyo',
			'2026-01-31',
		],
	])('%s in %s is the day %s', async (dateEnd, timezone, day) => {
		await bank.apiKey(download({ dateEnd }), { timezone });
		expect(await bodies()).toMatchObject([{ date_start: '2026-01-01', date_end: day }]);
	});

	test.each(['2026-01', '2026', '12', '={{ 12 }}'])('%s is no day', async (day) => {
		const { error } = await bank.apiKey(download({ dateStart: day, dateEnd: day }));
		expect(error?.message).toMatch(/^"Start Date" must be a date such as 2026-01-31/);
		expect(await bank.changes()).toBe(0);
	});

	const inDays = (days: number) =>
		new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

	test.each<[string, () => IDataObject, RegExp]>([
		[
			'reversed',
			() => ({ dateStart: '2026-02-01' }),
			/^"End Date" is 2026-01-31, before "Start Date", 2026-02-01$/,
		],
		[
			'in the future',
			() => ({ dateStart: inDays(3), dateEnd: inDays(5) }),
			/^"Start Date" is .* in the future/,
		],
		[
			'ending in the future',
			() => ({ dateEnd: inDays(3) }),
			/^"End Date" is .*, which is in the future: today is/,
		],
		[
			'of ten years',
			() => ({ dateStart: '2016-01-01', dateEnd: '2025-12-31' }),
			/^"Start Date" to "End Date" is 10 years or more/,
		],
		['that is no day', () => ({ dateStart: '2026-02-30' }), /^"Start Date" must be a date/],
		['without an end', () => ({ dateEnd: '={{ "" }}' }), /^"End Date" must be a date/],
	])('days %s: the error names the field, and nothing is sent', async (_, days, message) => {
		const { error } = await bank.apiKey(
			download({ account: await bank.locate('Main'), ...days() }),
			{
				items: [{}],
			},
		);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/^Nothing was sent\. /);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(await bank.requests()).toEqual([]);
	});

	test('receipts in a CSV are refused before anything is sent', async () => {
		const { error } = await bank.apiKey(download({ additionalFields: { includeReceipts: true } }));
		expect(error?.message).toBe('"Include Receipts" is only for PDF');
		expect(await bank.changes()).toBe(0);
	});
});

test.each<[IDataObject, string]>([
	[{}, 'main-2026-01.csv'],
	[{ dateEnd: '2026-02-28' }, 'main-2026-01-01_2026-02-28.csv'],
	[{ dateEnd: '2026-01-01' }, 'main-2026-01-01.csv'],
	[{ dateStart: '2025-01-01', dateEnd: '2025-12-31' }, 'main-2025.csv'],
	[{ additionalFields: { fileName: '../../My: Bank' } }, 'My Bank.csv'],
	[{ additionalFields: { fileName: 'january.CSV' } }, 'january.CSV'],
	[{ additionalFields: { fileName: '📄 a\r\nb\u0000' } }, '📄 ab.csv'],
	[{ additionalFields: { fileName: '...' } }, 'main-2026-01.csv'],
	[{ additionalFields: { fileName: 'x'.repeat(300) } }, `${'x'.repeat(100)}.csv`],
	[{ account: locator('name', 'Household') }, 'household-2026-01.csv'],
])('%j is named %s', async (more, fileName) => {
	expect((await bank.apiKey(download(more))).json).toMatchObject([{ fileName }]);
});

test('accounts of the same name: their statements keep apart in a folder', async () => {
	const ids = [
		await bank.accountId('Household'),
		await bank.control.addAccount({ description: 'household', balance: '0.00' }),
	];
	for (const id of ids)
		expect((await bank.apiKey(download({ account: locator('id', id) }))).json).toMatchObject([
			{ fileName: `household-${id}-2026-01.csv` },
		]);
});

describe('a statement that takes time', () => {
	underEach(bank, 'statementSeconds', (seconds) => {
		test('is waited for up to two minutes, within bunq’s limits; after that the error names it', async () => {
			const began = Date.now();
			const { error, json } = await bank.apiKey(download());
			const took = (Date.now() - began) / 1_000;
			const reads = (await bank.log()).filter(({ method }) => method === 'GET');
			expect(reads.every(({ status }) => status === 200)).toBe(true);
			expect(reads.length).toBeLessThanOrEqual(18);
			if (seconds < 120) return expect(json).toHaveLength(1);
			expect(took).toBeGreaterThanOrEqual(120);
			expect(took).toBeLessThan(130);
			const [{ id }] = await made();
			expect(error?.message).toBe(`Statement ${id} is not ready: its status is PENDING`);
			expect(error?.description).toContain(`"Statement: Get File" with the ID ${id}`);

			const early = await bank.apiKey(order('getFile', { statementId: String(id) }));
			expect(early.error?.message).toBe(`Statement ${id} is not ready: its status is PENDING`);
			await bank.control.advance(300_000);
			const late = await bank.apiKey(order('getFile', { statementId: String(id) }));
			expect(late.json).toMatchObject([{ id, fileName: 'main-2026-01.csv' }]);
		});
	});

	underEach(bank, 'unreadyStatus', () => {
		test('in any words', async () => {
			expect((await bank.apiKey(download())).json).toHaveLength(1);
		});
	});

	const status = { key: '\\.status$' };
	const path = 'customer-statement/\\d+$';

	test.each(['null', 'missing', 'a number', 'a list'] as const)(
		'whose status is %s: the answer about its file tells, after the wait and in Get File',
		async (kind) => {
			await bank.control.dirty({ changes: [{ kind, ...status }], path });
			const { error, json } = await bank.apiKey(download());
			expect(error?.message).toBeUndefined();
			expect(json).toMatchObject([{ status: null, fileName: 'main-2026-01.csv' }]);
			const { json: again } = await bank.apiKey(
				order('getFile', { statementId: String(json[0].id) }),
			);
			expect(again).toEqual(json);
			await bank.control.fault({ kind: '500-before', method: 'GET', path: '/content$', times: 2 });
			const lost = await bank.apiKey(download());
			expect(lost.error?.description).toMatch(/bunq has statement \d+; only its file is missing/);
		},
	);

	underEach(bank, 'unreadyStatement', () => {
		test('whose status cannot be read, and that is not ready: the error names it', async () => {
			await bank.control.switches({ statementSeconds: 300 });
			await bank.control.dirty({ changes: [{ kind: 'null', ...status }], path });
			const { error, items } = await bank.apiKey(download());
			const [{ id }] = await made();
			expect(items).toEqual([]);
			expect(error?.description).toContain(`bunq has statement ${id}; only its file is missing.`);
			expect(error?.description).not.toContain('Nothing was done');
			expect((await bank.log()).filter((one) => one.path.endsWith('/content'))).toHaveLength(1);
		});
	});

	test('whose status is a word that nobody knows: not ready, and perhaps failed', async () => {
		await bank.control.dirty({ changes: [{ kind: 'an unknown word', ...status }], path });
		const { error, items } = await bank.apiKey(download());
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/^Statement \d+ is not ready: its status is SOMETHING_NEW$/);
		expect(error?.description).toContain('bunq may need longer, or failed to make it');
		expect((await bank.log()).some((one) => one.path.endsWith('/content'))).toBe(false);
	});

	test('whose format cannot be read: its file has the type that bunq names', async () => {
		const key = '\\.statement_format$';
		await bank.control.dirty({ changes: [{ kind: 'null', key }], path });
		expect((await bank.apiKey(download())).json).toMatchObject([
			{ format: null, fileName: 'main-2026-01.csv', mimeType: 'text/csv' },
		]);
	});

	underEach(bank, 'statementWrapper', () => {
		test('is read under whatever key bunq wraps it in', async () => {
			const { json } = await bank.apiKey(download());
			expect(json).toMatchObject([{ format: 'csv', ...DAYS }]);
		});
	});

	under(bank, 'statementSeconds', 300, () => {
		test('Retry On Fail goes on waiting for the same statement', async () => {
			await bank.apiKey({ resource: 'user', operation: 'get' });
			const { error, json } = await bank.apiKey(download(), RETRY);
			expect(error?.message).toBeUndefined();
			expect(json).toHaveLength(1);
			expect(await made()).toHaveLength(1);
		});

		test('stopped meanwhile: no further request', async () => {
			const { status } = await bank.apiKey(download(), {
				whileRunning: (stop) =>
					void until(async () => (await bank.requestCount('POST')) > 0).then(stop),
			});
			expect(status).toBe('canceled');
			expect(await bank.requestCount('GET')).toBeLessThanOrEqual(3);
		});
	});

	test.each(['drop-before', 'drop-after', '500-after', 'truncated'] as const)(
		'the order meets %s: one statement, and its file',
		async (kind) => {
			await bank.control.fault({ kind, method: 'POST', path: 'customer-statement$' });
			const { error, items } = await bank.apiKey(download(), RETRY);
			expect(error?.message).toBeUndefined();
			expect(bytesOf(items[0].binary).length).toBeGreaterThan(0);
			expect(await made()).toHaveLength(1);
		},
	);

	test.each(['500-before', 'truncated', 'wrong-signature', 'unsigned', 'html'] as const)(
		'its file meets %s: read again, then an error that names the statement; a retry orders no second one',
		async (kind) => {
			await bank.control.fault({ kind, method: 'GET', path: '/content$', times: 2 });
			const { error } = await bank.apiKey(download());
			const [{ id }] = await made();
			expect(error?.description).toContain(`bunq has statement ${id}; only its file is missing.`);
			await bank.control.fault({ kind, method: 'GET', path: '/content$', times: 2 });
			const { items } = await bank.apiKey(download({ format: 'pdf' }), RETRY);
			expect(bytesOf(items[0].binary).toString('latin1')).toMatch(/^%PDF/);
			expect(await made()).toHaveLength(2);
		},
	);

	test.each([
		['an error', { Error: [{ error_description: 'Too old.' }] }, 'Too old.'],
		['an object', { Response: [{ Id: { id: 7 } }] }, "bunq's answer could not be read"],
	])("%s of bunq's, under the type of a file, is no file", async (_what, value, message) => {
		const body = ` ${JSON.stringify(value)}`;
		const fault = { kind: 'other', method: 'GET', path: '/content$', body, times: 2 } as const;
		await bank.control.fault(fault);
		const { error, items } = await bank.apiKey(download());
		expect(items).toEqual([]);
		expect(error?.message).toBe(message);
	});

	test('any other JSON is the file', async () => {
		const body = JSON.stringify({ Response: 'ours', lines: [] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: '/content$', body });
		const { items } = await bank.apiKey(download());
		expect(bytesOf(items[0].binary).toString()).toBe(body);
	});

	test('an empty file is none', async () => {
		const fault = { kind: 'other', method: 'GET', path: '/content$', body: '', times: 2 } as const;
		await bank.control.fault(fault);
		const { error, items } = await bank.apiKey(download());
		expect(items).toEqual([]);
		expect(error?.message).toBe("bunq's answer could not be read");
	});
});
