import type { IDataObject } from 'n8n-workflow';
import { draftsPath, paymentsPath, schedulesPath } from '../api/listPaths';
import { readCents } from '../api/readable';
import type { Amount, DraftPayment, Payment, Schedule, ScheduledPayment } from '../api/types';
import type { PaymentOrderType } from './paymentOrders';
import { matchSchedule } from './schedule';
import { matchOrigin } from './transferMatch';

/** The kinds of orders that pay: at once, once a person approves, or later. */

/** Money that leaves the account. */
const outgoing = (amount: Amount) => ({ ...amount, value: `-${amount.value}` });

/** An order that bunq carries out immediately; money that leaves the account has a negative amount. */
export const PAYMENT: PaymentOrderType<Payment> = {
	path: paymentsPath,
	preview: ({ amount, ...entry }) => ({ _type: 'Payment', ...entry, amount: outgoing(amount) }),
	// A positive amount is incoming money, not an order. An unreadable one may be an order.
	entriesOf: (payment) => ((readCents(payment.amount?.value) ?? 0) > 0 ? [] : [payment]),
	matchRest: matchOrigin,
};

/** The body of a draft, without `status`, as other clients disagree on it (docs/bunq-api.md 9.4). */
export const draftBody = (entries: IDataObject[], schedule?: Schedule) => ({
	number_of_required_accepts: 1,
	entries,
	...(schedule && { schedule: { ...schedule } }),
});

/**
 * An order that waits until a person approves it in the app; with a schedule, bunq then pays as that says. A draft counts
 * unless it was rejected or cancelled: an approved one was paid, any other may be.
 */
export const draftType = (schedule?: Schedule): PaymentOrderType<DraftPayment> => ({
	path: draftsPath,
	body: (entry) => draftBody([entry], schedule),
	preview: (entry) => ({ _type: 'DraftPayment', status: 'PENDING', entries: [entry] }),
	entriesOf: ({ entries }) => (entries?.length ? entries : undefined),
	isActive: ({ status }) => status !== 'REJECTED' && status !== 'CANCELLED',
	matchRest: (draft, { schedule: sent }) => matchSchedule(draft.schedule, sent as Schedule),
});

export const DRAFT = draftType();

/** An order that bunq carries out later, once or repeatedly (docs/bunq-api.md 9.13). */
export const scheduledType = (schedule: Schedule = {}): PaymentOrderType<ScheduledPayment> => ({
	path: schedulesPath,
	body: (entry) => ({ payment: entry, schedule: { ...schedule } }),
	preview: ({ amount, ...entry }) => ({
		_type: 'ScheduledPayment',
		status: 'ACTIVE',
		payment: { ...entry, amount: outgoing(amount) },
		schedule: { ...schedule, time_next: schedule.time_start },
	}),
	entriesOf: ({ payment }) => (payment ? [payment] : undefined),
	isActive: ({ status }) => status !== 'CANCELLED',
	matchRest: (shown, { schedule: sent }) => matchSchedule(shown.schedule, sent as Schedule),
});
