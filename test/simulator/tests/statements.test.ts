import { schemaOf } from '../../support/openapi';
import { underEach } from '../../support/underEach';
import { callBank, euro, isSignedBy, openSession, pick, refusalOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Statements and invoices in the simulated bank (docs/bunq-api.md 9.11). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });

const path = () => `{user}/monetary-account/${bank.account('Main').id}/customer-statement`;
const today = () => new Date().toISOString().slice(0, 10);
const body = (change: object = {}) => ({
	statement_format: 'CSV',
	date_start: today(),
	date_end: today(),
	regional_format: 'EUROPEAN',
	...change,
});
const order = async (change: object = {}) =>
	pick(await bank.session.post(path(), body(change)), 'Id').id as number;
const read = async (id: number, name = 'CustomerStatement') =>
	pick(await bank.session.get(`${path()}/${id}`), name);
const content = (id: number) => bank.session.get(`${path()}/${id}/content`);
const fileOf = async (change: object) => {
	const id = await order(change);
	await bank.control.advance(5_000);
	return await content(id);
};

test('a statement is made, listed, numbered and deleted', async () => {
	const first = await order();
	const second = await order({ statement_format: 'MT940', regional_format: undefined });
	expect(await read(second)).toMatchObject({
		id: second,
		status: 'PENDING',
		statement_number: 2,
		statement_format: 'MT940',
		date_start: today(),
		regional_format: null,
		alias_monetary_account: { iban: bank.account('Main').iban },
	});
	await bank.control.advance(5_000);
	expect((await read(second)).status).toBe('COMPLETED');
	const elsewhere = path().replace(/\d+/, String(bank.account('Household').id));
	expect((await bank.session.get(elsewhere)).json.Response).toEqual([]);
	expect((await bank.session.get(`${elsewhere}/${second}`)).status).toBe(404);
	await bank.session.delete(`${path()}/${first}`);
	const { Response } = (await bank.session.get(path())).json;
	expect(Response.map((each: object) => Object.values(each)[0].id)).toEqual([second]);
	expect((await content(first)).status).toBe(404);
});

test.each([
	['EUROPEAN', ';', '"2.600,00"', '"-24,95"'],
	['UK_US', ',', '"2,600.00"', '"-24.95"'],
])('CSV in the format %s has a row per payment', async (regional_format, comma, ...amounts) => {
	const answer = await fileOf({ regional_format });
	expect(answer.headers['content-type']).toBe('text/csv');
	expect(isSignedBy(bank.session.serverPublicKey, answer)).toBe(true);
	const [head, ...rows] = answer.text.trim().split('\n');
	expect(head.split(comma)).toHaveLength(7);
	expect(rows).toHaveLength(bank.account('Main').payments);
	for (const amount of amounts) expect(answer.text).toContain(`${comma}${amount}${comma}`);
	expect(answer.text).toContain('Café De Zwaan ☕');
	const yesterday = { date_start: '2020-01-01', date_end: '2020-12-31' };
	expect((await fileOf(yesterday)).text.trim().split('\n')).toHaveLength(1);
});

test('a statement begins with its first day', async () => {
	const date = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
	const days = { date_start: date, date_end: date };
	const { text } = await fileOf({ ...days, statement_format: 'MT940', regional_format: undefined });
	expect(text).toMatch(/:60F:C\d{6}EUR2500,00/);
	expect(text).not.toContain(':61:');
});

test('MT940 leads from one balance to the other', async () => {
	const { text } = await fileOf({ statement_format: 'MT940', regional_format: undefined });
	const [, opening] = /:60F:C\d{6}EUR([\d,]+)/.exec(text) ?? [];
	expect(opening).toBe('0,00');
	expect(text).toContain(`:25:${bank.account('Main').iban} EUR`);
	expect(text.match(/^:61:/gm)).toHaveLength(bank.account('Main').payments);
	expect(text).toMatch(/:62F:C\d{6}EUR2500,00\r\n/);
});

test('PDF has the places of its objects, and receipts where they are asked for', async () => {
	const headers = { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'x' };
	const to = path().replace('customer-statement', '');
	const { id } = pick(
		await bank.session.post(`${to}attachment`, Buffer.from('x'), { headers }),
		'Id',
	);
	const [{ email }] = bank.world.thirdParties;
	await bank.session.post(`${to}payment`, {
		amount: { value: '1.00', currency: 'EUR' },
		counterparty_alias: { type: 'EMAIL', value: email },
		description: 'Lunch (two)',
		attachment: [{ id }],
	});
	const pdf = { statement_format: 'PDF', regional_format: undefined };
	const [plain, full] = [await fileOf(pdf), await fileOf({ ...pdf, include_attachment: true })];
	expect(plain.headers['content-type']).toBe('application/pdf');
	const text = plain.bytes.toString('latin1');
	const [, start] = /startxref\n(\d+)/.exec(text) ?? [];
	expect(text.slice(Number(start))).toMatch(/^xref/);
	const offsets = [...text.matchAll(/^(\d{10}) 00000 n/gm)].map(([, offset]) => Number(offset));
	expect(offsets).toHaveLength(5);
	for (const [at, offset] of offsets.entries()) {
		expect(text.slice(offset)).toMatch(new RegExp(`^${at + 1} 0 obj`));
	}
	expect(text).toContain('Lunch \\(two\\)');
	expect(text).not.toContain(`Attachment ${id}`);
	expect(full.text).toContain(`Attachment ${id}`);
});

test.each<[string, object, RegExp]>([
	['CSV without a format', { regional_format: undefined }, /parameter "regional_format"/],
	['attachments in CSV', { include_attachment: true }, /"include_attachment".*except for PDF/],
	['an end before its start', { date_end: '2020-01-01' }, /"date_end".*not before/],
	['a day that no month has', { date_end: '2099-02-30' }, /"date_end".*a date such as/],
	['no date', { date_start: 'yesterday' }, /"date_start".*a date such as/],
	['a format that bunq does not have', { statement_format: 'CAMT053' }, /expected one of/],
])('a statement is refused with %s', async (_, change, text) => {
	const answer = await bank.session.post(path(), body(change));
	expect(refusalOf(answer)).toEqual([400, expect.stringMatching(text)]);
	expect((await bank.session.get(path())).json.Response).toEqual([]);
});

underEach(bank, 'statementSeconds', (seconds) => {
	test('a statement is ready after that time, not before', async () => {
		const id = await order();
		if (seconds > 0) {
			await bank.control.advance(seconds * 1000 - 2_000);
			expect((await content(id)).status).toBe(404);
			await bank.control.advance(2_000);
		}
		expect((await content(id)).status).toBe(200);
	});
});

underEach(bank, 'unreadyStatus', (status) => {
	test('what a statement says before it is ready', async () => {
		expect((await read(await order())).status).toBe(status);
	});
});

underEach(bank, 'unreadyStatement', (status) => {
	test('the answer to a read that comes too early', async () => {
		const early = await content(await order());
		expect(refusalOf(early)).toEqual([status, 'The item you requested could not be found.']);
	});
});

underEach(bank, 'statementWrapper', (name) => {
	test('the key around a statement', async () => {
		const id = await order();
		expect((await read(id, name)).id).toBe(id);
	});
});

test('an OAuth app needs a right', async () => {
	const app = await openSession(bank.url, bank.world.oauth.accessToken);
	expect(refusalOf(await app.post(path(), body()))).toEqual([
		403,
		'Not enough permissions to create customer-statement.',
	]);
	await bank.control.switches({ oauthMayUseTheRest: true });
	expect((await app.post(path(), body())).status).toBe(200);
});

describe('invoices', () => {
	type Invoice = Record<string, never> & { id: number; group: Array<Record<string, never>> };
	const list = async (of = '{user}', session = bank.session): Promise<Invoice[]> =>
		(await session.get(`${of}/invoice`)).json.Response.map(
			({ Invoice }: { Invoice: Invoice }) => Invoice,
		);
	const cents = ({ value }: { value: string }) => Math.round(Number(value) * 100);

	test('one a month, whose lines add up; the newest is among the payments', async () => {
		const invoices = await list();
		expect(invoices).toHaveLength(3);
		expect(new Set(invoices.map(({ invoice_date: date }) => String(date).slice(0, 7))).size).toBe(
			3,
		);
		for (const { group, ...invoice } of invoices) {
			expect(group.length).toBeGreaterThan(0);
			const items = group.flatMap(({ item }) => item as never[]);
			const sum = (keys: never[], key: string) =>
				keys.reduce((total, each) => total + cents(each[key] as never), 0);
			expect(cents(invoice.total_vat_inclusive)).toBe(sum(group as never, 'product_vat_inclusive'));
			expect(cents(invoice.total_vat_inclusive)).toBe(sum(items, 'total_vat_inclusive'));
			expect(cents(invoice.total_vat_inclusive)).toBe(
				cents(invoice.total_vat_exclusive) + cents(invoice.total_vat),
			);
			for (const { quantity, unit_vat_inclusive: unit, total_vat_inclusive: total } of items) {
				expect(cents(total)).toBe(quantity * cents(unit));
			}
		}
		const [newest, middle] = invoices;
		expect(middle.total_vat_inclusive).toEqual(euro('16.97'));
		const payments = await bank.session.get(path().replace('customer-statement', 'payment'));
		expect(payments.json.Response).toContainEqual({
			Payment: expect.objectContaining({
				description: 'bunq Elite',
				amount: euro(`-${(newest.total_vat_inclusive as { value: string }).value}`),
			}),
		});
	});

	test('are at the user and at their account, each with its file', async () => {
		const invoices = await list();
		const [{ id }] = invoices;
		const at = (name: string) => `{user}/monetary-account/${bank.account(name).id}`;
		expect(await list(at('Main'))).toEqual(invoices);
		expect(await list(at('Household'))).toEqual([]);
		for (const owner of ['{user}', at('Main')]) {
			expect(pick(await bank.session.get(`${owner}/invoice/${id}`), 'Invoice')).toEqual(
				invoices[0],
			);
		}
		expect((await bank.session.get(`${at('Household')}/invoice/${id}`)).status).toBe(404);
		const { headers, text } = await bank.session.get(`{user}/invoice/${id}/pdf-content`);
		expect(headers['content-type']).toBe('application/pdf');
		expect(text).toMatch(/^%PDF-[^]*\(Total {2}EUR 9\.99\)[^]*%%EOF/);
		expect((await bank.session.get(`{user}/invoice/${id + 1}/pdf-content`)).status).toBe(404);
	});

	test("have the keys of bunq's file", async () => {
		const keys = (name: string) => Object.keys(schemaOf(name).properties ?? {});
		const [invoice] = await list();
		expect(Object.keys(invoice)).toEqual(expect.arrayContaining(keys('InvoiceByUserListing')));
		expect(Object.keys(invoice.group[0])).toEqual(keys('InvoiceItemGroup'));
		const [item] = invoice.group[0].item as object[];
		expect(['id', ...Object.keys(item)]).toEqual(keys('InvoiceItem'));
	});

	test('a new user has none; an OAuth app needs a right', async () => {
		const environment = 'sandbox';
		const made = await callBank(bank.url, 'POST', '/v1/sandbox-user-person', { environment });
		const robin = await openSession(bank.url, pick(made, 'ApiKey').api_key, { environment });
		expect(await list('{user}', robin)).toEqual([]);
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		expect((await app.get('{user}/invoice')).status).toBe(403);
		await bank.control.switches({ oauthMayUseTheRest: true });
		expect(await list('{user}', app)).toHaveLength(3);
	});
});

underEach(bank, 'invoiceItem', (form) => {
	test('whether the item of an invoice is a list', async () => {
		const { group } = pick(await bank.session.get('{user}/invoice'), 'Invoice');
		expect(Array.isArray(group[0].item)).toBe(form === 'list');
	});
});
