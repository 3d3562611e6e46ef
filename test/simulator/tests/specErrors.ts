import Ajv from 'ajv';
import { wrapperOf } from '../bank/wrappers';
import type { BankAnswer } from '../control/testClient';
import type { Json } from '../bank/state';
import { nameOf, operationOf, schemaOf, schemas, type Schema } from '../../support/openapi';

/** How an answer deviates from bunq's OpenAPI file, and the mistakes that the file is known to have. */

/** Mistakes of the file, each with its proof. Sections are those of docs/bunq-api.md. */
export const ERRORS = {
	nulls: 'names no value that may be null, and the recordings are full of them',
	wrapper: 'gives a single object bare, where bunq wraps it in its name (recordings, §5)',
	names: 'calls some objects otherwise than bunq (sdk_python, recordings; bank/wrappers.ts)',
	id: 'gives {id} as the answer to a creation, where bunq sends {Id: {id}} (create-device)',
	uuid: 'promises an Id or a bare uuid for a public file, where bunq sends a Uuid (sdk_python, §5)',
	object: 'promises an Id for some creations, where bunq sends the object (sdk_python)',
	apiKey: 'promises an Id for a sandbox user, where bunq sends the ApiKey (§11)',
	errors: 'has a list of lists for the errors of a run, where errors are one list (§5)',
	number: 'gives billing_account_id as text, where bunq sends a number (create-session-apikey)',
	cards:
		'has a card without its wrapper, and an Id for an order, where bunq sends a card (§5, §9.7)',
	filters:
		'nests notification filters, where bunq lists them, and promises an Id for a new list (§10.1)',
	kinds: 'names nine kinds of account, and bunq adds others (§9.2)',
	files: 'promises a list where its own description says raw content (§9.10)',
} as const;
export type Mistake = keyof typeof ERRORS;
export const ALL = Object.keys(ERRORS) as Mistake[];

/** Wrappers that the file does not have, and their contents (§9.7). */
const CARDS: Record<string, string> = {
	CardDebit: 'CardListing',
	CardCredit: 'CardListing',
};

/** Creations that answer with an object (sdk_python), and its schema. */
const OBJECTS: Record<string, string> = {
	ConfirmationOfFunds: 'ConfirmationOfFunds',
	NotificationFilterEmail: 'NotificationFilterEmailListing',
	NotificationFilterPush: 'NotificationFilterPushListing',
	RequestResponse: 'TokenQrRequestIdealCreate',
};

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** Checks a value against a schema of the file, some of whose mistakes are corrected. */
const checkerOf = (mended: Mistake[]) => {
	const mine = structuredClone(schemas);
	if (mended.includes('number')) mine.Customer.properties!.billing_account_id.type = 'integer';
	if (mended.includes('errors')) {
		for (const name of ['ScheduleInstance', 'ScheduleInstanceRead', 'ScheduleInstanceListing'])
			mine[name].properties!.error_message = { $ref: '#/components/schemas/Error' };
	}
	// Degrees of a place are no integers, as the file says; not every run has a place.
	for (const schema of Object.values(mine.Geolocation.properties!)) schema.type = 'number';
	// OpenAPI: writeOnly fields are required only in requests.
	for (const schema of Object.values(mine))
		schema.required = schema.required?.filter((name) => !schema.properties?.[name]?.writeOnly);
	if (mended.includes('nulls')) {
		for (const { properties = {} } of Object.values(mine)) {
			for (const [name, schema] of Object.entries(properties)) properties[name] = orNull(schema);
		}
	}
	const ajv = new Ajv({
		strict: false,
		validateFormats: false,
		// Hundreds of schemas, each used a few times: compiling them must be quick.
		code: { optimize: false },
		validateSchema: false,
		inlineRefs: false,
	});
	ajv.addSchema({ $id: 'bunq', components: { schemas: mine } });
	return (name: string, value: unknown): string[] => {
		const validate = ajv.getSchema(`bunq#/components/schemas/${name}`);
		if (!validate) return [`no schema ${name}`];
		if (validate(value)) return [];
		return (validate.errors ?? []).map(
			({ instancePath, message }) => `${name}${instancePath} ${message}`,
		);
	};
};

const checkers = new Map<string, ReturnType<typeof checkerOf>>();
/** Only these mistakes are in the schemas; a checker is compiled once for each combination. */
const checkerFor = (mended: Mistake[]) => {
	const inSchemas = mended.filter((mistake) => ['nulls', 'number', 'errors'].includes(mistake));
	const key = inSchemas.join();
	if (!checkers.has(key)) checkers.set(key, checkerOf(inSchemas));
	return checkers.get(key)!;
};

/** How an answer deviates from the file, some of whose mistakes are forgiven. */
export const problemsOf = (operation: string, answer: BankAnswer, mended: Mistake[]): string[] => {
	const [method, path] = operation.split(' ');
	const { reply = {} } = operationOf({ method, path }) ?? {};
	const whole = nameOf(reply.items ?? reply);
	const { properties = {} } = schemaOf(whole);
	const check = checkerFor(mended);
	if (!answer.json) return mended.includes('files') ? [] : [`${whole} is a file`];
	const pairs = answer.json.Response.flatMap((item: Json) => Object.entries(item)) as [
		string,
		unknown,
	][];
	return pairs.flatMap(([name, value]) => {
		if (properties[name]?.$ref) return check(nameOf(properties[name]), value);
		const has = (mistake: Mistake) => mended.includes(mistake);
		// Nothing in them is required, so that they would fit anything.
		if (name === 'NotificationFilterUrl')
			return has('filters') ? [] : [`${whole} nests its filters`];
		const kind = whole.replace(/(Create|Listing|Read|Update)$/, '');
		if (has('wrapper') && name === kind) return check(whole, value);
		if (has('names') && name !== kind && name === wrapperOf(whole)) return check(whole, value);
		if (has('cards') && CARDS[name]) return check(CARDS[name], value);
		if (has('id') && name === 'Id' && properties.id) return check(whole, value);
		if (has('uuid') && name === 'Uuid') return check('AvatarCreate', value);
		if (has('object') && method === 'POST' && OBJECTS[name]) return check(OBJECTS[name], value);
		if (has('apiKey') && name === 'ApiKey' && kind.startsWith('SandboxUser')) return [];
		if (has('kinds') && name === 'MonetaryAccountMystery') return [];
		return [`${whole} has no ${name}`];
	});
};
