import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPairedItemData,
} from 'n8n-workflow';
import { createExecution } from './execute/execute';
import { authentication, credentials } from './parameters/authentication';
import { searchAccounts, searchCards } from './parameters/listSearch';
import { resources } from './resources';
import { propertiesOf } from './resources/operation';

export class Bunq implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq',
		name: 'bunq',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['transform'],
		version: 1,
		// As the lists have it: "Draft Payment: Create Batch".
		subtitle:
			'={{ ($parameter["resource"] + ": " + $parameter["operation"]).replace("getAll", "getMany").replace(/([A-Z])/g, " $1").toTitleCase().replace("Api:", "API") }}',
		description: 'Read accounts and payments and move money at the bank bunq',
		defaults: { name: 'Bunq' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		properties: [authentication, ...propertiesOf(resources)],
	};

	methods = { listSearch: { searchAccounts, searchCards } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const run = createExecution(this, resources);
		const output: INodeExecutionData[] = [];

		for await (const { items, ...outcome } of run.results()) {
			if ('output' in outcome) {
				for (const json of outcome.output) output.push({ json, pairedItem: paired(items) });
				continue;
			}
			const failures = items.map((item) => run.failure(outcome.error, item));
			if (!this.continueOnFail()) throw failures[0];
			// These two keys and no `error` beside them: n8n would keep the message alone, and the item would not
			// say whether bunq may have acted. Without a description `error` alone: older versions of n8n pass an item with
			// an undefined key on as a success.
			for (const [index, { message, description }] of failures.entries())
				output.push({
					json: { error: message, ...(description && { message: description }) },
					pairedItem: paired([items[index]]),
				});
		}

		return [output.sort((one, other) => firstOf(one) - firstOf(other))];
	}
}

const paired = (items: number[]) =>
	items.length === 1 ? { item: items[0] } : items.map((item) => ({ item }));

/** A batch comes where its first item was. */
const firstOf = ({ pairedItem }: INodeExecutionData) =>
	[pairedItem as IPairedItemData | IPairedItemData[]].flat()[0].item;
