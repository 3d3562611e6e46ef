import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from '../../nodes/Bunq/api/clock';
import type { TestBank } from './bank';
import { passSeconds } from './fakeClock';

/** For each event of the trigger: what random schedules make happen at bunq, and which items must come of it. */

export interface EventScenario {
	event: string;
	/** The node's parameters. */
	parameters: IDataObject;
	/** Makes something happen in an account. */
	occur(account: number): Promise<void>;
	/** What has happened so far and must be delivered. */
	expected: Array<{ key: string; account: number }>;
	keyOf(item: IDataObject): string;
	/** Whether the events of an account are delivered in the order in which they happened. */
	isOrdered: boolean;
	/** Whether older poll state may deliver events again: independent events can be repeated, a crossing cannot. */
	toleratesOlderState: boolean;
	/** Whether a failed poll may hide an event: a crossing that reverses between two polls is not detected. */
	mayBeHidden?: boolean;
	/** The balance of a new account. */
	balance: string;
}

type CreateScenario = (bank: TestBank, pick: <T>(from: readonly T[]) => T) => EventScenario;

const COUNTS = [1, 1, 1, 1, 2, 2, 5, 5, 20, 230] as const;

const idOf = ({ id }: IDataObject) => String(id);

/** New objects in a list have IDs, and are delivered in the list's order. */
const CREATED = { keyOf: idOf, isOrdered: true, toleratesOlderState: true, balance: '3.00' };

const payments: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	const add = async (accountId: number, amount: string, count = 1) => {
		const ids = await control.addPayments({ accountId, amount, count });
		expected.push(...ids.map((id) => ({ key: String(id), account: accountId })));
	};
	return {
		event: 'paymentCreated',
		parameters: {},
		expected,
		...CREATED,
		occur: async (account) => {
			if (pick([true, false, false])) {
				// In and out at once leaves no trace in the balance.
				await add(account, '5.00');
				await add(account, '-5.00');
			} else await add(account, pick(['1.00', '-1.00', '250.00']), pick(COUNTS));
		},
	};
};

const cardTransactions: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	return {
		event: 'cardTransactionCreated',
		parameters: {},
		expected,
		...CREATED,
		occur: async (account) => {
			const uses = Array.from({ length: pick(COUNTS) }, () => ({
				decision: pick(['ALLOWED', 'PIN_INCORRECT']),
			}));
			const ids = await control.addCardTransactions(account, uses);
			expected.push(...ids.map((id) => ({ key: String(id), account })));
		},
	};
};

/** Some links are paid several times, among payments that belong to none. */
const links: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	const open: Array<{ id: number; account: number }> = [];
	return {
		event: 'bunqMeLinkPaid',
		parameters: {},
		expected,
		keyOf: ({ paymentId }) => String(paymentId),
		isOrdered: true,
		toleratesOlderState: true,
		balance: '3.00',
		occur: async (account) => {
			open.push({ id: await control.addLink({ accountId: account, amount: '2.00' }), account });
			for (let count = Math.min(pick(COUNTS), 20); count > 0; count--) {
				if (pick([true, false])) await control.addPayments({ accountId: account });
				const link = pick(open);
				const { paymentId } = await control.payLink(link.id);
				expected.push({ key: String(paymentId), account: link.account });
			}
		},
	};
};

const requestResponses: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	return {
		event: 'requestResponseCreated',
		parameters: {},
		expected,
		...CREATED,
		occur: async (accountId) => {
			for (let count = Math.min(pick(COUNTS), 20); count > 0; count--) {
				const id = await control.addRequestResponse({ accountId });
				expected.push({ key: String(id), account: accountId });
				if (pick([true, false])) await control.answerRequest(id, 'REJECTED');
			}
		},
	};
};

const drafts: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	const open: Array<{ id: number; account: number }> = [];
	const approve = async (id: number) =>
		await control.approveDraft(id).then(
			() => true,
			() => false,
		);
	return {
		event: 'draftPaymentUpdated',
		parameters: {},
		expected,
		keyOf: idOf,
		isOrdered: false,
		toleratesOlderState: true,
		balance: '3.00',
		occur: async (accountId) => {
			const ids = await control.addDrafts({ accountId, count: pick(COUNTS) });
			open.push(...ids.map((id) => ({ id, account: accountId })));
			for (let answers = pick([0, 1, 3, 30]); answers > 0 && open.length > 0; answers--) {
				const [{ id, account }] = open.splice(open.indexOf(pick(open)), 1);
				const isPaid = pick([true, false]) && (await approve(id));
				if (!isPaid) await control.rejectDraft(id);
				expected.push({ key: String(id), account });
			}
		},
	};
};

const requestInquiries: CreateScenario = ({ control, world }, pick) => {
	const expected: EventScenario['expected'] = [];
	const open: Array<{ id: number; account: number; key: string }> = [];
	const sent = { count: 0 };
	return {
		event: 'requestInquiryUpdated',
		parameters: {},
		expected,
		keyOf: ({ description }) => String(description),
		isOrdered: false,
		toleratesOlderState: true,
		balance: '3.00',
		occur: async (account) => {
			const others = (await world()).accounts.filter(
				({ status, id }) => status === 'ACTIVE' && id !== account,
			);
			for (let count = Math.min(pick(COUNTS), 20); count > 0; count--) {
				const key = `request ${++sent.count}`;
				const order = { accountId: pick(others).id, fromAccountId: account, description: key };
				open.push({ id: await control.addRequestResponse(order), account, key });
			}
			for (let answers = pick([0, 1, 3, 9]); answers > 0 && open.length > 0; answers--) {
				const [{ id, key, ...rest }] = open.splice(open.indexOf(pick(open)), 1);
				await control.answerRequest(id, pick(['REJECTED', 'EXPIRED'] as const));
				expected.push({ key, account: rest.account });
			}
		},
	};
};

/** Scheduled payments run, some without the money, and some are cancelled. An item of a run does not have the run's ID, and not every spelling of a time has fractions of a second. */
const scheduledPayments: CreateScenario = ({ control }, pick) => {
	const expected: EventScenario['expected'] = [];
	const open: Array<{ id: number; account: number; isOnce: boolean }> = [];
	const end = (one: (typeof open)[number]) => void open.splice(open.indexOf(one), 1);
	const run = async (one: (typeof open)[number]) => {
		const { created, paymentId } = await control.runSchedule(one.id);
		const at = new Date(parseBunqTime(created)).toISOString().slice(0, 19);
		const result = paymentId ? `succeeded ${paymentId}` : `failed ${at}`;
		expected.push({ key: `${one.id} ${result}`, account: one.account });
		if (one.isOnce) end(one);
		passSeconds(1);
	};
	return {
		event: 'scheduledPaymentUpdated',
		parameters: {},
		expected,
		keyOf: ({ id, runStatus, paymentId, runAt }) =>
			`${String(id)} ${String(runStatus ?? 'cancelled')} ${String(paymentId ?? runAt ?? '').slice(0, 19)}`.trim(),
		isOrdered: false,
		toleratesOlderState: true,
		balance: '30.00',
		occur: async (account) => {
			const isOnce = pick([true, false]);
			const amount = pick(['1.00', '1.00', '9999.00']);
			const unit = isOnce ? 'ONCE' : 'DAILY';
			open.push({
				id: await control.addSchedule({ accountId: account, amount, unit }),
				account,
				isOnce,
			});
			const one = pick(open);
			for (let count = pick([0, 1, 1, 2, 20]); count > 0 && open.includes(one); count--)
				await run(one);
			const other = pick([...open, undefined, undefined]);
			if (!other || pick([true, false])) return;
			await control.cancelSchedule(other.id);
			end(other);
			expected.push({ key: `${other.id} cancelled`, account: other.account });
		},
	};
};

/** A balance crosses the threshold. The crossings of an account are numbered. */
const crossings = ({ control, world }: TestBank, crossing: 'both' | 'below'): EventScenario => {
	const expected: EventScenario['expected'] = [];
	const delivered: Record<string, number> = {};
	const crossed: Record<string, number> = {};
	return {
		event: 'balanceCrossed',
		parameters: { threshold: 100, crossing },
		expected,
		keyOf: ({ id, crossing: to }) => {
			const account = String(id);
			delivered[account] = (delivered[account] ?? 0) + 1;
			return `${account} ${String(to)} ${delivered[account]}`;
		},
		isOrdered: true,
		toleratesOlderState: false,
		mayBeHidden: true,
		balance: '50.00',
		occur: async (account) => {
			const { balance } = (await world()).accounts.find(({ id }) => id === account)!;
			const isBelow = Number(balance) < 100;
			const amount = (isBelow ? 150 : 50) - Number(balance);
			await control.addPayments({ accountId: account, amount: amount.toFixed(2) });
			if (crossing === 'below' && isBelow) return;
			crossed[account] = (crossed[account] ?? 0) + 1;
			const to = isBelow ? 'above' : 'below';
			expected.push({ key: `${account} ${to} ${crossed[account]}`, account });
		},
	};
};

export const scenarios: Record<string, CreateScenario> = {
	payments,
	cardTransactions,
	links,
	requestResponses,
	drafts,
	requestInquiries,
	scheduledPayments,
	both: (bank) => crossings(bank, 'both'),
	below: (bank) => crossings(bank, 'below'),
};
