import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { DAY_MS } from '../api/clock';
import { BunqError } from '../api/errors';
import { describeId } from '../api/objects';
import { newOwnReference } from '../api/ownReference';
import { createdSince } from '../api/pagination';
import { path } from '../api/path';
import type { Label, ListedObject, OrderEntry, Payment, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import {
	accountAtBunq,
	amount,
	currency,
	paymentDescription,
	type options,
} from '../parameters/fields';
import { checkRecipient, recipientFields, recipientFieldsToOthers } from '../parameters/recipient';
import { simplified } from '../simplify';
import { post, unchanged, type WritePlan } from './operation';
import { planLocked } from './planLock';
import { readBack } from './readBack';
import { entriesOf, isActive, type OrderList } from './recovery';
import { isReversal, matchDuplicate, mayReturn, withoutSpacesAndCase } from './transferMatch';

/**
 * Orders to pay: a payment, which bunq carries out at once, or a draft, which waits for a person. A request for money
 * is planned and found in the same way.
 */

export const merchantReference = field({
	displayName: 'Merchant Reference',
	name: 'merchantReference',
	type: 'string',
	default: '',
	placeholder: 'e.g. INV-2026-0042',
	description:
		'Your own reference, for example an invoice number. Skip If Duplicate compares it. Without one, the node sends one that starts with "n8n-".',
});

/** The fields of every order, without the optional ones. */
export const requiredFields = [
	field({
		...accountAtBunq,
		displayName: 'From Account',
		description:
			'The bunq account that pays: from the list, or its ID (digits only), IBAN or exact name',
	}),
	...recipientFields,
	amount,
	currency,
	paymentDescription,
] as const;

/** The same for what usually goes to others: it starts with an IBAN. */
export const requiredFieldsToOthers = [
	requiredFields[0],
	...recipientFieldsToOthers,
	amount,
	currency,
	paymentDescription,
] as const;

/** The collection of an order's optional fields. */
export const additionalFields = <const O extends INodeProperties[]>(optional: O) =>
	field({
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: optional,
	});

/** The fields of an order that has no optional ones of its own. */
export const orderFields = [...requiredFields, additionalFields([merchantReference])] as const;

/** An order without its recipient. */
type PaymentOrder = Omit<Params<typeof orderFields>, keyof Params<typeof recipientFields>>;
export type SingleOrder = PaymentOrder & Params<[typeof options]>;

/** How a payment, a draft and a request differ. */
export interface PaymentOrderType<T extends ListedObject> extends OrderList<T> {
	/** The body that bunq takes, if it is not the entry itself. */
	body?(entry: OrderEntry): IDataObject;
	/** The object as bunq will show it, as far as that is known before reading it. */
	preview(entry: Omit<OrderEntry, 'counterparty_alias'> & { counterparty_alias: Label }): object;
	/** Always read it back, as the user needs values that only bunq knows. */
	alwaysReadBack?: true;
}

/** Throws a BunqError where duplicates are to be skipped, and nothing tells them from others. */
export const checkReference = ({
	options,
	additionalFields,
}: Pick<SingleOrder, 'options' | 'additionalFields'>) => {
	if (options.skipIfDuplicate && !additionalFields.merchantReference) throw noReference();
};

/** Checks an order by itself, whatever bunq has. Throws a BunqError. */
export const checkOrder = (
	order: Parameters<typeof checkRecipient>[0] & Parameters<typeof checkReference>[0],
) => {
	checkRecipient(order);
	checkReference(order);
};

/** One entry as bunq takes it (docs/bunq-api.md 9.3, 9.4), always with a reference. */
export const toEntry = (order: PaymentOrder, to: Pointer) => {
	const { merchantReference } = order.additionalFields;
	return {
		amount: { value: order.amount, currency: order.currency.toUpperCase() },
		counterparty_alias: { ...to },
		description: order.paymentDescription,
		merchant_reference: merchantReference || newOwnReference(),
	};
};

/**
 * Plans an order. With Skip If Duplicate, an equal order that bunq already has is returned instead. The output is the
 * ID and what was sent, or the object as bunq has it where the user wants that. Throws a BunqError.
 */
export const planOrder = async <T extends ListedObject>(
	type: PaymentOrderType<T>,
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
): Promise<WritePlan> => {
	return await planOnce(order, bunq, async () => {
		const duplicate = await planDuplicate(type, order, to, bunq);
		return duplicate ?? planNew(type, order, to, bunq);
	});
};

/** Plans an order; where duplicates are to be skipped, while no other with its reference is planned or sent. */
export const planOnce = async (
	{ account, options, additionalFields: { merchantReference } }: SingleOrder,
	bunq: Bunq,
	plan: () => Promise<WritePlan>,
) =>
	options.skipIfDuplicate
		? await planLocked([`${account} ${withoutSpacesAndCase(merchantReference)}`], bunq, plan)
		: await plan();

/** The plan that returns a duplicate, where the user wants to skip these; undefined where there is none. */
export const planDuplicate = async <T extends ListedObject>(
	type: PaymentOrderType<T>,
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
): Promise<WritePlan | undefined> => {
	if (!order.options.skipIfDuplicate) return undefined;
	const duplicate = await findDuplicate(type, order, toEntry(order, to), bunq);
	return duplicate && unchanged({ ...duplicate, skipped: true });
};

/** Plans an order, whether bunq has a duplicate or not. */
export const planNew = <T extends ListedObject>(
	type: PaymentOrderType<T>,
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
): WritePlan => {
	const { account, options } = order;
	const entry = toEntry(order, to);
	return {
		request: post(type.path(account), type.body?.(entry) ?? entry),
		output: async ([created]) => {
			const { id } = unwrap(created);
			const label = { display_name: to.name, iban: to.type === 'IBAN' ? to.value : undefined };
			const preview = type.preview({ ...entry, counterparty_alias: label });
			const isRead = type.alwaysReadBack || options.returnFullObject;
			return await readBack(
				{ id, monetary_account_id: account, ...preview },
				isRead ? async () => await readOrder(type, order, Number(id), bunq) : undefined,
			);
		},
	};
};

/** The new order, and whether bunq dropped its reference: unproven (docs/bunq-api.md 9.3). */
const readOrder = async <T extends ListedObject>(
	type: PaymentOrderType<T>,
	{ account, additionalFields: { merchantReference: reference } }: SingleOrder,
	id: number,
	bunq: Bunq,
) => {
	const created = await bunq.get<T>(type.path(account) + path`/${id}`);
	const [first] = entriesOf(type, created) ?? [];
	const isDropped = reference && first?.merchant_reference !== reference;
	return { ...simplified(created), ...(isDropped && { _referenceDropped: true }) };
};

/**
 * An active order that is a duplicate: transferMatch.ts says when. Throws a BunqError where that is uncertain, as the
 * payment might then be sent twice, or not at all.
 */
const findDuplicate = async <T extends ListedObject>(
	type: PaymentOrderType<T>,
	{ account, additionalFields, options }: SingleOrder,
	entry: OrderEntry,
	bunq: Bunq,
) => {
	const { merchantReference: reference } = additionalFields;
	if (!reference) throw noReference();
	const since = () => bunq.now() - (options.lookBackDays ?? 30) * DAY_MS;
	const sent = { ...entry, merchant_reference: reference };
	const ambiguous: number[] = [];
	const reversals: Payment[] = [];
	for await (const created of createdSince(bunq.pages<T>(type.path(account)), since)) {
		if (isReversal(created)) reversals.push(created);
		if (!isActive(type, created)) continue;
		// An order whose entries cannot be read may be anything.
		const entries = entriesOf(type, created) ?? [undefined];
		const matches = entries.map((shown) => matchDuplicate(shown, sent));
		if (matches.includes('same')) {
			const reversal = reversals.find((one) => mayReturn(one, sent));
			if (reversal) throw moneyReturned(created.id, reversal.id, reference);
			return simplified(created);
		}
		if (matches.includes('possible')) ambiguous.push(created.id);
	}
	if (ambiguous.length > 0) throw ambiguousDuplicate(ambiguous, reference);
	return undefined;
};

const noReference = () =>
	new BunqError('invalidInput', '"Skip If Duplicate" needs a "Merchant Reference"', {
		description:
			'Nothing was sent. Add it under Additional Fields, for example the invoice number: it tells a repeat from a second payment of the same amount.',
	});

const moneyReturned = (id: unknown, reversal: unknown, reference: string) =>
	new BunqError('invalidInput', 'This was paid before, and the money came back', {
		description: `Nothing was sent. bunq has the payment (${describeId(id)}) and a newer one of the same amount that returns money (${describeId(reversal)}). Check both in the bunq app. To pay again, use another reference than "${reference}".`,
	});

const ambiguousDuplicate = (ids: unknown[], reference: string) =>
	new BunqError('invalidInput', 'Cannot tell whether this is a duplicate', {
		description: `Nothing was sent. bunq has one that may be the same (${ids.slice(0, 3).map(describeId).join(', ')}): what it shows of it does not differ, but is not complete. Check the bunq app. If "${reference}" is new, put it in the Description too; if that is not enough, use one that begins otherwise.`,
	});
