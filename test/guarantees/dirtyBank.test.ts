import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { DirtChange, LoggedRequest } from '../simulator';
import { useBank } from '../support/bank';
import {
	broken,
	dirtIn,
	inEveryRun,
	MAX_REQUESTS,
	ofOutput,
	textOf,
	type DirtyRun,
	type Violation,
} from '../support/dirt';
import { breachesOf, type KnownBreach, printCounts, prove, SEED } from '../support/dirtyProof';
import type { RunOptions, RunResult } from '../support/engine';
import { type EventScenario, scenarios } from '../support/eventScenarios';
import { passMinutes } from '../support/fakeClock';
import { isTrue, LOST_RESPONSES, outcomeOf } from '../support/outcome';
import { MAY_PAY_OTHERS, RETRY_ON_FAIL } from '../support/parameters';
import { randomOf } from '../support/random';
import {
	canSkipDuplicates,
	type OperationRow,
	requiredParameters,
	rows,
} from '../support/sampleParameters';
import { isWrite, prepareWrite, timesActed } from '../support/sampleWrites';

/**
 * bunq answers with values that are null, missing, of another type, spelled otherwise or in another order. Whatever it
 * answers: nothing happens twice, no report is false, nothing is lost. `SEED` and `RUNS` choose other dirt and more.
 */

const bank = useBank({ isConnected: false });
/** A request without a credential has no session, no signature and no secret: sandbox.test.ts. */
const writes = rows.filter((row) => row.writes && row.credential !== 'none');
const reads = rows.filter((row) => !row.writes && row.id !== 'api.request');

/** Runs the node while the bank is dirty. Returns the result, the log and the dirt. */
const runDirty = async (
	changes: DirtChange[],
	parameters: IDataObject,
	{ method, ...options }: Partial<RunOptions> & { method?: string } = {},
) => {
	await bank.control.clearLog();
	await bank.control.dirty({ changes, times: MAX_REQUESTS, ...(method && { method }) });
	const result = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS, ...options });
	await bank.control.clearDirt();
	await bank.control.clearFaults();
	const run = { dirt: await dirtIn(bank), violations: await inEveryRun(bank, result) };
	const log = await bank.log();
	passMinutes();
	return { result, run, log };
};

/** Whether the report of a write is true. Repeating some writes changes nothing more. */
const ofReport = (result: RunResult, requests: number, row: OperationRow): Violation[] => {
	const acted = 'recovery' in row && row.recovery === 'resend' ? Math.min(requests, 1) : requests;
	const text = `${result.error?.message} ${result.error?.description} ${JSON.stringify(result.json)}`;
	try {
		const reported = outcomeOf(result);
		const detail =
			!isTrue({ reported, acted }) && `${reported}, bunq acted ${acted} times: ${text}`;
		return [
			...broken('what is reported is true', detail),
			...broken('nothing happens twice', acted > 1 && text),
		];
	} catch (error) {
		return broken('every error explains itself', (error as Error).message);
	}
};

/** Without the time that goes back to bunq as bunq spelled it, and the node's own reference, which is new in each run. */
const comparable = ({ method, path, rawBody }: LoggedRequest) => {
	const body = rawBody.replace(/"previous_updated_timestamp":"[^"]*"|n8n-[0-9a-f]{16}/g, '');
	return `${method} ${path} ${body}`;
};

/** Whether every write that was sent is the one that a clean bank gets. */
const ofRequests = (log: LoggedRequest[], expected: LoggedRequest) => {
	const asked = comparable(expected);
	// What follows an upload has the ID of the file, which is new in each run.
	const isNext = ({ path }: LoggedRequest) =>
		expected.path.endsWith('/attachment') && path.endsWith('/note-attachment');
	const sent = log.filter((one) => isWrite(one) && !isNext(one)).map(comparable);
	const other = sent.find((one) => one !== asked);
	return broken('what is sent is what was asked', other && `${other}, not ${asked}`);
};

/** What still breaks. A repair takes its line away; `npm run soak` reports everything else that it finds. */
const KNOWN: KnownBreach[] = [];

/** A run of a proof with this dirt. */
type Runner = (changes: DirtChange[]) => Promise<DirtyRun>;
type Proof = (row: OperationRow) => Promise<Runner>;

const isEmpty = (value: unknown) => value === null || value === undefined;

/** Numbers in an item that bunq does not have. The text of an unreadable value may pass through. */
const wrongNumbers = (item: IDataObject, clean: IDataObject) =>
	Object.keys(clean).filter(
		(key) =>
			typeof item[key] === 'number' &&
			item[key] !== 7 &&
			!(isEmpty(clean[key]) && item[key] === 0) &&
			item[key] !== clean[key],
	);

/** A read: as many items as bunq has, with its values, or an error. */
const readProof =
	(filters: IDataObject): Proof =>
	async (row) => {
		const everything = { returnAll: true, allAccounts: true, filters };
		const isField = ([key]: [string, unknown]) => row.fields.some(({ name }) => name === key);
		const parameters = {
			...(await requiredParameters(bank, row)),
			...Object.fromEntries(Object.entries(everything).filter(isField)),
		};
		passMinutes();
		const { json: clean, error } = await bank.apiKey(parameters);
		if (error) throw new Error(`${row.id} fails over a clean bank: ${error.message}`);
		return async (changes) => {
			const { result, run } = await runDirty(changes, parameters);
			const { json } = result;
			const hints = result.run.data.resultData.runData.Bunq?.at(-1)?.hints ?? [];
			const isLess = !result.error && json.length < clean.length && hints.length === 0;
			const wrong = json.flatMap((item) => {
				const same = clean.find(({ id }) => id !== undefined && String(id) === String(item.id));
				return same ? wrongNumbers(item, same).map((key) => `${key}: ${String(item[key])}`) : [];
			});
			run.violations.push(
				...broken(
					'no success with less than bunq has',
					isLess && `${json.length} items of ${clean.length}`,
				),
				...broken('no value that bunq does not have', wrong.join(', ')),
			);
			return run;
		};
	};

/** A write about to be sent, at a new bank where each write uses something up. */
const prepare = async (row: OperationRow) => {
	if (row.id === 'card.create') await bank.control.reset(randomUUID());
	return await prepareWrite(bank, row);
};

/** A write while bunq's answers to reads are dirty. */
const writeProof: Proof = async (row) => async (changes) => {
	const { parameters, request } = await prepare(row);
	const { result, run, log } = await runDirty(changes, parameters);
	run.violations.push(...ofReport(result, timesActed(log), row), ...ofRequests(log, request));
	return run;
};

/** A write whose own answer is dirty, and the repeat by n8n. */
const answerProof: Proof = async (row) => async (changes) => {
	const { parameters, request } = await prepare(row);
	const { result, run, log } = await runDirty(changes, parameters, {
		method: '^(POST|PUT|DELETE)$',
		settings: RETRY_ON_FAIL,
	});
	run.violations.push(...ofReport(result, timesActed(log), row), ...ofRequests(log, request));
	return run;
};

/** A write whose answer was lost, looked up over a dirty bank. */
const lookupProof: Proof = async (row) => {
	const kinds = [...LOST_RESPONSES];
	return async (changes) => {
		const { parameters, request } = await prepare(row);
		const kind = kinds[(changes[0].at ?? 0) % kinds.length];
		await bank.control.fault({ kind, method: request.method, path: '^/v1/user' });
		const { result, run, log } = await runDirty(changes, parameters, { settings: RETRY_ON_FAIL });
		run.dirt = run.dirt.map((one) => `${one} after ${kind}`);
		run.violations.push(...ofReport(result, timesActed(log), row), ...ofRequests(log, request));
		return run;
	};
};

/** Skip If Duplicate over a dirty bank that has the transfer already. */
const duplicateProof: Proof = async (row) => {
	let count = 0;
	const sample = await requiredParameters(bank, row);
	return async (changes) => {
		const reference = `R${String(++count).padStart(4, '0')}`;
		const once = {
			...sample,
			paymentDescription: `Invoice ${reference}`,
			additionalFields: { merchantReference: reference },
			options: { skipIfDuplicate: true },
		};
		const merchantReference = (changes[0].at ?? 0) % 2 ? 'drop' : 'echo';
		await bank.control.switches({ merchantReference });
		const { error } = await bank.apiKey(once, { credential: MAY_PAY_OTHERS });
		if (error) throw new Error(`${row.id} fails over a clean bank: ${error.message}`);
		const { result, run, log } = await runDirty(changes, once);
		run.dirt = run.dirt.map((one) => `${one}, ${merchantReference}`);
		const text = `${result.error?.message} ${JSON.stringify(result.json)}`;
		run.violations.push(...broken('nothing happens twice', timesActed(log) > 0 && text));
		return run;
	};
};

/** The guard against payments to others, and its maximum, over a dirty bank. */
const guardProof: Proof = async (row) => async (changes) => {
	const parameters = await requiredParameters(bank, row);
	const credential =
		(changes[0].at ?? 0) % 2
			? { allowPaymentsToOthers: false }
			: { allowPaymentsToOthers: true, limitAmount: true, maxAmount: '0.50' };
	passMinutes();
	const { result, run, log } = await runDirty(changes, parameters, { credential });
	run.violations.push(
		...broken('what is sent is what was asked', timesActed(log) > 0 && 'paid against the guard'),
		...ofReport(result, timesActed(log), row),
	);
	return run;
};

const EVENT_ROUNDS = 3;

/** Whether each event came out once. Items whose identity is unreadable stand for events that did not come out otherwise. */
const ofEvents = ({ expected, keyOf }: EventScenario, delivered: IDataObject[]) => {
	const keys = delivered.map(keyOf);
	const known = new Set(expected.map(({ key }) => key));
	const unreadable = keys.filter((key) => !known.has(key)).length;
	const lost = [...known].filter((key) => !keys.includes(key));
	const twice = keys.filter((key, at) => known.has(key) && keys.indexOf(key) < at);
	return [
		...broken(
			'no event is lost',
			lost.length > unreadable && `${lost.length} of ${known.size}, ${unreadable} unreadable items`,
		),
		...broken('no event is delivered twice', twice.length > 0 && twice.join(', ')),
	];
};

/** A trigger whose bank is dirty for some polls, while events happen. */
const triggerProof = async (name: string): Promise<Runner> => {
	let seed = SEED;
	return async (changes) => {
		// What happened in an earlier run has the same keys.
		await bank.control.reset(randomUUID());
		await bank.control.switches({ oauthMayUseTheRest: true });
		passMinutes();
		const random = randomOf(++seed);
		const pick = <T>(from: readonly T[]) => from[random(from.length)];
		const scenario = scenarios[name](bank, pick);
		const accounts = (await bank.world()).accounts
			.filter(({ status, balance }) => status === 'ACTIVE' && Number(balance) > 10)
			.slice(0, 3);
		const trigger = await bank.trigger({
			event: scenario.event,
			catchUpDays: 365,
			...scenario.parameters,
		});
		const errors: string[] = [];
		const poll = async (work = async (): Promise<unknown> => await trigger.tick()) => {
			passMinutes(2);
			await work().catch((error: Error) => errors.push(textOf(error)));
		};
		await trigger.activate();
		await poll();
		await bank.control.clearLog();
		await bank.control.dirty({ changes, times: MAX_REQUESTS });
		for (const { id } of accounts.slice(0, EVENT_ROUNDS)) {
			await scenario.occur(id);
			await poll();
		}
		const dirt = await dirtIn(bank);
		const violations = await ofOutput(bank, trigger.delivered, errors);
		await bank.control.clearDirt();
		await scenario.occur(accounts[0].id);
		for (let polls = 0; polls < 8; polls++) await poll();
		await poll(async () => await trigger.moveToNewProcess());
		await poll();
		return { dirt, violations: [...violations, ...ofEvents(scenario, trigger.delivered)] };
	};
};

const ALL = { createdAfter: '2020-01-01T00:00:00', createdBefore: '2100-01-01T00:00:00' };
const hasField = (name: string) => (row: OperationRow) =>
	row.fields.some((field) => field.name === name);

const PROOFS: Record<string, [rows: OperationRow[], proof: Proof, runs: number]> = {
	'a read': [reads, readProof({}), 4],
	'a read with filters': [
		reads.filter(hasField('allAccounts')),
		readProof({ ...ALL, amountMin: '0.01', amountMax: '1000000' }),
		8,
	],
	'a write over dirty reads': [writes, writeProof, 3],
	'a write with a dirty answer': [writes, answerProof, 3],
	'a lost answer': [writes, lookupProof, 3],
	'Skip If Duplicate': [writes.filter(canSkipDuplicates), duplicateProof, 8],
	'the spending guard': [
		rows.filter(({ id }) =>
			[
				'payment.create',
				'payment.createBatch',
				'requestResponse.accept',
				'scheduledPayment.create',
			].includes(id),
		),
		guardProof,
		6,
	],
};

describe.each(Object.entries(PROOFS))('%s', (proof, [tested, proofOf, runs]) => {
	test.each(tested)(
		'$id',
		async (row) => await prove(KNOWN, [proof, row.id], await proofOf(row), runs),
		600_000,
	);
});

describe('a trigger', () => {
	test.each(Object.keys(scenarios))(
		'%s',
		async (name) => await prove(KNOWN, ['a trigger', name], await triggerProof(name), 3),
		600_000,
	);
});

afterAll(printCounts);

test('what is known to break still breaks: the line repairs it, and goes from the list with it', async () => {
	const repaired: string[] = [];
	for (const { proof, name, changes, line } of KNOWN) {
		const row = rows.find(({ id }) => id === name);
		const runner = row ? await PROOFS[proof][1](row) : await triggerProof(name);
		if (breachesOf([], proof, name, await runner(changes)).length === 0)
			repaired.push(`${line}: ${proof}, ${name}`);
	}
	expect(repaired).toEqual([]);
});
