import type { Amount, ListedObject } from './types';

/** bunq's objects about files, as types.ts has the others. */

/** A text or a file that was added to an object, bunq's `NoteText` or `NoteAttachment` (docs/bunq-api.md 9.9). */
export interface Note extends ListedObject {
	/** Of a text. */
	content?: string;
	/** Of a file. */
	description?: string;
	/** The files: objects, or bare IDs. */
	attachment?: Array<{ id?: number } | number> | null;
	/** Ours: what has the note, as the node calls it, and its ID. */
	_attachedTo?: string;
	_attachedToId?: number;
}

/** A statement of an account (docs/bunq-api.md 9.11). */
export interface Statement extends ListedObject {
	/** `COMPLETED`; others are not known. */
	status?: string;
	/** `CSV`, `MT940` or `PDF`. */
	statement_format?: string;
	date_start?: string;
	date_end?: string;
	regional_format?: string | null;
	/** The number that MT940 has. */
	statement_number?: number;
	/** Ours: bunq shows the account without its ID. */
	_accountId?: number;
}

/** What bunq charges its user (docs/bunq-api.md 9.11). */
export interface Invoice extends ListedObject {
	invoice_date?: string;
	invoice_number?: string;
	status?: string;
	total_vat_exclusive?: Amount | null;
	total_vat_inclusive?: Amount | null;
}
