import { randomUUID } from 'node:crypto';
import type { BunqClient } from '../../nodes/Bunq/api/client';
import type { CalledTrigger } from '../../nodes/Bunq/trigger/registrationPlan';
import type { DirtKind, FaultKind } from '../simulator';
import { openSession } from '../simulator/control/testClient';
import type { TestBank } from './bank';
import { evaluateLog, wrongIn, type LogResult } from './callbackLog';
import { type CallbackProcess, type SentFilter, startCallbackProcess } from './callbackProcess';
import { passMinutes } from './fakeClock';
import { writeForeign } from './foreignProgram';
import { randomOf } from './random';

/** Random histories of bunq's list of callbacks: two n8n with triggers, and other programs, of one bunq user. */

const CATEGORIES = ['MUTATION', 'REQUEST', 'DRAFT_PAYMENT', 'CARD_TRANSACTION_FAILED'];
const FAULTS: FaultKind[] = [
	'drop-before',
	'drop-after',
	'500-before',
	'500-after',
	'truncated',
	'429',
	'wrong-signature',
	'maintenance',
	'slow-answer',
];
const DIRT: DirtKind[] = [
	'null',
	'missing',
	'a number',
	'a text',
	'an empty text',
	'an object',
	'a list',
	'true',
	'in a wrapper of another name',
	'as a list of one',
	'in another order',
	'id as text',
	'the same page again',
	'an unreadable next page',
];

/** Real milliseconds: a late answer comes after a client has given up. */
const TIMEOUT = 400;
const LATE = 500;

/** Changes a client on purpose: the evaluation has to notice. */
export type Break = (bunq: BunqClient, accounts: number[]) => BunqClient;

/** One n8n, which may die and start again with its triggers. */
export interface Instance {
	/** The beginning of its URLs. */
	base: string;
	n8n: CallbackProcess;
	bunq: BunqClient;
	triggers: CalledTrigger[];
	/** URLs that this process has given up. */
	givenUp: string[];
	/** Set: its next write never comes back, before or after bunq has acted. */
	dies?: 'before' | 'after';
}

export interface History extends LogResult {
	steps: string[];
	/** What is wrong at the end, after a time without failures. */
	wrong: string[];
}

/** Processes that are alive at the end of a history, for the next one: to start one takes time. */
const pool: CallbackProcess[] = [];

/** Runs one history and evaluates it by the bank's log. */
export const runHistory = async (
	bank: TestBank,
	seed: number,
	broken: Break = (bunq) => bunq,
): Promise<History> => {
	const random = randomOf(seed);
	const pick = <T>(from: readonly T[]) => from[random(from.length)];
	await bank.control.reset(`history ${seed}`);
	const filterAnswer = pick(['lists', 'full', 'bare', 'nested'] as const);
	const callbackLimit = pick(['list', 'none'] as const);
	await bank.control.switches({ extraFields: false, limits: 'off', filterAnswer, callbackLimit });
	passMinutes(2);
	const { apiKey, accounts } = await bank.world();
	const accountIds = accounts.map(({ id }) => id);
	const other = await openSession(bank.url, apiKey);
	const steps: string[] = [];

	const start = async (base: string, n8n: CallbackProcess): Promise<Instance> => {
		const client = broken(await n8n.connect({ apiKey }, TIMEOUT), accountIds);
		const instance: Instance = { base, n8n, triggers: [], givenUp: [], bunq: client };
		instance.bunq = {
			...client,
			send: async (request) => await sendOrDie(instance, client, request),
		};
		return instance;
	};
	const instances: Instance[] = [];
	for (const base of ['https://n8n.example.com', 'https://n8n.example.org/automation'])
		instances.push(await start(base, pool.pop() ?? startCallbackProcess()));

	const foreign = async () => {
		const kind = pick(['add', 'remove', 'replace all', 'add many'] as const);
		steps.push(`another program: ${kind}`);
		await writeForeign(other, kind === 'add many' && callbackLimit === 'list' ? 'add' : kind, {
			category: pick([...CATEGORIES, 'BILLING']),
			notification_target: `https://program.example.net/${randomUUID()}`,
			// Where bunq shows no lists, nobody could keep them.
			...(['lists', 'full'].includes(filterAnswer) &&
				pick([true, false]) && {
					all_monetary_account_id: accountIds.slice(0, 2),
					all_verification_type: pick([[], ['BUNQ_CERTIFICATE']]),
				}),
		} as SentFilter);
	};
	const register = async (one: Instance) => {
		const trigger: CalledTrigger = {
			key: randomUUID(),
			url: `${one.base}/webhook/${randomUUID()}/bunq`,
			categories: pick([CATEGORIES.slice(0, 1), CATEGORIES.slice(1, 2), CATEGORIES]),
		};
		one.triggers.push(trigger);
		steps.push(`register ${trigger.categories.join('+')}`);
		await one.n8n.registerTrigger(one.bunq, trigger);
	};
	const unregister = async (one: Instance) => {
		const trigger = one.triggers.shift();
		if (!trigger) return;
		steps.push('unregister');
		one.givenUp.push(String(trigger.url));
		await one.n8n.unregisterTrigger(one.bunq, trigger).catch(() => undefined);
	};
	const tick = async (one: Instance) => {
		passMinutes(16);
		for (const trigger of one.triggers) await one.n8n.keepRegistered(one.bunq, trigger);
	};
	const fault = async () => {
		const kind = pick(FAULTS);
		const method = pick(['GET', 'POST', 'POST']);
		steps.push(`${kind} of ${method}`);
		const path = 'notification-filter-url';
		await bank.control.fault({ kind, method, path, delayMs: kind === 'slow-answer' ? LATE : 0 });
		await register(pick(instances));
		await bank.control.clearFaults();
	};
	const dirt = async () => {
		const kind = pick(DIRT);
		steps.push(`the list with ${kind}`);
		await bank.control.dirty({
			changes: [{ kind, at: random(9), entry: random(9) }],
			path: 'notification-filter-url',
		});
		await register(pick(instances));
		await bank.control.clearDirt();
	};
	const unknownFields = async () => {
		steps.push('unknown fields');
		await bank.control.switches({ extraFields: true });
		await register(pick(instances));
		await bank.control.switches({ extraFields: false });
	};
	/** The process dies during its next write, and another one starts with its triggers. */
	const crash = async () => {
		const place = random(2);
		const old = instances[place];
		old.dies = pick(['before', 'after'] as const);
		steps.push(`crash ${old.dies} the POST`);
		const dead = new Promise((resolve) => setTimeout(resolve, 120_000));
		await Promise.race([dead, register(old)]);
		const next = await start(old.base, startCallbackProcess());
		next.triggers = old.triggers;
		instances[place] = next;
		for (const trigger of next.triggers) await next.n8n.registerTrigger(next.bunq, trigger);
	};
	const together = async () => {
		steps.push('at once:');
		const one = pick(instances);
		await Promise.all([register(one), register(pick(instances)), pick([foreign, nothing])()]);
	};

	const actions = [foreign, foreign, fault, fault, dirt, unknownFields, together, together].concat(
		async () => await register(pick(instances)),
		async () => await unregister(pick(instances)),
		async () => await tick(pick(instances)),
		random(4) === 0 ? [crash] : [],
	);
	for (let step = 6 + random(6); step > 0; step--) await pick(actions)();

	// A time without failures: everybody's clock runs until the list is right.
	for (let round = 0; round < 3; round++) for (const one of instances) await tick(one);
	const result = evaluateLog(await bank.control.log(), other.token);
	for (const { n8n, triggers } of instances) {
		for (const { key } of triggers) n8n.forgetTrigger(key);
		pool.push(n8n);
	}
	return { steps, ...result, wrong: wrongIn(result.list, instances) };
};

const nothing = async () => undefined;

const sendOrDie = async (
	instance: Instance,
	client: BunqClient,
	request: Parameters<BunqClient['send']>[0],
) => {
	const never = new Promise<never>(() => undefined);
	if (instance.dies === 'before') return await never;
	const answer = await client.send(request);
	return instance.dies === 'after' ? await never : answer;
};
