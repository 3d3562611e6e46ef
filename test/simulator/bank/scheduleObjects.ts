import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { paymentObject, shownReference } from './payments';
import { nextTime, writeTime } from './scheduleTimes';
import type { Run, Schedule } from './schedules';
import type { Bank, BankEnvironment, Json } from './state';

/** Scheduled payments and their runs, as answers show them (§9.13). */

/** A schedule with the keys of the recording; the amount negative, as there. */
export const scheduleObject = (bank: Bank, env: BankEnvironment, schedule: Schedule): Json => {
	const account = env.accounts.get(schedule.accountId);
	const user = env.users.get(account?.userId ?? 0);
	const label = user ? labelUser(user) : null;
	const { order, timing } = schedule;
	return {
		ScheduledPayment: {
			id: schedule.id,
			created: schedule.created,
			updated: schedule.updated,
			monetary_account_id: schedule.accountId,
			schedule: {
				time_start: writeTime(timing.start),
				time_next: writeTime(nextTime(schedule)),
				time_end: writeTime(timing.end),
				recurrence_unit: timing.unit,
				recurrence_size: timing.size,
			},
			status: schedule.status,
			purpose: schedule.purpose,
			label_schedule_user_created: label,
			label_schedule_user_canceled: schedule.status === 'CANCELLED' ? label : null,
			payment: {
				amount: toAmount(-order.cents, account?.currency),
				alias: account ? labelAccount(env, account) : null,
				counterparty_alias: labelCounterparty(env, order.counterparty),
				description: order.description,
				merchant_reference: shownReference(bank, order),
				attachment: order.attachment,
				type: order.type,
				sub_type: 'PAYMENT',
			},
			...extraFields(bank),
		},
	};
};

/** A schedule as in bunq's lists of all schedules. That it has an ID and times is inferred. */
export const listedSchedule = (
	bank: Bank,
	env: BankEnvironment,
	wrapper: 'Schedule' | 'ScheduleUser',
	schedule: Schedule,
): Json => {
	const {
		payment,
		schedule: times,
		...rest
	} = scheduleObject(bank, env, schedule).ScheduledPayment as Record<string, Json>;
	return { [wrapper]: { ...rest, ...times, object: { Payment: payment } } };
};

/** A run with the keys of the recording. Its error's form is that of bunq's file. */
export const runObject = (
	bank: Bank,
	env: BankEnvironment,
	schedule: Schedule,
	run: Run,
): Json => ({
	ScheduledInstance: {
		id: run.id,
		created: run.created,
		updated: run.updated,
		state: run.state,
		error_message: run.error && [
			{ error_description: run.error, error_description_translated: run.error },
		],
		time_start: writeTime(run.time),
		time_end: writeTime(schedule.timing.end),
		scheduled_object: scheduleObject(bank, env, schedule),
		result_object: run.payment && paymentObject(bank, env, run.payment),
		request_reference_split_the_bill: [],
		...extraFields(bank),
	},
});
