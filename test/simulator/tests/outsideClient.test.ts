import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { useSimulator } from './useSimulator';

/**
 * A judge from outside: a client of bunq's API that others wrote for the real bank. It knows nothing of the simulator, signs with
 * its own code, verifies each signature of the bank, and keeps to the rate limits, which are on.
 */

const bank = useSimulator();
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill()));

/** The client in a process of its own, whose connections to bunq lead here. Returns its functions, by name. */
const newClient = () => {
	const child = fork(require.resolve('./outsideClient.cjs'), [], {
		execArgv: ['--require', require.resolve('../http/redirect.cjs')],
		env: {
			BUNQ_SIMULATOR_TLS_PORT: String(bank.tlsPort),
			BUNQ_SIMULATOR_CA_FILE: bank.caFile,
		},
	});
	children.push(child);
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its results are read freely
	return async (name: string, ...values: unknown[]): Promise<any> => {
		child.send([name, ...values]);
		const [{ result, refusal }] = await once(child, 'message');
		if (refusal) throw new Error(`${name}: ${refusal}`);
		return result;
	};
};

const register = async (secret: string) => {
	const call = newClient();
	await call('run', secret);
	await call('install');
	await call('registerDevice', 'Judge');
	await call('registerSession');
	return call;
};

const SAM = { type: 'EMAIL', value: 'sam@example.com', name: 'Sam' };
const euro = (value: string) => ({ value, currency: 'EUR' });
const CALLBACK = 'http://localhost:5678/rest/oauth2-credential/callback';
/** The objects of a list, without their wrappers. */
const inside = <Fields>(list: Array<Record<string, Fields>>) => list.flatMap(Object.values<Fields>);

test('registers, lists 456 payments over pages, pays, drafts, asks and reads cards', async () => {
	const main = bank.account('Main');
	await bank.control.addPayments({ accountId: main.id, count: 456 - main.payments });
	const call = await register(bank.world.apiKey);

	const { UserPerson: user } = await call('getUsers', true);
	expect(user.id).toBe(bank.world.person.id);
	const accounts = await call('api.monetaryAccount.list', user.id, { count: 200 });
	expect(inside<{ id: number }>(accounts).map(({ id }) => id)).toContain(main.id);

	const ids: number[] = [];
	while (ids.length % 200 === 0) {
		const options = { count: 200, older_id: ids.at(-1) ?? false };
		const page = await call('api.payment.list', user.id, main.id, options);
		ids.push(...inside<{ id: number }>(page).map(({ id }) => id));
	}
	expect(new Set(ids).size).toBe(456);

	const before = await bank.balances();
	await call('api.payment.post', user.id, main.id, 'Coffee', euro('2.50'), SAM);
	const batch = [{ amount: euro('1.00'), counterparty_alias: SAM, description: 'Tea' }];
	await call('api.paymentBatch.postRaw', user.id, main.id, batch);
	expect(Number(before.Main) - Number((await bank.balances()).Main)).toBeCloseTo(3.5);

	const place = [user.id, main.id];
	const [{ Id: draft }] = await call('api.draftPayment.post', ...place, 'Rent', euro('9.00'), SAM);
	await bank.control.approveDraft(draft.id);
	const { DraftPayment } = await call('api.draftPayment.get', ...place, draft.id);
	expect(DraftPayment.status).toBe('ACCEPTED');

	const [{ Id: asked }] = await call(
		'api.requestInquiry.post',
		...place,
		'Pizza',
		euro('8.00'),
		SAM,
	);
	await call('api.requestInquiry.put', ...place, asked.id, 'REVOKED');
	const { RequestInquiry } = await call('api.requestInquiry.get', ...place, asked.id);
	expect(RequestInquiry.status).toBe('REVOKED');
	expect((await call('api.requestResponse.list', ...place)).length).toBeGreaterThan(0);

	const cards = inside<{ second_line: string }>(await call('api.card.list', user.id));
	expect(cards.map(({ second_line }) => second_line)).toContain('Groceries');
	const [{ CardUserNameArray }] = await call('api.cardName.get', user.id);
	expect(CardUserNameArray.possible_card_name_array.length).toBeGreaterThan(0);
	expect((await call('api.masterCardAction.list', ...place)).length).toBeGreaterThan(0);

	await expect(call('api.payment.get', ...place, 1)).rejects.toThrow(/404.*could not be found/);
});

test('exchanges an OAuth code, and has the rights of an app', async () => {
	const { clientId, clientSecret, userApiKeyId } = bank.world.oauth;
	const code = await bank.control.grantCode(CALLBACK);
	const token = await newClient()('exchangeOAuthToken', clientId, clientSecret, CALLBACK, code);
	const call = await register(token);

	const { UserApiKey: app } = await call('getUsers', true);
	expect(app.id).not.toBe(userApiKeyId);
	const place = [app.id, bank.account('Main').id];
	const household = { type: 'IBAN', value: bank.account('Household').iban, name: 'Household' };
	await call('api.payment.post', ...place, 'Saving', euro('1.00'), household);
	expect((await bank.balances()).Household).toBe('301.00');
	await expect(call('api.payment.post', ...place, 'Coffee', euro('1.00'), SAM)).rejects.toThrow(
		'Not enough permissions to create payment.',
	);
});
