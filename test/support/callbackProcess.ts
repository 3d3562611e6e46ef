import type { IDataObject } from 'n8n-workflow';
import type { BunqClient } from '../../nodes/Bunq/api/client';
import { requestHelper } from './engine';

/** A process of n8n, as far as bunq's list of callbacks is concerned: with modules, and so a memory, of its own. */

type Registrations = typeof import('../../nodes/Bunq/trigger/registration');

export interface CallbackProcess extends Registrations {
	/**
	 * A client of this process.
	 * @param fields of n8n's credential
	 * @param timeout for each reply, in real milliseconds
	 */
	connect(fields: IDataObject, timeout?: number): Promise<BunqClient>;
}

export const startCallbackProcess = (): CallbackProcess => {
	const loaded: { process?: CallbackProcess } = {};
	jest.isolateModules(() => {
		const { createClient } = jest.requireActual<typeof import('../../nodes/Bunq/api/client')>(
			'../../nodes/Bunq/api/client',
		);
		const { toBunqCredential } = jest.requireActual<typeof import('../../nodes/Bunq/connect')>(
			'../../nodes/Bunq/connect',
		);
		const urls = jest.requireActual<Registrations>('../../nodes/Bunq/trigger/registration');
		loaded.process = {
			...urls,
			connect: async (fields, timeout) =>
				createClient({
					httpRequest: await requestHelper(),
					credential: toBunqCredential(fields),
					timeout,
				}),
		};
	});
	return loaded.process!;
};

export const CALLBACK_LIST = /\/notification-filter-url$/;

/** An entry as a program sends it. */
export interface SentFilter extends IDataObject {
	category: string;
	notification_target: string;
	all_user_id?: number[];
	all_monetary_account_id?: number[];
	all_verification_type?: string[];
}

/** An entry as text, where an empty list is none: two that mean the same are equal. */
export const meaningOf = (filter: SentFilter) =>
	JSON.stringify([
		filter.category,
		filter.notification_target,
		filter.all_user_id ?? [],
		filter.all_monetary_account_id ?? [],
		filter.all_verification_type ?? [],
	]);
