import { startSimulator } from './simulator';
import type { Simulator } from './simulator';
import { openSession } from './simulator/testClient';

let bank: Simulator;
beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());

it('smoke', async () => {
	const world = await bank.control.world();
	const s = await openSession(bank.url, world.apiKey);
	console.log((await s.get('/user')).text.slice(0, 300));
	const l = await s.get('{user}/monetary-account');
	console.log(l.text.length, l.json.Pagination, l.headers, world);
	const main = world.accounts[0];
	const p = await s.post(`{user}/monetary-account/${main.id}/payment`, {
		amount: { value: '1.00', currency: 'EUR' },
		description: '',
		counterparty_alias: { type: 'IBAN', value: world.accounts[1].iban, name: 'x' },
	});
	console.log(p);
	console.log((await s.get(`{user}/monetary-account/${main.id}/payment`)).json.Response[0].Payment);
});
