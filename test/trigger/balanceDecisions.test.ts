import type { Account, Payment } from '../../nodes/Bunq/api/types';
import {
	decideBalance,
	lastCrossing,
	paymentsIn,
	thresholdKeyOf,
} from '../../nodes/Bunq/trigger/balancePoll';
import type { BalanceEvent } from '../../nodes/Bunq/trigger/event';
import { balanceCrossed } from '../../nodes/Bunq/trigger/events/balanceCrossed';
import { ACCOUNT_LIST } from '../../nodes/Bunq/trigger/pollRun';
import { newCursor, type PollState } from '../../nodes/Bunq/trigger/pollState';

/** What a balance means, given its cursor: pure functions, no bank. The threshold is 100.00; times are seconds after noon. */

const event = balanceCrossed as BalanceEvent;
const NOON = Date.UTC(2026, 0, 8, 12);
const at = (seconds: number) => NOON + seconds * 1_000;
const bunqTime = (seconds: number) => new Date(at(seconds)).toISOString().replace('T', ' ');

const paramsOf = (crossing: string) => ({ threshold: '100.00', crossing });
const accountOf = (value?: string, openedAt = -60): Account => ({
	_type: 'MonetaryAccountBank',
	id: 7,
	created: bunqTime(openedAt),
	...(value && { balance: { value, currency: 'EUR' } }),
});
/** The trigger started at noon and last read the account 10 seconds later. */
const stateOf = (balance: string | undefined, crossing: string): PollState => ({
	version: 1,
	revision: 'r',
	scope: 's',
	thresholdKey: thresholdKeyOf(event, paramsOf(crossing)),
	user: { userId: 1 },
	baseline: at(0),
	listing: { at: at(0), ids: balance ? [7] : [] },
	accounts: balance ? { 7: { ...newCursor(0), balance, checkedAt: at(10) } } : {},
	lastTried: {},
	ranOutOfTime: false,
	failures: {},
	refusals: {},
});

interface Case {
	before?: string;
	after?: string;
	crossing?: string;
	openedAt?: number;
	isFirstPoll?: boolean;
	/** What this process read itself. */
	read?: Array<number | typeof ACCOUNT_LIST>;
	state?: Partial<PollState>;
}

const decide = ({
	before,
	after,
	crossing = 'below',
	openedAt,
	isFirstPoll,
	read = [7, ACCOUNT_LIST],
	state,
}: Case) =>
	decideBalance(event, accountOf(after, openedAt), at(20), {
		params: paramsOf(crossing),
		state: isFirstPoll ? undefined : { ...stateOf(before, crossing), ...state },
		wasReadByThisProcess: (account) => read.includes(account),
	});

const crossed = (balanceBefore: number, balanceAfter: number) =>
	expect.objectContaining({ balanceBefore, balanceAfter, threshold: 100 });

describe('a balance and its cursor', () => {
	test.each<[rule: string, balances: Case, crossing: unknown]>([
		['a wanted crossing is an event', { before: '100.00', after: '99.99' }, crossed(100, 99.99)],
		['a crossing in the other direction is not', { before: '99.99', after: '100.00' }, undefined],
		[
			'unless both are wanted',
			{ before: '99.99', after: '100.00', crossing: 'both' },
			crossed(99.99, 100),
		],
		['the same side is no crossing', { before: '500.00', after: '100.00' }, undefined],
		['the first poll emits nothing', { after: '50.00', isFirstPoll: true }, undefined],
		[
			'an older account that appears later starts at its balance',
			{ after: '150.00', openedAt: -60, crossing: 'above' },
			undefined,
		],
		[
			'an account that was opened since started at zero',
			{ after: '150.00', openedAt: 5, crossing: 'above' },
			crossed(0, 150),
		],
	])('%s', (_rule, balances, crossing) => {
		expect(decide(balances)).toMatchObject({
			cursor: { balance: balances.after, checkedAt: at(20) },
		});
		expect(decide(balances)?.crossing).toEqual(crossing);
	});

	test('without a balance there is no decision', () => {
		expect(decide({ before: '150.00' })).toBeUndefined();
	});
});

describe('payments are read', () => {
	const same = { before: '50.00', after: '60.00', read: [] };
	const span = { before: '50.00', since: at(10), after: '60.00' };

	test.each<[rule: string, balances: Case, verify: unknown]>([
		['if another process read the balance before', same, span],
		['not if this process did', { ...same, read: [7] }, undefined],
		[
			'not if both directions are wanted: the crossing was emitted, and saved',
			{ ...same, crossing: 'both' },
			undefined,
		],
		['not in a direction that is not wanted', { ...same, crossing: 'above' }, undefined],
		[
			'not if the threshold has changed',
			{ ...same, state: { thresholdKey: '["5.00","below"]' } },
			undefined,
		],
		[
			'in an account that was opened since',
			{ after: '60.00', openedAt: 5, read: [] },
			{ before: '0.00', since: at(0), after: '60.00' },
		],
		[
			'not if this process read a list without it',
			{ after: '60.00', openedAt: 5, read: [ACCOUNT_LIST] },
			undefined,
		],
		['not in an older account that was never read', { after: '60.00', read: [] }, undefined],
		['not at the first poll', { after: '60.00', read: [], isFirstPoll: true }, undefined],
	])('%s', (_rule, balances, verify) => {
		const decision = decide(balances);
		expect(decision?.verify).toEqual(verify);
		expect(decision?.crossing).toBeUndefined();
		expect(decision?.cursor.balance).toBe(balances.after);
	});
});

describe('payments of a span', () => {
	const payment = (id: number, seconds: number, balance = '1.00'): Payment => ({
		_type: 'Payment',
		id,
		created: bunqTime(seconds),
		balance_after_mutation: { value: balance, currency: 'EUR' },
	});
	const span = { before: '50.00', since: at(10), after: '60.00' };

	test.each<[rule: string, payments: Payment[], ids: number[], oldest?: number]>([
		['all newer ones', [payment(3, 30), payment(2, 20)], [3, 2]],
		['none below the first older one', [payment(3, 30), payment(2, 7), payment(1, 20)], [3]],
		['those within the clock skew', [payment(3, 30), payment(2, 9)], [3, 2]],
		['not the one that led to the earlier balance', [payment(3, 30), payment(2, 11, '50.00')], [3]],
		[
			'but a later one that led to the same balance',
			[payment(3, 13, '50.00'), payment(2, 12)],
			[3, 2],
		],
		['none that are too old to catch up on', [payment(3, 30), payment(2, 20)], [3], 25],
	])('%s', (_rule, payments, ids, oldest = 0) => {
		expect(paymentsIn(span, payments, at(oldest)).map(({ id }) => id)).toEqual(ids);
	});

	test.each<[balances: string[], crossing: unknown]>([
		[['50.00', '60.00'], undefined],
		[['50.00'], undefined],
		[['50.00', '300.00', '50.00', '60.00'], crossed(300, 50)],
		[['50.00', '200.00', '50.00', '300.00', '60.00'], crossed(300, 60)],
	])('the last crossing of %j', (balances, crossing) => {
		expect(lastCrossing(event, paramsOf('below'), balances)).toEqual(crossing);
	});
});
