import type { IDataObject } from 'n8n-workflow';
import type { BunqRecord } from '../api/client';
import { type UnknownWrite, BunqError } from '../api/errors';
import { toBunqClock } from '../api/clock';
import { takeSince } from '../api/pagination';
import { path } from '../api/path';
import type { Entry, Label, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account, amount, currency, description, type options } from '../parameters/fields';
import { recipientFields } from '../parameters/recipient';
import { simplified } from '../simplify';
import type { Reconciliation } from './operation';
import { readBack } from './recovery';

/**
 * Orders to pay somebody: a payment, which bunq makes at once, or a draft, which waits for a person. A request, which
 * asks somebody to pay, is placed and found in the same way.
 */

export const merchantReference = field({
	displayName: 'Merchant Reference',
	name: 'merchantReference',
	type: 'string',
	default: '',
	placeholder: 'e.g. INV-2026-0042',
	description: 'Your own reference, for example an invoice number. Skip If Duplicate looks for it.',
});

/** The fields of every order. */
export const orderFields = [
	field({
		...account,
		displayName: 'From Account',
		description:
			'The bunq account that pays: from the list, or its ID (digits only), IBAN or exact name',
	}),
	...recipientFields,
	amount,
	currency,
	description,
	field({
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [merchantReference],
	}),
] as const;

/** What counts beside the recipient. */
type PaymentOrder = Omit<Params<typeof orderFields>, keyof Params<typeof recipientFields>>;
type SingleOrder = PaymentOrder & Params<[typeof options]>;

/** What bunq keeps of an order. */
interface Made extends BunqRecord {
	id: number;
	created?: string;
}

/** What a payment, a draft and a request do not have in common. */
export interface PaymentOrderType<T extends Made> {
	/** Where an account's orders of this kind are. */
	path(account: number): string;
	/** What bunq wants to get. */
	body(entry: SentEntry): IDataObject;
	/** How bunq will show it, as far as that is known before reading it. */
	preview(entry: Omit<SentEntry, 'counterparty_alias'> & { counterparty_alias: Label }): object;
	/** What it takes from the account. */
	entriesOf(made: T): Entry[];
	/** It holds what only bunq knows and the user needs: always read. */
	alwaysReadBack?: true;
	/** Whether the money left or still may: otherwise another order is no duplicate. Not given: always. */
	isActive?(made: T): boolean;
}

/** As much of a kind as finding its orders takes. */
type Findable<T extends Made> = Pick<PaymentOrderType<T>, 'path' | 'entriesOf' | 'isActive'>;

/** One entry as bunq wants it (docs/bunq-api.md 9.3, 9.4). */
export const toEntry = (order: PaymentOrder, to: Pointer) => {
	const { merchantReference } = order.additionalFields;
	return {
		amount: { value: order.amount, currency: order.currency.toUpperCase() },
		counterparty_alias: { ...to },
		description: order.description,
		...(merchantReference && { merchant_reference: merchantReference }),
	};
};

export type SentEntry = ReturnType<typeof toEntry>;

/**
 * Sends an order, unless one like it is found where the user asked to look. Returns the ID and what was sent, or what
 * bunq made of it where the user wants that. Throws a BunqError.
 */
export const placeOrder = async <T extends Made>(
	kind: PaymentOrderType<T>,
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
): Promise<IDataObject> => {
	const { account, options } = order;
	const entry = toEntry(order, to);
	const found = options.skipIfDuplicate && (await findDuplicate(kind, order, entry, bunq));
	if (found) return { ...found, skipped: true };

	const { id } = await bunq.post(kind.path(account), kind.body(entry));
	const label = { display_name: to.name, iban: to.type === 'IBAN' ? to.value : undefined };
	const shown = kind.preview({ ...entry, counterparty_alias: label });
	const sent = { id, monetary_account_id: account, ...shown };
	if (!kind.alwaysReadBack && !options.returnFullObject) return await readBack(sent);
	return await readBack(sent, async () => {
		const made = await bunq.get<T>(kind.path(account) + path`/${Number(id)}`);
		const [first] = entriesOf(kind, made);
		const reference = entry.merchant_reference;
		const dropped = reference && first?.merchant_reference !== reference;
		return { ...simplified(made), ...(dropped && { _referenceDropped: true }) };
	});
};

const DAY_MS = 24 * 60 * 60_000;

/**
 * An order that stands, of the same amount to the same recipient with the same reference. A reference that bunq shows
 * decides alone; whether bunq keeps one is not proven (docs/bunq-api.md 9.3), and without it the description does.
 * Throws where neither can tell: it would be a coin's toss whether that pays twice or not at all.
 */
const findDuplicate = async <T extends Made>(
	kind: PaymentOrderType<T>,
	{ account, additionalFields, options }: SingleOrder,
	entry: SentEntry,
	bunq: Bunq,
) => {
	const { merchantReference: reference } = additionalFields;
	if (!reference)
		throw new BunqError('invalidInput', '"Skip If Duplicate" needs a "Merchant Reference"', {
			description:
				'Nothing was sent. Add it under Additional Fields, for example the invoice number: it tells a repeat from a second payment of the same amount.',
		});
	const time = bunq.now() - (options.lookBackDays ?? 30) * DAY_MS;
	// A repeat would show it there too.
	const isDescribed = hasWord(entry.description, reference);
	const doubtful: number[] = [];
	for await (const made of takeSince(bunq.each<T>(kind.path(account)), time)) {
		if (!isActive(kind, made)) continue;
		for (const one of entriesOf(kind, made).filter((shown) => isSameTransfer(shown, entry))) {
			const shown = one.merchant_reference;
			if (shown ? shown === reference : hasWord(one.description ?? '', reference))
				return simplified(made);
			if (!shown && !isDescribed) doubtful.push(made.id);
		}
	}
	if (doubtful.length > 0) throw ambiguousDuplicate(doubtful, reference);
	return undefined;
};

const ambiguousDuplicate = (ids: number[], reference: string) =>
	new BunqError('invalidInput', 'Nobody can tell whether this was made before', {
		description: `Nothing was sent. bunq has one of the same amount to the same recipient (ID ${ids.slice(0, 3).join(', ')}), and shows no merchant reference of it. Look in the bunq app. If "${reference}" is new, put it in the Description too: then that tells them apart.`,
	});

/** Whatever bunq sends there. */
const entriesOf = <T extends Made>(kind: Findable<T>, made: T): Entry[] =>
	[kind.entriesOf(made)].flat().filter((one) => one !== null && typeof one === 'object');

const isActive = <T extends Made>(kind: Findable<T>, made: T) => kind.isActive?.(made) ?? true;

/** Finds what an attempt with unknown outcome made, of one entry or of several, among what nobody else got. */
export const findCreated =
	<T extends Made>(kind: Findable<T>) =>
	async (
		{ path: sentTo, body, sentAt }: UnknownWrite,
		bunq: Bunq,
		isFree: (id: number) => boolean,
	): Promise<Reconciliation | undefined> => {
		const entries = entriesIn(JSON.parse(body) as Sent);
		const account = Number(/monetary-account\/(\d+)/.exec(sentTo)?.[1]);
		const seen: Partial<Record<Reconciliation['outcome'], IDataObject>> = {};
		for await (const made of takeSince(
			bunq.each<T>(kind.path(account)),
			toBunqClock(sentAt, bunq),
		)) {
			const shown = entriesOf(kind, made);
			if (!isFree(made.id) || !entriesMatch(shown, entries, isSameTransfer)) continue;
			const isExact = entriesMatch(shown, entries, isExactMatch);
			if (isExact && isActive(kind, made)) return { outcome: 'found', object: simplified(made) };
			if (isExact || isActive(kind, made)) seen[isExact ? 'undone' : 'like'] ??= simplified(made);
		}
		return (['undone', 'like'] as const)
			.flatMap((outcome) => (seen[outcome] ? { outcome, object: seen[outcome] } : []))
			.at(0);
	};

/** A request says what it is for in a word of its own. */
type SentRequest = Omit<SentEntry, 'amount'> & { amount_inquired: SentEntry['amount'] };

/** A body: one entry, or what drafts and batches send theirs as. */
type Sent = (SentEntry | SentRequest) & {
	entries?: SentEntry[];
	payments?: SentEntry[];
	request_inquiries?: SentRequest[];
};

const entriesIn = (sent: Sent): SentEntry[] =>
	(sent.entries ?? sent.payments ?? sent.request_inquiries ?? [sent]).map((one) =>
		'amount' in one ? one : { ...one, amount: one.amount_inquired },
	);

/**
 * Whether just these entries are shown; nobody says in which order bunq shows them. One that is shown may fit several
 * that were sent (by email, by IBAN): each takes one, and moves on where another has no choice.
 */
const entriesMatch = (
	shown: Entry[],
	sent: SentEntry[],
	isIt: (shown: Entry, entry: SentEntry) => boolean,
) => {
	const takenBy = new Map<number, number>();
	const place = (at: number, tried: Set<number>): boolean =>
		sent.some((entry, index) => {
			if (tried.has(index) || !isIt(shown[at], entry)) return false;
			tried.add(index);
			const other = takenBy.get(index);
			if (other !== undefined && !place(other, tried)) return false;
			takenBy.set(index, at);
			return true;
		});
	return shown.length === sent.length && shown.every((_, at) => place(at, new Set()));
};

/** Whether bunq shows what was sent: the same amount, which is negative in a payment, to the same recipient. */
const isSameTransfer = (shown: Entry, { amount, counterparty_alias: to }: SentEntry) =>
	Math.abs(Number(shown.amount?.value)) === Number(amount.value) &&
	shown.amount?.currency === amount.currency &&
	(to.type === 'IBAN'
		? shown.counterparty_alias?.iban === to.value
		: !isOtherPointer(shown.counterparty_alias?.display_name ?? '', to));

/** And the same text, and no other reference. */
const isExactMatch = (shown: Entry, entry: SentEntry) =>
	isSameTransfer(shown, entry) &&
	(shown.description ?? '') === entry.description &&
	(!shown.merchant_reference || shown.merchant_reference === entry.merchant_reference);

/** An email address or phone number comes back as the account behind it, or as itself where there is none. */
const isOtherPointer = (name: string, { value }: { value: string }) =>
	/^(\S+@\S+|\+\d+)$/.test(name) && name.toLowerCase() !== value.toLowerCase();

/** As a word of its own: "12" is not in "invoice 123". */
const hasWord = (text: string, word: string) => {
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
		const around = [text[at - 1] ?? ' ', text[at + word.length] ?? ' '];
		if (around.every((character) => !/[\p{L}\p{N}]/u.test(character))) return true;
	}
	return false;
};
