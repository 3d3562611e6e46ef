import { sleep } from 'n8n-workflow';
import { createdAt, DAY_MS } from '../../api/clock';
import { BunqError } from '../../api/errors';
import { bunqMeLinksPath, paymentsPath } from '../../api/listPaths';
import { collect, createdSince } from '../../api/pagination';
import { readCents, readId } from '../../api/readable';
import type { BunqMeLink, Payment } from '../../api/types';
import type { Bunq } from '../../connect';
import { fromPayment, matchesFilters } from '../../movements';
import { amountMax, amountMin, filters } from '../../parameters/filters';
import { simplified } from '../../simplify';
import { paymentsOfLink } from '../../simplify/bunqMeLink';
import { listEvent } from '../event';

/**
 * A link stays as it is when somebody pays it (docs/bunq-api.md 9.12), so the event is a payment that a link shows: each
 * payment is a record of its own, also a second one to the same link.
 */
export const bunqMeLinkPaid = listEvent({
	name: 'Bunq.me Link Paid',
	description: 'Somebody paid a bunq.me link, for the first time or again',
	// A payment of a link changes the balance. Calls of BUNQME_TAB do not name the payment (docs/bunq-api.md 10.2).
	callback: { categories: ['MUTATION'], objects: ['Payment'] },
	fields: [filters([amountMin, amountMax])],
	path: paymentsPath,
	movesBalance: true,
	showsBalance: true,
	matches: async (payment: Payment, { filters: wanted }, bunq) =>
		matchesFilters(fromPayment(payment), { ...wanted, direction: 'in' }) &&
		(await findPaidLink(payment, bunq)) !== undefined,
	item: async (payment: Payment, { simplify }, bunq) => {
		const link = (await findPaidLink(payment, bunq)) ?? {};
		if (!simplify) return { ...link, payment };
		const { amount, counterpartyName, counterpartyIban } = simplified(payment);
		return {
			...simplified(link),
			paymentId: readId(payment.id) ?? null,
			payment: amount,
			payerName: counterpartyName,
			payerIban: counterpartyIban,
		};
	},
});

/** Longer than a link can be paid: 30 days (docs/bunq-api.md 9.12). */
const LINK_DAYS = 40;

/** The links of an account, as they were at a time; milliseconds UTC, bunq's clock. */
interface Links {
	readAt: number;
	links: BunqMeLink[];
	/**
	 * Whether they were read so long after a payment was looked up that they show it, whatever the times say, and with it
	 * every other payment of the poll, which has read them all before it looks one up (`matches` in event.ts).
	 */
	isLate?: boolean;
}

/** By connection and account: one list serves all payments that were made before it was read. */
const known = new WeakMap<Bunq, Map<number, Links>>();

const readLinks = async (bunq: Bunq, account: number): Promise<Links> => {
	const since = () => bunq.now() - LINK_DAYS * DAY_MS;
	const links = await collect(
		createdSince(bunq.pages<BunqMeLink>(bunqMeLinksPath(account)), since),
	);
	const read: Links = { readAt: bunq.now(), links };
	const lists = known.get(bunq) ?? new Map<number, Links>();
	known.set(bunq, lists.set(account, read));
	return read;
};

/** Whether bunq may show a payment before its link does: nothing says so, and nothing excludes it. */
const LINK_LATE_MS = 2_000;

/** Whether a payment that a link shows without an ID may be this one: neither its amount nor its time says otherwise. */
const mayBe = (shown: Payment, payment: Payment) => {
	if (readId(shown.id) !== undefined) return false;
	const [amount, other] = [shown, payment].map((one) => readCents(one.amount?.value) ?? NaN);
	const [time, otherTime] = [shown, payment].map(createdAt);
	return !(amount < other || amount > other || time < otherTime || time > otherTime);
};

/**
 * The link that shows this payment; undefined where none does. Throws a BunqError where the payments of a link cannot be
 * read, as it may be that one: the next poll tries again.
 */
const findPaidLink = async (payment: Payment, bunq: Bunq): Promise<BunqMeLink | undefined> => {
	const [id, account] = [readId(payment.id), readId(payment.monetary_account_id)];
	if (id === undefined || account === undefined) return undefined;
	const isShown = (link: BunqMeLink) =>
		paymentsOfLink(link)?.some((one) => readId(one.id) === id) ?? false;
	const isEarly = ({ readAt, isLate }: Links) =>
		!isLate && !(readAt > createdAt(payment) + LINK_LATE_MS);
	let read = known.get(bunq)?.get(account) ?? (await readLinks(bunq, account));
	if (!read.links.some(isShown) && isEarly(read)) read = await readLinks(bunq, account);
	if (!read.links.some(isShown) && isEarly(read)) {
		await sleep(LINK_LATE_MS);
		read = await readLinks(bunq, account);
		read.isLate = true;
	}
	const found = read.links.find(isShown);
	const mayShow = (link: BunqMeLink) =>
		paymentsOfLink(link)?.some((one) => mayBe(one, payment)) ?? true;
	if (found || !read.links.some(mayShow)) return found;
	throw new BunqError(
		'unavailable',
		"bunq's answer about the payments of a link could not be read",
		{
			description: 'Whether a payment belongs to a link depends on it.',
		},
	);
};
