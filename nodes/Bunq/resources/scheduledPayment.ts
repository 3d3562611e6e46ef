import { BunqError } from '../api/errors';
import { schedulesPath } from '../api/listPaths';
import type { ScheduledPayment } from '../api/types';
import { path } from '../api/path';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account as accountField, simplify } from '../parameters/fields';
import { checkRecipient, resolveRecipient } from '../parameters/recipient';
import { simplified } from '../simplify';
import { listOperation } from './listOperation';
import { del, readOperation, unchanged, writeOperation, type Resource } from './operation';
import { scheduledType } from './orderTypes';
import { assertPaymentAllowed } from './paymentGuard';
import {
	additionalFields,
	merchantReference,
	planOrder,
	requiredFieldsToOthers,
} from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { endAt, every, recurrence, startAt, toSchedule } from './schedule';

const schedulePath = (account: number, id: string) => schedulesPath(account) + path`/${id}`;

const scheduledPaymentId = field({
	displayName: 'Scheduled Payment ID',
	name: 'scheduledPaymentId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 5310',
	description: 'The ID of the scheduled payment, as Create and Get Many give it: digits only',
});

const oauthAlternative =
	'bunq does not list scheduled payments among the rights of OAuth apps. Use the Bunq API credential, or the bunq app.';

const timingFields = [
	startAt,
	recurrence,
	every,
	additionalFields([endAt, merchantReference]),
] as const;

/** bunq's schedule. Throws a BunqError. */
const toOwnSchedule = (params: Params<typeof timingFields>, bunq: Bunq) => {
	const { startAt: start, additionalFields: optional, ...rest } = params;
	const labels = { start: 'Start At', end: 'End At' };
	return toSchedule({ ...rest, start, end: optional.endAt }, bunq, labels);
};

const WHAT_PAYS =
	'What "Scheduled Payment: Get Many" does not list as active for this account pays nothing more: compare the IDs there.';
const ABSENT = `Nothing was done: bunq has no scheduled payment with this ID on this account. It was removed before, or never existed, or belongs to another account: then it still pays. Search for its ID in "Scheduled Payment: Get Many" of each account; OAuth2 shows only the accounts that you shared.`;
const FINISHED =
	'Nothing was done: it had its last run before, so no other follows. What it paid stays paid, and a run that bunq is retrying may still pay: see "Payment: Get Many" or the bunq app.';
const CHANGED = `Nothing was done. bunq may have removed it, or made its last run, a moment before. ${WHAT_PAYS}`;

const withMeaningOfAbsence = async (error: unknown): Promise<never> =>
	await Promise.reject(
		error instanceof BunqError && error.httpCode === '404' ? error.withDescription(ABSENT) : error,
	);

export const scheduledPayment: Resource = {
	name: 'Scheduled Payment',
	value: 'scheduledPayment',
	description: 'Payments that bunq makes later, once or repeatedly',
	operations: {
		cancel: writeOperation({
			name: 'Cancel',
			action: 'Cancel scheduled payment',
			description: 'Cancel a scheduled payment: no further run pays',
			recovery: 'resend',
			oauthAlternative,
			fields: [accountField, scheduledPaymentId],
			plan: async ({ account, scheduledPaymentId: id }, bunq) => {
				const current = await bunq
					.get<ScheduledPayment>(schedulePath(account, id))
					.catch(withMeaningOfAbsence);
				if (current.status === 'CANCELLED') return unchanged(simplified(current));
				const schedule = { ...current.schedule, time_next: null };
				return {
					request: del(schedulePath(account, id)),
					refusal: current.status === 'FINISHED' ? FINISHED : CHANGED,
					output: () => simplified({ ...current, status: 'CANCELLED', schedule }),
				};
			},
		}),

		create: writeOperation({
			name: 'Create',
			action: 'Schedule payment',
			description:
				'Create a scheduled payment, which bunq makes later, once or repeatedly. bunq may refuse it with OAuth: use a draft.',
			notice: 'bunq pays at the time that you choose, without asking you again.',
			oauthAlternative:
				'bunq does not list scheduled payments among the rights of OAuth apps. Use "Draft Payment: Create" with a schedule, which you approve once in the bunq app, or the Bunq API credential.',
			paysOthers: true,
			fields: [...requiredFieldsToOthers, ...timingFields],
			check: (params, bunq) => {
				toOwnSchedule(params, bunq);
				checkRecipient(params);
			},
			plan: async (params, bunq) => {
				const { account, amount: value, currency } = params;
				const schedule = toOwnSchedule(params, bunq);
				const to = await resolveRecipient(params, bunq);
				const instead =
					'Use "Draft Payment: Create" with a schedule, which you approve once in the bunq app';
				const order = { account, iban: to.value, value, currency, instead };
				await assertPaymentAllowed(order, bunq);
				return await planOrder(scheduledType(schedule), { ...params, options: {} }, to, bunq);
			},
			recovery: findCreatedOrder(scheduledType()),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get scheduled payment',
			description: 'Get one scheduled payment by its ID, for example to see when it pays next',
			oauthAlternative,
			fields: [accountField, scheduledPaymentId, simplify],
			read: async ({ account, scheduledPaymentId: id }, bunq) =>
				await bunq.get(schedulePath(account, id)),
		}),

		getAll: listOperation({
			action: 'Get many scheduled payments',
			description: 'List the scheduled payments of one account, newest first',
			oauthAlternative,
			objects: 'scheduled payments',
			path: schedulesPath,
			statuses: [
				{ name: 'Active', value: 'ACTIVE', description: 'Has a next run' },
				{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
				{ name: 'Finished', value: 'FINISHED', description: 'Had its last run' },
			],
		}),
	},
};
