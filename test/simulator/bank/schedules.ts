import { announce } from './announce';
import { carryOut } from './payments';
import { Refusal, refusals } from '../http/refusal';
import { runObject, scheduleObject } from './scheduleObjects';
import { type Timing, nextTime } from './scheduleTimes';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Order,
	type Payment,
	nextId,
	now,
	timestamp,
} from './state';

/** Payments that the bank makes later, once or again and again (§9.13). */

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

/** Inferred: that bunq refuses these. */
export const checkTiming = (bank: Bank, { start, end, size }: Timing): void => {
	if (start <= now(bank)) throw refusals.wrongValue('time_start', 'a time in the future');
	if (end !== null && end < start)
		throw refusals.wrongValue('time_end', 'a time after "time_start"');
	if (size < 1) throw refusals.wrongValue('recurrence_size', 'a number above 0');
};

/** Which category tells of what is a switch. */
const categoriesOf = ({ switches }: Bank) =>
	switches.scheduleCallbacks === 'documented'
		? { run: 'SCHEDULE_RESULT', schedule: 'SCHEDULE_STATUS' }
		: { run: 'SCHEDULE_STATUS', schedule: 'SCHEDULE_RESULT' };

const whose = (env: BankEnvironment, { accountId }: Schedule) => ({
	userId: env.accounts.get(accountId)?.userId ?? 0,
	accountId,
});

/** §10.2: the event types are inferred from those of batches, of which two are in a source, a weak one. */
const tell = (
	bank: Bank,
	env: BankEnvironment,
	schedule: Schedule,
	event: 'CREATED' | 'UPDATED' | 'CANCELLED' | 'FINISHED',
): void =>
	announce(bank, env, {
		...whose(env, schedule),
		id: schedule.id,
		show: (...state) => scheduleObject(...state, schedule),
		callbacks: [[categoriesOf(bank).schedule, `SCHEDULE_DEFINITION_PAYMENT_${event}`]],
	});

/** The same for a run that has ended. */
const tellRun = (bank: Bank, env: BankEnvironment, schedule: Schedule, run: Run): void => {
	const result = run.payment ? 'SUCCEEDED' : 'FAILED';
	announce(bank, env, {
		...whose(env, schedule),
		id: run.id,
		show: (...state) => runObject(...state, schedule, run),
		callbacks: [[categoriesOf(bank).run, `SCHEDULE_INSTANCE_PAYMENT_${result}`]],
	});
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
	tell(bank, env, schedule, 'CREATED');
	return schedule;
};

/** Changes a schedule that still runs, or with no plan cancels it. */
export const changeSchedule = (
	bank: Bank,
	env: BankEnvironment,
	schedule: Schedule,
	plan?: Plan,
): void => {
	if (schedule.status !== 'ACTIVE') throw refusals.wrongValue('status', 'ACTIVE');
	if (plan) checkTiming(bank, plan.timing);
	Object.assign(schedule, plan ? { ...plan, count: 0 } : { status: 'CANCELLED' });
	schedule.updated = timestamp(bank);
	tell(bank, env, schedule, plan ? 'UPDATED' : 'CANCELLED');
};

/** Pays, or notes why not. */
const carry = (bank: Bank, env: BankEnvironment, schedule: Schedule, run: Run): void => {
	const { accountId, order } = schedule;
	const account = env.accounts.get(accountId);
	if (!account) return;
	try {
		run.payment = carryOut(bank, env, account, { ...order, scheduledId: run.id });
		Object.assign(run, { state: 'FINISHED_SUCCESSFULLY', error: null });
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		Object.assign(run, { state: 'FAILED_USER_ERROR', error: error.message });
	}
	run.updated = timestamp(bank);
	tellRun(bank, env, schedule, run);
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

/** The next run, at this time. */
const runDue = (bank: Bank, env: BankEnvironment, schedule: Schedule, time: number): Run => {
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
		const isLast = nextTime(schedule) === null;
		if (isLast) schedule.status = 'FINISHED';
		schedule.updated = run.updated;
		if (isLast) tell(bank, env, schedule, 'FINISHED');
	});
	return schedule.runs[schedule.runs.length - 1];
};

/** The next run, before its time. */
export const runNow = (bank: Bank, env: BankEnvironment, schedule: Schedule): Run => {
	if (schedule.status !== 'ACTIVE') throw new Error(`Scheduled payment ${schedule.id} has ended`);
	return runDue(bank, env, schedule, now(bank));
};

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
