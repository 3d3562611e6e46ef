import type { IDataObject, INode, IRun } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { toNodeError } from '../../nodes/Bunq/nodeError';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { under, underEach } from '../support/underEach';

/** What an error says beyond bunq's words: the advice fits the refusal. */

const bank = useBank({ isConnected: false, isEncrypted: true });
const request = { resource: 'api', operation: 'request', method: 'GET', path: '/user/{user}/card' };

/** The error after bunq answers a path in this way, time after time. */
const refusal = async (
	{ status, text, path }: { status: number; text?: string; path: string },
	parameters: IDataObject = request,
) => {
	const body = JSON.stringify({ Error: text === undefined ? [] : [{ error_description: text }] });
	await bank.control.fault({ kind: 'status', status, body, path, times: 99 });
	const { error } = await bank.oauth(parameters);
	return { message: error?.message ?? '', description: error?.description ?? '' };
};

const ADVICE_FOR_IDS = /check the id/i;

describe('404', () => {
	test('of an object: the ID', async () => {
		const { description } = await refusal({
			status: 404,
			text: 'The item you requested could not be found.',
			path: 'card$',
		});
		expect(description).toMatch(ADVICE_FOR_IDS);
	});

	test('of a path: the path', async () => {
		const { message, description } = await refusal({
			status: 404,
			text: 'Route not found.',
			path: 'card$',
		});
		expect(message).toBe('Route not found.');
		expect(description).toMatch(
			/^Nothing was done: bunq has no such endpoint\. Check the method and the path/,
		);
		expect(description).not.toMatch(ADVICE_FOR_IDS);
	});
});

test('403 with the text of an ended session, in a new one too: it may be a missing right', async () => {
	const text = 'Insufficient authorisation.';
	const { description } = await refusal({ status: 403, text, path: 'card$' });
	expect(description).toMatch(/does not accept the session.* or does not allow this/);
});

describe.each(['installation', 'device-server', 'session-server'])('at %s', (path) => {
	test.each([
		[400, 'Something is wrong.'],
		[403, 'Something is wrong.'],
		[404, 'Route not found.'],
		[404, 'The item you requested could not be found.'],
		[404, undefined],
		[409, 'Something is wrong.'],
		[490, undefined],
	])('%s %s: the credential, no ID and no values', async (status, text) => {
		const { description } = await refusal({ status, text, path });
		expect(description).toMatch(/^Nothing was done: bunq opened no session\. Connect again\.$/);
		expect(description).not.toMatch(/check the id|Correct the values|in the path/i);
	});
});

describe('409', () => {
	const TOO_MANY =
		'Too many requests. You can do a maximum of 3 calls per 3 second to this endpoint.';

	test.each([TOO_MANY, undefined])('without another reason is the rate limit: %s', async (text) => {
		const body = JSON.stringify({ Error: text ? [{ error_description: text }] : [] });
		await bank.control.fault({ kind: 'status', status: 409, body, path: 'card$', times: 2 });
		expect((await bank.oauth(request)).json.length).toBeGreaterThan(0);
		expect(await bank.requestCount('GET')).toBe(3);
	});

	test('with a reason is a conflict: what bunq has, not the values', async () => {
		const refused = { status: 409, text: 'This draft was accepted already.', path: 'payment$' };
		const { message, description } = await refusal(refused, await bank.payHousehold());
		expect(message).toBe(refused.text);
		expect(description).toMatch(/Nothing was done\. .*changed/);
		expect(await bank.requestCount('POST')).toBe(1);
	});
});

describe('a read that fails says nothing about a lookup', () => {
	const GET = 'GET';
	test.each([
		'drop-before',
		'drop-after',
		'500-before',
		'html',
		'truncated',
		'maintenance',
	] as const)('API Request: %s', async (kind) => {
		await bank.oauth(request);
		await bank.control.fault({ kind, method: GET, path: 'card$', times: 9 });
		const { error } = await bank.oauth(request);
		expect(error?.message).toBeTruthy();
		expect(error?.description).not.toMatch(/lookup|to know first|Outcome unknown|may have carried/);
	});
});

describe('characters that bunq refuses', () => {
	under(bank, 'specialCharacters', 'refuse', () => {
		test('the error names them, and nothing is done', async () => {
			const { error } = await bank.oauth(
				await bank.payHousehold({ paymentDescription: 'No #7 | July' }),
			);
			expect(error?.description).toMatch(
				/^Nothing was done\. bunq may not accept "#" and "\|" in a description\. Use only/,
			);
			expect(await bank.receivedByHousehold()).toBe(0);
		});
	});

	under(bank, 'specialCharacters', 'accept', () => {
		test('are sent unchanged', async () => {
			const { json } = await bank.oauth(
				await bank.payHousehold({ paymentDescription: 'No #7 | July' }),
			);
			expect(json).toMatchObject([{ description: 'No #7 | July' }]);
		});
	});

	test('are named in the error of a payment', async () => {
		const parameters = await bank.payHousehold({ paymentDescription: 'Invoice #7 | July' });
		const { description } = await refusal({ status: 478, path: 'payment$' }, parameters);
		expect(description).toMatch(
			/^Nothing was done\. bunq may not accept "#" and "\|" in a description\./,
		);
	});

	test('letters with accents and the signs that bunq takes are not named', async () => {
		const parameters = await bank.payHousehold({
			paymentDescription: "Café, n° 7: ok (it's) + 1/2 - é?",
		});
		const { description } = await refusal({ status: 478, path: 'payment$' }, parameters);
		expect(description).toMatch(/^Nothing was done\. bunq may not accept "°" in a description/);
	});

	test('are named in the error of a batch, with their items', async () => {
		const texts = ['Rent', 'Invoice #7', 'Rent', 'Order #8 {x}'];
		const parameters = {
			...(await bank.payHousehold({ paymentDescription: '={{ $json.text }}' })),
			operation: 'createBatch',
		};
		const body = JSON.stringify({ Error: [{ error_description: 'Invalid description.' }] });
		await bank.control.fault({ kind: 'status', status: 400, body, path: 'payment-batch$' });
		const items = texts.map((text) => ({ text }));
		const { error } = await bank.oauth(parameters, { items });
		expect(error?.description).toMatch(
			/^Nothing was done, for the reason that bunq gives\. bunq may not accept "#" \(the 2nd and 4th items\), "\{" \(the 4th item\) and "\}" \(the 4th item\) in a description/,
		);
	});

	test('are not named where bunq refuses something else', async () => {
		const parameters = await bank.payHousehold({ paymentDescription: 'Invoice #7' });
		const refused = { status: 400, text: 'Insufficient balance.', path: 'payment$' };
		expect((await refusal(refused, parameters)).description).not.toContain('#');
	});
});

describe('X-Bunq-Warning', () => {
	const warning = 'You have a negative balance on NL52BUNQ2117660061. Please check the <b>app</b>.';
	const shown = 'You have a negative balance on NL52…0061. Please check the app.';
	const hintsOf = ({ run }: { run: IRun }) => run.data.resultData.runData.Bunq[0].hints;
	beforeEach(async () => {
		await bank.control.switches({ warning });
	});

	test('of a success is shown once, beside the output', async () => {
		const result = await bank.oauth({ ...request, path: '/user/{user}/monetary-account' });
		expect(result.json.length).toBeGreaterThan(0);
		const message = `bunq warns: ${shown}`;
		expect(hintsOf(result)).toEqual([{ message, type: 'warning', location: 'outputPane' }]);
	});

	test('of a refusal is in its description', async () => {
		const account = { mode: 'id', value: '1', __rl: true };
		const read = { resource: 'account', operation: 'get', account };
		const { error } = await bank.oauth(read);
		expect(error?.description).toMatch(new RegExp(`bunq also warns: ${shown}$`));
	});

	test('does not grow with its number', async () => {
		const { apiKey } = await bank.world();
		const warnings: string[] = [];
		const httpRequest = await requestHelper();
		const credential = toBunqCredential({ apiKey });
		const client = createClient({
			httpRequest,
			credential,
			onWarning: (one) => warnings.push(one),
		});
		await bank.control.switches({ warning: 'x'.repeat(5_000) });
		await client.send({ method: 'GET', path: '/user/{user}/monetary-account' });
		expect(warnings.at(-1)?.length).toBeLessThan(1_010);
	});

	underEach(bank, 'warning', (given) => {
		test('is shown as bunq gives it, or there is no hint', async () => {
			const messages = (hintsOf(await bank.oauth(request)) ?? []).map(({ message }) => message);
			expect(messages).toEqual(given === null ? [] : [`bunq warns: ${given}`]);
		});
	});

	test('no hint without a warning', async () => {
		await bank.control.switches({ warning: null });
		expect(hintsOf(await bank.oauth(request))).toEqual([]);
	});
});

test('an error that is not ours is redacted, with its cause', () => {
	const key = 'ab'.repeat(32);
	const node = { name: 'Bunq', type: 'bunq' } as INode;
	const given = new Error(`No NL52BUNQ2117660061 ${key}`, { cause: new Error(key) });
	const error = toNodeError(node, Object.assign(given, { description: `See ${key}.` }));
	expect(error).toMatchObject({ message: 'No NL52…0061 …', description: 'See ….' });
	expect(JSON.stringify(error) + String(error.stack)).not.toMatch(/2117660061|abab/);
});
