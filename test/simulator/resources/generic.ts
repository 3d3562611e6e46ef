import { OPERATIONS, nameOf, operationOf, schemaOf, shapeOf } from '../../support/openapi';
import { type Owner, changeObject, newObject } from '../bank/generic';
import type { BankEnvironment, Json, StoredObject } from '../bank/state';
import { wrapperOf } from '../bank/wrappers';
import { pageOf } from '../http/pagination';
import { refusals } from '../http/refusal';
import { type Result, type Route, type SessionCall, findRoute, route } from '../http/routes';
import { fieldsOf } from '../http/schemaFields';
import { fits, isFile, isItem, lastObject, nameIn, parentOf, templateOf } from '../http/shapes';

/**
 * The operations of bunq's file for which the bank has no rules of its own: lists, objects that can be read, created,
 * changed and deleted, and files. An object belongs to the path at which it was created, below its user and account.
 */

type Method = Route['method'];
type Run = (call: SessionCall) => Result;

/** Answers to a POST that are neither an ID nor what bunq's file says; source: bunq's own sdk_python (§5). */
const ANSWERS: Record<string, { wrapper: string; schema: string }> = {
	'POST /attachment-public': { wrapper: 'Uuid', schema: 'AttachmentPublicRead' },
	'POST /avatar': { wrapper: 'Uuid', schema: 'AvatarCreate' },
	'POST /user/{}/card-batch': { wrapper: 'CardBatch', schema: 'CardBatchCreate' },
	'POST /user/{}/card-batch-replace': {
		wrapper: 'CardBatchReplace',
		schema: 'CardBatchReplaceCreate',
	},
	'POST /user/{}/notification-filter-email': {
		wrapper: 'NotificationFilterEmail',
		schema: 'NotificationFilterEmailListing',
	},
	'POST /user/{}/notification-filter-push': {
		wrapper: 'NotificationFilterPush',
		schema: 'NotificationFilterPushListing',
	},
	'POST /user/{}/token-qr-request-ideal': {
		wrapper: 'RequestResponse',
		schema: 'TokenQrRequestIdealCreate',
	},
	'POST /user/{}/token-qr-request-sofort': {
		wrapper: 'RequestResponse',
		schema: 'TokenQrRequestIdealCreate',
	},
};

const VERBS: Record<Method, string> = {
	POST: 'create',
	GET: 'read',
	PUT: 'update',
	DELETE: 'delete',
};

/** A file: bunq's statements and overviews are documents. That they are all PDF is inferred. */
const FILE = {
	contentType: 'application/pdf',
	bytes: Buffer.from('%PDF-1.4\n% A document of the simulated bank\n%%EOF\n'),
};

/** §8: cards are in bunq's list of rights; whether notes are is unknown; nothing else here is in it. */
const rightOf = (shape: string) => {
	if (/\/note-(text|attachment)(\/\{\})?$/.test(shape)) return 'oauthMayNote';
	return /^\/user\/\{\}\/card(-|\/|$)/.test(shape) || 'oauthMayUseTheRest';
};

/** §3: payments that are made later are signed now. */
const mustBeSigned = (method: Method, shape: string) =>
	(method === 'POST' || method === 'PUT') && /\/schedule-payment-batch(\/\{\})?$/.test(shape);

/** The objects of a path; also for an app, they belong to the user (§7.4). */
const objectsAt = ({ env, user, params }: SessionCall, path: string): StoredObject[] => {
	const key = params.userId ? path.replace(`/${params.userId}`, `/${user.id}`) : path;
	const objects = env.objects.get(key) ?? [];
	env.objects.set(key, objects);
	return objects;
};

const find = (call: SessionCall, path: string): StoredObject => {
	const id = path.slice(path.lastIndexOf('/') + 1);
	const found = objectsAt(call, parentOf(path)).find(
		(each) => String(each.id) === id || each.uuid === id,
	);
	if (!found) throw refusals.notFound();
	return found;
};

/** §10.3: an event of an account is read below its user, and has its statement below its account. */
const checkEvent = ({ env }: SessionCall, path: string): void => {
	const [accountId, eventId] = path.match(/\d+(?=\/event\/)|(?<=\/event\/)\d+$/g) ?? [];
	const event = env.events.find(({ id }) => id === Number(eventId));
	if (event?.accountId !== Number(accountId)) throw refusals.notFound();
};

const accountIn = (env: BankEnvironment, path: string) => {
	const id = /^\/user\/\d+\/monetary-account\/(\d+)\//.exec(path)?.[1];
	return env.accounts.get(Number(id));
};

const ownerOf = ({ bank, env, user, request }: SessionCall): Owner => {
	return { bank, env, user, account: accountIn(env, request.path) };
};

/** The name of the schema of an operation's answer, or of the entries of its list. */
const replyName = (method: Method, path: string) => {
	const { reply = {} } = operationOf({ method, path }) ?? {};
	return nameOf(reply.items ?? reply);
};

/** An object in its wrapper. Where bunq's file has the wrapper itself, the object is in it already. */
const wrapped = (schemaName: string, object: Json): Json => {
	const { properties = {} } = schemaOf(schemaName);
	const wrapper = Object.keys(object).find((key) => key in properties && /^[A-Z]/.test(key));
	if (!wrapper) return { [wrapperOf(schemaName)]: object };
	const { [wrapper]: inner, ...own } = object;
	return { [wrapper]: { ...(inner as Json), ...own } };
};

/** Answers to reads. */
const readingOf = (shape: string): Run => {
	const schemaName = replyName('GET', shape);
	if (isFile(shape)) return () => ({ file: FILE });
	if (isItem(shape)) {
		return (call) => ({ items: [wrapped(schemaName, find(call, call.request.path))] });
	}
	const schema = schemaOf(schemaName);
	const isCollection =
		OPERATIONS.includes(`POST ${shape}`) || OPERATIONS.includes(`GET ${shape}/{}`);
	return (call) => {
		const { path, query } = call.request;
		const objects = objectsAt(call, path);
		// Something that every user has once, such as a limit.
		if (!isCollection && schema.properties && objects.length === 0)
			objects.push(newObject(ownerOf(call), {}, { sent: {}, shown: schema }));
		const { items, pagination } = pageOf(objects, path, query);
		const shown = items.map(({ id, created, updated, ...rest }) =>
			wrapped(
				schemaName,
				isCollection || schema.properties?.id ? { id, created, updated, ...rest } : rest,
			),
		);
		return { items: shown, pagination };
	};
};

/** Answers to writes. */
const writingOf = (method: Exclude<Method, 'GET'>, shape: string): Run => {
	const collection = isItem(shape) ? parentOf(shape) : shape;
	const bodyName = nameOf(operationOf({ method, path: shape })?.body ?? {});
	const answer = ANSWERS[`${method} ${shape}`];
	const shown =
		replyName('GET', `${collection}/{}`) ||
		replyName('GET', collection) ||
		(answer?.schema ?? bodyName);
	const schemas = { sent: schemaOf(bodyName), shown: schemaOf(shown) };
	return {
		POST: (call: SessionCall) => {
			const object = newObject(ownerOf(call), call.body as Json, schemas);
			objectsAt(call, call.request.path).push(object);
			if (!answer) return { items: [{ Id: { id: object.id } }] };
			const isUuid = answer.wrapper === 'Uuid';
			return { items: [{ [answer.wrapper]: isUuid ? { uuid: object.uuid } : object }] };
		},
		PUT: (call: SessionCall) => {
			const object = find(call, call.request.path);
			changeObject(ownerOf(call), object, call.body as Json, schemas);
			return { items: [{ Id: { id: object.id } }] };
		},
		DELETE: (call: SessionCall) => {
			const { path } = call.request;
			const object = find(call, path);
			const objects = objectsAt(call, parentOf(path));
			objects.splice(objects.indexOf(object), 1);
			return call.bank.switches.deleteAnswer === 'id'
				? { items: [{ Id: { id: object.id } }] }
				: { items: [] };
		},
	}[method];
};

/** All routes of bunq's file that are not among the given ones. */
export const genericRoutes = (own: readonly Route[]): Route[] => {
	/** Reads an object, by its own rules if the bank has some. Refuses an ID that does not exist. */
	const check = (call: SessionCall, path: string, shape: string): void => {
		const found = findRoute(all, 'GET', path);
		if (typeof found === 'string') {
			checkParents(call, parentOf(path), parentOf(shape));
			if (shape.endsWith('/event/{}')) checkEvent(call, path);
			else find(call, path);
			return;
		}
		const { run } = found.route as unknown as { run: Run };
		run({ ...call, params: found.params, request: { ...call.request, path, query: {} } });
	};

	/** The same for the objects in which this path is. */
	const checkParents = (call: SessionCall, path: string, shape: string): void => {
		const object = lastObject(path, shape);
		if (object) check(call, object.path, object.shape);
	};

	const routeOf = (method: Method, shape: string) => {
		const isOwn = known.has(`GET ${shape}`);
		const act = method === 'GET' ? readingOf(shape) : writingOf(method, shape);
		const body = operationOf({ method, path: shape })?.body;
		return route({
			method,
			path: templateOf(shape),
			body: body && fieldsOf(schemaOf(nameOf(body)), method === 'PUT'),
			mandatorySignature: mustBeSigned(method, shape),
			oauth: rightOf(shape),
			does: `${VERBS[method]} ${nameIn(shape)}`,
			run(given) {
				const call = given as unknown as SessionCall;
				const { path } = call.request;
				// The rules for the object say nothing of this change: it has no effect.
				if (isOwn && method === 'PUT') {
					check(call, path, shape);
					return { items: [{ Id: { id: Number(path.slice(path.lastIndexOf('/') + 1)) } }] };
				}
				if (isItem(shape)) checkParents(call, parentOf(path), parentOf(shape));
				else checkParents(call, path, shape);
				return act(call);
			},
		});
	};

	const known = new Set(own.map(({ method, path }) => shapeOf(`${method} ${path}`)));
	const generic = OPERATIONS.filter((name) => !known.has(name)).map((name) => {
		const [method, shape] = name.split(' ');
		return routeOf(method as Method, shape);
	});
	const all = [...own, ...generic];
	return generic;
};

/** Every path of bunq's file under which an object has an ID of its own. */
const COLLECTIONS = [
	...new Set(
		OPERATIONS.flatMap((name) => {
			const parts = name.split(' ')[1].split('/');
			return parts.flatMap((part, at) => (part === '{}' ? [parts.slice(0, at).join('/')] : []));
		}),
	),
];

/**
 * Puts an object into a list, which its user could not do over the API.
 * @param path of the list
 * @throws if bunq's file has no such list, or if the bank has rules of its own for it
 */
export const addObjectTo =
	(own: readonly Route[]) =>
	(owner: Owner, path: string, values: Json = {}): StoredObject => {
		const shape = COLLECTIONS.find((each) => fits(each, path));
		if (shape === undefined) throw new Error(`bunq's file has no list ${path}`);
		const isOwn = own.some((route) => shapeOf(route.path) === `${shape}/{}`);
		if (isOwn) throw new Error(`The bank has rules of its own for ${path}`);
		const { env } = owner;
		const schema = schemaOf(replyName('GET', `${shape}/{}`) || replyName('GET', shape));
		const account = accountIn(env, path);
		const object = {
			...newObject({ ...owner, account }, {}, { sent: {}, shown: schema }),
			...values,
		};
		env.objects.set(path, [...(env.objects.get(path) ?? []), object]);
		return object;
	};
