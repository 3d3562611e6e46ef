import { createClient } from '../../nodes/Bunq/api/client';
import type { HttpRequest } from '../../nodes/Bunq/api/http';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { post } from '../../nodes/Bunq/resources/operation';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';

/** Valid answers with unexpected content. */

const bank = useBank();

const client = async (answer: unknown) => {
	const { apiKey } = await bank.world();
	const real = await requestHelper();
	// Replaces only the answer under test; the handshake is the simulator's.
	const httpRequest: HttpRequest = async (options) =>
		/handshake|installation|device-server|session-server/.test(options.url)
			? await real(options)
			: { statusCode: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
	return createClient({ httpRequest, credential: toBunqCredential({ apiKey }) });
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
	const request = post('/user/{user}/monetary-account-bank', {});
	const sending = (await client(answer)).send(request);
	await expect(sending).rejects.toMatchObject({
		kind: 'outcomeUnknown',
		description: expect.stringContaining('Outcome unknown'),
	});
});

test('a list with nulls, unknown types and prototype keys is read as far as possible', async () => {
	const answer = JSON.parse(
		'{"Response":[{"Thing":{"id":1,"__proto__":{"polluted":true}}},{"Other":[1]},null,{"Nothing":null}],"Pagination":{"older_url":7}}',
	) as unknown;
	const objects = [];
	for await (const object of (await client(answer)).each('/things')) objects.push(object);
	expect(objects.map(({ _type }) => _type)).toEqual(['Thing', 'Other', '', 'Nothing']);
	expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a page that links to itself ends the list', async () => {
	const url = '/v1/things?count=200';
	const pages = (
		await client({ Response: [{ Thing: { id: 1 } }], Pagination: { older_url: url } })
	).each('/things');
	let count = 0;
	for await (const _ of pages) {
		void _;
		count++;
	}
	expect(count).toBe(1);
});
