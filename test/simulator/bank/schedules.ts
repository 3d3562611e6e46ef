import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { carryOut, paymentObject, shownReference } from './payments';
import { Refusal, refusals } from '../http/refusal';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	type Order,
	type Payment,
	nextId,
	now,
	timestamp,
} from './state';

/** Payments that the bank makes later, once or again and again (§9.13). */

export const UNITS = ['ONCE', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;

/** When a payment is made; times in milliseconds. */
export interface Timing {
	start: number;
	end: number | null;
	unit: (typeof UNITS)[number];
	size: number;
}

/** One run of a schedule. */
export interface Run {
	id: number;
	created: string;
	updated: string;
	time: number;
	state: 'FINISHED_SUCCESSFULLY' | 'RETRY' | 'FAILED_USER_ERROR';
	/** Why it failed. */
	error: string | null;
	payment: Payment | null;
}

export interface Schedule {
	id: number;
	created: string;
	updated: string;
	accountId: number;
	order: Order;
	purpose: string | null;
	timing: Timing;
	/** How many runs were due. */
	count: number;
	status: 'ACTIVE' | 'FINISHED' | 'CANCELLED';
	runs: Run[];
}

/** A time in bunq's format (§13), with or without fractions; UTC. */
export const readTime = (name: string, text: string): number => {
	const isTime = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/.test(text);
	const time = Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`);
	if (!isTime || Number.isNaN(time)) {
		throw refusals.wrongValue(name, 'a time such as 2026-01-31 09:00:00');
	}
	return time;
};

const writeTime = (time: number | null) =>
	time === null ? null : new Date(time).toISOString().replace('T', ' ').replace('Z', '000');

const HOURS = { ONCE: 0, HOURLY: 1, DAILY: 24, WEEKLY: 168 };

/** The time of a run. Inferred: a day that the month lacks is its last one. */
const timeOf = ({ start, unit, size }: Timing, count: number): number => {
	if (unit !== 'MONTHLY' && unit !== 'YEARLY')
		return start + HOURS[unit] * size * count * 3_600_000;
	const months = size * count * (unit === 'YEARLY' ? 12 : 1);
	const date = new Date(start);
	const day = date.getUTCDate();
	date.setUTCDate(1);
	date.setUTCMonth(date.getUTCMonth() + months);
	const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	return date.setUTCDate(Math.min(day, last));
};

/** The time of the next run; null after the last one. */
const nextTime = ({ timing, count, status }: Schedule): number | null => {
	if (status !== 'ACTIVE' || (timing.unit === 'ONCE' && count > 0)) return null;
	const time = timeOf(timing, count);
	return timing.end !== null && time > timing.end ? null : time;
};

/** Inferred: that bunq refuses these. */
const checkTiming = (bank: Bank, { start, end, size }: Timing): void => {
	if (start <= now(bank)) throw refusals.wrongValue('time_start', 'a time in the future');
	if (end !== null && end < start)
		throw refusals.wrongValue('time_end', 'a time after "time_start"');
	if (size < 1) throw refusals.wrongValue('recurrence_size', 'a number above 0');
};

type Plan = Pick<Schedule, 'order' | 'timing' | 'purpose'>;

export const openSchedule = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	plan: Plan,
): Schedule => {
	checkTiming(bank, plan.timing);
	const created = timestamp(bank);
	const schedule: Schedule = {
		...plan,
		id: nextId(env),
		created,
		updated: created,
		accountId: account.id,
		count: 0,
		status: 'ACTIVE',
		runs: [],
	};
	env.schedules.set(account.id, [...(env.schedules.get(account.id) ?? []), schedule]);
	return schedule;
};

/** Changes a schedule that still runs, or with no plan cancels it. */
export const changeSchedule = (bank: Bank, schedule: Schedule, plan?: Plan): void => {
	if (schedule.status !== 'ACTIVE') throw refusals.wrongValue('status', 'ACTIVE');
	if (plan) checkTiming(bank, plan.timing);
	Object.assign(schedule, plan ? { ...plan, count: 0 } : { status: 'CANCELLED' });
	schedule.updated = timestamp(bank);
};

/** Pays, or notes why not. */
const carry = (
	bank: Bank,
	env: BankEnvironment,
	{ accountId, order }: Schedule,
	run: Run,
): void => {
	const account = env.accounts.get(accountId);
	if (!account) return;
	try {
		run.payment = carryOut(bank, env, account, order);
		Object.assign(run, { state: 'FINISHED_SUCCESSFULLY', error: null });
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		Object.assign(run, { state: 'FAILED_USER_ERROR', error: error.message });
	}
	run.updated = timestamp(bank);
};

/** Does something at an earlier time of the bank. */
const at = (bank: Bank, time: number, act: () => void): void => {
	const { clockOffset } = bank;
	bank.clockOffset += time - now(bank);
	try {
		act();
	} finally {
		bank.clockOffset = clockOffset;
	}
};

const runDue = (bank: Bank, env: BankEnvironment, schedule: Schedule, time: number): void =>
	at(bank, time, () => {
		const created = timestamp(bank);
		const run: Run = {
			id: nextId(env),
			created,
			updated: created,
			time,
			state: 'RETRY',
			error: null,
			payment: null,
		};
		schedule.runs.push(run);
		schedule.count += 1;
		carry(bank, env, schedule, run);
		if (nextTime(schedule) === null) schedule.status = 'FINISHED';
		schedule.updated = run.updated;
	});

/** Asks for another try, at the bank's next moment (inferred). */
export const retry = (bank: Bank, run: Run): void => {
	if (run.state !== 'FAILED_USER_ERROR') throw refusals.wrongValue('state', 'FAILED_USER_ERROR');
	Object.assign(run, { state: 'RETRY', updated: timestamp(bank) });
};

/** Makes the payments that are due by the bank's clock, in the order of their times. */
export const runSchedules = (bank: Bank): void => {
	for (const env of Object.values(bank.environments)) {
		const all = [...env.schedules.values()].flat();
		for (const schedule of all) {
			for (const run of schedule.runs.filter(({ state }) => state === 'RETRY')) {
				carry(bank, env, schedule, run);
			}
		}
		for (;;) {
			const [due] = all
				.flatMap((schedule) => ({ schedule, time: nextTime(schedule) ?? Infinity }))
				.filter(({ time }) => time <= now(bank))
				.sort((one, other) => one.time - other.time);
			if (!due) break;
			runDue(bank, env, due.schedule, due.time);
		}
	}
};

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
