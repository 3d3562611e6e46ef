import { useCard } from '../bank/cardTransactions';
import { approve, close, openDraft } from '../bank/drafts';
import { openLink, payLink } from '../bank/links';
import { makeIban, toAmount, toCents } from '../bank/money';
import { book, carryOut, checkPayable } from '../bank/payments';
import { ask, respond, thirdPartyAccount } from '../bank/requests';
import { nextTime } from '../bank/scheduleTimes';
import { changeSchedule, openSchedule, runSchedules } from '../bank/schedules';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Counterparty,
	type Order,
	now,
} from '../bank/state';

/** What the buttons of the page do. */

export interface Context {
	bank: Bank;
	env: BankEnvironment;
	/** The account that the page shows. */
	account: Account;
	form: URLSearchParams;
}

/** Returns what to tell the person. Throws a `Refusal` of the bank, or a `RangeError` about the form. */
type Deed = (context: Context) => string;

const EMPLOYER = { iban: makeIban('RABO', 169_202_917), name: 'Example Works B.V.', isKnown: true };
const DAY_MS = 24 * 60 * 60_000;

const amountOf = (form: URLSearchParams): number => {
	const text = (form.get('amount') ?? '').trim().replace(',', '.');
	if (!/^\d{1,7}(\.\d{1,2})?$/.test(text) || Number(text) === 0)
		throw new RangeError(`"${form.get('amount')}" is no amount. Write it as 12.50`);
	return toCents(text);
};

const textOf = (form: URLSearchParams, name: string, otherwise: string) =>
	form.get(name)?.trim().slice(0, 140) || otherwise;

const euros = (cents: number) =>
	`€ ${(cents / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`;

/** What the button is about; it may be gone after a reset. */
const found = <T>(thing: T | undefined): T => {
	if (thing === undefined) throw new RangeError('it is no longer there');
	return thing;
};

const byId = <T extends { id: number }>(things: Iterable<T>, form: URLSearchParams): T =>
	found([...things].find(({ id }) => id === Number(form.get('id'))));

const friend = (env: BankEnvironment, account: Account): Counterparty => {
	const { id, iban, userId } = thirdPartyAccount(env, account);
	return { iban, name: env.users.get(userId)?.displayName ?? '', accountId: id };
};

const order = (cents: number, counterparty: Counterparty, description: string): Order => ({
	cents,
	counterparty,
	description,
	type: counterparty.accountId === undefined ? 'EBA_SCT' : 'BUNQ',
	merchantReference: null,
	attachment: [],
});

const MONEY: Record<string, Deed> = {
	salary({ bank, env, account }) {
		const cents = 2_600_00;
		const description = 'Salary for this month';
		book(bank, env, account, { cents, description, type: 'EBA_SCT', counterparty: EMPLOYER });
		return `Your salary, ${euros(cents)}, came in`;
	},
	receive({ bank, env, account, form }) {
		const cents = amountOf(form);
		const name = textOf(form, 'name', 'Aunt Zoë');
		const description = textOf(form, 'description', '');
		const counterparty = { iban: makeIban('INGB', 7_654_321), name };
		book(bank, env, account, { cents, description, type: 'EBA_SCT', counterparty });
		return `${euros(cents)} came in from ${name}`;
	},
	pay({ bank, env, account, form }) {
		const cents = amountOf(form);
		const name = textOf(form, 'name', 'Aunt Zoë');
		const counterparty = { iban: makeIban('INGB', 7_654_321), name };
		const made = order(cents, counterparty, textOf(form, 'description', ''));
		checkPayable(env, account, [made]);
		carryOut(bank, env, account, made);
		return `${euros(cents)} went to ${name}`;
	},
	card({ bank, env, account, form }) {
		const cents = amountOf(form);
		const merchant = textOf(form, 'name', 'Corner Shop');
		const isEnough = account.cents >= cents;
		const decision = isEnough ? 'ALLOWED' : 'INSUFFICIENT_BALANCE';
		useCard(bank, env, account, { amount: toAmount(cents).value, merchant, decision });
		const paid = `${euros(cents)} paid by card at ${merchant}`;
		return isEnough ? paid : 'The card was declined: too little money';
	},
	declined({ bank, env, account, form }) {
		const amount = toAmount(amountOf(form)).value;
		const merchant = textOf(form, 'name', 'Corner Shop');
		useCard(bank, env, account, { amount, merchant, decision: 'PIN_INCORRECT' });
		return `The card was declined at ${merchant}: wrong PIN`;
	},
	bill({ bank, env, account, form }) {
		const left = amountOf(form);
		const cents = account.cents - left;
		if (cents <= 0) throw new RangeError(`the balance is ${euros(account.cents)} already`);
		carryOut(bank, env, account, order(cents, { iban: null, name: 'City Energy' }, 'The big bill'));
		return `A bill of ${euros(cents)} was paid: ${euros(left)} are left`;
	},
};

const ANSWERS: Record<string, Deed> = {
	draft({ bank, env, account, form }) {
		const to = friend(env, account);
		openDraft(bank, env, account, [
			order(amountOf(form), to, textOf(form, 'description', 'Prepared for you')),
		]);
		return `A payment to ${to.name} waits for your approval`;
	},
	approve({ bank, env, form }) {
		approve(bank, env, byId([...env.drafts.values()].flat(), form));
		return 'Approved, and paid';
	},
	reject({ bank, env, form }) {
		close(bank, env, byId([...env.drafts.values()].flat(), form), 'REJECTED');
		return 'Rejected: no money moved';
	},
	beAsked({ bank, env, account, form }) {
		const asking = thirdPartyAccount(env, account);
		const name = env.users.get(env.personId)?.displayName ?? '';
		const counterparty = { iban: account.iban, name, accountId: account.id };
		const description = textOf(form, 'description', 'Pizza');
		ask(bank, env, asking, { cents: amountOf(form), description, counterparty });
		return `${friend(env, account).name} asks you for money`;
	},
	ask({ bank, env, account, form }) {
		const counterparty = friend(env, account);
		const description = textOf(form, 'description', 'Pizza');
		ask(bank, env, account, { cents: amountOf(form), description, counterparty });
		return `You asked ${counterparty.name} for money`;
	},
	accept: (context) => answer(context, 'ACCEPTED', 'Paid'),
	decline: (context) => answer(context, 'REJECTED', 'Declined: no money moved'),
	expire: (context) => answer(context, 'EXPIRED', 'The request expired'),
};

/** Either side answers a request for money, or nobody does. */
const answer = (
	{ bank, env, form }: Context,
	status: 'ACCEPTED' | 'REJECTED' | 'EXPIRED',
	said: string,
): string => {
	const request = byId(env.requests, form);
	const payer = env.accounts.get(request.counterparty.accountId ?? 0);
	if (status === 'ACCEPTED' && payer) checkPayable(env, payer, [request]);
	respond(bank, env, request, status);
	return said;
};

const LATER: Record<string, Deed> = {
	link({ bank, env, account, form }) {
		const cents = amountOf(form);
		const description = textOf(form, 'description', 'Concert tickets');
		openLink(bank, env, account, { cents, description, redirectUrl: null });
		return `A bunq.me link for ${euros(cents)} is open`;
	},
	payLink({ bank, env, form }) {
		const link = byId(env.links, form);
		const name = 'A. Payer';
		const { payment } = payLink(bank, env, link, { cents: link.cents ?? 10_00, name });
		return `${name} paid ${euros(payment.cents)} through the link`;
	},
	schedule({ bank, env, account, form }) {
		const to = { iban: makeIban('ABNA', 417_164_300), name: 'The landlord' };
		const start = now(bank) + 7 * DAY_MS;
		openSchedule(bank, env, account, {
			order: order(amountOf(form), to, textOf(form, 'description', 'Rent')),
			timing: { start, end: null, unit: 'MONTHLY', size: 1 },
			purpose: null,
		});
		return `A monthly payment to ${to.name} is planned, in a week for the first time`;
	},
	runSchedule({ bank, env, form }) {
		const schedule = byId([...env.schedules.values()].flat(), form);
		const next = found(nextTime(schedule) ?? undefined);
		schedule.timing = { ...schedule.timing, start: schedule.timing.start - (next - now(bank)) };
		runSchedules(bank);
		const run = schedule.runs.at(-1);
		return run?.payment ? 'The planned payment was made' : `It failed: ${run?.error}`;
	},
	stopSchedule({ bank, env, form }) {
		changeSchedule(bank, env, byId([...env.schedules.values()].flat(), form));
		return 'The planned payment was cancelled';
	},
};

/** By the value of `do` in the form. */
export const DEEDS: Record<string, Deed> = { ...MONEY, ...ANSWERS, ...LATER };
