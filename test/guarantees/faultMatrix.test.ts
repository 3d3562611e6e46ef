import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import type { BunqError } from '../../nodes/Bunq/api/errors';
import type { FaultKind, FaultOrder, LoggedRequest } from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import { requestHelper, type RunResult } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { markdownTable } from '../support/markdown';
import { ANYBODY, required, rows, type TableRow } from '../support/sampleParameters';

/**
 * Every operation that writes, and everything that can go wrong on its way: how often the bank acted, and what the
 * person was told. Once at most, and the truth.
 */

const bank = useBank();
const writing = rows.filter(({ writes }) => writes);

/** Parameters with which the row writes. */
const sampleOf = async (row: TableRow): Promise<IDataObject> => {
	const parameters = await required(bank, row);
	if (row.id !== 'api.request') return parameters;
	const { id } = await bank.account('Main');
	const [payment] = await bank.control.addPayments({ accountId: id });
	const path = `/user/{user}/monetary-account/${id}/payment/${payment}/note-text`;
	return { ...parameters, method: 'POST', path, body: { content: 'Sample' } };
};

type Word = 'done' | 'not done' | 'outcome unknown' | 'stopped';

/** What the person was told. */
const wordOf = ({ error, status }: Pick<RunResult, 'error' | 'status'>): Word => {
	if (status === 'canceled') return 'stopped';
	const said = `${error?.message} ${error?.description}`;
	if (!error) return 'done';
	if (said.includes('Outcome unknown')) return 'outcome unknown';
	if (/Nothing (else )?was (done|sent)/.test(said)) return 'not done';
	throw new Error(`What became of it is not said: ${said}`);
};

const isWrite = ({ method }: LoggedRequest) => method !== 'GET';

interface Cell {
	told: Word;
	acted: number;
}

/** Whether what was told is the truth. */
const isTrue = ({ told, acted }: Cell) =>
	told === 'done' ? acted === 1 : told === 'not done' ? acted === 0 : acted <= 1;

/** What a row sends. */
interface Sent {
	parameters: IDataObject;
	write: LoggedRequest;
	/** How many reads come before the write. */
	reads: number;
}

/** Lets something go wrong, and the row run. */
type Meddle = (sent: Sent) => Promise<RunResult>;

const run = async (parameters: IDataObject, more: object = {}) =>
	await bank.apiKey(parameters, { ...ANYBODY, ...more });

const meet =
	(kind: FaultKind, more: Partial<FaultOrder> = {}): Meddle =>
	async ({ parameters, write: { method } }) => {
		await bank.control.fault({ kind, method, ...more });
		return await run(parameters);
	};

/** The write by itself, through a client that waits 300 ms and not a minute. */
const meetInTime =
	(kind: FaultKind): Meddle =>
	async ({ write: { method, path, body } }) => {
		const { apiKey } = await bank.world();
		const httpRequest = await requestHelper();
		const client = createClient({
			httpRequest,
			credential: toBunqCredential({ apiKey }),
			timeout: 300,
		});
		await bank.control.fault({ kind, method });
		const error = await client
			.send({
				method: method as 'POST' | 'PUT',
				path: path.replace('/v1', ''),
				body: body as IDataObject,
			})
			.then(
				() => undefined,
				(thrown: BunqError) => thrown,
			);
		return { error, status: error ? 'error' : 'success' } as RunResult;
	};

const unreachable =
	(how: 'nxdomain' | 'refuse'): Meddle =>
	async ({ parameters }) => {
		redirectTo(how);
		return await run(parameters).finally(() => bank.reconnect());
	};

const seen = async (isIt: (one: LoggedRequest) => boolean) => {
	while (!(await bank.log()).some(isIt)) await new Promise((resolve) => setImmediate(resolve));
};

/** Stopped while the node waits to send it again. */
const stopWhileWaiting: Meddle = async ({ parameters, write: { method } }) => {
	await bank.control.fault({ kind: '429', method, times: 50 });
	const whileRunning = (stop: () => void) => void seen(isWrite).then(stop);
	const outcome = await run(parameters, { whileRunning });
	passMinutes();
	await bank.control.clearFaults();
	return outcome;
};

const readAfterFails: Meddle = async ({ parameters, reads }) => {
	await bank.control.fault({ kind: '500-before', method: 'GET', skip: reads, times: 50 });
	const outcome = await run(parameters);
	await bank.control.clearFaults();
	return outcome;
};

/** Stopped as soon as the bank sees the write, which it answers late. */
const stopOnTheWire: Meddle = async ({ parameters, write: { method } }) => {
	await bank.control.fault({ kind: 'slow', method, delayMs: 150 });
	const whileRunning = (stop: () => void) => void seen(isWrite).then(stop);
	const outcome = await run(parameters, { whileRunning });
	// The bank is still at it.
	while ((await bank.log()).some(({ status }) => status === 0))
		await new Promise((resolve) => setImmediate(resolve));
	return outcome;
};

/** The answer to what comes before the write is lost: a sign-on here, a read where the row has one. */
const signOnFails: Meddle = async ({ parameters }) => {
	await bank.control.expireSessions();
	await bank.control.fault({ kind: 'drop-after', path: '/session-server$' });
	return await run(parameters);
};

const readBeforeFails: Meddle = async ({ parameters, reads }) => {
	if (reads === 0) return await signOnFails({ parameters } as Sent);
	await bank.control.fault({ kind: '500-before', method: 'GET', times: 50 });
	const outcome = await run(parameters);
	await bank.control.clearFaults();
	return outcome;
};

const DONE: Cell = { told: 'done', acted: 1 };
const NOT_DONE: Cell = { told: 'not done', acted: 0 };
const maybe = (acted: number): Cell => ({ told: 'outcome unknown', acted });

const said = (error_description: string) => JSON.stringify({ Error: [{ error_description }] });
const EXPIRED = { status: 401, body: said('Insufficient authentication.') };
const TOO_MANY = {
	status: 429,
	body: said('Too many requests. You can do a maximum of 5 calls per 3 second to this endpoint.'),
};
const A_DAY = {
	status: 429,
	body: said('Too many requests. You can do a maximum of 10 calls per 86400 second.'),
};

const FAULTS: Array<[name: string, meddle: Meddle, expected: Cell]> = [
	['The connection breaks before bunq acts', meet('drop-before'), maybe(0)],
	['The connection breaks after bunq acted', meet('drop-after'), maybe(1)],
	['No answer in time; bunq did not act', meetInTime('timeout-before'), maybe(0)],
	['No answer in time; bunq acted', meetInTime('timeout-after'), maybe(1)],
	['Status 500; bunq did not act', meet('500-before'), maybe(0)],
	['Status 500; bunq acted', meet('500-after'), maybe(1)],
	['Status 502 with an HTML page', meet('html'), maybe(0)],
	['A truncated answer', meet('truncated'), maybe(1)],
	['An empty answer', meet('empty'), maybe(1)],
	['An answer with an invalid signature', meet('wrong-signature'), maybe(1)],
	['Status 401 with an invalid signature', meet('forged', EXPIRED), maybe(1)],
	['Status 429 with an invalid signature', meet('forged', TOO_MANY), maybe(1)],
	['Status 466 with an invalid signature', meet('forged', { status: 466 }), maybe(1)],
	['Status 408: the request arrived too slowly', meet('status', { status: 408 }), maybe(0)],
	['Status 429: too many requests', meet('429'), DONE],
	['Status 429, for longer than a minute', meet('status', A_DAY), NOT_DONE],
	['The session has expired', meet('expired'), DONE],
	['Status 466: bunq rejects the signature', meet('466'), DONE],
	['Maintenance', meet('maintenance'), NOT_DONE],
	["bunq's host name does not resolve", unreachable('nxdomain'), NOT_DONE],
	['The connection is refused', unreachable('refuse'), NOT_DONE],
	['The handshake fails', signOnFails, NOT_DONE],
	['A lookup before the write fails', readBeforeFails, NOT_DONE],
	['You stop the execution while it waits', stopWhileWaiting, { told: 'stopped', acted: 0 }],
	['You stop it while bunq works on it', stopOnTheWire, { told: 'stopped', acted: 1 }],
	['Reading the result back fails', readAfterFails, DONE],
];

const cells = new Map<string, Cell>();

/** Parameters, and the write that they make, as the bank saw it when it refused it. */
const prepare = async (row: TableRow): Promise<Sent> => {
	const parameters = await sampleOf(row);
	for (const method of ['POST', 'PUT'])
		await bank.control.fault({ kind: 'maintenance', method, path: '^/v1/user/' });
	await bank.control.clearLog();
	await run(parameters);
	const write = (await bank.log()).filter(isWrite).at(-1);
	if (!write) throw new Error(`${row.id} writes nothing`);
	const reads = (await bank.log()).filter((one) => !isWrite(one)).length;
	await bank.control.clearFaults();
	// As if a minute had passed: what made the sample may have used up a limit.
	passMinutes();
	await bank.control.clearLog();
	return { parameters, write, reads };
};

describe.each(FAULTS)('%s', (fault, meddle, expected) => {
	test.each(writing)('$id', async (row) => {
		const outcome = await meddle(await prepare(row));
		const cell = { told: wordOf(outcome), acted: await bank.changes() };
		cells.set(`${row.id} ${fault}`, cell);
		expect({ ...cell, isTrue: isTrue(cell) }).toEqual({ ...expected, isTrue: true });
	});
});

test('docs/faults.md has what was seen', () => {
	const lines = FAULTS.map(([fault]) => {
		const seenHere = writing.map(({ id }) => cells.get(`${id} ${fault}`));
		const [{ told, acted }] = seenHere as Cell[];
		const same = seenHere.filter((cell) => cell?.told === told && cell.acted === acted).length;
		return [fault, told, `${acted}`, `${same} of ${writing.length}`];
	});
	const text = FAULTS_PAGE(
		markdownTable(['Failure', 'Outcome', 'Times bunq acted', 'Operations'], lines),
		writing.map(({ label }) => `"${label}"`).join(', '),
	);
	const path = join(__dirname, '../../docs/faults.md');
	if (process.env.UPDATE_DOCS) writeFileSync(path, text);
	expect(readFileSync(path, 'utf8')).toBe(text);
});

const FAULTS_PAGE = (table: string, operations: string) => `# When something goes wrong

The consequences of each failure for your money, and the next step. \`test/guarantees/faultMatrix.test.ts\` writes this page
(\`npm run docs\`): it runs every operation that writes against every fault and counts how often the bank acted. **Never twice.**

${table}

## Outcomes

- **done**: the node outputs the item. Where bunq certainly had not acted (rate limit, expired session, rejected signature), the node
  waited or signed in again, and then resent the request.
- **not done**: the error says "Nothing was sent" or "Nothing was done". Your money has not moved. Run the workflow again once the cause
  is gone; maintenance at bunq and network failures are temporary.
- **outcome unknown**: the request left, and no trustworthy answer came back. bunq may have carried it out. The error names the request:
  check the bunq app, and run the workflow again only if it is not there. The node never resends it blindly; with _Retry On Fail_ it
  [looks it up first](reliability.md#retry-on-fail).
- **stopped**: you stopped the execution. The node does not send a request that was still waiting. bunq completes a request that it was
  already working on: a payment cannot be recalled. Check the bunq app.

## Operations tested

${operations}.
`;
