import { type Invoice, invoiceFile, invoiceObject } from '../bank/invoices';
import { itemOf, shownPage } from '../http/pagination';
import { type Route, type SessionCall, route } from '../http/routes';
import { accountOf, visibleAccounts } from './monetaryAccount';

const ofAccount = (call: SessionCall): Invoice[] => call.env.invoices.get(accountOf(call).id) ?? [];

const ofUser = (call: SessionCall): Invoice[] =>
	visibleAccounts(call)
		.flatMap(({ id }) => call.env.invoices.get(id) ?? [])
		.sort((one, other) => one.id - other.id);

const payerOf = (call: SessionCall, { accountId }: Invoice) =>
	itemOf(visibleAccounts(call), String(accountId));

const shown = (call: SessionCall, invoice: Invoice) =>
	invoiceObject(call.bank, call.env, payerOf(call, invoice), invoice);

/** §8: nothing says whether an app may. */
const shared = { method: 'GET', oauth: 'oauthMayUseTheRest', does: 'read invoice' } as const;

const routesOf = (path: string, invoicesOf: (call: SessionCall) => Invoice[]): Route[] => [
	route({
		...shared,
		path,
		run(call) {
			return shownPage(call.request, invoicesOf(call), (each) => shown(call, each));
		},
	}),
	route({
		...shared,
		path: `${path}/{invoiceId}`,
		run: (call) => ({ items: [shown(call, itemOf(invoicesOf(call), call.params.invoiceId))] }),
	}),
];

/** §9.11: bunq's invoices, and their files. */
export const invoice: Route[] = [
	...routesOf('/user/{userId}/invoice', ofUser),
	...routesOf('/user/{userId}/monetary-account/{accountId}/invoice', ofAccount),
	route({
		...shared,
		path: '/user/{userId}/invoice/{invoiceId}/pdf-content',
		run(call) {
			const found = itemOf(ofUser(call), call.params.invoiceId);
			return { file: invoiceFile(payerOf(call, found), found) };
		},
	}),
];
