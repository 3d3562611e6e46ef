import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { connectItems } from '../connect';
import { readParams } from '../parameters/readParams';
import type { ReadOperation, WriteOperation } from '../resources/operation';
import { connectFor } from './permission';
import type { WriteLog } from './writeLog';

/**
 * Checks what all items ask for before the first write, as far as that needs no request: a typo in the third IBAN is found
 * before the first two are paid. Accounts and cards, which only bunq knows, are read when their item is written. With
 * Continue On Fail the other items go on, and a retry first settles what was sent.
 * @returns the first item with an error, or undefined
 */
export const findInvalidItem = async (
	run: { ctx: IExecuteFunctions; log: WriteLog; connectItem: ReturnType<typeof connectItems> },
	operation: ReadOperation | WriteOperation,
	items: number[],
): Promise<{ items: number[]; error: unknown } | undefined> => {
	const { ctx, log, connectItem } = run;
	const isFirstAttempt = items.every((item) => !log.at(item));
	if (!('plan' in operation) || items.length === 1 || ctx.continueOnFail() || !isFirstAttempt)
		return undefined;
	const fields = withoutLocators(operation.fields);
	for (const item of items)
		try {
			const bunq = await connectFor(ctx, connectItem, operation, item);
			const params = await readParams(ctx, fields, item, bunq);
			operation.check?.(params, bunq);
		} catch (error) {
			return { items: [item], error };
		}
	return undefined;
};

const withoutLocators = (fields: INodeProperties[]): INodeProperties[] =>
	fields
		.filter(({ type }) => type !== 'resourceLocator')
		.map((field) =>
			field.type === 'collection'
				? { ...field, options: withoutLocators(field.options as INodeProperties[]) }
				: field,
		);
