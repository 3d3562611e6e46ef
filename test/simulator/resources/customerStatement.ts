import { BOOLEAN, STRING, oneOf, optional, required } from '../http/fields';
import { itemOf, pageOf } from '../http/pagination';
import { type Route, type SessionCall, route } from '../http/routes';
import { type Statement, orderStatement, statementFile, statementObject } from '../bank/statements';
import { accountOf } from './monetaryAccount';

/** §9.11 */
const STATEMENT_FIELDS = {
	statement_format: required(oneOf('CSV', 'MT940', 'PDF')),
	date_start: required(STRING),
	date_end: required(STRING),
	regional_format: optional(oneOf('EUROPEAN', 'UK_US')),
	include_attachment: optional(BOOLEAN),
};

const statementsOf = (call: SessionCall): Statement[] =>
	call.env.statements.get(accountOf(call).id) ?? [];
const statementOf = (call: SessionCall): Statement =>
	itemOf(statementsOf(call), call.params.statementId);

const all = '/user/{userId}/monetary-account/{accountId}/customer-statement';
const one = `${all}/{statementId}`;
/** §8: nothing says whether an app may. */
const oauth = 'oauthMayUseTheRest';

/** §9.11: statements of an account. */
export const customerStatement: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: STATEMENT_FIELDS,
		oauth,
		does: 'create customer-statement',
		run(call) {
			const { bank, env, body } = call;
			const { id } = orderStatement(bank, env, accountOf(call as unknown as SessionCall), {
				format: body.statement_format,
				start: body.date_start,
				end: body.date_end,
				regionalFormat: body.regional_format ?? null,
				withAttachments: body.include_attachment ?? false,
			});
			return { items: [{ Id: { id } }] };
		},
	}),
	route({
		method: 'GET',
		path: all,
		oauth,
		does: 'read customer-statement',
		run(call) {
			const { bank, env, request } = call;
			const { items, pagination } = pageOf(statementsOf(call), request.path, request.query);
			const account = accountOf(call);
			return { items: items.map((each) => statementObject(bank, env, account, each)), pagination };
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth,
		does: 'read customer-statement',
		run: (call) => ({
			items: [statementObject(call.bank, call.env, accountOf(call), statementOf(call))],
		}),
	}),
	route({
		method: 'GET',
		path: `${one}/content`,
		oauth,
		does: 'read customer-statement',
		run: (call) => ({
			file: statementFile(call.bank, call.env, accountOf(call), statementOf(call)),
		}),
	}),
	route({
		method: 'DELETE',
		path: one,
		oauth,
		does: 'delete customer-statement',
		run(call) {
			const { id } = statementOf(call);
			const rest = statementsOf(call).filter((each) => each.id !== id);
			call.env.statements.set(accountOf(call).id, rest);
			return { items: call.bank.switches.deleteAnswer === 'id' ? [{ Id: { id } }] : [] };
		},
	}),
];
