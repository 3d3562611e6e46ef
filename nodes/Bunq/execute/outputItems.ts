import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { FileItem } from '../api/files';
import type { Bunq } from '../connect';
import type { AnyParams } from '../parameters/field';
import { readParams } from '../parameters/readParams';
import type { Operation } from '../resources/operation';
import { withNulls } from '../simplify/values';

/** An item without what it is paired with. */
export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/** An operation's output as items. The bytes of a file go where n8n keeps binary data: memory, disk or S3. */
export const toOutputItems = async (
	ctx: IExecuteFunctions,
	output: Array<IDataObject | FileItem>,
): Promise<OutputItem[]> => {
	const items: OutputItem[] = [];
	for (const one of output) {
		if (!(one instanceof FileItem)) {
			// The key of an empty entry has no value.
			items.push({ json: withNulls(one) });
			continue;
		}
		const { bytes, name, contentType } = one.file;
		const data = await ctx.helpers.prepareBinaryData(bytes, name, contentType);
		items.push({
			json: withNulls({ ...one.json, fileName: name, mimeType: contentType }),
			binary: { [one.field]: data },
		});
	}
	return items;
};

/**
 * Adds when bunq created an object, where the output has no time of bunq's own.
 * @param now milliseconds UTC by bunq's clock, when bunq answered
 */
export const withCreated =
	(now: number) =>
	(item: IDataObject): IDataObject => {
		if (item instanceof FileItem || !('id' in item) || typeof item.created === 'string')
			return item;
		const made = { created: new Date(now).toISOString() };
		// A key has the place of its first mention.
		return Object.assign({ id: item.id, created: '' }, item, made);
	};

/**
 * What a write returns, where the user wants duplicates to be skipped: each item says after its ID whether it is one.
 * Reads nothing from bunq; never throws, as the write is done.
 */
export const withSkipped = async (
	ctx: IExecuteFunctions,
	{ fields }: Operation,
	{ item, bunq }: { item: number; bunq: Bunq },
	output: IDataObject[],
): Promise<IDataObject[]> => {
	const only = fields.filter(({ name }) => name === 'options');
	const { options } = await readParams(ctx, only, item, bunq).catch((): AnyParams => ({}));
	if (!(options as IDataObject | undefined)?.skipIfDuplicate) return output;
	return output.map(({ id, skipped, ...rest }) => ({ id, skipped: skipped === true, ...rest }));
};
