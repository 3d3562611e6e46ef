import { createdAt, DAY_MS } from '../api/clock';
import { BunqError } from '../api/errors';
import { collect, createdSince } from '../api/pagination';
import { path } from '../api/path';
import { readCents, readId, readText } from '../api/readable';
import type { CardTransaction } from '../api/cardTypes';
import { accountPath, cardTransactionsPath, paymentsPath } from '../api/listPaths';
import type { Payment } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account as accountField } from '../parameters/fields';
import { unreadableState } from './unreadableState';

/** What a note is added to. */

const subject = field({
	displayName: 'Subject',
	name: 'subject',
	type: 'options',
	options: [
		{ name: 'Card Transaction', value: 'cardTransaction' },
		{ name: 'Draft Payment', value: 'draftPayment' },
		{ name: 'Money Request (Received)', value: 'requestResponse' },
		{ name: 'Money Request (Sent)', value: 'requestInquiry' },
		{ name: 'Payment', value: 'payment' },
	],
	default: 'payment',
	description:
		'What the note belongs to. bunq keeps the notes of a card payment at its card transaction, which the node finds.',
});

type SubjectName = Params<[typeof subject]>['subject'];

export const subjectFields = [
	subject,
	field({
		...accountField,
		description:
			'The bunq account of the subject: from the list, or its ID (digits only), IBAN or exact name',
	}),
	field({
		displayName: 'Subject ID',
		name: 'subjectId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 108864',
		description: 'The ID of the subject, as its Get Many and the trigger give it: digits only',
	}),
] as const;

type SubjectParams = Params<typeof subjectFields>;

/** The collections below an account, by subject (docs/bunq-api.md 9.9). */
const COLLECTIONS: Record<SubjectName, string> = {
	cardTransaction: 'mastercard-action',
	draftPayment: 'draft-payment',
	payment: 'payment',
	requestInquiry: 'request-inquiry',
	requestResponse: 'request-response',
};

/** What has the notes. */
export interface NotePlace {
	account: number;
	/** The path of the object. */
	path: string;
	attachedTo: SubjectName;
	attachedToId: number;
}

const placeOf = (account: number, attachedTo: SubjectName, id: number): NotePlace => ({
	account,
	path: accountPath(account) + path`/${COLLECTIONS[attachedTo]}/${id}`,
	attachedTo,
	attachedToId: id,
});

/** A note with what has it. */
export const withPlace = <T extends object>(note: T, { attachedTo, attachedToId }: NotePlace) => ({
	...note,
	_attachedTo: attachedTo,
	_attachedToId: attachedToId,
});

/** Payments that refuse notes, which their card transaction takes (docs/bunq-api.md 9.9). */
const CARD_PAYMENTS = ['MASTERCARD', 'FIS'];

/**
 * Where the notes of a subject are: at the subject, or at the card transaction that made the payment. Reads a payment
 * first. Throws a BunqError where that cannot be told.
 */
export const findNotePlace = async (
	{ subject, account, subjectId }: SubjectParams,
	bunq: Bunq,
): Promise<NotePlace> => {
	const id = Number(subjectId);
	if (subject !== 'payment') return placeOf(account, subject, id);
	const payment = await bunq.get<Payment>(paymentsPath(account) + path`/${id}`);
	const type = readText(payment.type);
	if (type === undefined) throw unreadableState('this payment');
	if (!CARD_PAYMENTS.includes(type)) return placeOf(account, subject, id);
	return placeOf(account, 'cardTransaction', await findCardTransaction(account, id, payment, bunq));
};

/** How long before its payment a card may have been used, and how long after, as the clocks of bunq's systems may differ. */
const MAX_BOOKING_DAYS = 35;
/** Each costs a request. */
const MAX_CANDIDATES = 10;

/** The card transaction that made a payment: bunq shows the payments of a transaction, not the reverse. */
const findCardTransaction = async (
	account: number,
	paymentId: number,
	payment: Payment,
	bunq: Bunq,
) => {
	const booked = createdAt(payment);
	if (Number.isNaN(booked)) throw unreadableState('this payment');
	const uses = await collect(
		createdSince(
			bunq.pages<CardTransaction>(cardTransactionsPath(account)),
			() => booked - MAX_BOOKING_DAYS * DAY_MS,
		),
	);
	const candidates = uses
		.filter((use) => !(createdAt(use) > booked + DAY_MS))
		.sort((one, other) => distance(one, payment) - distance(other, payment));
	for (const { id: shown } of candidates.slice(0, MAX_CANDIDATES)) {
		const id = readId(shown);
		if (id === undefined) throw unreadableState('the card transactions of this account');
		const payments = cardTransactionsPath(account) + path`/${id}/payment`;
		for await (const made of bunq.each<Payment>(payments))
			if (readId(made.id) === paymentId) return id;
	}
	throw new BunqError('invalidInput', 'bunq shows no card transaction of this card payment', {
		description:
			'Nothing was sent. bunq takes a note of a card payment only at its card transaction: set "Subject" to that, with the ID as "Card Transaction: Get Many" gives it.',
	});
};

/** How far a use of a card is from a payment: first by its amount, which may be unreadable, then by its time. */
const distance = (use: CardTransaction, payment: Payment) => {
	const [used, paid] = [use.amount_billing?.value, payment.amount?.value].map(readCents);
	const isOther =
		used !== undefined && paid !== undefined && Math.abs(used) !== Math.abs(paid) ? 1 : 0;
	const apart = Math.abs(createdAt(use) - createdAt(payment));
	return isOther * MAX_BOOKING_DAYS * DAY_MS * 2 + (Number.isNaN(apart) ? 0 : apart);
};

/** The two lists of notes of an object. */
export const textsPath = (place: NotePlace) => `${place.path}/note-text`;
export const filesPath = (place: NotePlace) => `${place.path}/note-attachment`;

/** The place whose list of notes has this path. */
export const placeOfList = (list: string): NotePlace => {
	const [, account, collection, id] = /\/(\d+)\/([a-z-]+)\/(\d+)\/[a-z-]+$/.exec(list) ?? [];
	const subjects = Object.keys(COLLECTIONS) as SubjectName[];
	const attachedTo = subjects.find((one) => COLLECTIONS[one] === collection);
	return placeOf(Number(account), attachedTo ?? 'payment', Number(id));
};
