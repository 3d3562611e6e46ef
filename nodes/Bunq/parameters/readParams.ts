import type { IExecuteFunctions, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { isRecord } from '../api/json';
import type { Bunq } from '../connect';
import { resolveAccountId } from './accounts';
import { resolveCardId } from './cards';
import { convertValue, invalidValue, missingValue } from './convertValue';
import { isAmount, type AnyParams } from './field';
import { inputFile } from './inputFile';

/** A resource locator as n8n stores it; `auto` for the bare value of an expression, whose form decides. */
export interface Locator {
	mode: string;
	value: string;
}

interface ReadContext {
	bunq: Bunq;
	/** The workflow's time zone, in which dates without a zone are. */
	timezone: string;
}

/** The source of parameters: an execution, or a poll, which has no items. */
interface ParamSource {
	getNodeParameter(name: string, itemIndex: number, fallback?: unknown): unknown;
	getTimezone(): string;
}

/**
 * The values of these fields for one item, each checked and converted once, by its field's type (field.ts): n8n does
 * not do that for values from expressions. A hidden field has no value. Throws a BunqError of kind `invalidInput` that
 * names the field, or any BunqError of a lookup that a locator needs.
 */
export const readParams = async (
	ctx: ParamSource,
	fields: INodeProperties[],
	itemIndex: number,
	bunq: Bunq,
): Promise<AnyParams> => {
	const values: AnyParams = {};
	const context = { bunq, timezone: ctx.getTimezone() };
	for (const field of fields) {
		if (!isShown(field, values)) continue;
		const raw = ctx.getNodeParameter(field.name, itemIndex, field.default);
		values[field.name] = await readValue(
			field,
			raw ?? (field.required ? '' : field.default),
			context,
		);
		const file = values[field.name];
		// Only the node has files, and it reads its fields from an execution.
		if (field.name === 'inputDataFieldName')
			values[field.name] = file
				? inputFile(ctx as IExecuteFunctions, field, itemIndex, file as string)
				: undefined;
	}
	return values;
};

/** Whether a field is shown, by the converted values of the fields before it. */
export const isShown = ({ displayOptions }: INodeProperties, values: AnyParams) =>
	Object.entries(displayOptions?.show ?? {}).every(
		([name, allowed]) => !(name in values) || (allowed as unknown[]).includes(values[name]),
	);

const readValue = async (
	field: INodeProperties,
	raw: unknown,
	context: ReadContext,
): Promise<unknown> => {
	if (field.type === 'collection') return await readCollection(field, raw, context);
	if (field.type === 'fixedCollection') return await readRows(field, raw, context);
	if (field.type === 'resourceLocator') return await resolveLocator(field, raw, context);
	return convertValue(field, raw, context.timezone);
};

/**
 * Only the fields that the user added. An empty text or date in a collection means that it is not set. An empty amount is
 * an error: an expression without a value would lift a limit.
 */
const readCollection = async (field: INodeProperties, raw: unknown, context: ReadContext) => {
	if (raw === '' || raw === null || raw === undefined) return {};
	if (!isRecord(raw)) throw invalidValue(field, raw, 'a list of fields');
	const values: AnyParams = {};
	for (const option of (field.options ?? []) as INodeProperties[]) {
		const optionRaw = raw[option.name];
		const isEmpty = optionRaw === undefined || optionRaw === null || optionRaw === '';
		if (isEmpty && !(option.name in raw && isAmount(option))) continue;
		values[option.name] = await readValue(option, optionRaw, context);
	}
	return values;
};

/** The rows of each list that the user added, as `{ parameters: [{ name, value }] }`. */
const readRows = async (field: INodeProperties, raw: unknown, context: ReadContext) => {
	if (raw === '' || raw === null || raw === undefined) return {};
	if (!isRecord(raw)) throw invalidValue(field, raw, 'lists of fields');
	const lists: AnyParams = {};
	for (const { name, values: columns } of field.options as INodePropertyCollection[]) {
		const rows: AnyParams[] = [];
		for (const row of [raw[name] ?? []].flat()) {
			if (row === null || typeof row !== 'object')
				throw invalidValue(field, row, 'lists of fields');
			const values: AnyParams = {};
			for (const column of columns)
				values[column.name] = await readValue(
					column,
					(row as AnyParams)[column.name] ?? '',
					context,
				);
			rows.push(values);
		}
		lists[name] = rows;
	}
	return lists;
};

const resolveLocator = async (field: INodeProperties, raw: unknown, { bunq }: ReadContext) => {
	const { mode, value } =
		raw !== null && typeof raw === 'object'
			? { mode: 'id', value: '', ...(raw as Partial<Locator>) }
			: { mode: 'auto', value: raw };
	if (typeof value !== 'string' && typeof value !== 'number')
		throw invalidValue(field, value, 'an ID or a name');
	const text = String(value).trim();
	if (text === '') throw missingValue(field);
	const list = field.modes?.find(({ type }) => type === 'list');
	const resolveId =
		list?.typeOptions?.searchListMethod === 'searchCards' ? resolveCardId : resolveAccountId;
	return await resolveId({ mode, value: text }, bunq, field.displayName);
};
