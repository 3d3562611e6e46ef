import type { IDataObject } from 'n8n-workflow';
import type { Typed } from './api/client';
import type { Bunq } from './api/connect';
import { BunqError, type Attempt } from './api/errors';
import { path } from './api/path';
import type { Entry, Label, Pointer } from './api/types';
import { account, amount, currency, description, type options } from './fields';
import { CLOCK_DOUBT, since } from './lists';
import { field, type Params } from './operation';
import { recipient } from './recipient';
import { simplified } from './simplify';
import { readBack } from './written';

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
	account,
	...recipient,
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
type Order = Omit<Params<typeof orderFields>, keyof Params<typeof recipient>>;
type SingleOrder = Order & Params<[typeof options]>;

/** What bunq keeps of an order. */
interface Made extends Typed {
	id: number;
	created?: string;
}

/** What a payment, a draft and a request do not have in common. */
export interface OrderKind<T extends Made> {
	/** Where an account's orders of this kind are. */
	path(account: number): string;
	/** What bunq wants to get. */
	body(entry: SentEntry): IDataObject;
	/** How bunq will show it, as far as that is known before reading it. */
	shown(entry: Omit<SentEntry, 'counterparty_alias'> & { counterparty_alias: Label }): object;
	/** What it takes from the account. */
	entriesOf(made: T): Entry[];
	/** It holds what only bunq knows and the user needs: always read. */
	isReadBack?: true;
	/** Whether the money left or still may: otherwise another order is no duplicate. Not given: always. */
	stands?(made: T): boolean;
}

/** As much of a kind as finding its orders takes. */
type Findable<T extends Made> = Pick<OrderKind<T>, 'path' | 'entriesOf'>;

/** One entry as bunq wants it (facts/bunq-api.md 9.3, 9.4). */
export const entryOf = (order: Order, to: Pointer) => {
	const { merchantReference } = order.additionalFields;
	return {
		amount: { value: order.amount, currency: order.currency.toUpperCase() },
		counterparty_alias: { ...to },
		description: order.description,
		...(merchantReference && { merchant_reference: merchantReference }),
	};
};

export type SentEntry = ReturnType<typeof entryOf>;

/**
 * Sends an order, unless one like it is found where the user asked to look. Returns the ID and what was sent, or what
 * bunq made of it where the user wants that. Throws a BunqError.
 */
export const place = async <T extends Made>(
	kind: OrderKind<T>,
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
): Promise<IDataObject> => {
	const { account, options } = order;
	const entry = entryOf(order, to);
	const found = options.skipIfDuplicate && (await duplicateOf(kind, order, entry, bunq));
	if (found) return { ...found, skipped: true };

	const { id } = await bunq.post(kind.path(account), kind.body(entry));
	const label = { display_name: to.name, iban: to.type === 'IBAN' ? to.value : undefined };
	const shown = kind.shown({ ...entry, counterparty_alias: label });
	const sent = { id, monetary_account_id: account, ...shown };
	if (!kind.isReadBack && !options.returnFullObject) return await readBack(sent);
	return await readBack(sent, async () => {
		const made = await bunq.get<T>(kind.path(account) + path`/${Number(id)}`);
		const [first] = kind.entriesOf(made);
		const reference = entry.merchant_reference;
		const dropped = reference && first?.merchant_reference !== reference;
		return { ...simplified(made), ...(dropped && { _referenceDropped: true }) };
	});
};

const DAY = 24 * 60 * 60_000;

/** An order that stands, of the same amount to the same recipient with the same reference. */
const duplicateOf = async <T extends Made>(
	kind: OrderKind<T>,
	{ account, additionalFields, options }: SingleOrder,
	entry: SentEntry,
	bunq: Bunq,
) => {
	const { merchantReference } = additionalFields;
	if (!merchantReference)
		throw new BunqError('input', '"Skip If Duplicate" needs a "Merchant Reference"', {
			description:
				'Nothing was sent. Add it under Additional Fields, for example the invoice number: it tells a repeat from a second payment of the same amount.',
		});
	const time = bunq.now() - (options.lookBackDays ?? 30) * DAY;
	return await findMade(kind, bunq, { account, time }, (made) => {
		if (kind.stands && !kind.stands(made)) return false;
		return kind
			.entriesOf(made)
			.some((one) => isSame(one, entry) && hasReference(one, merchantReference));
	});
};

/** Finds what an attempt with unknown outcome made, of one entry or of several, among what no other item got. */
export const findPlaced =
	<T extends Made>(kind: Findable<T>) =>
	async (
		{ path: sentTo, body, sentAt }: Attempt,
		bunq: Bunq,
		isFree: (id: number) => boolean,
	): Promise<IDataObject | undefined> => {
		const entries = entriesIn(JSON.parse(body) as Sent);
		const account = Number(/monetary-account\/(\d+)/.exec(sentTo)?.[1]);
		return await findMade(kind, bunq, { account, time: sentAt - CLOCK_DOUBT }, (made) => {
			return isFree(made.id) && fits(kind.entriesOf(made), entries);
		});
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

/** Whether just these entries are shown; nobody says in which order bunq shows them. */
const fits = (shown: Entry[], sent: SentEntry[]) => {
	const left = [...sent];
	for (const one of shown) {
		const index = left.findIndex(
			(entry) => isSame(one, entry) && one.description === entry.description,
		);
		if (index < 0) return false;
		left.splice(index, 1);
	}
	return left.length === 0;
};

/** The newest order of an account that was made since `time` (milliseconds UTC, by bunq's clock) and matches. */
const findMade = async <T extends Made>(
	kind: Findable<T>,
	bunq: Bunq,
	{ account, time }: { account: number; time: number },
	matches: (made: T) => boolean,
) => {
	for await (const made of since(bunq.each<T>(kind.path(account)), time))
		if (matches(made)) return simplified(made);
	return undefined;
};

/** Whether bunq shows what was sent: the same amount, which is negative in a payment, to the same recipient. */
const isSame = (shown: Entry, { amount, counterparty_alias: to }: SentEntry) =>
	Math.abs(Number(shown.amount?.value)) === Number(amount.value) &&
	shown.amount?.currency === amount.currency &&
	(to.type === 'IBAN'
		? shown.counterparty_alias?.iban === to.value
		: !isOtherPointer(shown.counterparty_alias?.display_name ?? '', to));

/** An email address or phone number comes back as the account behind it, or as itself where there is none. */
const isOtherPointer = (name: string, { value }: { value: string }) =>
	/^(\S+@\S+|\+\d+)$/.test(name) && name.toLowerCase() !== value.toLowerCase();

/** The reference as bunq echoes it, or as a word of its own in the description: "12" is not in "invoice 123". */
const hasReference = (entry: Entry, reference: string) => {
	if (entry.merchant_reference === reference) return true;
	const text = entry.description ?? '';
	for (let at = text.indexOf(reference); at >= 0; at = text.indexOf(reference, at + 1)) {
		const around = [text[at - 1] ?? ' ', text[at + reference.length] ?? ' '];
		if (around.every((character) => !/[\p{L}\p{N}]/u.test(character))) return true;
	}
	return false;
};
