import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import type { FaultKind, FaultOrder, LoggedRequest } from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import type { RunResult } from '../support/engine';
import { holdTimeouts, passMinutes, until } from '../support/fakeClock';
import { markdownTable } from '../support/markdown';
import { type Cell, isTrue, outcomeOf } from '../support/outcome';
import { MAY_PAY_OTHERS } from '../support/parameters';
import { read, root } from '../support/project';
import { rows } from '../support/sampleParameters';
import { isWrite, prepareAgain, prepareWrite } from '../support/sampleWrites';

/**
 * Every operation that writes meets every failure: bunq carries it out once at most, and the node reports what happened
 * truthfully.
 */

const bank = useBank({ otherSpellings: true });
/** A request without a credential has no session, no signature and no secret: sandbox.test.ts. */
const operations = rows.filter((row) => row.writes && row.credential !== 'none');

/** Every write by the path of its request; the second of two is a row of its own. */
const writes = [
	...operations.map((row) => ({ ...row, step: row.id, path: undefined as string | undefined })),
	...operations
		.filter(({ id }) => id === 'note.addFile')
		.map((row) => ({
			...row,
			step: `${row.id}, once its file is uploaded`,
			path: 'note-attachment$',
		})),
];

/** A write that is about to be sent. */
interface PreparedWrite {
	parameters: IDataObject;
	method: string;
	/** Matches the path of its request, with any IDs. */
	path: string;
	/** How many reads come before it. */
	reads: number;
}

/** What each of them sends, by its step. */
const known = new Map<string, PreparedWrite>();

/** Finds out once what a write sends. These failures need a session, which the search for the request opens. */
const prepare = async (row: (typeof writes)[number], fault: RunWithFailure) => {
	const write = known.get(row.step);
	if (write && fault !== handshakeFails && fault !== lookupFails)
		return { ...write, parameters: await prepareAgain(bank, row) };
	const { parameters, request, reads } = await prepareWrite(bank, row, row.path);
	const path = `^${request.path.replace(/\d+/g, '\\d+')}$`;
	const found = { parameters, method: request.method, path, reads };
	known.set(row.step, found);
	return found;
};

const isRequestOf = (write: PreparedWrite) => (one: LoggedRequest) =>
	one.method === write.method && new RegExp(write.path).test(one.path);

/** Runs the operation with a failure. */
type RunWithFailure = (write: PreparedWrite) => Promise<RunResult>;

const run = async (parameters: IDataObject, more: object = {}) =>
	await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS, ...more });

const withFault =
	(kind: FaultKind, more: Partial<FaultOrder> = {}): RunWithFailure =>
	async ({ parameters, method, path }) => {
		await bank.control.fault({ kind, method, path, ...more });
		return await run(parameters);
	};

/** The write gets no answer, and a minute is over as soon as the bank has it. */
const withTimeout =
	(kind: FaultKind): RunWithFailure =>
	async (write) => {
		const timeouts = holdTimeouts();
		const outcome = withFault(kind)(write);
		await until(async () => (await bank.log()).some(({ fault }) => fault === kind));
		timeouts.come();
		return await outcome;
	};

const withoutConnection =
	(how: 'nxdomain' | 'refuse'): RunWithFailure =>
	async ({ parameters }) => {
		redirectTo(how);
		return await run(parameters).finally(() => bank.reconnect());
	};

const wasSent = async (write: PreparedWrite) => (await bank.log()).some(isRequestOf(write));

/** Stopped while the node waits to repeat it. */
const stopWhileWaiting: RunWithFailure = async (write) => {
	const { parameters, method, path } = write;
	await bank.control.fault({ kind: '429', method, path, times: 50 });
	const whileRunning = (stop: () => void) =>
		void until(async () => await wasSent(write)).then(stop);
	const outcome = await run(parameters, { whileRunning });
	passMinutes();
	await bank.control.clearFaults();
	return outcome;
};

const readBackFails: RunWithFailure = async ({ parameters, reads }) => {
	await bank.control.fault({ kind: '500-before', method: 'GET', skip: reads, times: 50 });
	const outcome = await run(parameters);
	await bank.control.clearFaults();
	return outcome;
};

/** Stopped while the bank handles the write, which it answers after that. */
const stopWhileHandled: RunWithFailure = async (write) => {
	const { parameters, method, path } = write;
	await bank.control.fault({ kind: 'slow', method, path, held: true });
	const whileRunning = (stop: () => void) =>
		void until(async () => await wasSent(write)).then(async () => {
			stop();
			await bank.control.clearFaults();
		});
	const outcome = await run(parameters, { whileRunning });
	await until(async () => (await bank.log()).every(({ status }) => status !== 0));
	return outcome;
};

const handshakeFails: RunWithFailure = async ({ parameters }) => {
	await bank.control.expireSessions();
	await bank.control.fault({ kind: 'drop-after', path: '/session-server$' });
	return await run(parameters);
};

/** A read before the write fails; the handshake where there is none. */
const lookupFails: RunWithFailure = async (write) => {
	const { parameters, reads } = write;
	if (reads === 0) return await handshakeFails(write);
	await bank.control.fault({ kind: '500-before', method: 'GET', times: 50 });
	const outcome = await run(parameters);
	await bank.control.clearFaults();
	return outcome;
};

const DONE: Cell = { reported: 'done', acted: 1 };
const NOT_DONE: Cell = { reported: 'not done', acted: 0 };
const unknown = (acted: number): Cell => ({ reported: 'outcome unknown', acted });

const errorOf = (error_description: string) => JSON.stringify({ Error: [{ error_description }] });
const EXPIRED = { status: 401, body: errorOf('Insufficient authentication.') };
const TOO_MANY = {
	status: 429,
	body: errorOf(
		'Too many requests. You can do a maximum of 5 calls per 3 second to this endpoint.',
	),
};
const A_DAY = {
	status: 429,
	body: errorOf('Too many requests. You can do a maximum of 10 calls per 86400 second.'),
};

const FAULTS: Array<[name: string, run: RunWithFailure, expected: Cell]> = [
	['The connection breaks before bunq acts', withFault('drop-before'), unknown(0)],
	['The connection breaks after bunq acted', withFault('drop-after'), unknown(1)],
	['No answer in time; bunq did not act', withTimeout('timeout-before'), unknown(0)],
	['No answer in time; bunq acted', withTimeout('timeout-after'), unknown(1)],
	['Status 500; bunq did not act', withFault('500-before'), unknown(0)],
	['Status 500; bunq acted', withFault('500-after'), unknown(1)],
	['Status 502 with an HTML page', withFault('html'), unknown(0)],
	['Status 429 of a proxy', withFault('proxy', { status: 429 }), unknown(0)],
	['A proxy asks n8n to sign in (407)', withFault('proxy', { status: 407, times: 3 }), NOT_DONE],
	['A truncated answer', withFault('truncated'), unknown(1)],
	['An empty answer', withFault('empty'), unknown(1)],
	['An answer with an invalid signature', withFault('wrong-signature'), unknown(1)],
	['An answer without a signature', withFault('unsigned'), unknown(1)],
	['Status 401 with an invalid signature', withFault('forged', EXPIRED), unknown(1)],
	['Status 429 with an invalid signature', withFault('forged', TOO_MANY), unknown(1)],
	['Status 466 with an invalid signature', withFault('forged', { status: 466 }), unknown(1)],
	['Status 408: the request arrived too slowly', withFault('status', { status: 408 }), unknown(0)],
	['Status 429: too many requests', withFault('429'), DONE],
	['Status 429, for longer than a minute', withFault('status', A_DAY), NOT_DONE],
	['The session has expired', withFault('expired'), DONE],
	['Status 466: bunq rejects the signature', withFault('466'), DONE],
	['Maintenance', withFault('maintenance'), NOT_DONE],
	["bunq's host name does not resolve", withoutConnection('nxdomain'), NOT_DONE],
	['The connection is refused', withoutConnection('refuse'), NOT_DONE],
	['The handshake fails', handshakeFails, NOT_DONE],
	['A lookup before the write fails', lookupFails, NOT_DONE],
	['You stop the execution while it waits', stopWhileWaiting, { reported: 'stopped', acted: 0 }],
	['You stop it while bunq works on it', stopWhileHandled, { reported: 'stopped', acted: 1 }],
	['Reading the result back fails', readBackFails, DONE],
];

const cells = new Map<string, Cell>();

describe.each(FAULTS)('%s', (fault, runWithFailure, expected) => {
	test.each(writes)('$step', async (row) => {
		const write = await prepare(row, runWithFailure);
		const result = await runWithFailure(write);
		const sent = (await bank.log()).filter(isWrite);
		// Of an operation with two requests, the one that failed.
		const requests = sent.filter(isRequestOf(write));
		expect(sent.length > 0).toBe(requests.length > 0);
		const acted = requests.filter(({ changedSomething }) => changedSomething).length;
		const cell = { reported: outcomeOf(result), acted };
		cells.set(`${row.step} ${fault}`, cell);
		expect({ ...cell, isTrue: isTrue(cell) }).toEqual({ ...expected, isTrue: true });
	});
});

test('docs/faults.md lists these results', () => {
	const lines = FAULTS.map(([fault]) => {
		const seen = writes.map(({ step }) => cells.get(`${step} ${fault}`));
		const [{ reported, acted }] = seen as Cell[];
		const same = seen.filter((cell) => cell?.reported === reported && cell.acted === acted).length;
		return [fault, reported, `${acted}`, `${same} of ${writes.length}`];
	});
	const text = FAULTS_PAGE(
		markdownTable(['Failure', 'Outcome', 'Times bunq acted', 'Writes'], lines),
		operations.length,
	);
	if (process.env.UPDATE_DOCS) writeFileSync(join(root, 'docs/faults.md'), text);
	expect(read('docs/faults.md')).toBe(text);
});

const FAULTS_PAGE = (table: string, operations: number) => `# When something goes wrong

The consequences of each failure for your money, and the next step. **Never twice.** The numbers are counted: a
[test](../test/guarantees/faultMatrix.test.ts) runs all ${operations} operations that write with a credential against every fault of a simulated bank. _Note: Add File_
counts as two writes: it uploads the file, and then adds it.

${table}

## Outcomes

- **done**: the node outputs the item. Where bunq certainly had not acted (rate limit, expired session, rejected signature), the node
  waited or signed in again, and then resent the request.
- **not done**: the error says "Nothing was sent" or "Nothing was done". This item moved no money; items before it may be done. Run only what the
  error calls not done, once the cause is gone; maintenance at bunq and network failures are temporary.
- **outcome unknown**: the request left, and no trustworthy answer came back. bunq may have carried it out. The error names the request:
  check the bunq app, and run that item again only if it is not there. The node never resends it blindly; with _Retry On Fail_ it
  [looks it up first](reliability.md#retry-on-fail).
- **stopped**: you stopped the execution. The node does not send a request that was still waiting. bunq completes a request that it was
  already working on: a payment cannot be recalled. Check the bunq app.
`;
