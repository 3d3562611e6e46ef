import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { authentication, credentials } from './authentication';
import { searchAccounts, searchCards } from './listSearch';
import { propertiesOf } from './operation';
import { resources } from './resources';
import { runOf } from './run';

export class Bunq implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq',
		name: 'bunq',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
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
		const run = runOf(this, resources);
		const output: INodeExecutionData[] = [];

		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				const result = await run.item(itemIndex);
				output.push(...result.map((json) => ({ json, pairedItem: { item: itemIndex } })));
			} catch (error) {
				const failure = run.failure(error, itemIndex, output);
				if (!this.continueOnFail()) throw failure;
				// These two keys and no `error` beside them: n8n would keep the message alone, and the item would not
				// say whether bunq may have acted.
				output.push({
					json: { error: failure.message, message: failure.description },
					pairedItem: { item: itemIndex },
				});
			}
		}

		return [output];
	}
}
