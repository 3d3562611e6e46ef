import { checkSignature, notPermitted } from '../auth/callers';
import { shownOf } from '../bank/announce';
import { checkCount } from '../bank/batches';
import { approve, close, draftObject, openDraft } from '../bank/drafts';
import { INTEGER, STRING, listOf, object, oneOf, optional, required } from '../http/fields';
import { itemOf, shownPage } from '../http/pagination';
import { ENTRY_FIELDS, orderOf } from '../bank/payments';
import { refusals, refuse } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import { TIMING_FIELDS, timingOf } from '../bank/scheduleTimes';
import { checkTiming } from '../bank/schedules';
import type { Draft } from '../bank/state';
import { accountOf } from './monetaryAccount';

/** §9.4: a new draft is pending, whether a client sends one of these statuses or none. */
const DRAFT_FIELDS = {
	entries: required(listOf(object(ENTRY_FIELDS))),
	number_of_required_accepts: required(INTEGER),
	status: optional(oneOf('PENDING', 'ACTIVE')),
	schedule: optional(object(TIMING_FIELDS)),
};

/** §9.4: bunq's file also requires the fields of a POST, which clients omit; one client omits even the time. */
const ANSWER_FIELDS = {
	status: required(oneOf('CANCELLED', 'ACCEPTED', 'REJECTED')),
	previous_updated_timestamp: optional(STRING),
};

const create = (call: SessionCall<typeof DRAFT_FIELDS>) => {
	const { bank, env, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	checkCount(body.entries, 'draft payment');
	if (body.number_of_required_accepts !== 1) {
		throw refusals.wrongValue('number_of_required_accepts', '1');
	}
	if (body.schedule) checkTiming(bank, timingOf(body.schedule));
	const orders = body.entries.map((entry) => orderOf(bank, env, account, entry));
	return {
		items: [{ Id: { id: openDraft(bank, env, account, orders, body.schedule ?? null).id } }],
	};
};

/** The draft in the URL, if it belongs to the account. */
const draftOf = (call: SessionCall): Draft => {
	return itemOf(
		shownOf(call.bank, call.env, call.env.drafts.get(accountOf(call).id)),
		call.params.draftPaymentId,
	);
};

/** Cancelled, or answered as in the app: accepting must be signed (§3). */
const answer = (call: SessionCall<typeof ANSWER_FIELDS>) => {
	const { bank, env, request, session, credential, body } = call;
	const draft = draftOf(call as unknown as SessionCall);
	const { status, previous_updated_timestamp: seen = draft.updated } = body;
	if (seen !== draft.updated) throw refuse('draftUpdated');
	if (status === 'ACCEPTED') {
		if (credential.grant) throw notPermitted(bank, 'update draft-payment');
		checkSignature(bank, request, session.installation.publicKey, true);
		approve(bank, env, draft);
	} else {
		close(bank, env, draft, status);
	}
	return { items: [{ Id: { id: draft.id } }] };
};

const all = '/user/{userId}/monetary-account/{accountId}/draft-payment';
const one = `${all}/{draftPaymentId}`;

/** §9.4 */
export const draftPayment: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: DRAFT_FIELDS,
		oauth: true,
		does: 'create draft-payment',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read draft-payment',
		run(call) {
			const { bank, env, request } = call;
			const drafts = shownOf(bank, env, env.drafts.get(accountOf(call).id));
			return shownPage(request, drafts, (each) => draftObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth: true,
		does: 'read draft-payment',
		run: (call) => ({ items: [draftObject(call.bank, call.env, draftOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: one,
		body: ANSWER_FIELDS,
		oauth: 'oauthMayCancelDrafts',
		does: 'update draft-payment',
		run: answer,
	}),
];
