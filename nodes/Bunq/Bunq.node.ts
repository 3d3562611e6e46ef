import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPairedItemData,
} from 'n8n-workflow';
import { createExecution } from './execute/execute';
import { describeError } from './nodeError';
import { authentication, credentials } from './parameters/authentication';
import { searchAccounts, searchAccountsAtBunq, searchCards } from './parameters/listSearch';
import { resources } from './resources';
import { propertiesOf, subtitleOf } from './resources/nodeProperties';
import { repetitionHints } from './resources/repetitionHints';

/** The operations that need no credential: their names are those of no other operation. */
const withoutCredential = {
	operation: resources.flatMap(({ operations }) =>
		Object.keys(operations).filter((name) => operations[name].credential === 'none'),
	),
};

export class Bunq implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq',
		name: 'bunq',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitleOf(resources),
		description: 'Read accounts and payments, pay and ask for money at the bank bunq',
		defaults: { name: 'Bunq' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		hints: repetitionHints(resources),
		credentials: credentials.map(({ displayOptions, ...credential }) => ({
			...credential,
			displayOptions: { ...displayOptions, hide: withoutCredential },
		})),
		properties: [
			{ ...authentication, displayOptions: { hide: withoutCredential } },
			...propertiesOf(resources),
		],
	};

	methods = { listSearch: { searchAccounts, searchAccountsAtBunq, searchCards } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const run = createExecution(this, resources);
		const output: INodeExecutionData[] = [];

		for await (const { items, ...outcome } of run.results()) {
			if ('output' in outcome) {
				for (const item of outcome.output) output.push({ ...item, pairedItem: paired(items) });
				continue;
			}
			const failures = items.map((item) => run.failure(outcome.error, item));
			if (!this.continueOnFail()) throw failures[0];
			// These two keys and no `error` beside them: n8n would keep the message alone, and the item would not
			// say whether bunq may have acted. Without a description `error` alone: older versions of n8n pass an item with
			// an undefined key on as a success.
			for (const [index, failure] of failures.entries()) {
				const description = describeError(failure);
				output.push({
					json: { error: failure.message, ...(description && { message: description }) },
					pairedItem: paired([items[index]]),
				});
			}
		}

		return [output.sort((one, other) => firstOf(one) - firstOf(other))];
	}
}

const paired = (items: number[]) =>
	items.length === 1 ? { item: items[0] } : items.map((item) => ({ item }));

/** A batch comes where its first item was. */
const firstOf = ({ pairedItem }: INodeExecutionData) =>
	[pairedItem as IPairedItemData | IPairedItemData[]].flat()[0].item;
