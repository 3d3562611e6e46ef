import type { IDataObject } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import { isOpen } from '../api/objects';
import { readCents, readCurrency } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Account } from '../api/types';
import { readAllAccounts, type Bunq } from '../connect';
import { pickOwnAccount } from '../parameters/accounts';
import { field, type Params } from '../parameters/field';
import { accountAtBunq, paymentDescription } from '../parameters/fields';
import { sameAccount, toOwnPointer } from '../parameters/recipient';
import { withAccountName } from '../simplify/accountNames';
import { unchanged, writeOperation, type WritePlan } from './operation';
import { assertPaymentAllowed } from './paymentGuard';
import { planOrder } from './paymentOrders';
import { PAYMENT } from './orderTypes';
import { planLocked } from './planLock';
import { findCreatedOrder } from './recovery';

const options = field({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Keep in Counter Account',
			name: 'keepInCounterAccount',
			type: 'string',
			typeOptions: { numberPrecision: 2, minValue: 0 },
			default: '',
			placeholder: 'e.g. 100.00',
			description: 'The amount that a top-up leaves in the counter account',
		},
		{
			displayName: 'Minimum Transfer',
			name: 'minimumTransfer',
			type: 'string',
			typeOptions: { numberPrecision: 2, minValue: 0 },
			default: '',
			placeholder: 'e.g. 5.00',
			description: 'The smallest amount to move: a smaller difference stays',
		},
		{
			displayName: 'Move What Is There',
			name: 'partial',
			type: 'boolean',
			default: false,
			description:
				'Whether to move what the counter account has, if that is less than what is missing. Otherwise nothing is moved then.',
		},
	],
});

const fields = [
	accountAtBunq,
	field({
		displayName: 'Target Balance',
		name: 'targetBalance',
		type: 'string',
		required: true,
		typeOptions: { numberPrecision: 2, minValue: 0 },
		// An amount as text has no value until somebody enters one: with zero, a skim would empty the account.
		default: '',
		placeholder: 'e.g. 300.00',
		description:
			'The balance that the account is to have, in its currency, with at most two decimals',
	}),
	field({
		displayName: 'Direction',
		name: 'direction',
		type: 'options',
		options: [
			{ name: 'Both', value: 'both', description: 'Top up, or move the surplus away' },
			{ name: 'Skim', value: 'skim', description: 'Only move the surplus away' },
			{ name: 'Top Up', value: 'topUp', description: 'Only add what is missing' },
		],
		default: 'both',
		description: 'Which way the money may go',
	}),
	field({
		...accountAtBunq,
		displayName: 'Counter Account',
		name: 'counterAccount',
		description:
			'Which of your own accounts gives what is missing and gets the surplus: choose it from the list, or enter its ID (digits only), IBAN or exact name',
	}),
	field({
		...paymentDescription,
		placeholder: 'e.g. Top up of Household',
		description: 'Text of the payment, which both accounts show',
	}),
	options,
] as const;

type Target = Params<typeof fields>;

/** An account that money may move from or to. */
interface Side {
	id: number;
	account: Account;
	/** The label of its field. */
	label: string;
	/** Its balance. */
	cents: number;
	currency: string;
}

/** Throws a BunqError where it is closed, or where its balance cannot be read: that is never taken for zero. */
const readSide = (id: number, all: Account[], label: string): Side => {
	const account = pickOwnAccount(id, all, label);
	const cents = readCents(account.balance?.value);
	const currency = readCurrency(account.balance?.currency);
	if (!isOpen(account))
		throw new BunqError('invalidInput', `"${label}" is closed`, {
			description: 'Nothing was sent. Choose an open account.',
		});
	if (cents !== undefined && currency) return { id, account, label, cents, currency };
	throw new BunqError('unavailable', `"${label}": bunq shows no balance that can be read`, {
		description:
			'Nothing was sent: the amount to move depends on it. Try again later. Accounts at other banks, which bunq only displays, may never show one.',
	});
};

/** Both sides at one moment: a list shows all balances at once. Throws a BunqError. */
const readSides = async ({ account, counterAccount }: Target, bunq: Bunq) => {
	const all = await readAllAccounts(bunq);
	const side = readSide(account, all, 'Account');
	const counter = readSide(counterAccount, all, 'Counter Account');
	if (side.currency === counter.currency) return { side, counter };
	throw new BunqError(
		'invalidInput',
		`The two accounts have different currencies: ${side.currency} and ${counter.currency}`,
		{ description: 'Nothing was sent. Choose a counter account in the same currency.' },
	);
};

/** Why nothing is moved, or the cents to move: more than zero into the account, less than zero out of it. */
const decide = (
	side: Side,
	counter: Side,
	{ targetBalance, direction, options: limits }: Target,
) => {
	const cents = (amount = '0') => readCents(amount) ?? 0;
	const missing = cents(targetBalance) - side.cents;
	if (missing === 0 || direction === (missing > 0 ? 'skim' : 'topUp')) return 'onTarget';
	const available = counter.cents - cents(limits.keepInCounterAccount);
	const isTooMuch = missing > 0 && missing > available;
	if (isTooMuch && (!limits.partial || available <= 0)) return 'notEnough';
	const moved = isTooMuch ? available : missing;
	return Math.abs(moved) < cents(limits.minimumTransfer) ? 'belowMinimum' : moved;
};

/** One payment from one side to the other. Throws a BunqError. */
const planTransfer = async ([from, to]: [Side, Side], cents: number, text: string, bunq: Bunq) => {
	const { id: account, currency } = from;
	const value = formatCents(cents);
	const pointer = toOwnPointer(to.account, to.label);
	const instead = 'Choose two accounts that are yours alone';
	await assertPaymentAllowed({ account, iban: pointer.value, value, currency, instead }, bunq);
	const order = { account, amount: value, currency, paymentDescription: text };
	return await planOrder(PAYMENT, { ...order, additionalFields: {}, options: {} }, pointer, bunq);
};

/** Reads both balances and plans what has to move. Throws a BunqError. */
const planTarget = async (params: Target, bunq: Bunq): Promise<WritePlan> => {
	const { side, counter } = await readSides(params, bunq);
	const decision = decide(side, counter, params);
	const known = { balanceBefore: side.cents / 100, target: Number(params.targetBalance) };
	if (typeof decision === 'string')
		return unchanged({
			accountId: params.account,
			counterAccountId: params.counterAccount,
			moved: 0,
			reason: decision,
			currency: side.currency,
			...known,
		});
	const accounts = [side.account, counter.account];
	const sides: [Side, Side] = decision > 0 ? [counter, side] : [side, counter];
	const size = Math.abs(decision);
	const plan = await planTransfer(sides, size, params.paymentDescription, bunq);
	const output: WritePlan['output'] = async (response) =>
		withAccountName((await plan.output(response)) as IDataObject, accounts);
	const request = plan.request && {
		...plan.request,
		renewal: {
			currentUntil: monotonicNow() + BALANCE_MS,
			renew: async () => {
				const now = await readSides(params, bunq);
				if (decide(now.side, now.counter, params) !== decision) throw balancesChanged();
				return plan.request!.body!;
			},
		},
	};
	return { ...plan, request, output, also: { moved: size / 100, ...known } };
};

/** How long balances count as current after they were read; bunq's limits could delay the payment much longer. */
const BALANCE_MS = 10_000;

const balancesChanged = () =>
	new BunqError('unavailable', 'The balances changed while bunq made n8n wait', {
		description: 'Nothing was sent. Run it again: it then moves what is missing or over.',
	});

export const keepAtTarget = writeOperation({
	name: 'Keep at Target',
	action: 'Keep account at target with payment',
	description:
		'Move what an account misses or has over, in one payment between two of your own accounts. Also with OAuth.',
	notice: 'Moves money between your own accounts at once, without asking you.',
	fields: [...fields],
	plan: async (params, bunq) => {
		const { account, counterAccount } = params;
		if (account === counterAccount) throw sameAccount('Counter Account');
		const keys = [account, counterAccount].map(String);
		return await planLocked(keys, bunq, async () => await planTarget(params, bunq));
	},
	recovery: findCreatedOrder(PAYMENT),
});
