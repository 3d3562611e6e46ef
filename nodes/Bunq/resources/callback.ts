import { lockCallbacks, readFilters } from '../api/callbackList';
import { isRecord } from '../api/json';
import { simplify } from '../parameters/fields';
import { readOperation, unchanged, writeOperation, type Resource } from './operation';

const oauthAlternative =
	'bunq does not list callbacks among the rights of OAuth apps. Use the Bunq API credential.';

export const callback: Resource = {
	name: 'Callback',
	value: 'callback',
	description: 'URLs that bunq calls when something happens',
	operations: {
		delete: writeOperation({
			name: 'Delete',
			action: 'Delete callback',
			description: 'Delete one callback URL in all its categories; all others stay',
			recovery: 'resend',
			oauthAlternative,
			fields: [
				{
					displayName: 'URL',
					name: 'url',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. https://example.com/hook',
					description:
						'The URL that bunq is not to call any more, exactly as "Callback: Get Many" returns it',
				},
			],
			plan: async ({ url }, bunq) => {
				const lock = await lockCallbacks(bunq);
				let categories: string[] = [];
				const request = await lock
					.prepare((entries) => {
						const remove = entries.filter((one) => one.url === url);
						categories = remove.map(({ category }) => category);
						return { remove, add: [] };
					})
					.catch(async (error: unknown) => {
						lock.release();
						return await Promise.reject(error as Error);
					});
				if (!request) {
					lock.release();
					return unchanged({ url, categories: [], deleted: false });
				}
				return {
					request,
					settled: (error) => lock.release(error),
					output: () => ({ url, categories, deleted: true }),
				};
			},
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many callbacks',
			description: 'List the callback URLs that bunq calls, and about which category of events',
			oauthAlternative,
			fields: [simplify],
			read: async (_params, bunq) =>
				(await readFilters(bunq)).map((filter) => ({
					...(isRecord(filter) ? filter : { value: filter }),
					_type: 'NotificationFilterUrl',
				})),
		}),
	},
};
