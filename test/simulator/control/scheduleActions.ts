import { toCents } from '../bank/money';
import { thirdPartyAccount } from '../bank/requests';
import { changeSchedule, openSchedule, retry, runNow } from '../bank/schedules';
import { type Bank, now } from '../bank/state';
import type { NewSchedule, ScheduleRun } from './protocol';

/** The control interface for scheduled payments, on the bank's side. No ID exists in both environments. */

const DAYS_30 = 30 * 24 * 3_600_000;

const withSchedule = (bank: Bank, id: number) => {
	for (const env of Object.values(bank.environments)) {
		const schedule = [...env.schedules.values()].flat().find((each) => each.id === id);
		if (schedule) return { env, schedule };
	}
	throw new Error(`No scheduled payment ${id}`);
};

export const SCHEDULE_ACTIONS = {
	addSchedule(bank: Bank, { accountId, amount = '1.00', unit = 'DAILY', ...rest }: NewSchedule) {
		const env = Object.values(bank.environments).find(({ accounts }) => accounts.has(accountId));
		const account = env?.accounts.get(accountId);
		if (!env || !account) throw new Error(`No account ${accountId}`);
		const { id, iban } = thirdPartyAccount(env, account);
		const order = {
			cents: toCents(amount),
			description: '',
			type: 'BUNQ',
			merchantReference: null,
			attachment: [],
			counterparty: { iban, name: 'Someone else', accountId: id },
		};
		const start = now(bank) + (rest.startsInMs ?? DAYS_30);
		const timing = { start, end: null, unit, size: 1 };
		return openSchedule(bank, env, account, { order, timing, purpose: null }).id;
	},
	runSchedule(bank: Bank, id: number): ScheduleRun {
		const { env, schedule } = withSchedule(bank, id);
		const run = runNow(bank, env, schedule);
		const { created, state, payment } = run;
		return { id: run.id, created, state, paymentId: payment?.id ?? null };
	},
	retryRun(bank: Bank, id: number) {
		const runs = Object.values(bank.environments).flatMap(({ schedules }) =>
			[...schedules.values()].flat().flatMap((each) => each.runs),
		);
		const run = runs.find((each) => each.id === id);
		if (!run) throw new Error(`No run ${id}`);
		retry(bank, run);
	},
	cancelSchedule(bank: Bank, id: number) {
		const { env, schedule } = withSchedule(bank, id);
		changeSchedule(bank, env, schedule);
	},
};
