import { startSimulator, type Simulator, type World } from '..';
import { openSession, type Session } from '../control/testClient';

interface Options {
	/** Without rate limits. */
	unlimited?: boolean;
	/** The key that opens each test's session. Default: none. */
	secret?: (world: World) => string;
}

interface TestSimulator extends Omit<Simulator, 'stop'> {
	/** Production as it was at the start of the test. */
	world: World;
	session: Session;
	account(description: string, world?: World): World['accounts'][number];
	card(secondLine: string, world?: World): World['cards'][number];
	/** The accounts' balances as they are now. */
	balances(): Promise<Record<string, string>>;
}

/** Gives a test file its simulator, which is reset before each test; call it at the top of the file. */
export const useSimulator = ({ unlimited, secret }: Options = {}): TestSimulator => {
	const bank = {
		account: (description, { accounts } = bank.world) => {
			const found = accounts.find((one) => one.description === description);
			if (!found) throw new Error(`No account ${description}`);
			return found;
		},
		card: (secondLine, { cards } = bank.world) => {
			const found = cards.find((one) => one.secondLine === secondLine);
			if (!found) throw new Error(`No card ${secondLine}`);
			return found;
		},
		balances: async () =>
			Object.fromEntries(
				(await bank.control.world()).accounts.map(({ description, balance }) => [
					description,
					balance,
				]),
			),
	} as TestSimulator;
	const running: { stop?: () => Promise<void> } = {};

	beforeAll(async () => {
		const { stop, ...simulator } = await startSimulator();
		running.stop = stop;
		Object.assign(bank, simulator);
	});
	beforeEach(async () => {
		await bank.control.reset();
		if (unlimited) await bank.control.switches({ limits: 'off' });
		bank.world = await bank.control.world();
		if (secret) bank.session = await openSession(bank.url, secret(bank.world));
	});
	afterAll(async () => await running.stop?.());

	return bank;
};
