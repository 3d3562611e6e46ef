import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import type { Statement } from '../api/fileTypes';
import { statementsPath } from '../api/listPaths';
import { listNewest } from '../api/pagination';
import { readId } from '../api/readable';
import { field } from '../parameters/field';
import {
	account as accountField,
	limit,
	outputFieldName,
	returnAll,
	simplify,
} from '../parameters/fields';
import { del, post, readOperation, writeOperation, type Resource } from './operation';
import { deleted, findCreated, findDeleted } from './recovery';
import {
	collectStatement,
	fileOf,
	isUnready,
	matchOrder,
	notReady,
	readStatement,
	statementPath,
	toOrder,
} from './statementFile';

const oauthAlternative =
	'bunq does not list statements among the rights of OAuth apps. Use the Bunq API credential, or export them in the bunq app.';

const statementId = field({
	displayName: 'Statement ID',
	name: 'statementId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 5512',
	description: 'The ID of the statement, as Download and Get Many give it: digits only',
});

export const statement: Resource = {
	name: 'Statement',
	value: 'statement',
	description: 'The payments of an account over some days, as a file',
	operations: {
		delete: writeOperation({
			name: 'Delete',
			action: 'Delete statement',
			description: 'Delete a statement from the list of those that bunq has made',
			oauthAlternative,
			fields: [accountField, statementId],
			plan: async ({ account, statementId: id }) => {
				const address = statementPath(account, Number(id));
				return { request: del(address), output: () => deleted(address) };
			},
			recovery: findDeleted,
		}),

		download: writeOperation({
			name: 'Download',
			action: 'Download new statement',
			description: 'Let bunq make a statement, wait until it is ready, and return its file',
			oauthAlternative,
			fields: [
				accountField,
				{
					displayName: 'Format',
					name: 'format',
					type: 'options',
					options: [
						{ name: 'CSV', value: 'csv', description: 'A table, for a spreadsheet' },
						{ name: 'MT940', value: 'mt940', description: 'For bookkeeping programs' },
						{ name: 'PDF', value: 'pdf', description: 'To read and to print' },
					],
					default: 'csv',
					description: 'The format of the file',
				},
				{
					displayName: 'Start Date',
					name: 'dateStart',
					type: 'dateTime',
					typeOptions: { dateOnly: true },
					required: true,
					default: '',
					description: 'The first day of the statement',
				},
				{
					displayName: 'End Date',
					name: 'dateEnd',
					type: 'dateTime',
					typeOptions: { dateOnly: true },
					required: true,
					default: '',
					description: 'The last day of the statement, which it includes; at the latest today',
				},
				outputFieldName,
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						{
							displayName: 'File Name',
							name: 'fileName',
							type: 'string',
							default: '',
							placeholder: 'e.g. bunq-january',
							description:
								'The name of the file. If empty, the name of the account and the days, such as main-2026-01.csv.',
						},
						{
							displayName: 'Include Receipts',
							name: 'includeReceipts',
							type: 'boolean',
							default: false,
							description:
								'Whether the statement contains the files that were added to the payments; only for PDF',
						},
						{
							displayName: 'Regional Format',
							name: 'regionalFormat',
							type: 'options',
							options: [
								{ name: 'European', value: 'european', description: 'Semicolons, 1.234,50' },
								{ name: 'UK and US', value: 'ukUs', description: 'Commas, 1,234.50' },
							],
							default: 'european',
							description: 'How CSV separates columns and writes amounts; not for MT940',
						},
					],
				},
			],
			plan: async (params, bunq) => ({
				request: post(statementsPath(params.account), toOrder(params, bunq.now())),
				output: ([created]) => ({ id: readId(unwrap(created).id) }),
			}),
			finish: async ({ id }, { account, outputFieldName: name, additionalFields }, bunq) =>
				await collectStatement(
					{ account, id: Number(id), name, fileName: additionalFields.fileName },
					bunq,
				),
			recovery: async ({ path: list, body, sentAt }, bunq, isUnclaimed) =>
				await findCreated(bunq.each<Statement>(list), sentAt, {
					isCandidate: ({ id }) => isUnclaimed(id),
					matchOf: (one) => matchOrder(one, JSON.parse(body) as IDataObject),
					isActive: () => true,
				}),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get statement',
			description: 'Get one statement by its ID, without its file',
			oauthAlternative,
			fields: [accountField, statementId, simplify],
			read: async ({ account, statementId: id }, bunq) =>
				await readStatement(account, Number(id), bunq),
		}),

		getFile: readOperation({
			name: 'Get File',
			action: 'Get file of statement',
			description: 'Get the file of a statement that bunq has made before',
			oauthAlternative,
			fields: [accountField, statementId, outputFieldName],
			read: async ({ account, statementId, outputFieldName: name }, bunq) => {
				const id = Number(statementId);
				const made = await readStatement(account, id, bunq);
				if (isUnready(made)) throw notReady(id, made.status);
				return await fileOf({ account, id, name }, made, bunq);
			},
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many statements',
			description: 'List the statements that bunq has made of an account, newest first',
			oauthAlternative,
			fields: [accountField, returnAll, limit, simplify],
			read: async ({ account, ...wanted }, bunq) => {
				const made = await listNewest<Statement>(bunq, statementsPath(account), wanted);
				return made.map((one) => ({ ...one, _accountId: account }));
			},
		}),
	},
};
