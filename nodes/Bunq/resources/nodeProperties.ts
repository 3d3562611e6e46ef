import {
	updateDisplayOptions,
	type IDisplayOptions,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import type { Resource } from './operation';

/** The whole table as node properties: resource, then operation, then each row's own fields. */
export const propertiesOf = (resources: Resource[]): INodeProperties[] => [
	selector(
		'Resource',
		resources.map(({ name, value, description }) => ({ name, value, description })),
		resources.some(({ value }) => value === 'account') ? 'account' : resources[0].value,
	),
	...resources.flatMap(({ value: resource, operations }) => [
		selector(
			'Operation',
			Object.entries(operations).map(([value, { name, action, description }]) => ({
				name,
				value,
				action,
				description,
			})),
			'getAll' in operations ? 'getAll' : Object.keys(operations)[0],
			{ resource: [resource] },
		),
		...Object.entries(operations).flatMap(([operation, { fields, notice, paysOthers }]) =>
			updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, [
				...(notice ? [toNotice(notice)] : []),
				...(paysOthers ? [toKeyNotice(paysOthers)] : []),
				...fields,
			]),
		),
	]),
];

/** n8n fills in a credential by itself, often the API key: whoever writes a payment has to see that. */
const toKeyNotice = (paysOthers: true | IDisplayOptions['show']): INodeProperties => ({
	displayName:
		'This key can pay anybody if its credential has <b>Allow Payments to Others</b> on. n8n may have chosen the credential by itself: check which one it is.',
	name: 'keyNotice',
	type: 'notice',
	displayOptions: {
		show: { authentication: ['apiKey'], ...(paysOthers !== true && paysOthers) },
	},
	default: '',
});

/** A text in the panel, without a value. */
const toNotice = (text: string): INodeProperties => ({
	displayName: text,
	name: 'notice',
	type: 'notice',
	default: '',
});

/** Spread, so that n8n's field lint does not take a computed selector for a literal one. */
const SELECTOR = { type: 'options', noDataExpression: true } as const;

const selector = (
	displayName: string,
	options: INodePropertyOptions[],
	defaultValue: string,
	show?: IDisplayOptions['show'],
): INodeProperties => ({
	...SELECTOR,
	displayName,
	name: displayName.toLowerCase(),
	...(show && { displayOptions: { show } }),
	options,
	default: defaultValue,
});

/** Below the node's name, as the lists have it: "Draft Payment: Create Batch". */
export const subtitleOf = (resources: Resource[]) => {
	const names = Object.fromEntries(resources.map(({ name, value }) => [value, name]));
	const ofOperations = resources.flatMap(({ operations }) =>
		Object.entries(operations).map(([value, { name }]) => [value, name]),
	);
	return `={{ (${JSON.stringify(names)})[$parameter["resource"]] + ": " + (${JSON.stringify(Object.fromEntries(ofOperations))})[$parameter["operation"]] }}`;
};
