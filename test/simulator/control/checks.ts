import { FAULTS } from '../http/faults';
import { DIRT_KINDS } from '../http/dirt';
import { UNITS } from '../bank/scheduleTimes';
import { SWITCH_NAMES, SWITCHES, type SwitchName } from '../bank/switches';
import type {
	CallbackFaultKind,
	CallbackFaultOrder,
	Control,
	DirtChange,
	DirtOrder,
	FaultOrder,
	LinkPaid,
	NewLink,
	NewAccount,
	NewCardTransaction,
	NewPayments,
	NewRequest,
	NewSchedule,
	Switches,
} from './protocol';

/** The arguments of the control interface: what does not fit would have no effect, or break a later request. */

/** Throws an error that names the key and what it may be. */
type Check = (value: unknown, key: string) => void;

type RequiredKeys<T> = { [K in keyof T as undefined extends T[K] ? never : K]: Check };
type OptionalKeys<T> = { [K in keyof T as undefined extends T[K] ? K : never]-?: Check };

const must = (fits: boolean, value: unknown, key: string, allowed: string) => {
	if (!fits) throw new Error(`${key} must be ${allowed}, not ${JSON.stringify(value)}`);
};

const text: Check = (value, key) => must(typeof value === 'string', value, key, 'a text');
const flag: Check = (value, key) => must(typeof value === 'boolean', value, key, 'true or false');
const number: Check = (value, key) => must(typeof value === 'number', value, key, 'a number');
const count: Check = (value, key) =>
	must(typeof value === 'number' && value >= 0, value, key, 'a number of at least 0');

const oneStatus: Check = (value, key) =>
	must(
		Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
		value,
		key,
		'an HTTP status from 200 to 599',
	);

const listed = (values: readonly unknown[]) =>
	values.map((value) => JSON.stringify(value)).join(', ');

const oneOf =
	(values: readonly unknown[]): Check =>
	(value, key) =>
		must(values.includes(value), value, key, `one of ${listed(values)}`);

const orNull =
	(check: Check): Check =>
	(value, key) => {
		if (value === null) return;
		try {
			check(value, key);
		} catch (error) {
			throw new Error((error as Error).message.replace(/, not /, ' or null, not '));
		}
	};

const pattern: Check = (value, key) => {
	text(value, key);
	try {
		new RegExp(String(value));
	} catch {
		must(false, value, key, 'a regular expression');
	}
};

const list =
	(check: Check): Check =>
	(value, key) => {
		must(Array.isArray(value), value, key, 'a list');
		(value as unknown[]).forEach((each, at) => check(each, `${key}[${at}]`));
	};

const anyObject: Check = (value, key) =>
	must(
		typeof value === 'object' && value !== null && !Array.isArray(value),
		value,
		key,
		'an object',
	);

const allTexts: Check = (value, key) => {
	anyObject(value, key);
	for (const [name, each] of Object.entries(value as object)) text(each, JSON.stringify(name));
};

/** An object of a type of `protocol.ts`: every key of the type has its check. */
const object =
	<T>(required: RequiredKeys<T>, optional: OptionalKeys<T>): Check =>
	(value, key) => {
		anyObject(value, key);
		const given = Object.entries(value as object);
		const known = new Map<string, Check>(Object.entries({ ...required, ...optional }));
		for (const [name, each] of given) {
			const check = known.get(name);
			if (!check) throw new Error(`No such key: "${name}". Known: ${[...known.keys()].join(', ')}`);
			check(each, `"${name}"`);
		}
		const missing = Object.keys(required).find((name) => !given.some(([each]) => each === name));
		if (missing) throw new Error(`${key} needs "${missing}"`);
	};

/** A switch's values, or of an open range their type. */
const valueOf = (name: SwitchName): Check => {
	const values: readonly unknown[] = SWITCHES[name].values;
	if (!SWITCHES[name].isOpen) return oneOf(values);
	const check = values.some((value) => typeof value === 'number') ? count : text;
	return values.includes(null) ? orNull(check) : check;
};

const environment = oneOf(['production', 'sandbox']);

const CALLBACK_FAULTS: Record<CallbackFaultKind, true> = {
	lost: true,
	doubled: true,
	late: true,
	'out of order': true,
	early: true,
};

/** A century, in milliseconds: no time of bunq has a year of five digits. */
const CENTURY_MS = 3.2e12;

const span: Check = (value, key) =>
	must(
		typeof value === 'number' && Math.abs(value) <= CENTURY_MS,
		value,
		key,
		'a number of milliseconds, at most a century',
	);

interface Arguments {
	required?: Check[];
	optional?: Check[];
}

const NONE: Arguments = {};

const ARGUMENTS: Record<keyof Control, Arguments> = {
	reset: { optional: [text] },
	log: NONE,
	clearLog: NONE,
	fault: {
		required: [
			object<FaultOrder>(
				{ kind: oneOf(Object.keys(FAULTS)) },
				{
					method: text,
					path: pattern,
					times: count,
					skip: count,
					delayMs: count,
					held: flag,
					status: oneStatus,
					body: text,
				},
			),
		],
	},
	clearFaults: NONE,
	dirty: {
		required: [
			object<DirtOrder>(
				{
					changes: list(
						object<DirtChange>(
							{ kind: oneOf(DIRT_KINDS) },
							{ key: pattern, at: count, entry: count },
						),
					),
				},
				{ method: pattern, path: pattern, times: count, outlastsReset: flag },
			),
		],
	},
	clearDirt: NONE,
	switches: {
		optional: [
			object<Partial<Switches>>(
				{},
				Object.fromEntries(SWITCH_NAMES.map((name) => [name, valueOf(name)])) as OptionalKeys<
					Partial<Switches>
				>,
			),
		],
	},
	consulted: NONE,
	advance: { required: [span] },
	world: { optional: [environment] },
	secrets: NONE,
	openSession: { required: [text, text] },
	expireSessions: NONE,
	forgetInstallations: NONE,
	revoke: { required: [text] },
	lockIp: { required: [flag] },
	addPayments: {
		required: [
			object<NewPayments>(
				{ accountId: number },
				{
					count,
					amount: text,
					description: text,
					counterpartyIban: orNull(text),
					counterpartyName: text,
					type: text,
					id: number,
					environment,
				},
			),
		],
	},
	addCardTransactions: {
		required: [
			number,
			list(
				object<NewCardTransaction>(
					{},
					{
						amount: text,
						local: object<{ value: string; currency: string }>({ value: text, currency: text }, {}),
						decision: text,
						clearingStatus: text,
						status: text,
						merchant: text,
						city: text,
						country: text,
						entryMode: text,
						cardId: number,
					},
				),
			),
		],
	},
	addAccount: {
		optional: [
			object<NewAccount>(
				{},
				{
					type: text,
					description: text,
					balance: text,
					status: text,
					withIban: flag,
					environment,
				},
			),
		],
	},
	addObject: { required: [text], optional: [anyObject] },
	addDrafts: {
		required: [object<{ accountId: number; count?: number }>({ accountId: number }, { count })],
	},
	approveDraft: { required: [number] },
	rejectDraft: { required: [number] },
	addRequestResponse: {
		required: [
			object<NewRequest>(
				{ accountId: number },
				{ amount: text, description: text, fromAccountId: number, type: text, expires: text },
			),
		],
	},
	answerRequest: { required: [number, oneOf(['ACCEPTED', 'REJECTED', 'EXPIRED'])] },
	addSchedule: {
		required: [
			object<NewSchedule>(
				{ accountId: number },
				{ amount: text, unit: oneOf(UNITS), startsInMs: count },
			),
		],
	},
	runSchedule: { required: [number] },
	retryRun: { required: [number] },
	cancelSchedule: { required: [number] },
	addLink: {
		required: [object<NewLink>({ accountId: number }, { amount: text, description: text })],
	},
	payLink: {
		required: [number],
		optional: [object<LinkPaid>({}, { amount: text, name: text, fromAccountId: number })],
	},
	addClient: { required: [text], optional: [environment] },
	registerRedirectUri: { required: [text] },
	removeRedirectUri: { required: [text] },
	grantCode: { required: [text], optional: [environment] },
	deliveries: NONE,
	deliverDue: NONE,
	holdCallbacks: { required: [flag] },
	routeCallbacks: { required: [allTexts] },
	callbackFault: {
		required: [
			object<CallbackFaultOrder>(
				{ kind: oneOf(Object.keys(CALLBACK_FAULTS)) },
				{ category: pattern, eventType: pattern, times: count, skip: count, delayMs: count },
			),
		],
	},
};

const parsed = (body: string): unknown => {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
};

/**
 * The arguments in a body: a JSON list, or nothing where none is needed. Throws an error that says what does not fit and
 * what would.
 */
export const readArguments = (name: keyof Control, body: string): unknown[] => {
	const given = body === '' ? [] : parsed(body);
	if (!Array.isArray(given)) {
		const example = given === undefined ? '[{"limits":"off"}]' : JSON.stringify([given]);
		throw new Error(`The body must be a JSON list of the arguments, such as ${example}`);
	}
	const { required = [], optional = [] } = ARGUMENTS[name];
	const checks = [...required, ...optional];
	if (given.length < required.length || given.length > checks.length) {
		const counts = [...new Set([required.length, checks.length])].join(' or ');
		throw new Error(`The number of arguments must be ${counts}, not ${given.length}`);
	}
	given.forEach((value, at) => checks[at](value, `Argument ${at + 1}`));
	return given;
};
