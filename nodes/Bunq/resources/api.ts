import type { IDataObject } from 'n8n-workflow';
import { unwrap as unwrapped, withCount } from '../api/client';
import { BunqError } from '../api/errors';
import { isRecord } from '../api/json';
import { pageSize, take } from '../api/pagination';
import { parseUserPath, withoutQuery } from '../api/path';
import type { Bunq } from '../connect';
import { inputDataFieldName, limit, outputFieldName, returnAll } from '../parameters/fields';
import { fileToSend, FILE_PATH, readFile } from './apiFiles';
import { writeOperation, type Resource } from './operation';
import { assertWriteAllowed } from './writeGuard';

/** Paths of the handshake: their replies hold secrets, and another session would end this one. */
const RESERVED_PATHS = ['installation', 'device-server', 'session', 'session-server'];

/** Paths whose purpose is a secret: a card's code, the secret of an OAuth client, a key. */
const SECRET_PATHS = [
	'generated-cvc2',
	'oauth-client',
	'payment-service-provider-credential',
	'sandbox-user-person',
	'sandbox-user-company',
];

/** Throws a BunqError for paths that the package reserves for itself, and for those of secrets. */
const assertPathAllowed = (path: string) => {
	const parts = withoutQuery(path).toLowerCase().split('/');
	const secret = parts.find((part) => SECRET_PATHS.includes(part));
	if (secret)
		throw new BunqError('invalidInput', `"${secret}" is about secrets`, {
			description:
				'Nothing was sent. n8n stores what a workflow reads, so no code, key or secret may come into it. Use the bunq app.',
		});
	const kept = parts.find((part) => RESERVED_PATHS.includes(part));
	if (kept)
		throw new BunqError('invalidInput', `"${kept}" is part of how this node connects to bunq`, {
			description:
				'Nothing was sent. The node opens and renews its own session, and these replies hold secrets. Choose another path.',
		});
};

/** The path of one object, not of a list, ends with an ID. */
const SINGLE_OBJECT_PATH = /\/(\d+|\{user\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const isPaged = (path: string) => {
	const [bare, query] = path.split('?');
	return !SINGLE_OBJECT_PATH.test(bare) && !new URLSearchParams(query).has('count');
};

export const api: Resource = {
	name: 'API Request',
	value: 'api',
	description: "Everything else in bunq's API",
	operations: {
		request: writeOperation({
			name: 'Request',
			action: 'Send request to any endpoint',
			description: "Send a signed request to any endpoint of bunq's API",
			recovery: 'refuse',
			paysOthers: { method: ['DELETE', 'POST', 'PUT'] },
			fields: [
				{
					displayName: 'Method',
					name: 'method',
					type: 'options',
					options: [
						{ name: 'DELETE', value: 'DELETE' },
						{ name: 'GET', value: 'GET' },
						{ name: 'POST', value: 'POST' },
						{ name: 'PUT', value: 'PUT' },
					],
					default: 'GET',
					description: 'Read (GET), create (POST), change (PUT) or remove (DELETE)',
				},
				{
					displayName: 'Path',
					name: 'path',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. /user/{user}/card',
					description:
						'The path of the endpoint, as documented by bunq. {user} is replaced by the ID of the connected user. What could move money or give others access needs an API key that allows payments to others without a limit.',
				},
				{
					displayName: 'Query Parameters',
					name: 'queryParameters',
					type: 'fixedCollection',
					typeOptions: { multipleValues: true },
					placeholder: 'Add Parameter',
					default: { parameters: [] },
					description: 'Parameters to add to the path after the question mark',
					options: [
						{
							displayName: 'Parameter',
							name: 'parameters',
							values: [
								{
									displayName: 'Name',
									name: 'name',
									type: 'string',
									required: true,
									default: '',
									placeholder: 'e.g. older_id',
									description: 'The name of the parameter',
								},
								{
									displayName: 'Value',
									name: 'value',
									type: 'string',
									default: '',
									description: 'The value of the parameter, which may contain {user}',
								},
							],
						},
					],
				},
				{
					displayName: 'Body',
					name: 'body',
					type: 'json',
					typeOptions: { rows: 6 },
					default: '{}',
					displayOptions: { show: { method: ['POST', 'PUT'] } },
					description: 'The JSON object to send, as documented by bunq',
				},
				{
					...inputDataFieldName,
					required: false,
					default: '',
					displayOptions: { show: { method: ['POST'] } },
					description:
						'The binary field of the item with a file to send instead of the body, to a path that ends with /attachment: a PNG, JPEG, GIF or PDF of at most 15 MB',
				},
				{
					displayName: 'File Description',
					name: 'fileDescription',
					type: 'string',
					default: '',
					displayOptions: { show: { method: ['POST'] } },
					placeholder: 'e.g. Invoice 2026-0042',
					description: 'What the file is. If empty, the name of the file.',
				},
				{
					...outputFieldName,
					displayOptions: { show: { method: ['GET'] } },
					description:
						'The name of the binary field that gets the file, where bunq answers with one: paths that end with /content or /pdf-content',
				},
				{ ...returnAll, displayOptions: { show: { method: ['GET'] } } },
				{ ...limit, displayOptions: { show: { method: ['GET'], returnAll: [false] } } },
				{
					displayName: 'Unwrap',
					name: 'unwrap',
					type: 'boolean',
					default: true,
					description:
						'Whether to return the objects themselves, with their type as _type, instead of each in a wrapper as bunq sends it',
				},
			],
			plan: async (params, bunq) => {
				const { method, queryParameters, body, unwrap } = params;
				const path = parseUserPath(params.path, queryParameters.parameters ?? []);
				assertPathAllowed(path);
				const toOutput = (items: IDataObject[]) => items.map(unwrap ? unwrapSingle : toItem);
				if (method === 'GET') {
					if (FILE_PATH.test(withoutQuery(path)))
						return { output: async () => await readFile(path, params.outputFieldName, bunq) };
					const max = params.returnAll ? Infinity : params.limit;
					return { output: async () => toOutput(await readItems(path, max, bunq)) };
				}
				assertWriteAllowed({ method, path, body: body ?? {} }, bunq.spendingPolicy);
				const file = await fileToSend(params, path);
				return {
					request: file ? { method, path, file } : { method, path, body },
					output: (items) => (items.length > 0 ? toOutput(items) : confirmation(method)),
				};
			},
		}),
	},
};

/** Up to `max` objects of a list, or the one object that the path names; each still in its wrapper. */
const readItems = async (path: string, max: number, bunq: Bunq) => {
	const url = isPaged(path) ? withCount(path, pageSize(max, false)) : path;
	return await take(bunq.eachRaw(url), max);
};

/** The item where bunq answers with nothing. */
const confirmation = (method: string) => ({
	[method === 'DELETE' ? 'deleted' : 'success']: true,
});

/** An entry as an item: an entry that is no object becomes the value of one. */
const toItem = (entry: unknown): IDataObject =>
	isRecord(entry) ? (entry as IDataObject) : { value: entry as IDataObject[string] };

/** Out of the wrapper, where it is one. */
const unwrapSingle = (entry: unknown): object => {
	const item = toItem(entry);
	return isRecord(entry) && Object.keys(item).length === 1 ? unwrapped(item) : item;
};
