import { notPermitted } from '../auth/callers';
import { STRING, object, oneOf, optional, required } from '../http/fields';
import { itemOf, shownPage } from '../http/pagination';
import { orderOf } from '../bank/payments';
import { type Route, type SessionCall, route } from '../http/routes';
import { listedSchedule, runObject, scheduleObject } from '../bank/scheduleObjects';
import { TIMING_FIELDS, timingOf } from '../bank/scheduleTimes';
import { type Schedule, changeSchedule, openSchedule, retry } from '../bank/schedules';
import { accountOf, visibleAccounts } from './monetaryAccount';
import { PAYMENT_FIELDS } from './payment';

/** §9.13 */
const SCHEDULE_FIELDS = {
	payment: required(object(PAYMENT_FIELDS)),
	schedule: required(object(TIMING_FIELDS)),
	purpose: optional(STRING),
};

const planOf = (call: SessionCall<typeof SCHEDULE_FIELDS>) => {
	const { bank, env, user, credential, body } = call;
	const { payment, schedule, purpose = null } = body;
	const account = accountOf(call as unknown as SessionCall);
	const order = orderOf(bank, env, account, payment, payment.allow_bunqto);
	// §8: as for a payment that is made at once.
	const recipient = env.accounts.get(order.counterparty.accountId ?? 0);
	if (credential.grant && recipient?.userId !== user.id) {
		throw notPermitted(bank, 'create schedule-payment');
	}
	return { order, timing: timingOf(schedule), purpose };
};

const schedulesOf = (call: SessionCall) => call.env.schedules.get(accountOf(call).id) ?? [];
const scheduleOf = (call: SessionCall) => itemOf(schedulesOf(call), call.params.scheduleId);
const runOf = (call: SessionCall) => itemOf(scheduleOf(call).runs, call.params.runId);

const list = (
	{ bank, env, request }: SessionCall,
	schedules: readonly Schedule[],
	wrapper: 'Schedule' | 'ScheduleUser',
) => {
	return shownPage(request, schedules, (each) => listedSchedule(bank, env, wrapper, each));
};

const account = '/user/{userId}/monetary-account/{accountId}';
const all = `${account}/schedule-payment`;
const one = `${all}/{scheduleId}`;
const runs = `${account}/schedule/{scheduleId}/schedule-instance`;
/** §8: nothing says whether an app may. */
const oauth = 'oauthMayUseTheRest';

/** §9.13: payments that the bank makes later, and their runs. */
export const schedulePayment: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: SCHEDULE_FIELDS,
		mandatorySignature: true,
		oauth,
		does: 'create schedule-payment',
		run(call) {
			const { bank, env } = call;
			const payer = accountOf(call as unknown as SessionCall);
			return { items: [{ Id: { id: openSchedule(bank, env, payer, planOf(call)).id } }] };
		},
	}),
	route({
		method: 'GET',
		path: all,
		oauth,
		does: 'read schedule-payment',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, schedulesOf(call), (each) => scheduleObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth,
		does: 'read schedule-payment',
		run: (call) => ({ items: [scheduleObject(call.bank, call.env, scheduleOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: one,
		body: SCHEDULE_FIELDS,
		mandatorySignature: true,
		oauth,
		does: 'update schedule-payment',
		run(call) {
			const schedule = scheduleOf(call as unknown as SessionCall);
			changeSchedule(call.bank, call.env, schedule, planOf(call));
			return { items: [{ Id: { id: schedule.id } }] };
		},
	}),
	route({
		method: 'DELETE',
		path: one,
		oauth,
		does: 'delete schedule-payment',
		run(call) {
			const schedule = scheduleOf(call);
			changeSchedule(call.bank, call.env, schedule);
			const { deleteAnswer } = call.bank.switches;
			return { items: deleteAnswer === 'id' ? [{ Id: { id: schedule.id } }] : [] };
		},
	}),
	route({
		method: 'GET',
		path: `${account}/schedule`,
		oauth,
		does: 'read schedule',
		run: (call) => list(call, schedulesOf(call), 'Schedule'),
	}),
	route({
		method: 'GET',
		path: `${account}/schedule/{scheduleId}`,
		oauth,
		does: 'read schedule',
		run: (call) => ({
			items: [listedSchedule(call.bank, call.env, 'Schedule', scheduleOf(call))],
		}),
	}),
	route({
		method: 'GET',
		path: '/user/{userId}/schedule',
		oauth,
		does: 'read schedule',
		run(call) {
			const all = visibleAccounts(call).flatMap(({ id }) => call.env.schedules.get(id) ?? []);
			const ascending = all.sort((one, other) => one.id - other.id);
			return list(call, ascending, 'ScheduleUser');
		},
	}),
	route({
		method: 'GET',
		path: runs,
		oauth,
		does: 'read schedule-instance',
		run(call) {
			const { bank, env, request } = call;
			const schedule = scheduleOf(call);
			return shownPage(request, schedule.runs, (each) => runObject(bank, env, schedule, each));
		},
	}),
	route({
		method: 'GET',
		path: `${runs}/{runId}`,
		oauth,
		does: 'read schedule-instance',
		run: (call) => ({ items: [runObject(call.bank, call.env, scheduleOf(call), runOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: `${runs}/{runId}`,
		body: { state: required(oneOf('RETRY')) },
		oauth,
		does: 'update schedule-instance',
		run(call) {
			const run = runOf(call as unknown as SessionCall);
			retry(call.bank, run);
			return { items: [{ Id: { id: run.id } }] };
		},
	}),
];
