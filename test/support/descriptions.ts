import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { BunqApiKeyApi } from '../../credentials/BunqApiKeyApi.credentials';
import { BunqOAuth2Api } from '../../credentials/BunqOAuth2Api.credentials';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { BunqTokenRelayTrigger } from '../../nodes/Bunq/BunqTokenRelayTrigger.node';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';

/** The nodes and credentials as n8n's editor shows them. */

export const nodes: INodeTypeDescription[] = [
	new Bunq(),
	new BunqTrigger(),
	new BunqTokenRelayTrigger(),
].map(({ description }) => description);

export const credentials = [new BunqOAuth2Api(), new BunqApiKeyApi()];

/** Every field, with those in collections and in resource locators. */
const withNested = (fields: INodeProperties[]): INodeProperties[] =>
	fields.flatMap((field) => [
		field,
		...withNested((field.type === 'collection' ? field.options : []) as INodeProperties[]),
		...((field.modes ?? []) as unknown[] as INodeProperties[]),
	]);

export const allFields = withNested(
	[...nodes, ...credentials].flatMap(({ properties }) => properties as INodeProperties[]),
);

/** Every text in a value. */
export const textsIn = (value: unknown): string[] => {
	if (typeof value === 'string') return [value];
	return value && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
};
