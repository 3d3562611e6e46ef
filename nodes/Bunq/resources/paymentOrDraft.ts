import type { IDataObject } from 'n8n-workflow';
import type { BunqError } from '../api/errors';
import type { Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { options } from '../parameters/fields';
import type { Recovery, WritePlan } from './operation';
import { DRAFT, PAYMENT } from './orderTypes';
import { planDuplicate, planNew, planOnce, type SingleOrder } from './paymentOrders';
import { findCreatedOrder } from './recovery';

/** A payment that becomes a draft, for a person to approve, where the credential may not pay it. */

export const paymentOptions = field({
	...options,
	options: [
		{
			displayName: 'Draft If Not Allowed',
			name: 'draftIfNotAllowed',
			type: 'boolean',
			default: false,
			description:
				'Whether to prepare a draft payment, which you approve in the bunq app, where the credential may not pay this itself. The output then says so in _madeAs.',
		},
		...options.options,
	],
});

const asDraft = (item: IDataObject): IDataObject => ({ ...item, _madeAs: 'draft' });

/** The plan of the draft with the same entry. */
const planDraft = (order: SingleOrder, to: Pointer, bunq: Bunq): WritePlan => {
	const plan = planNew(DRAFT, order, to, bunq);
	return {
		...plan,
		output: async (created) => asDraft((await plan.output(created)) as IDataObject),
	};
};

/**
 * Plans a payment, and the draft in its place where the credential's owner does not allow the payment, or where bunq
 * refuses the right. With Skip If Duplicate, neither a payment nor a draft may be there. Throws a BunqError.
 * @param refusal why the owner does not allow the payment
 */
export const planOrDraft = async (
	order: SingleOrder,
	to: Pointer,
	bunq: Bunq,
	refusal: BunqError | undefined,
): Promise<WritePlan> =>
	await planOnce(order, bunq, async () => await planEither(order, to, bunq, refusal));

const planEither: typeof planOrDraft = async (order, to, bunq, refusal) => {
	const paid = await planDuplicate(PAYMENT, order, to, bunq);
	if (paid) return paid;
	const drafted = await planDuplicate(DRAFT, order, to, bunq);
	if (drafted)
		return { ...drafted, output: async () => asDraft((await drafted.output([])) as IDataObject) };
	const draft = planDraft(order, to, bunq);
	return refusal ? draft : { ...planNew(PAYMENT, order, to, bunq), ifNotPermitted: draft };
};

/** Finds what a lost response created: the draft, if that is what was sent. */
export const findPaymentOrDraft: Exclude<Recovery, string> = async (write, bunq, isUnclaimed) => {
	if (!write.path.endsWith('/draft-payment'))
		return await findCreatedOrder(PAYMENT)(write, bunq, isUnclaimed);
	const found = await findCreatedOrder(DRAFT)(write, bunq, isUnclaimed);
	return 'object' in found ? { ...found, object: asDraft(found.object) } : found;
};
