import { collect, take } from '../../nodes/Bunq/api/pagination';
import { createClient, unwrap } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { post } from '../../nodes/Bunq/resources/operation';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';

/** Valid answers with unexpected content. */

const bank = useBank({ isEncrypted: true });

/** A client whose next requests to this path get this answer, signed by bunq. */
const client = async (path: string, answer: unknown) => {
	const { apiKey } = await bank.world();
	await bank.control.fault({ kind: 'other', path, body: JSON.stringify(answer), times: 9 });
	return createClient({
		httpRequest: await requestHelper(),
		credential: toBunqCredential({ apiKey }),
	});
};

test.each([
	{},
	null,
	[],
	'ok',
	{ Response: null },
	{ Response: [] },
	{ Response: [null] },
	{ Response: [{}] },
	{ Response: [{ Id: {} }] },
	{ Response: [{ Id: { id: 'x' } }] },
	{ Response: [{ Id: { id: 1e99 } }] },
	{ Response: {} },
])('a write answered with %j has an unknown outcome', async (answer) => {
	const request = post('/user/{user}/monetary-account-bank', { currency: 'EUR' });
	const sending = (await client('monetary-account-bank', answer)).send(request);
	await expect(sending).rejects.toMatchObject({
		kind: 'outcomeUnknown',
		description: expect.stringContaining('Outcome unknown'),
	});
});

const NO_RIGHT = 'Not enough permissions to create payment.';
const NO_NOTES = 'This object does not support notes.';
test.each([
	[200, NO_RIGHT],
	[202, 'The account does not have enough balance.'],
	[301, 'Moved.'],
	[303, NO_RIGHT],
	[304, ''],
	[307, 'Elsewhere.'],
	[500, NO_NOTES],
	[503, NO_RIGHT],
])(
	'a payment answered with %d and "%s" has an unknown outcome, and no draft follows',
	async (status, text) => {
		const body = JSON.stringify({ Error: [{ error_description: text }] });
		await bank.control.fault({ kind: 'status', status, body, method: 'POST', path: 'payment$' });
		const options = { draftIfNotAllowed: true };
		const { error } = await bank.oauth(await bank.payHousehold({ options }));
		expect(error?.message).toMatch(/^Outcome unknown: /);
		expect(error?.description).toMatch(/^bunq may have carried this out: payment in account/);
		expect(await bank.requestCount('POST')).toBe(1);
	},
);

test('a list answered with a redirect is not read, and no lost connection is blamed', async () => {
	await bank.control.fault({ kind: 'status', status: 301, body: '', times: 9, method: 'GET' });
	const { error } = await bank.oauth({ resource: 'account', operation: 'getAll' });
	expect(error?.message).toBe("bunq's answer could not be read");
	expect(error?.description).toMatch(/^Nothing was changed: this only reads\. It was cut off, or/);
});

test('a list with nulls, unknown types and prototype keys is read as far as possible', async () => {
	const answer = JSON.parse(
		'{"Response":[{"Thing":{"id":1,"__proto__":{"polluted":true}}},{"Other":[1]},null,{"Nothing":null}],"Pagination":{"older_url":null,"newer_url":null}}',
	) as unknown;
	const objects = [];
	const bunq = await client('monetary-account', answer);
	for await (const object of bunq.each('/user/{user}/monetary-account')) objects.push(object);
	expect(objects.map(({ _type }) => _type)).toEqual(['Thing', 'Other', '', 'Nothing']);
	expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

const links = (older_url: unknown) => ({ future_url: null, newer_url: null, older_url });
test.each([
	...[7, {}, '', 'https://example.com/v1/things', '/v1/../things', undefined].map(links),
	{ older_url: null },
	{},
	[],
	[links('/v1/things')],
	7,
	'',
	true,
])(
	'a link to a further page that cannot be read is not the end of the list: %j',
	async (Pagination) => {
		const answer = { Response: [{ Thing: { id: 1 } }], Pagination };
		const bunq = await client('monetary-account', answer);
		const reading = collect(bunq.each('/user/{user}/monetary-account'));
		await expect(reading).rejects.toMatchObject({ message: "bunq's answer could not be read" });
	},
);

describe('without `Pagination`', () => {
	const answerOf = (length: number) => ({
		Response: Array.from({ length }, (_, index) => ({ Thing: { id: 900 - index } })),
	});
	const path = '/user/{user}/monetary-account';

	test('a page with room for more is the end of the list', async () => {
		const bunq = await client('monetary-account', answerOf(199));
		expect(await collect(bunq.each(path))).toHaveLength(199);
	});

	test('a full page is not', async () => {
		const bunq = await client('monetary-account', answerOf(200));
		await expect(collect(bunq.each(path))).rejects.toMatchObject({
			kind: 'unavailable',
			message: 'bunq does not say whether this list goes on',
			description: expect.stringContaining('read less with a limit'),
		});
	});

	test('a full page is enough for who wants no more', async () => {
		const bunq = await client('monetary-account', answerOf(3));
		expect(await take(bunq.each(path, 3), 3)).toHaveLength(3);
	});
});

test('a page that links to itself is refused', async () => {
	const { id: userId } = (await bank.world()).person;
	const path = `/user/${userId}/monetary-account`;
	const older_url = `/v1${path}?count=200`;
	const answer = { Response: [{ Thing: { id: 1 } }], Pagination: links(older_url) };
	const reading = collect((await client('monetary-account', answer)).each(path));
	await expect(reading).rejects.toMatchObject({ message: expect.stringContaining('circle') });
});

test('no key of an unwrapped entry is without a value', () => {
	for (const entry of [{}, { Thing: null }, { Thing: 1 }, null, 'x', 7, [], [{}]])
		expect(Object.values(unwrap(entry))).not.toContain(undefined);
});
