import type { StoredFile } from './attachments';
import { pdfOf } from './documents';
import { makeIban, toAmount } from './money';
import { address, extraFields, labelAccount, labelCounterparty } from './objects';
import { type Account, type Bank, type BankEnvironment, type Json, nextId, now } from './state';

/** What bunq charges its users, once a month (§9.11). */

/** Who sends the invoices, and collects their money. */
export const BUNQ = { iban: makeIban('BUNQ', 9_000_000_001), name: 'bunq' };

/** One line of an invoice. */
export interface InvoiceLine {
	type: string;
	description: string;
	/** Of one piece. */
	cents: number;
	quantity: number;
}

export interface Invoice {
	id: number;
	/** In bunq's format; also the invoice's date. */
	created: string;
	accountId: number;
	number: number;
	lines: InvoiceLine[];
}

const ofLine = ({ cents, quantity }: InvoiceLine) => cents * quantity;
const totalOf = ({ lines }: Invoice) => lines.reduce((sum, line) => sum + ofLine(line), 0);

/** Charges an account on the first day of a month. That this is bunq's day is inferred. */
export const addInvoice = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	{ monthsAgo, lines }: { monthsAgo: number; lines: InvoiceLine[] },
): void => {
	const today = new Date(now(bank));
	const day = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - monthsAgo, 1));
	const invoices = env.invoices.get(account.id) ?? [];
	const invoice = {
		id: nextId(env),
		created: `${day.toISOString().slice(0, 10)} 00:00:00.000000`,
		accountId: account.id,
		number: (invoices.at(-1)?.number ?? 0) + 1,
		lines,
	};
	env.invoices.set(account.id, [...invoices, invoice]);
};

/** Its file. The layout is inferred. */
export const invoiceFile = (account: Account, invoice: Invoice): StoredFile => {
	const shown = (cents: number) => `${account.currency} ${toAmount(cents).value}`;
	return {
		contentType: 'application/pdf',
		bytes: pdfOf([
			`Invoice ${invoice.number} of ${BUNQ.name}`,
			invoice.created.slice(0, 10),
			account.iban ?? '',
			...invoice.lines.map(
				(line) => `${line.quantity} x ${line.description}  ${shown(ofLine(line))}`,
			),
			`Total  ${shown(totalOf(invoice))}`,
		]),
	};
};

/** A line as a group of its own. Without VAT, as in the example. */
const groupOf = (bank: Bank, { currency, iban }: Account, invoice: Invoice, line: InvoiceLine) => {
	const described = {
		type_description: line.description,
		type_description_translated: line.description,
	};
	const [unit, total] = [toAmount(line.cents, currency), toAmount(ofLine(line), currency)];
	const item = {
		billing_date: invoice.created.slice(0, 10),
		...described,
		unit_vat_exclusive: unit,
		unit_vat_inclusive: unit,
		vat: 0,
		quantity: line.quantity,
		total_vat_exclusive: total,
		total_vat_inclusive: total,
	};
	return {
		type: line.type,
		...described,
		instance_description: iban,
		product_vat_exclusive: total,
		product_vat_inclusive: total,
		item: bank.switches.invoiceItem === 'list' ? [item] : item,
	};
};

/** An invoice with the keys and the status of the example. That `alias` is the payer is inferred. */
export const invoiceObject = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	invoice: Invoice,
): Json => {
	const total = toAmount(totalOf(invoice), account.currency);
	const home = { ...address(null), po_box: null };
	return {
		Invoice: {
			id: invoice.id,
			created: invoice.created,
			updated: invoice.created,
			invoice_date: invoice.created,
			invoice_number: String(invoice.number),
			status: 'CREDITED',
			group: invoice.lines.map((line) => groupOf(bank, account, invoice, line)),
			total_vat_inclusive: total,
			total_vat_exclusive: total,
			total_vat: toAmount(0, account.currency),
			alias: labelAccount(env, account),
			address: home,
			counterparty_alias: labelCounterparty(env, BUNQ),
			counterparty_address: home,
			chamber_of_commerce_number: '01234567',
			vat_number: 'NL123456789B12',
			request_reference_split_the_bill: [],
			...extraFields(bank),
		},
	};
};
