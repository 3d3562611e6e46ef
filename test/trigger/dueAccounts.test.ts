import { selectDueAccounts } from '../../nodes/Bunq/trigger/listPoll';
import { newCursor, type Cursor, type PollState } from '../../nodes/Bunq/trigger/pollState';

/** Which accounts a poll reads, and in which order: a pure function, no bank. */

const ACCOUNTS = [1, 2, 3, 4, 5, 6];
const accountOf = (id: number, value = '10.00', status = 'ACTIVE') => ({
	_type: 'MonetaryAccountBank',
	id,
	status,
	balance: { value, currency: 'EUR' },
});
const cursorOf = (more: Partial<Cursor> = {}): Cursor => ({
	...newCursor(0),
	balance: '10.00',
	...more,
});

interface Case {
	/** Of accounts whose balance is not 10.00. */
	balances?: Record<number, string>;
	closed?: number[];
	cursors?: Record<number, Cursor | undefined>;
	state?: Partial<PollState>;
	movesBalance?: boolean;
}

const due = ({
	balances = {},
	closed = [],
	cursors = {},
	state = {},
	movesBalance = true,
}: Case) => {
	const accounts = ACCOUNTS.map((id) => [id, id in cursors ? cursors[id] : cursorOf()]);
	const known = Object.fromEntries(
		accounts.filter(([, cursor]) => cursor),
	) as PollState['accounts'];
	const { due, lastInRotation } = selectDueAccounts(
		{ movesBalance: movesBalance || undefined },
		ACCOUNTS.map((id) =>
			accountOf(id, balances[id], closed.includes(id) ? 'CANCELLED' : undefined),
		),
		{ accounts: known, lastTried: {}, failures: {}, refusals: {}, ranOutOfTime: false, ...state },
	);
	return [due.map(({ id }) => id), lastInRotation?.id];
};

test.each<[rule: string, given: Case, ids: number[], lastInRotation: number | undefined]>([
	['three in rotation', {}, [1, 2, 3], 3],
	[
		'those that were tried longest ago',
		{ state: { lastTried: { 1: 3, 2: 1, 3: 2 } } },
		[4, 5, 6],
		6,
	],
	[
		'first, all whose balance has moved',
		{ balances: { 5: '9.00', 6: '9.00' } },
		[5, 6, 1, 2, 3],
		3,
	],
	[
		'not by balance, if the event does not move it',
		{ balances: { 5: '9.00' }, movesBalance: false },
		[1, 2, 3],
		3,
	],
	['first, a new one', { cursors: { 6: undefined } }, [6, 1, 2, 3], 3],
	[
		'first, one that is partly read',
		{ cursors: { 6: cursorOf({ isBackfilling: true }) } },
		[6, 1, 2, 3],
		3,
	],
	['first, a closed one, once more', { closed: [6] }, [6, 1, 2, 3], 3],
	[
		'not a closed one again',
		{ closed: [1], cursors: { 1: cursorOf({ isClosed: true }) } },
		[2, 3, 4],
		4,
	],
	[
		'first, one that was closed before it was read',
		{ closed: [6], cursors: { 6: undefined } },
		[6, 1, 2, 3],
		3,
	],
	[
		'last, those that failed',
		{ state: { failures: { 1: 2 } }, balances: { 1: '9.00' } },
		[2, 3, 4, 1],
		4,
	],
	[
		'in order of their last try, if time ran out',
		{
			state: { ranOutOfTime: true, failures: { 1: 1 }, lastTried: { 5: 9 } },
			balances: { 5: '9.00' },
		},
		[1, 2, 3, 4, 5],
		4,
	],
	[
		'fewer, if there are no more',
		{
			closed: [3, 4, 5, 6],
			cursors: Object.fromEntries([3, 4, 5, 6].map((id) => [id, cursorOf({ isClosed: true })])),
		},
		[1, 2],
		undefined,
	],
])('%s', (_rule, given, ids, lastInRotation) => {
	expect(due(given)).toEqual([ids, lastInRotation]);
});
