import { sendDue } from '../http/callbacks';
import type { Bank } from '../bank/state';
import type { CallbackFaultOrder, DeliveryView } from './protocol';

/** The control interface for callbacks, on the bank's side. */
export const CALLBACK_ACTIONS = {
	deliveries: (bank: Bank): DeliveryView[] =>
		bank.deliveries.map(({ filter, due, fault, ...delivery }) => ({
			id: delivery.id,
			environment: delivery.environment,
			target: filter.target,
			category: filter.category,
			eventType: delivery.eventType,
			objectId: delivery.objectId,
			body: delivery.body,
			state: delivery.state,
			due: new Date(due).toISOString(),
			tries: delivery.tries,
			...(fault && { fault }),
		})),
	async deliverDue(bank: Bank) {
		await sendDue(bank);
	},
	holdCallbacks(bank: Bank, held: boolean) {
		bank.callbacksHeld = held;
	},
	routeCallbacks(bank: Bank, routes: Record<string, string>) {
		bank.callbackRoutes = routes;
	},
	callbackFault(bank: Bank, order: CallbackFaultOrder) {
		const preset = { category: '.*', eventType: '.*', times: 1, skip: 0 };
		const delayMs = order.kind === 'early' ? 3_000 : 60_000;
		bank.callbackFaults.push({ ...preset, delayMs, ...order });
	},
};
