import { useBank } from './support/bank';

const bank = useBank();
const by = (mode: string, value: string | number) => ({ __rl: true, mode, value });
const shapes = async () => (await bank.requests()).map((one) => one.replace(/\/\d+/g, '/{}'));
const minutes = async (count: number) => {
	jest.setSystemTime(Date.now() + count * 60_000);
};
const arrive = async (description: string, more: object = {}) => {
	const { id } = await bank.account('Main');
	return await bank.control.addPayments({ accountId: id, description, ...more });
};

describe('paymentCreated', () => {
	test('one account: the first poll is silent, later ones give what came, oldest first, one request each', async () => {
		const { id } = await bank.account('Main');
		const poller = await bank.trigger({
			event: 'paymentCreated',
			allAccounts: false,
			account: by('id', id),
		});
		expect(await poller.activate()).toBeNull();
		expect(await shapes()).toEqual(['GET /user/{}/monetary-account/{}/payment?count=200']);
		await minutes(1);
		expect(await poller.tick()).toBeNull();
		await arrive('one');
		await arrive('two');
		await minutes(1);
		expect((await poller.tick())?.map(({ description }) => description)).toEqual(['one', 'two']);
		await minutes(1);
		expect(await poller.tick()).toBeNull();
		expect(await shapes()).toHaveLength(4);
	});

	test('all accounts', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		expect(await poller.activate()).toBeNull();
		console.log(await shapes(), JSON.stringify(poller.stored).length);
		await bank.control.clearLog();
		await minutes(1);
		expect(await poller.tick()).toBeNull();
		console.log(await shapes());
		await arrive('one');
		await bank.control.clearLog();
		await minutes(1);
		expect((await poller.tick())?.map(({ description }) => description)).toEqual(['one']);
		console.log(await shapes());
	});
});
