import { attachmentIdsOf } from '../api/attachments';
import type { Invoice, Note, Statement } from '../api/fileTypes';
import { readId, readText } from '../api/readable';
import { idsOf, isoTime, toNumber, toText, withNulls } from './values';

/** Notes, statements and invoices as flat output. */

export const note = (raw: Note) => {
	const isText = raw._type === 'NoteText';
	return withNulls({
		id: readId(raw.id),
		created: isoTime(raw.created),
		updated: isoTime(raw.updated),
		type: isText ? 'text' : 'file',
		content: toText(isText ? raw.content : raw.description),
		attachmentIds: isText ? [] : attachmentIdsOf(raw)?.map((id) => id ?? null),
		attachedTo: raw._attachedTo,
		attachedToId: raw._attachedToId,
	});
};

/** A day as bunq writes it, perhaps with a time. */
const dayOf = (value: unknown) => /^\d{4}-\d\d-\d\d(?![\d-])/.exec(readText(value) ?? '')?.[0];

export const statement = (raw: Statement) =>
	withNulls({
		...idsOf(raw),
		accountId: raw._accountId,
		status: toText(raw.status),
		format: readText(raw.statement_format)?.toLowerCase(),
		dateStart: dayOf(raw.date_start),
		dateEnd: dayOf(raw.date_end),
		statementNumber: readId(raw.statement_number),
	});

export const invoice = (raw: Invoice) => {
	const { currency } = raw.total_vat_inclusive ?? raw.total_vat_exclusive ?? {};
	return withNulls({
		id: readId(raw.id),
		created: isoTime(raw.created),
		invoiceNumber: toText(raw.invoice_number),
		date: dayOf(raw.invoice_date),
		status: toText(raw.status),
		total: toNumber(raw.total_vat_exclusive),
		totalVatInclusive: toNumber(raw.total_vat_inclusive),
		currency: toText(currency),
	});
};
