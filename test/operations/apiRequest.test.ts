import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { bytesOf, fileOf, inMemory } from '../support/files';
import { MAY_PAY_OTHERS, RETRY_ON_FAIL } from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank();

const request = (path: unknown, more: IDataObject = {}): IDataObject => ({
	resource: 'api',
	operation: 'request',
	path: path as string,
	...more,
});
const main = async () => await bank.accountId('Main');
const inMain = async (rest: string) => `/user/{user}/monetary-account/${await main()}/${rest}`;
const notesOf = async () => {
	const [paymentId] = await bank.control.addPayments({ accountId: await main() });
	return await inMain(`payment/${paymentId}/note-text`);
};
const credentials = ['oauth', 'apiKey'] as const;

describe('reads', () => {
	test.each(credentials)('%s: an object, with the ID of the caller for {user}', async (by) => {
		const { json, items } = await bank[by](request(await inMain('payment'), { limit: 1 }));
		expect(json).toMatchObject([{ _type: 'Payment', monetary_account_id: await main() }]);
		expect(items[0].pairedItem).toEqual({ item: 0 });
		const { oauth, person } = await bank.world();
		const id = by === 'oauth' ? oauth.userApiKeyId : person.id;
		const path = `/v1/user/${id}/monetary-account/${await main()}/payment`;
		expect(await bank.log()).toMatchObject([{ method: 'GET', path, query: { count: '1' } }]);
	});

	test('without Unwrap: in the wrapper that bunq sends', async () => {
		const { json } = await bank.oauth(request('/user/{user}', { unwrap: false }));
		expect(json).toMatchObject([{ UserApiKey: { id: expect.any(Number) } }]);
	});

	test.each([true, false])(
		'an entry that is no object becomes an item, unwrap: %s',
		async (unwrap) => {
			const body = JSON.stringify({ Response: [null, 7] });
			await bank.control.fault({ kind: 'other', method: 'GET', path: 'card$', body });
			const { json, error } = await bank.apiKey(request('/user/{user}/card', { unwrap }));
			expect(error).toBeUndefined();
			expect(json).toEqual([{ value: null }, { value: 7 }]);
		},
	);

	test('450 payments: three requests, newest first, no duplicates', async () => {
		await bank.control.addPayments({ accountId: await main(), count: 450 });
		const { json } = await bank.oauth(request(await inMain('payment'), { returnAll: true }));
		const ids = json.map(({ id }) => Number(id));
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.length).toBeGreaterThanOrEqual(450);
		expect(ids).toEqual([...ids].sort((one, other) => other - one));
		expect(await bank.requests()).toHaveLength(3);
	});

	test.each([
		['newer_id', (ids: number[], one: number) => ids.filter((id) => id > one)],
		['older_id', (ids: number[], one: number) => ids.filter((id) => id < one)],
	])('%s and Return All: everything in that direction, once', async (name, wanted) => {
		await bank.control.addPayments({ accountId: await main(), count: 450 });
		const payments = request(await inMain('payment'), { returnAll: true });
		const ids = (await bank.apiKey(payments)).json.map(({ id }) => Number(id));
		const border = ids[name === 'newer_id' ? 430 : 20];
		await bank.control.clearLog();
		const queryParameters = { parameters: [{ name, value: String(border) }] };
		const { json } = await bank.apiKey({ ...payments, queryParameters });
		const read = json.map(({ id }) => Number(id));
		expect(new Set(read).size).toBe(read.length);
		expect([...read].sort((one, other) => other - one)).toEqual(wanted(ids, border));
		expect(await bank.requests()).toHaveLength(3);
	});

	test('pages that lead in a circle: an error, and no items', async () => {
		const { person } = await bank.world();
		const fault = async (id: number, older: number) => {
			const older_url = `/v1/user/${person.id}/card?older_id=${older}`;
			const Pagination = { future_url: null, newer_url: null, older_url };
			const body = JSON.stringify({ Response: [{ CardDebit: { id } }], Pagination });
			await bank.control.fault({ kind: 'other', method: 'GET', path: 'card$', body });
		};
		for (const [id, older] of [
			[9, 8],
			[7, 6],
			[9, 8],
		])
			await fault(id, older);
		const { json, error } = await bank.apiKey(request('/user/{user}/card', { returnAll: true }));
		expect(json).toEqual([]);
		expect(error?.message).toContain('circle');
	});

	test('no more than the limit, also across pages', async () => {
		await bank.control.addPayments({ accountId: await main(), count: 250 });
		const { json } = await bank.oauth(request(await inMain('payment'), { limit: 210 }));
		expect(json).toHaveLength(210);
		expect(await bank.requests()).toHaveLength(2);
	});

	test('query parameters from the field and from the path are encoded', async () => {
		await bank.oauth(
			request(`${await inMain('payment')}?count=3`, {
				queryParameters: { parameters: [{ name: 'older_id', value: '99&count=200' }] },
			}),
		);
		expect(await bank.log()).toMatchObject([
			{ query: { count: '3', older_id: '99&count=200' }, status: 400 },
		]);
	});

	test.each(['user/{user}', '/user/{user}/', 'v1/user/{user}', '/v1/user/{user}'])(
		'the path may be written as "%s"',
		async (path) => {
			expect((await bank.oauth(request(path))).json).toMatchObject([{ _type: 'UserApiKey' }]);
		},
	);

	test('an unknown path: an error with a description', async () => {
		const { error } = await bank.oauth(request('/user/{user}/no-such-list'));
		expect(error?.httpCode).toBe('404');
		expect(error?.description).toBeTruthy();
	});
});

describe('writes', () => {
	under(bank, 'oauthMayNote', true, () => {
		test.each(credentials)('%s: a note is created, changed, read and deleted', async (by) => {
			const notes = await notesOf();
			const made = await bank[by](
				request(notes, { method: 'POST', body: '{"content": "Tax 2026"}' }),
			);
			const [{ id }] = made.json;
			expect(made.json).toEqual([{ _type: 'Id', id: expect.any(Number) }]);
			const one = `${notes}/${id}`;
			await bank[by](request(one, { method: 'PUT', body: { content: 'Tax 2027' } }));
			expect((await bank[by](request(one))).json).toMatchObject([
				{ _type: 'NoteText', content: 'Tax 2027' },
			]);
			const gone = await bank[by](request(one, { method: 'DELETE' }));
			expect(gone.json).toEqual([{ deleted: true }]);
			expect((await bank[by](request(notes, { returnAll: true }))).json).toEqual([]);
			expect((await bank.requests()).map((line) => line.split(' ')[0])).toEqual([
				'POST',
				'PUT',
				'GET',
				'DELETE',
				'GET',
			]);
		});
	});

	/** The ID of a new note, and the output of deleting it. */
	const deleted = async () => {
		const notes = await notesOf();
		const made = await bank.apiKey(request(notes, { method: 'POST', body: '{"content": "x"}' }));
		const one = `${notes}/${made.json[0].id}`;
		const { json } = await bank.apiKey(request(one, { method: 'DELETE' }));
		return { id: made.json[0].id, json };
	};

	under(bank, 'deleteAnswer', 'id', () => {
		test("bunq's answer to DELETE is the output", async () => {
			const { id, json } = await deleted();
			expect(json).toEqual([{ _type: 'Id', id }]);
		});
	});

	under(bank, 'deleteAnswer', 'nothing', () => {
		test('the output of DELETE says that it is deleted', async () => {
			expect((await deleted()).json).toEqual([{ deleted: true }]);
		});
	});

	under(bank, 'oauthMayNote', false, () => {
		test('bunq refuses an app a note, and the error names the credential that works', async () => {
			const notes = await notesOf();
			const { error } = await bank.oauth(
				request(notes, { method: 'POST', body: '{"content": "x"}' }),
			);
			expect(`${error?.message} ${error?.description}`).toContain('API key');
			expect(await bank.changes()).toBe(0);
		});
	});

	test.each([
		['{"content": "x",}', 'cannot be read'],
		['content', 'cannot be read'],
		['[1, 2]', 'not an object'],
		['"text"', 'not an object'],
		['null', 'not an object'],
		[7, 'not an object'],
		[true, 'not an object'],
		['{"a": {"__proto__": {"admin": true}}}', '"__proto__"'],
		['{"constructor": {"prototype": {}}}', '"constructor"'],
	])('the body %p is refused and not quoted', async (body, reason) => {
		const notes = await notesOf();
		const { error } = await bank.apiKey(request(notes, { method: 'POST', body }));
		expect(error?.message).toContain('"Body" must be a JSON object');
		expect(error?.message).toContain(reason);
		expect(error?.description).toContain('Nothing was sent');
		expect(await bank.requests()).toEqual([]);
		expect({}).not.toHaveProperty('admin');
	});

	test.each(['drop-before', 'drop-after', '500-after'] as const)(
		'%s: the outcome is unknown, and Retry On Fail does not send it again',
		async (kind) => {
			const notes = await notesOf();
			await bank.apiKey(request('/user/{user}'));
			await bank.control.fault({ kind, method: 'POST', path: 'note-text$' });
			const { error } = await bank.apiKey(
				request(notes, { method: 'POST', body: '{"content": "once"}' }),
				{ settings: RETRY_ON_FAIL },
			);
			expect(error?.description).toContain('bunq may have carried this out');
			expect(error?.description).toContain('Not sent again.');
			expect((await bank.requests()).filter((line) => line.startsWith('POST'))).toHaveLength(1);
			expect(await bank.changes()).toBe(kind === 'drop-before' ? 0 : 1);
		},
	);

	test('items that succeeded are not sent again if a later one fails', async () => {
		const notes = await notesOf();
		await bank.control.fault({ kind: '500-before', method: 'POST', path: 'note-text$', skip: 2 });
		const items = Array.from({ length: 4 }, (_, index) => ({ index }));
		await bank.apiKey(
			request(notes, { method: 'POST', body: '={{ ({ content: "Note " + $json.index }) }}' }),
			{ items, settings: RETRY_ON_FAIL },
		);
		expect((await bank.requests()).filter((line) => line.startsWith('POST'))).toHaveLength(3);
	});
});

describe('a path can only reach bunq’s API', () => {
	test.each([
		'//evil.example/v1/user',
		'///evil.example',
		'https://evil.example/user',
		'http://evil.example',
		'HTTPS://api.bunq.com/v1/user',
		'javascript:alert(1)',
		'file:///etc/passwd',
		'\\\\evil.example\\share',
		'/\\evil.example',
		'/user\\..\\..\\evil',
		'@evil.example/user',
		'/@evil.example',
		'user@evil.example',
		':8443/user',
		'.evil.example/user',
		'..',
		'/..',
		'/../oauth/token',
		'/user/../../token',
		'/user/./7',
		'/user/..;/7',
		'%2e%2e/token',
		'/%2e%2e/%2e%2e/token',
		'/user/%2e%2e%2ftoken',
		'/%2f%2fevil.example',
		'/%5cevil.example',
		'%252e%252e/token',
		'/user/7%00',
		'/user/7\u0000',
		'/user/7\r\nHost: evil.example',
		'/user/7 HTTP/1.1',
		'/user//7',
		'/user#fragment',
		'/user?a=1#fragment',
		'/user?\r\nX-Injected: 1',
		'/user/７',
		'/user／7',
		'/user/7\u202e',
		'/user/{account}',
		'/user/{user',
		'/user/${process.env.HOME}',
		'/user/7;jsessionid=1',
		'/user/7,8',
		'/user/*',
		'/user/7?\\evil',
		' ',
		'/',
		'={{ "" }}',
		'={{ null }}',
		7.5,
		{ path: '/user' },
		['/user'],
	])('%p is refused, and nothing is sent', async (path) => {
		for (const by of credentials) {
			for (const method of ['GET', 'POST']) {
				const { error } = await bank[by](request(path, { method, body: '{}' }), {
					credential: MAY_PAY_OTHERS,
				});
				expect(error?.message).toContain('"Path"');
			}
		}
		expect(await bank.control.log()).toEqual([]);
	});

	test('a query cannot change the path', async () => {
		const parameters = [
			{ name: '../../token?x', value: '/../#{user}' },
			{ name: 'a\r\nHost', value: 'evil.example' },
		];
		await bank.oauth(request('/user/{user}', { queryParameters: { parameters } }));
		const [{ path, query, host }] = await bank.log();
		const { oauth } = await bank.world();
		expect(path).toBe(`/v1/user/${oauth.userApiKeyId}`);
		expect(host).toContain('bunq.com');
		expect(query).toEqual({
			'../../token?x': `/../#${oauth.userApiKeyId}`,
			'a\r\nHost': 'evil.example',
		});
	});

	test.each([
		'/installation',
		'/device-server',
		'/session-server',
		'/session/0',
		'/user/{user}/Session/0',
		'/v1/SESSION-SERVER',
	])('%s is reserved for the handshake', async (path) => {
		for (const method of ['GET', 'POST', 'DELETE']) {
			const { error } = await bank.apiKey(request(path, { method, body: '{}' }), {
				credential: MAY_PAY_OTHERS,
			});
			expect(error?.message).toContain('is part of how this node connects to bunq');
		}
		expect(await bank.control.log()).toEqual([]);
	});
});

describe('files', () => {
	const attachments = async () => await inMain('attachment');
	const upload = async (more: IDataObject = {}, path?: string) =>
		request(path ?? (await attachments()), {
			method: 'POST',
			inputDataFieldName: 'data',
			...more,
		});

	test('a file goes out as raw bytes, signed, and comes back as binary', async () => {
		const bytes = fileOf('png');
		const binary = { data: inMemory(bytes, 'receipt.png') };
		const { json, error } = await bank.apiKey(await upload(), { binary });
		expect(error).toBeUndefined();
		expect(json).toEqual([{ _type: 'Id', id: expect.any(Number) }]);
		const [{ headers, body }] = await bank.log();
		expect(headers).toMatchObject({
			'content-type': 'image/png',
			'x-bunq-attachment-description': 'receipt.png',
			'x-bunq-client-signature': expect.any(String),
		});
		expect(body).toMatchObject({ contentType: 'image/png', bytes: bytes.length });

		const path = `/user/{user}/attachment/${json[0].id}/content`;
		const { items } = await bank.apiKey(request(path, { outputFieldName: 'file' }));
		const fileName = `attachment-${json[0].id}.png`;
		expect(items).toMatchObject([{ json: { path, fileName, mimeType: 'image/png' } }]);
		expect(bytesOf(items[0].binary, 'file')).toEqual(bytes);
	});

	test('its description is sent, in ASCII', async () => {
		await bank.apiKey(await upload({ fileDescription: 'Reçu №\r\n7' }));
		const [{ headers }] = await bank.log();
		expect(headers['x-bunq-attachment-description']).toMatch(/^Recu No.*7$/);
	});

	underEach(bank, 'oauthMayUpload', (isGranted) => {
		test('an OAuth app', async () => {
			const { error } = await bank.oauth(await upload());
			expect(error?.message).toBe(
				isGranted ? undefined : 'Not enough permissions to create attachment.',
			);
		});
	});

	test.each<[string, IDataObject, string]>([
		['payment', { method: 'POST' }, 'could move money|takes JSON, not a file'],
		['payment/7/note-text', { method: 'POST' }, 'takes JSON, not a file'],
		['attachment', { method: 'POST', inputDataFieldName: '' }, 'takes a file, not JSON'],
		['attachment', { method: 'POST', body: '{"id": 7}' }, 'are both given'],
	])('%s %j is refused, and nothing is sent', async (rest, more, message) => {
		for (const by of credentials) {
			const { error } = await bank[by](await upload(more, await inMain(rest)), {
				credential: MAY_PAY_OTHERS,
			});
			expect(error?.message).toMatch(new RegExp(message));
			expect(error?.description).toMatch(/^Nothing was sent\. /);
		}
		expect(await bank.control.log()).toEqual([]);
	});

	test('JSON named as a file could be a payment: refused by its content', async () => {
		const payment = Buffer.from('{"amount":{"value":"5.00","currency":"EUR"}}');
		const { error } = await bank.apiKey(await upload(), {
			binary: { data: inMemory(payment, 'invoice.pdf') },
		});
		expect(error?.message).toContain('is not a PNG, JPEG, GIF or PDF');
		expect(await bank.control.log()).toEqual([]);
	});

	test('for everybody to see: only with an API key that may pay anyone', async () => {
		const publish = await upload({}, '/attachment-public');
		expect((await bank.apiKey(publish)).error?.message).toContain('could move money or give');
		expect((await bank.oauth(publish)).error?.message).toContain('could move money or give');
		expect(await bank.control.log()).toEqual([]);
		const { json } = await bank.apiKey(publish, { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([{ _type: 'Uuid', uuid: expect.any(String) }]);
		const path = `/attachment-public/${json[0].uuid}/content`;
		expect((await bank.apiKey(request(path))).json).toMatchObject([
			{ mimeType: 'application/pdf', fileName: `attachment-public-${json[0].uuid}.pdf` },
		]);
	});

	test.each(['/user/{user}/card/7/generated-cvc2/8/content', '/installation/content'])(
		'%s: the paths of secrets hold for files too',
		async (path) => {
			const { error } = await bank.apiKey(request(path), { credential: MAY_PAY_OTHERS });
			expect(error?.message).toMatch(/is about secrets|is part of how this node connects/);
			expect(await bank.control.log()).toEqual([]);
		},
	);

	test('an upload of unknown outcome is not sent again', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: '/attachment$' });
		const { error } = await bank.apiKey(await upload(), { settings: RETRY_ON_FAIL });
		expect(error?.description).toContain('Not sent again.');
		expect(error?.description).toContain('a file of 64 bytes (application/pdf), "receipt.pdf"');
		expect(await bank.changes()).toBe(1);
	});

	test('a path of files that answers a refusal: the refusal', async () => {
		const { error } = await bank.apiKey(request('/user/{user}/attachment/7/content'));
		expect(error?.message).toBe('The item you requested could not be found.');
	});
});

describe('limits of the credential', () => {
	const euro = { value: '5.00', currency: 'EUR' };
	const entry = {
		amount: euro,
		counterparty_alias: { type: 'EMAIL', value: 'sam@example.com' },
		description: 'x',
	};

	test.each<[string, string, IDataObject]>([
		['POST', 'payment', entry],
		['POST', 'payment-batch', { payments: [entry] }],
		['POST', 'Payment', entry],
		['POST', 'draft-payment', { entries: [entry], number_of_required_accepts: 0 }],
		['POST', 'draft-payment', { entries: [entry], number_of_required_accepts: '1' }],
		['POST', 'draft-payment', { entries: [entry] }],
		['POST', 'draft-payment', { status: 'ACCEPTED', number_of_required_accepts: 1 }],
		['PUT', 'draft-payment/7', { status: 'ACCEPTED' }],
		['PUT', 'request-response/7', { status: 'ACCEPTED', amount_responded: euro }],
		['POST', 'schedule-payment', { payment: entry }],
		['POST', 'schedule-payment-batch', { payments: [entry] }],
		['POST', 'a-list-of-next-year', {}],
		['POST', 'payment/7/note-text/8/payment', entry],
		['DELETE', 'payment/7', {}],
		['POST', 'notification-filter-url', { notification_filters: [] }],
		['POST', 'share-invite-monetary-account-inquiry', {}],
	])(
		'%s %s %j could pay others, so it is refused, and nothing is sent',
		async (method, rest, body) => {
			const path = await inMain(rest);
			const order = request(path, { method, body });
			const limited = { credential: { allowPaymentsToOthers: true, maxAmount: 10 } };
			const { error } = await bank.apiKey(order);
			expect(error?.message).toContain('could move money or give others access');
			expect(error?.description).toMatch(
				/^Nothing was sent\. .*does not allow.*(Use ".*" or the bunq app|Do it in the bunq app), or use/,
			);
			expect((await bank.apiKey(order, limited)).error?.description).toContain(
				'Maximum Amount (EUR)',
			);
			const byOAuth = (await bank.oauth(order)).error;
			expect(byOAuth?.message).toBe(error?.message);
			expect(byOAuth?.description).toMatch(/^Nothing was sent\. With OAuth, /);
			expect(await bank.control.log()).toEqual([]);
		},
	);

	test.each<[string, string, IDataObject]>([
		['PUT', 'monetary-account-bank/7', { setting: { restriction_chat: 'x' } }],
		['POST', 'monetary-account-savings', { currency: 'EUR', all_co_owner: [] }],
		['POST', 'monetary-account-joint', { currency: 'EUR' }],
		['POST', 'share-invite-monetary-account-inquiry', {}],
		['PUT', '', {}],
		['POST', '__proto__', {}],
		['POST', 'constructor', {}],
	])(
		'%s /user/{user}/%s %j could give others access, so it is refused',
		async (method, rest, body) => {
			const { error } = await bank.apiKey(request(`/user/{user}/${rest}`, { method, body }));
			expect(error?.message).toContain('could move money or give others access');
			expect(await bank.control.log()).toEqual([]);
		},
	);

	test('a draft that must be approved is sent, and so is a request for money', async () => {
		const before = await bank.balance('Main');
		const { error } = await bank.oauth(
			request(await inMain('draft-payment'), {
				method: 'POST',
				body: {
					entries: [{ ...entry, counterparty_alias: await sam() }],
					number_of_required_accepts: 1,
				},
			}),
		);
		expect(error).toBeUndefined();
		const asked = await bank.oauth(
			request(await inMain('request-inquiry'), {
				method: 'POST',
				body: {
					amount_inquired: euro,
					counterparty_alias: await sam(),
					description: 'x',
					allow_bunqme: false,
				},
			}),
		);
		expect(asked.error).toBeUndefined();
		expect(await bank.changes()).toBe(2);
		expect(await bank.balance('Main')).toBe(before);
	});

	test('a payment is made if the credential allows any payment to others', async () => {
		const path = await inMain('payment');
		const body = { ...entry, counterparty_alias: await sam() };
		const { error } = await bank.apiKey(request(path, { method: 'POST', body }), {
			credential: MAY_PAY_OTHERS,
		});
		expect(error).toBeUndefined();
		expect(await bank.changes()).toBe(1);
	});

	const sam = async () => {
		const [{ iban }] = (await bank.world()).thirdParties;
		return { type: 'IBAN', value: iban, name: 'S. Friend' };
	};
});
