import { handshakeForTest } from '../../nodes/Bunq/connect';
import {
	LOST_INSTALLATION,
	SWITCHES,
	type LostInstallationAnswer,
} from '../simulator/bank/switches';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { CONTINUE_ON_FAIL, emptyItems } from '../support/parameters';
import { underEach } from '../support/underEach';

/** bunq forgets an installation or refuses a secret while a process uses it (docs/bunq-api.md 2.5, 2.6). */

const bank = useBank({ isConnected: false, isEncrypted: true });
const list = { resource: 'account', operation: 'getAll', returnAll: true };
const NOT_ASKED = /did not ask bunq again/;
const twelve = { items: emptyItems(12), settings: CONTINUE_ON_FAIL };

/** How often each request of the handshake was sent: installation, device, session. */
const handshakes = async () => {
	const paths = (await bank.control.log()).map(({ path }) => path.replace('/v1', ''));
	const count = (name: string) => paths.filter((path) => path === name).length;
	return [count('/installation'), count('/device-server'), count('/session-server')];
};

/** From now on, bunq gives this answer to every request of the path. */
const refuse = async (answer: LostInstallationAnswer, path: string, times = 9_999) => {
	const [status, error_description] = LOST_INSTALLATION[answer];
	const body = JSON.stringify({ Error: [{ error_description }] });
	await bank.control.fault({ kind: 'status', method: 'POST', path, status, body, times });
};

underEach(bank, 'lostInstallation', () => {
	test('at session-server: a new one', async () => {
		await bank.oauth(list);
		await bank.control.forgetInstallations();
		await bank.control.expireSessions();
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await handshakes()).toEqual([2, 2, 3]);
	});

	test('at device-server: a new one', async () => {
		await bank.control.fault({ kind: 'credentials', path: 'device-server' });
		await bank.oauth(list);
		await bank.control.forgetInstallations();
		passMinutes(16);
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await handshakes()).toEqual([2, 3, 1]);
	});

	test('for payments of ten executions at once: one new one, and each payment is made once', async () => {
		await bank.oauth(list);
		await bank.control.forgetInstallations();
		const order = await bank.payHousehold({ amount: 1 });
		const outcomes = await Promise.all(emptyItems(10).map(() => bank.oauth(order)));
		expect(outcomes.map(({ error }) => error?.message)).toEqual(Array(10).fill(undefined));
		expect(await bank.receivedByHousehold()).toBe(10);
		expect((await handshakes())[0]).toBe(2);
	});

	test('for reads, if its sessions end with it: a new one', async () => {
		await bank.oauth(list);
		await bank.control.switches({ sessionsOutliveInstallation: false });
		await bank.control.forgetInstallations();
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect((await handshakes())[0]).toBe(2);
	});

	test("the credential's test starts over", async () => {
		const data = { environment: 'production' as const, apiKey: (await bank.world()).apiKey };
		const test = async () => await handshakeForTest({ httpRequest: await requestHelper() }, data);
		await test();
		for (let times = 1; times <= 3; times++) {
			passSeconds(31);
			await bank.control.forgetInstallations();
			await test();
			expect((await handshakes())[0]).toBe(1 + times);
		}
	});
});

underEach(bank, 'sessionsOutliveInstallation', () => {
	test('reads go on, and a payment is made once', async () => {
		await bank.oauth(list);
		await bank.control.forgetInstallations();
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect((await bank.oauth(await bank.payHousehold())).error).toBeUndefined();
		expect(await bank.receivedByHousehold()).toBe(10);
		expect((await handshakes())[0]).toBe(2);
	});
});

describe.each(SWITCHES.lostInstallation.values)('a bank that keeps answering %s', (answer) => {
	test('at session-server: at most one new one in 15 minutes, then from memory', async () => {
		await bank.oauth(list);
		await bank.control.expireSessions();
		await refuse(answer, 'session-server');
		const { json } = await bank.oauth(list, twelve);
		expect(json).toHaveLength(12);
		expect((await handshakes())[0]).toBe(2);
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe(LOST_INSTALLATION[answer][1]);
		expect(error?.description).toMatch(NOT_ASKED);
		for (let minute = 0; minute < 60; minute++) {
			passMinutes();
			await bank.oauth(list);
		}
		expect((await handshakes())[0]).toBeLessThanOrEqual(2 + 4);
		await bank.control.clearFaults();
		passMinutes(16);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	test('a person does not wait, but one execution makes only one new one', async () => {
		await bank.oauth(list);
		await bank.control.expireSessions();
		await refuse(answer, 'session-server');
		await bank.oauth(list);
		expect((await handshakes())[0]).toBe(2);
		await bank.oauth(list, { ...twelve, mode: 'manual' });
		expect((await handshakes())[0]).toBe(3);
		await bank.control.clearFaults();
		expect((await bank.oauth(list, { mode: 'manual' })).json).toHaveLength(6);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	test('a person does not wait, but a loop makes only one new one', async () => {
		await bank.oauth(list);
		await refuse(answer, 'session-server');
		await bank.control.expireSessions();
		for (const runIndex of [0, 1, 2, 3])
			await bank.oauth(list, { mode: 'manual', executionId: 'a loop', runIndex });
		expect((await handshakes())[0]).toBe(2);
	});
});

test.each<LostInstallationAnswer>(['466 required', '400 invalid'])(
	'payments that bunq keeps refusing with %s: one new installation, and reads go on',
	async (answer) => {
		await bank.oauth(list);
		await refuse(answer, 'payment$');
		const order = await bank.payHousehold();
		const { json } = await bank.oauth(order, twelve);
		expect(json).toHaveLength(12);
		expect((await handshakes())[0]).toBe(2);
		expect(await bank.requestCount('POST')).toBe(2);
		expect((await bank.oauth(order)).error?.description).toMatch(NOT_ASKED);
		expect((await bank.oauth(list)).json).toHaveLength(6);
		await bank.control.clearFaults();
		passMinutes(16);
		await bank.oauth(order);
		expect(await bank.receivedByHousehold()).toBe(10);
	},
);

test("the credential's test starts over, whatever bunq's refusal of the old start says", async () => {
	const data = { environment: 'production' as const, apiKey: (await bank.world()).apiKey };
	const test = async () => await handshakeForTest({ httpRequest: await requestHelper() }, data);
	await test();
	const body = JSON.stringify({ Error: [{ error_description: 'The device is not active.' }] });
	for (const status of [400, 403, 404]) {
		passSeconds(31);
		await bank.control.fault({ kind: 'status', path: 'session-server', status, body });
		await test();
	}
	expect((await handshakes())[0]).toBe(4);
});

test('changed device settings of an OAuth credential register a device at once, each only once', async () => {
	const settings = [{}, { deviceDescription: 'My n8n' }, { allowAnyIp: true }, {}];
	for (const credential of settings)
		expect((await bank.oauth(list, { credential })).json).toHaveLength(6);
	const devices = (await bank.control.log()).filter(({ path }) => path.endsWith('/device-server'));
	const secret = (await bank.world()).oauth.accessToken;
	expect(devices.map(({ body }) => body)).toEqual([
		{ description: 'n8n', secret },
		{ description: 'My n8n', secret },
		{ description: 'n8n', secret, permitted_ips: ['*'] },
	]);
});

describe('an address that changes within a session', () => {
	const REFUSED = 'User credentials are incorrect. Incorrect API key or IP address.';

	test('a trigger that polls every minute asks bunq four times an hour', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await trigger.nextPoll();
		await bank.control.lockIp(true);
		await bank.control.clearLog();
		for (let minute = 0; minute < 60; minute++)
			await expect(trigger.nextPoll()).rejects.toMatchObject({ message: REFUSED });
		expect((await bank.control.log()).length).toBeLessThanOrEqual(5);
		expect((await handshakes())[0]).toBe(0);
		await bank.control.lockIp(false);
		const [id] = await bank.receive('Main');
		await trigger.nextPolls(16);
		expect(trigger.delivered).toMatchObject([{ id }]);
	});

	test('payments: one request, then the error comes from memory', async () => {
		await bank.oauth(list);
		await bank.control.lockIp(true);
		await bank.control.clearLog();
		const { json } = await bank.oauth(await bank.payHousehold(), twelve);
		expect(json.map(({ error }) => error)).toEqual(Array(12).fill(REFUSED));
		expect(await bank.log()).toHaveLength(1);
	});

	test('a person does not wait', async () => {
		await bank.oauth(list);
		await bank.control.lockIp(true);
		await bank.oauth(list);
		await bank.control.lockIp(false);
		expect((await bank.oauth(list)).error?.description).toMatch(NOT_ASKED);
		expect((await bank.oauth(list, { mode: 'manual' })).json).toHaveLength(6);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});
});
