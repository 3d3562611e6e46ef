import { shownOf } from '../bank/announce';
import { cancelLink, linkObject, linkPaymentObject, openLink } from '../bank/links';
import { toCents } from '../bank/money';
import { checkActive } from '../bank/payments';
import { AMOUNT, INTEGER, STRING, object, oneOf, optional, required } from '../http/fields';
import { itemOf, shownPage } from '../http/pagination';
import { refusals, refuse } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import type { Link } from '../bank/state';
import { accountOf } from './monetaryAccount';

/** §9.12 */
const MAX_DESCRIPTION = 9000;

const ENTRY = object({
	amount_inquired: optional(AMOUNT),
	description: optional(STRING),
	redirect_url: optional(STRING),
});

/** §9.12: a status is ignored. */
const LINK_FIELDS = {
	bunqme_tab_entry: required(ENTRY),
	status: optional(STRING),
	event_id: optional(INTEGER),
};

/** §9.12: bunq's file requires the entry, clients leave it out; by switch. */
const CANCEL_FIELDS = {
	status: required(oneOf('CANCELLED')),
	bunqme_tab_entry: optional(ENTRY),
};

/** The checks of amount, currency and account are inferred. */
const create = (call: SessionCall<typeof LINK_FIELDS>) => {
	const { bank, env, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	const {
		amount_inquired: amount,
		description = '',
		redirect_url: redirectUrl,
	} = body.bunqme_tab_entry;
	checkActive(account);
	if (!account.iban) throw refuse('noIban');
	if (description.length > MAX_DESCRIPTION) {
		throw refuse('tooLong', { what: 'description', most: MAX_DESCRIPTION });
	}
	const cents = amount ? toCents(amount.value) : null;
	if (cents === 0) throw refuse('zero');
	if (amount && amount.currency !== account.currency) {
		throw refuse('otherCurrency', { currency: account.currency });
	}
	const link = openLink(bank, env, account, {
		cents,
		description,
		redirectUrl: redirectUrl ?? null,
	});
	return { items: [{ Id: { id: link.id } }] };
};

const linksOf = (call: SessionCall): Link[] => {
	const { id } = accountOf(call);
	return shownOf(call.bank, call.env, call.env.links).filter(({ accountId }) => accountId === id);
};

const linkOf = (call: SessionCall): Link => {
	return itemOf(linksOf(call), call.params.tabId);
};

const account = '/user/{userId}/monetary-account/{accountId}';
const all = `${account}/bunqme-tab`;
const one = `${all}/{tabId}`;
/** §8: not in bunq's list of rights, but an app does it. */
const oauth = 'oauthMayUseLinks';

/** §9.12 */
export const bunqmeTab: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: LINK_FIELDS,
		oauth,
		does: 'create bunqme-tab',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth,
		does: 'read bunqme-tab',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, linksOf(call), (each) => linkObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth,
		does: 'read bunqme-tab',
		run: (call) => ({ items: [linkObject(call.bank, call.env, linkOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: one,
		body: CANCEL_FIELDS,
		oauth,
		does: 'update bunqme-tab',
		run(call) {
			const link = linkOf(call as unknown as SessionCall);
			const needsEntry = call.bank.switches.linkCancellation === 'with entry';
			if (needsEntry && !call.body.bunqme_tab_entry) throw refusals.missing('bunqme_tab_entry');
			cancelLink(call.bank, link);
			return { items: [{ Id: { id: link.id } }] };
		},
	}),
	route({
		method: 'GET',
		path: `${account}/bunqme-tab-result-response/{responseId}`,
		oauth,
		does: 'read bunqme-tab-result-response',
		run(call) {
			const { bank, env, params } = call;
			const { id } = accountOf(call);
			const found = env.linkPayments.find(
				(each) => each.accountId === id && each.id === Number(params.responseId),
			);
			if (!found) throw refusals.notFound();
			return { items: [linkPaymentObject(bank, env, found)] };
		},
	}),
];
