import type { IDataObject } from 'n8n-workflow';
import type { TestBank } from './bank';

/** What random schedules let happen at bunq, for each event of the trigger, and what should come of it. */

export interface Happenings {
	event: string;
	/** The node's settings. */
	parameters: IDataObject;
	/** Something happens in an account. */
	happen(account: number): Promise<void>;
	/** What happened so far that has to be delivered. */
	expected: Array<{ key: string; account: number }>;
	keyOf(item: IDataObject): string;
	/** Whether what happens in an account is delivered in that order. */
	isOrdered: boolean;
	/** Events that mean nothing to one another may come again with an older copy of the marks; a crossing would not fit. */
	survivesOlderCopies: boolean;
	/** Whether faults may hide something: over and back between two polls is not told. */
	isSteady?: boolean;
	/** A new account. */
	balance: string;
}

type Make = (bank: TestBank, pick: <T>(from: readonly T[]) => T) => Happenings;

const COUNTS = [1, 1, 1, 1, 2, 2, 5, 5, 20, 230] as const;

const idOf = ({ id }: IDataObject) => String(id);

/** What is new in a list has an id, and comes in its order. */
const CREATED = { keyOf: idOf, isOrdered: true, survivesOlderCopies: true, balance: '3.00' };

const payments: Make = ({ control }, pick) => {
	const expected: Happenings['expected'] = [];
	const add = async (accountId: number, amount: string, count = 1) => {
		const ids = await control.addPayments({ accountId, amount, count });
		expected.push(...ids.map((id) => ({ key: String(id), account: accountId })));
	};
	return {
		event: 'paymentCreated',
		parameters: {},
		expected,
		...CREATED,
		happen: async (account) => {
			if (pick([true, false, false])) {
				// In and out at once: no balance tells.
				await add(account, '5.00');
				await add(account, '-5.00');
			} else await add(account, pick(['1.00', '-1.00', '250.00']), pick(COUNTS));
		},
	};
};

const cardTransactions: Make = ({ control }, pick) => {
	const expected: Happenings['expected'] = [];
	return {
		event: 'cardTransactionCreated',
		parameters: {},
		expected,
		...CREATED,
		happen: async (account) => {
			const uses = Array.from({ length: pick(COUNTS) }, () => ({
				decision: pick(['ALLOWED', 'PIN_INCORRECT']),
			}));
			const ids = await control.addCardTransactions(account, uses);
			expected.push(...ids.map((id) => ({ key: String(id), account })));
		},
	};
};

const requestResponses: Make = ({ control }, pick) => {
	const expected: Happenings['expected'] = [];
	return {
		event: 'requestResponseCreated',
		parameters: {},
		expected,
		...CREATED,
		happen: async (accountId) => {
			for (let count = Math.min(pick(COUNTS), 20); count > 0; count--) {
				const id = await control.addRequestResponse({ accountId });
				expected.push({ key: String(id), account: accountId });
				if (pick([true, false])) await control.answerRequest(id, 'REJECTED');
			}
		},
	};
};

const drafts: Make = ({ control }, pick) => {
	const expected: Happenings['expected'] = [];
	const open: Array<{ id: number; account: number }> = [];
	const approved = async (id: number) =>
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
		survivesOlderCopies: true,
		balance: '3.00',
		happen: async (accountId) => {
			const ids = await control.addDrafts({ accountId, count: pick(COUNTS) });
			open.push(...ids.map((id) => ({ id, account: accountId })));
			for (let answers = pick([0, 1, 3, 30]); answers > 0 && open.length > 0; answers--) {
				const [{ id, account }] = open.splice(open.indexOf(pick(open)), 1);
				const isPaid = pick([true, false]) && (await approved(id));
				if (!isPaid) await control.rejectDraft(id);
				expected.push({ key: String(id), account });
			}
		},
	};
};

const requestInquiries: Make = ({ control, world }, pick) => {
	const expected: Happenings['expected'] = [];
	const open: Array<{ id: number; account: number; key: string }> = [];
	const made = { count: 0 };
	return {
		event: 'requestInquiryUpdated',
		parameters: {},
		expected,
		keyOf: ({ description }) => String(description),
		isOrdered: false,
		survivesOlderCopies: true,
		balance: '3.00',
		happen: async (account) => {
			const others = (await world()).accounts.filter(
				({ status, id }) => status === 'ACTIVE' && id !== account,
			);
			for (let count = Math.min(pick(COUNTS), 20); count > 0; count--) {
				const key = `request ${++made.count}`;
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

/** A balance goes to the other side of the line. Each crossing has a number in its account. */
const crossings = ({ control, world }: TestBank, crossing: 'both' | 'below') => {
	const expected: Happenings['expected'] = [];
	const delivered: Record<string, number> = {};
	const crossed: Record<string, number> = {};
	return {
		event: 'balanceCrossed',
		parameters: { threshold: 100, crossing },
		expected,
		keyOf: ({ id, crossing: to }: IDataObject) =>
			`${String(id)} ${String(to)} ${(delivered[`${String(id)}`] = (delivered[`${String(id)}`] ?? 0) + 1)}`,
		isOrdered: true,
		survivesOlderCopies: false,
		isSteady: true,
		balance: '50.00',
		happen: async (account: number) => {
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

const both: Make = (bank) => crossings(bank, 'both');
const below: Make = (bank) => crossings(bank, 'below');

export const ALL: Record<string, Make> = {
	payments,
	cardTransactions,
	requestResponses,
	drafts,
	requestInquiries,
	both,
	below,
};
