import type { StoredFile } from './attachments';
import { csvOf, mt940Of, pdfOf } from './documents';
import { toAmount } from './money';
import { extraFields, labelAccount } from './objects';
import { refusals, refuse } from '../http/refusal';
import { isDay } from './scheduleTimes';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	nextId,
	now,
	timestamp,
} from './state';

/** Statements of accounts, which the bank makes and then gives as a file (§9.11). */

export interface Statement {
	id: number;
	created: string;
	accountId: number;
	number: number;
	format: 'CSV' | 'MT940' | 'PDF';
	/** The first and the last day. */
	start: string;
	end: string;
	regionalFormat: 'EUROPEAN' | 'UK_US' | null;
	withAttachments: boolean;
	/** The bank's time at which the file is there, in milliseconds. */
	ready: number;
}

/** The order of a statement. */
export type StatementOrder = Pick<
	Statement,
	'format' | 'start' | 'end' | 'regionalFormat' | 'withAttachments'
>;

/** Begins a statement. That bunq refuses these orders is inferred. */
export const orderStatement = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	order: StatementOrder,
): Statement => {
	const days = { date_start: order.start, date_end: order.end };
	for (const [name, day] of Object.entries(days)) {
		if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isDay(day))
			throw refusals.wrongValue(name, 'a date such as 2026-01-31');
	}
	if (order.start > order.end) {
		throw refusals.wrongValue('date_end', 'a date that is not before "date_start"');
	}
	if (order.format === 'CSV' && !order.regionalFormat) {
		throw refusals.missing('regional_format');
	}
	if (order.withAttachments && order.format !== 'PDF') {
		throw refusals.wrongValue('include_attachment', 'false, except for PDF');
	}
	const all = env.statements.get(account.id) ?? [];
	const statement: Statement = {
		...order,
		id: nextId(env),
		created: timestamp(bank),
		accountId: account.id,
		number: (all.at(-1)?.number ?? 0) + 1,
		ready: now(bank) + bank.switches.statementSeconds * 1000,
	};
	env.statements.set(account.id, [...all, statement]);
	return statement;
};

/** The payments of the days, and the balance before them. Days are in UTC (inferred). */
const contents = (env: BankEnvironment, account: Account, { start, end }: Statement) => {
	const since = (env.payments.get(account.id) ?? []).filter(({ created }) => created >= start);
	const opening = since.reduce((cents, payment) => cents - payment.cents, account.cents);
	return { opening, payments: since.filter(({ created }) => created.slice(0, 10) <= end) };
};

/** The file of a statement, unless it is not ready; the answer is then a switch. */
export const statementFile = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	statement: Statement,
): StoredFile => {
	if (statement.ready > now(bank)) {
		throw refuse('notFound', {}, {}, bank.switches.unreadyStatement);
	}
	const { opening, payments } = contents(env, account, statement);
	const { format, regionalFormat, withAttachments, start, end } = statement;
	if (format === 'CSV') {
		const text = csvOf(account, payments, regionalFormat ?? 'EUROPEAN');
		return { contentType: 'text/csv', bytes: Buffer.from(text) };
	}
	if (format === 'MT940') {
		const text = mt940Of(account, payments, { ...statement, opening });
		return { contentType: 'text/plain', bytes: Buffer.from(text) };
	}
	const lines = payments.flatMap(({ created, cents, description, attachment }) => [
		`${created.slice(0, 10)}  ${toAmount(cents).value}  ${description}`,
		...(withAttachments ? attachment.map(({ id }) => `    Attachment ${String(id)}`) : []),
	]);
	const head = [`Statement ${start} to ${end}`, account.iban ?? '', `${toAmount(opening).value}`];
	return { contentType: 'application/pdf', bytes: pdfOf([...head, ...lines]) };
};

/** A statement with the keys of the documented example; which wrapper is right is a switch. */
export const statementObject = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	statement: Statement,
): Json => ({
	[bank.switches.statementWrapper]: {
		id: statement.id,
		created: statement.created,
		updated: statement.created,
		date_start: statement.start,
		date_end: statement.end,
		status: statement.ready > now(bank) ? bank.switches.unreadyStatus : 'COMPLETED',
		statement_number: statement.number,
		statement_format: statement.format,
		regional_format: statement.regionalFormat,
		alias_monetary_account: labelAccount(env, account),
		...extraFields(bank),
	},
});
