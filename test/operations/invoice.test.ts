import { useBank } from '../support/bank';
import { bytesOf } from '../support/files';
import { underEach } from '../support/underEach';

/** What bunq charges (docs/bunq-api.md 9.11). */

const bank = useBank();
const list = { resource: 'invoice', operation: 'getAll' };
const ofId = (id: unknown) => ({
	resource: 'invoice',
	operation: 'download',
	invoiceId: String(id),
});

underEach(bank, 'oauthMayUseTheRest', (isGranted) => {
	test('an OAuth app, whose refusal names an alternative', async () => {
		const { error, json } = await bank.oauth(list);
		if (isGranted) return expect(json.length).toBeGreaterThan(0);
		expect(error?.message).toBe('Not enough permissions to read invoice.');
		expect(error?.description).toContain('Use the Bunq API credential, or the bunq app.');
	});
});

underEach(bank, 'invoiceItem', () => {
	test('listed newest first, simplified', async () => {
		const { json } = await bank.apiKey(list);
		expect(json.length).toBeGreaterThan(1);
		expect(json[0]).toEqual({
			id: expect.any(Number),
			created: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00.000Z$/),
			invoiceNumber: String(json.length),
			date: expect.stringMatching(/^\d{4}-\d\d-01$/),
			status: 'CREDITED',
			total: expect.any(Number),
			totalVatInclusive: json[0].total,
			currency: 'EUR',
		});
		const dates = json.map(({ date }) => String(date));
		expect(dates).toEqual([...dates].sort().reverse());
	});
});

test('as bunq sent it, and no more than the limit', async () => {
	const { json } = await bank.apiKey({ ...list, limit: 1, simplify: false });
	expect(json).toMatchObject([{ _type: 'Invoice', group: expect.any(Array) }]);
	expect((await bank.log()).map(({ query }) => query)).toEqual([{ count: '1' }]);
});

underEach(bank, 'fileContentType', () => {
	test('downloaded as a PDF', async () => {
		const [{ id }] = (await bank.apiKey(list)).json;
		await bank.control.clearLog();
		const { items } = await bank.apiKey({ ...ofId(id), outputFieldName: 'pdf' });
		const fileName = `bunq-invoice-${id}.pdf`;
		expect(items).toMatchObject([
			{
				json: { id, fileName, mimeType: 'application/pdf' },
				binary: { pdf: { fileName, mimeType: 'application/pdf' } },
			},
		]);
		expect(bytesOf(items[0].binary, 'pdf').toString('latin1')).toMatch(/^%PDF-/);
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/invoice/{}/pdf-content']);
	});
});

test('an unknown ID gives bunq’s words and no item', async () => {
	const { error, items } = await bank.apiKey(ofId(1));
	expect(error?.message).toBe('The item you requested could not be found.');
	expect(items).toEqual([]);
});
