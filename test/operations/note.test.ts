import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passSeconds } from '../support/fakeClock';
import { bytesOf, fileOf, inMemory, type FileType } from '../support/files';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { CONTINUE_ON_FAIL, locator, RETRY_ON_FAIL } from '../support/parameters';
import { under, underEach } from '../support/underEach';

/** Texts and files on what moves money (docs/bunq-api.md 9.9, 9.10). */

const bank = useBank();
const credentials = ['oauth', 'apiKey'] as const;

const order = (operation: string, more: IDataObject = {}): IDataObject => ({
	resource: 'note',
	operation,
	account: locator('name', 'Main'),
	...more,
});
const payment = async () => String((await bank.receive('Main'))[0]);
const onPayment = async (operation: string, more: IDataObject = {}) =>
	order(operation, { account: await bank.locate('Main'), subjectId: await payment(), ...more });
const cardUse = async (merchant = 'Tea House', amount = '3.20') => {
	const id = await bank.accountId('Main');
	const [cardTransactionId] = await bank.control.addCardTransactions(id, [{ merchant, amount }]);
	const list = { resource: 'payment', operation: 'getAll', account: await bank.locate('Main') };
	const [paid] = (await bank.apiKey({ ...list, limit: 1 })).json;
	expect(paid).toMatchObject({ type: 'MASTERCARD', amount: -Number(amount) });
	await bank.control.clearLog();
	return { cardTransactionId, paymentId: String(paid.id) };
};
const grantNotes = async () =>
	await bank.control.switches({ oauthMayNote: true, oauthMayUpload: true });

/** A subject of each kind, by its ID. */
const SUBJECTS: Record<string, () => Promise<number>> = {
	payment: async () => (await bank.receive('Main'))[0],
	cardTransaction: async () =>
		(await bank.control.addCardTransactions(await bank.accountId('Main'), [{}]))[0],
	draftPayment: async () =>
		(await bank.control.addDrafts({ accountId: await bank.accountId('Main') }))[0],
	requestInquiry: async () => {
		const request = { resource: 'requestInquiry', operation: 'create', amount: 2 };
		const to = { ...(await bank.toThirdParty()), account: await bank.locate('Main') };
		return Number((await bank.apiKey({ ...request, ...to })).json[0].id);
	},
	requestResponse: async () =>
		await bank.control.addRequestResponse({ accountId: await bank.accountId('Main') }),
};

describe.each(credentials)('with %s', (by) => {
	beforeEach(grantNotes);

	test.each(Object.keys(SUBJECTS))('%s: add, list, download and delete', async (subject) => {
		const subjectId = String(await SUBJECTS[subject]());
		const on = async (operation: string, more: IDataObject = {}, binary = {}) => {
			const account = await bank.locate('Main');
			const result = await bank[by](order(operation, { subject, account, subjectId, ...more }), {
				binary,
			});
			expect(result.error?.message).toBeUndefined();
			return result;
		};
		const attached = { attachedTo: subject, attachedToId: Number(subjectId) };
		const [text] = (await on('addText', { content: 'For project Alpha' })).json;
		expect(text).toEqual({
			id: expect.any(Number),
			created: expect.any(String),
			type: 'text',
			content: 'For project Alpha',
			attachmentIds: [],
			...attached,
		});
		passSeconds(1);
		const bytes = fileOf('png');
		const [file] = (await on('addFile', {}, { data: inMemory(bytes, 'scan.png') })).json;
		expect(file).toEqual({
			id: expect.any(Number),
			created: expect.any(String),
			type: 'file',
			content: 'scan.png',
			attachmentIds: [expect.any(Number)],
			...attached,
		});

		const times = { created: expect.any(String), updated: expect.any(String) };
		expect((await on('getAll')).json).toEqual([
			{ ...file, ...times },
			{ ...text, ...times },
		]);
		const { items } = await on('downloadFiles', { outputFieldName: 'receipt' });
		expect(items).toMatchObject([
			{ json: { noteId: file.id, fileName: 'scan.png', mimeType: 'image/png', ...attached } },
		]);
		expect(bytesOf(items[0].binary, 'receipt')).toEqual(bytes);
		expect(items[0].binary?.receipt).toMatchObject({
			fileName: 'scan.png',
			mimeType: 'image/png',
		});

		const remove = { noteType: 'text', noteId: String(text.id) };
		expect((await on('delete', remove)).json).toEqual([{ id: text.id, deleted: true }]);
		await on('delete', { noteType: 'file', noteId: String(file.id) });
		expect((await on('getAll')).json).toEqual([]);
		expect((await on('downloadFiles')).items).toEqual([]);
	});
});

underEach(bank, 'oauthMayNote', (isGranted) => {
	test('an OAuth app, whose refusal names an alternative', async () => {
		const { error, json } = await bank.oauth(await onPayment('addText', { content: 'x' }));
		if (isGranted) return expect(json).toMatchObject([{ content: 'x' }]);
		expect(error?.message).toBe('Not enough permissions to create note-text.');
		expect(error?.description).toContain('Use the Bunq API credential, or the bunq app.');
		expect(await bank.changes()).toBe(0);
	});
});

underEach(bank, 'oauthMayUpload', (isGranted) => {
	test('an OAuth app uploads, or nothing is linked', async () => {
		await bank.control.switches({ oauthMayNote: true });
		const { error } = await bank.oauth(await onPayment('addFile'));
		expect(error?.message).toBe(
			isGranted ? undefined : 'Not enough permissions to create attachment.',
		);
		expect(await bank.changes()).toBe(isGranted ? 2 : 0);
	});
});

underEach(bank, 'oauthMayReadFiles', (isGranted) => {
	test('an OAuth app downloads', async () => {
		await grantNotes();
		const parameters = await onPayment('addFile');
		await bank.oauth(parameters);
		const { error, items } = await bank.oauth({ ...parameters, operation: 'downloadFiles' });
		if (isGranted) return expect(items).toHaveLength(1);
		expect(error?.message).toBe('Not enough permissions to read attachment.');
		expect(error?.description).toContain('Use the Bunq API credential');
	});
});

describe('a file', () => {
	test('goes out once as raw bytes, signed, with the type of its content and its name', async () => {
		await bank.control.switches({ strictSignatures: true, requireHeaders: true });
		const bytes = fileOf('jpg', 5_000);
		const { json } = await bank.apiKey(await onPayment('addFile'), {
			binary: { data: inMemory(bytes, 'Café ☕.PNG') },
		});
		const log = await bank.log();
		expect(log.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
		expect(log[1].headers).toMatchObject({
			'content-type': 'image/jpeg',
			'x-bunq-attachment-description': 'Cafe .jpg',
			'x-bunq-client-signature': expect.any(String),
		});
		expect(log[1].body).toMatchObject({ contentType: 'image/jpeg', bytes: bytes.length });
		// The content decides about the name.
		expect(json).toMatchObject([{ content: 'Café ☕.jpg' }]);
	});

	test('without a name and a description, bunq gets a description all the same', async () => {
		const binary = { data: inMemory(fileOf('pdf'), '') };
		const { error, json } = await bank.apiKey(await onPayment('addFile'), { binary });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ content: 'File' }]);
	});

	test.each<[FileType, string]>([
		['png', 'image/png'],
		['jpg', 'image/jpeg'],
		['gif', 'image/gif'],
		['pdf', 'application/pdf'],
	])('%s is %s whatever n8n says', async (type, contentType) => {
		const binary = { data: inMemory(fileOf(type), 'x', { mimeType: 'text/html' }) };
		const { json } = await bank.apiKey(await onPayment('addFile'), { binary });
		expect((await bank.log())[1].headers['content-type']).toBe(contentType);
		expect(json).toMatchObject([{ content: `x.${type}` }]);
	});

	test.each<[what: string, bytes: Buffer, message: string]>([
		['a web page', Buffer.from('<html>not a receipt</html>'), 'is not a PNG, JPEG, GIF or PDF'],
		['an archive', Buffer.from('504b030414000000', 'hex'), 'is not a PNG, JPEG, GIF or PDF'],
		['the name of a type', Buffer.from('%PDF'), 'is not a PNG, JPEG, GIF or PDF'],
		['empty', Buffer.alloc(0), 'is empty'],
		['16 MB', fileOf('pdf', 16 * 1024 * 1024), 'is larger than 15 MB'],
	])('%s named invoice.pdf is refused, and nothing is sent', async (_, bytes, message) => {
		const parameters = await onPayment('addFile');
		await bank.control.clearLog();
		const run = { items: [{}, {}], binary: { data: inMemory(bytes, 'invoice.pdf') } };
		const { error } = await bank.apiKey(parameters, run);
		expect(error?.message).toBe(`"Input Data Field Name": the file "invoice.pdf" ${message}`);
		expect(error?.description).toMatch(/^Nothing was sent\. /);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(await bank.requests()).toEqual([]);
	});

	test('no file under that name: the error names those that are there', async () => {
		const parameters = await onPayment('addFile', { inputDataFieldName: 'invoice' });
		const binary = { data: inMemory(fileOf('pdf')), other: inMemory(fileOf('png')) };
		const { error } = await bank.apiKey(parameters, { binary });
		expect(error?.message).toBe('"Input Data Field Name": the item has no binary field "invoice"');
		expect(error?.description).toContain('This item has "data", "other".');
		const none = await bank.apiKey(parameters, { binary: {} });
		expect(none.error?.description).toContain('This item has no file at all.');
		const nameless = await bank.apiKey({ ...parameters, inputDataFieldName: '={{ "" }}' });
		expect(nameless.error?.message).toBe('"Input Data Field Name" is empty');
		expect(await bank.changes()).toBe(0);
	});

	test('no file in a later item: the error names that item, and nothing of any is sent', async () => {
		const parameters = await onPayment('addFile', {
			inputDataFieldName: '={{ $itemIndex === 2 ? "missing" : "data" }}',
		});
		const { error } = await bank.apiKey(parameters, { items: [{}, {}, {}] });
		expect(error?.context).toMatchObject({ itemIndex: 2 });
		expect(error?.description).toMatch(/^Nothing was sent\. This item has/);
		expect(await bank.changes()).toBe(0);
	});

	test('that is no longer where n8n kept it: nothing is sent', async () => {
		for (const id of ['filesystem-v2:workflows/1/executions/1/binary_data/gone', 's3:gone', 'x']) {
			const gone = inMemory(Buffer.alloc(0), 'scan.pdf', { id, data: 'filesystem-v2' });
			const binary = { data: gone, other: inMemory(fileOf('pdf')) };
			const { error } = await bank.apiKey(await onPayment('addFile'), { binary });
			expect(error?.message).toBe('"Input Data Field Name": the file "scan.pdf" cannot be read');
			expect(error?.description).toMatch(/^Nothing was sent/);
		}
		expect(await bank.changes()).toBe(0);
	});

	test.each([
		['../../etc/passwd', 'passwd.pdf'],
		['C:\\Users\\me\\scan.pdf', 'scan.pdf'],
		['🧾.pdf', '🧾.pdf'],
		['a\u0000b\r\nX-Injected: 1.pdf', 'abX-Injected 1.pdf'],
		[`${'x'.repeat(300)}.pdf`, `${'x'.repeat(96)}.pdf`],
		['...', 'File'],
	])('the name %j becomes a plain one, in the header too', async (name, plain) => {
		const binary = { data: inMemory(fileOf('pdf'), name) };
		const { error, json } = await bank.apiKey(await onPayment('addFile'), { binary });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ content: plain }]);
		const [, { headers }] = await bank.log();
		expect(headers['x-bunq-attachment-description']).toMatch(/^[\x20-\x7e]{1,200}$/);
		expect(Object.keys(headers)).not.toContain('x-injected');
	});

	under(bank, 'attachmentMaxBytes', 10485760, () => {
		test('larger than bunq takes: its refusal, and nothing is linked', async () => {
			const binary = { data: inMemory(fileOf('pdf', 11 * 1024 * 1024)) };
			const { error } = await bank.apiKey(await onPayment('addFile'), { binary });
			expect(error?.message).toBe('The attachment is larger than 10485760 bytes.');
			expect(await bank.changes()).toBe(0);
		});
	});
});

describe('files of notes', () => {
	underEach(bank, 'noteAttachments', () => {
		underEach(bank, 'attachmentContent', () => {
			test('are found whether bunq shows objects or bare IDs, at the user or at the account', async () => {
				const parameters = await onPayment('addFile');
				const bytes = fileOf('gif');
				const binary = { data: inMemory(bytes, 'one.gif') };
				const [note] = (await bank.apiKey(parameters, { binary })).json;
				expect((await bank.apiKey({ ...parameters, operation: 'getAll' })).json).toMatchObject([
					{ id: note.id, attachmentIds: note.attachmentIds },
				]);
				const { items } = await bank.apiKey({ ...parameters, operation: 'downloadFiles' });
				expect(items.map((one) => bytesOf(one.binary))).toEqual([bytes]);
			});
		});
	});

	underEach(bank, 'fileContentType', () => {
		test('have the type of their content, whatever bunq says', async () => {
			const parameters = await onPayment('addFile');
			for (const type of ['png', 'pdf'] as const) {
				const binary = { data: inMemory(fileOf(type), `scan.${type}`) };
				await bank.apiKey(parameters, { binary });
				passSeconds(1);
			}
			const { json } = await bank.apiKey({ ...parameters, operation: 'downloadFiles' });
			expect(json).toMatchObject([
				{ fileName: 'scan.pdf', mimeType: 'application/pdf' },
				{ fileName: 'scan.png', mimeType: 'image/png' },
			]);
		});
	});

	test('one item a file, paired with its input', async () => {
		const parameters = await onPayment('addFile');
		for (const name of ['one.pdf', 'two.pdf'])
			await bank.apiKey(parameters, { binary: { data: inMemory(fileOf('pdf'), name) } });
		const { items } = await bank.apiKey(
			{ ...parameters, operation: 'downloadFiles' },
			{ items: [{}, {}] },
		);
		expect(items.map(({ json, pairedItem }) => [json.fileName, pairedItem])).toEqual(
			[0, 0, 1, 1].map((item, index) => [index % 2 ? 'one.pdf' : 'two.pdf', { item }]),
		);
	});

	test('files of the same name keep apart in a folder: all but one have their ID in it', async () => {
		const parameters = await onPayment('addFile');
		const ids: number[] = [];
		for (const name of ['scan.pdf', 'Scan.pdf', 'scan.pdf']) {
			const { json } = await bank.apiKey(parameters, {
				binary: { data: inMemory(fileOf('pdf'), name) },
			});
			ids.unshift(...(json[0].attachmentIds as number[]));
			passSeconds(1);
		}
		const { json } = await bank.apiKey({ ...parameters, operation: 'downloadFiles' });
		expect(json.map(({ fileName }) => fileName)).toEqual([
			'scan.pdf',
			`Scan-${ids[1]}.pdf`,
			`scan-${ids[2]}.pdf`,
		]);
	});

	test('a file whose ID cannot be read is never left out', async () => {
		const parameters = await onPayment('addFile');
		await bank.apiKey(parameters);
		const body = JSON.stringify({ Response: [{ NoteAttachment: { id: 7, attachment: ['x'] } }] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'note-attachment$', body });
		const { error, items } = await bank.apiKey({ ...parameters, operation: 'downloadFiles' });
		expect(items).toEqual([]);
		expect(error?.message).toBe("bunq's answer about the files of a note could not be read");
		expect(error?.description).toMatch(/^Nothing was sent: the operation/);
	});

	test.each<[what: string, note: unknown]>([
		['is null', null],
		['is a number', 7],
		['has no object', { NoteAttachment: null }],
		['has another object in place of its files', { NoteAttachment: { id: 7, attachment: {} } }],
		['has a file inside another key', { NoteAttachment: { id: 7, attachment: [{ file: 7 }] } }],
	])('a note that %s is never one without files', async (_what, note) => {
		const parameters = await onPayment('downloadFiles');
		const body = JSON.stringify({ Response: [note] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'note-attachment$', body });
		const { error, items } = await bank.apiKey(parameters);
		expect(items).toEqual([]);
		expect(error?.message).toBe("bunq's answer about the files of a note could not be read");
	});

	test.each([
		['../../etc/passwd', 'passwd.pdf'],
		['a\r\nb: c.png', 'ab c.pdf'],
		['\u202efdp.exe', 'fdp.exe.pdf'],
		['', 'attachment-#.pdf'],
		[null, 'attachment-#.pdf'],
		['x'.repeat(400), `${'x'.repeat(100)}.pdf`],
	])(
		'of the description %j, which somebody else may have written, is named %s',
		async (description, name) => {
			const parameters = await onPayment('addFile');
			const [{ attachmentIds }] = (await bank.apiKey(parameters)).json;
			const [id] = attachmentIds as number[];
			const note = { NoteAttachment: { id: 7, attachment: [{ id }], description } };
			const body = JSON.stringify({ Response: [note] });
			await bank.control.fault({ kind: 'other', method: 'GET', path: 'note-attachment$', body });
			const { items } = await bank.apiKey({ ...parameters, operation: 'downloadFiles' });
			const fileName = items[0].binary?.data.fileName?.replace(String(id), '#');
			expect(fileName).toBe(name);
		},
	);
});

describe('a card payment, which refuses notes', () => {
	test('its notes are at the card transaction that made it', async () => {
		await cardUse('Other', '3.20');
		const { cardTransactionId, paymentId } = await cardUse();
		await cardUse('Later', '9.99');
		const attached = { attachedTo: 'cardTransaction', attachedToId: cardTransactionId };
		const on = async (operation: string, more: IDataObject = {}) => {
			const account = await bank.locate('Main');
			const parameters = order(operation, { account, subjectId: paymentId, ...more });
			const { error, json } = await bank.apiKey(parameters);
			expect(error?.message).toBeUndefined();
			return json;
		};
		const [text] = await on('addText', { content: 'Lunch' });
		passSeconds(1);
		const [file] = await on('addFile');
		expect([text, file]).toMatchObject([attached, attached]);
		expect(await on('getAll')).toMatchObject([
			{ id: file.id, ...attached },
			{ id: text.id, ...attached },
		]);
		expect(await on('downloadFiles')).toMatchObject([attached]);
		expect(await on('delete', { noteId: String(text.id) })).toMatchObject([{ deleted: true }]);
		const writes = (await bank.log()).filter(({ method }) => /POST|DELETE/.test(method));
		for (const { path } of writes.filter((one) => one.path.includes('note')))
			expect(path).toContain(`/mastercard-action/${cardTransactionId}/`);
	});

	test('the costs: the payment, the list, and mostly one card transaction', async () => {
		for (let count = 0; count < 12; count++) await cardUse('Earlier', '1.00');
		const { paymentId } = await cardUse();
		const parameters = await onPayment('addText', { subjectId: paymentId, content: 'x' });
		await bank.control.clearLog();
		await bank.apiKey(parameters);
		expect(await bank.requestShapes()).toEqual([
			'GET /user/{}/monetary-account/{}/payment/{}',
			'GET /user/{}/monetary-account/{}/mastercard-action',
			'GET /user/{}/monetary-account/{}/mastercard-action/{}/payment',
			'POST /user/{}/monetary-account/{}/mastercard-action/{}/note-text',
		]);
	});

	test.each(['MASTERCARD', 'FIS'])(
		'%s without a card transaction: an error says what to do, and nothing is sent',
		async (type) => {
			const accountId = await bank.accountId('Main');
			const [id] = await bank.control.addPayments({ accountId, type, amount: '-7.77' });
			for (const operation of ['addText', 'addFile']) {
				const { error } = await bank.apiKey(
					await onPayment(operation, { subjectId: String(id), content: 'x' }),
				);
				expect(error?.message).toBe('bunq shows no card transaction of this card payment');
				expect(error?.description).toMatch(/^Nothing was sent\. .*"Card Transaction: Get Many"/);
				expect(error?.context).toMatchObject({ itemIndex: 0 });
			}
			// The file was not uploaded either.
			expect(await bank.changes()).toBe(0);
		},
	);

	test('of a type that cannot be read: nothing is sent', async () => {
		const parameters = await onPayment('addText', { content: 'x' });
		const body = JSON.stringify({ Response: [{ Payment: { id: 7, type: null } }] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'payment/\\d+$', body });
		const { error } = await bank.apiKey(parameters);
		expect(error?.message).toBe("bunq's answer about this payment could not be read");
		expect(await bank.changes()).toBe(0);
	});

	test("bunq's own refusal is explained", async () => {
		const body = JSON.stringify({
			Error: [{ error_description: 'The provided object does note support notes.' }],
		});
		const path = 'note-text$';
		await bank.control.fault({ kind: 'status', method: 'POST', path, status: 400, body });
		const { error } = await bank.apiKey(await onPayment('addText', { content: 'x' }));
		expect(error?.message).toBe('The provided object does note support notes.');
		expect(error?.description).toMatch(/^Nothing was done: .*set "Subject" to/);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
	});

	under(bank, 'oauthMayReadCardTransactions', false, () => {
		test('an OAuth app that may not read card transactions', async () => {
			await grantNotes();
			const { paymentId: subjectId } = await cardUse();
			const { error } = await bank.oauth(await onPayment('addText', { subjectId, content: 'x' }));
			expect(error?.message).toBe('Not enough permissions to read mastercard-action.');
			expect(error?.description).toContain('Use the Bunq API credential');
		});
	});
});

describe('repetitions', () => {
	const RETRY = { settings: RETRY_ON_FAIL };
	const uploads = async () =>
		(await bank.log()).filter(
			({ path, changedSomething }) => path.endsWith('/attachment') && changedSomething,
		).length;
	const notesAfter = async (parameters: IDataObject) =>
		(await bank.apiKey({ ...parameters, operation: 'getAll' })).json;

	test.each(['drop-before', 'drop-after', '500-after', 'truncated', 'maintenance'] as const)(
		'the link meets %s: uploaded once, linked once',
		async (kind) => {
			const parameters = await onPayment('addFile');
			await bank.control.fault({ kind, method: 'POST', path: 'note-attachment$' });
			const { error, json } = await bank.apiKey(parameters, RETRY);
			expect(error?.message).toBeUndefined();
			expect(await uploads()).toBe(1);
			const notes = await notesAfter(parameters);
			expect(notes).toHaveLength(1);
			expect(json).toMatchObject([
				{ id: notes[0].id, attachedTo: 'payment', attachmentIds: notes[0].attachmentIds },
			]);
		},
	);

	test.each(['drop-before', 'drop-after'] as const)(
		'the upload meets %s: not sent again, and nothing is linked',
		async (kind) => {
			const parameters = await onPayment('addFile');
			await bank.control.fault({ kind, method: 'POST', path: '/attachment$' });
			const { error } = await bank.apiKey(parameters, RETRY);
			expect(error?.description).toMatch(OUTCOME_UNKNOWN);
			expect(error?.description).toContain('Not sent again. The file is linked to nothing');
			expect(error?.description).toMatch(/a file of 64 bytes \(application\/pdf\), "receipt.pdf"/);
			expect(await uploads()).toBe(kind === 'drop-after' ? 1 : 0);
			expect(await notesAfter(parameters)).toEqual([]);
		},
	);

	test.each(['drop-after', '500-after', 'truncated'] as const)(
		'an upload that meets %s, without a repetition: the error says that no note was sent',
		async (kind) => {
			const parameters = await onPayment('addFile');
			await bank.control.fault({ kind, method: 'POST', path: '/attachment$' });
			const { error } = await bank.apiKey(parameters);
			expect(error?.description).toMatch(
				/^Only the file was sent: one that is linked to nothing has no effect\. Outcome unknown/,
			);
			expect(await notesAfter(parameters)).toEqual([]);
		},
	);

	test('a link that bunq refuses: the error names the file that was uploaded', async () => {
		const parameters = await onPayment('addFile');
		await bank.control.fault({ kind: 'maintenance', method: 'POST', path: 'note-', times: 9 });
		const { error } = await bank.apiKey(parameters, RETRY);
		expect(error?.description).toMatch(/The file was uploaded as attachment \d+/);
		expect(error?.description).toContain('Nothing was done.');
		expect(await uploads()).toBe(1);
	});

	test('a lost link names the file too, and says that its outcome is unknown', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'note-attachment$' });
		const { error } = await bank.apiKey(await onPayment('addFile'));
		expect(error?.description).toMatch(/^The file was uploaded as attachment \d+.*Outcome unknown/);
	});

	test('two items with the same file on the same payment: two notes with a file each', async () => {
		const parameters = await onPayment('addFile');
		const { json } = await bank.apiKey(parameters, { items: [{}, {}] });
		expect(new Set(json.flatMap(({ attachmentIds }) => attachmentIds)).size).toBe(2);
	});

	test.each(['drop-before', 'drop-after'] as const)(
		'a text meets %s: added once, and another note with the same text is not taken for it',
		async (kind) => {
			const parameters = await onPayment('addText', { content: 'Same' });
			await bank.apiKey(parameters);
			await bank.control.fault({ kind, method: 'POST', path: 'note-text$' });
			const { error, json } = await bank.apiKey(parameters, RETRY);
			expect(error?.message).toBeUndefined();
			const notes = await notesAfter(parameters);
			expect(notes).toHaveLength(2);
			expect(json[0].id).toBe(notes[0].id);
		},
	);

	test('an unknown outcome names the payment that may have the note', async () => {
		const parameters = await onPayment('addText', { content: 'Same' });
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'note-text$' });
		const { error } = await bank.apiKey(parameters);
		expect(error?.description).toMatch(
			`note on payment ${String(parameters.subjectId)} in account ${await bank.accountId('Main')}`,
		);
	});

	underEach(bank, 'deleteAnswer', () => {
		test.each(['drop-before', 'drop-after'] as const)('a delete meets %s', async (kind) => {
			const parameters = await onPayment('addText', { content: 'x' });
			const [{ id }] = (await bank.apiKey(parameters)).json;
			await bank.control.fault({ kind, method: 'DELETE' });
			const remove = { ...parameters, operation: 'delete', noteId: String(id) };
			const { error, json } = await bank.apiKey(remove, RETRY);
			expect(error?.message).toBeUndefined();
			expect(json).toEqual([{ id, deleted: true }]);
			expect(await notesAfter(parameters)).toEqual([]);
			expect((await bank.apiKey(remove)).error?.message).toContain('could not be found');
		});
	});
});

test('a bad file among good ones, with continue on fail: the others are added', async () => {
	const parameters = await onPayment('addFile', {
		inputDataFieldName: '={{ $itemIndex === 1 ? "missing" : "data" }}',
	});
	const { json } = await bank.apiKey(parameters, {
		items: [{}, {}, {}],
		settings: CONTINUE_ON_FAIL,
	});
	expect(json).toMatchObject([
		{ type: 'file' },
		{ error: '"Input Data Field Name": the item has no binary field "missing"' },
		{ type: 'file' },
	]);
});

test('as bunq sent them, with what has them', async () => {
	const parameters = await onPayment('addText', { content: 'x' });
	await bank.apiKey(parameters);
	const raw = { ...parameters, operation: 'getAll', simplify: false };
	expect((await bank.apiKey(raw)).json).toMatchObject([
		{
			_type: 'NoteText',
			content: 'x',
			label_user_creator: expect.any(Object),
			_attachedTo: 'payment',
			_attachedToId: Number(parameters.subjectId),
		},
	]);
});
