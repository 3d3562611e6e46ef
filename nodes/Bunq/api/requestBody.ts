import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { describeFile } from './files';
import type { ApiRequest } from './http';
import { isRecord } from './json';
import type { Amount, Pointer } from './types';

/** One entry of a body. A body that a user wrote for API Request may hold anything, null included. */
export type BodyEntry = IDataObject | null;

/**
 * The entries of a body: those of a draft (`entries`), of a batch of payments (`payments`) or of requests
 * (`request_inquiries`), the one of a scheduled payment (`payment`) or of a bunq.me link (`bunqme_tab_entry`), otherwise
 * the body itself (docs/bunq-api.md 9.3, 9.4, 9.5, 9.12, 9.13).
 */
export const entriesIn = (body: IDataObject): BodyEntry[] => {
	const listed = body.entries ?? body.payments ?? body.request_inquiries;
	if (Array.isArray(listed)) return listed as BodyEntry[];
	const single = body.payment ?? body.bunqme_tab_entry;
	return [isRecord(single) ? (single as IDataObject) : body];
};

/** The amount of an entry, whichever of bunq's keys it has: of a payment, of a request, or of the reply to one. */
export const amountOf = (entry: BodyEntry) =>
	(entry?.amount ?? entry?.amount_inquired ?? entry?.amount_responded) as
		| Partial<Amount>
		| undefined;

/** The recipient of an entry, or the payer of a request. */
export const counterpartyOf = (entry: BodyEntry) =>
	entry?.counterparty_alias as Partial<Pointer> | undefined;

/** What a request sends: its body, or of a file what tells it from another one, without its content. */
export const contentOf = ({ body, file }: Pick<ApiRequest, 'body' | 'file'>): IDataObject => {
	if (!file) return body ?? {};
	const { bytes, contentType, description } = file;
	return { contentType, description, sha256: createHash('sha256').update(bytes).digest('base64') };
};

/** Enough of a batch to recognize it. */
const MAX_DESCRIBED_ENTRIES = 5;

/** bunq's collections as a person knows them. */
const NAMES: Record<string, string> = {
	'bunqme-tab': 'bunq.me link',
	card: 'card',
	'card-credit': 'card',
	'card-debit': 'card',
	'customer-statement': 'statement',
	'draft-payment': 'draft payment',
	'monetary-account-bank': 'account',
	'monetary-account-savings': 'savings account',
	'note-attachment': 'note with a file',
	'note-text': 'note',
	payment: 'payment',
	'payment-batch': 'batch of payments',
	'request-inquiry': 'money request',
	'request-inquiry-batch': 'batch of money requests',
	'request-response': 'received money request',
	'schedule-payment': 'scheduled payment',
};

const WRITES: Record<string, string> = { PUT: 'change of ', DELETE: 'deletion of ' };
/** What a changed status means; an accepted request pays. */
const STATUSES: Record<string, string> = {
	ACCEPTED: 'payment of ',
	CANCELLED: 'cancellation of ',
	REJECTED: 'rejection of ',
	REVOKED: 'cancellation of ',
};

/** What a request is about: `payment`, `change of card 1822`; method and path where no name is known. */
const describeTarget = ({ method, path, body }: Pick<ApiRequest, 'method' | 'path' | 'body'>) => {
	const [, parent, parentId, collection, id] =
		/(?:\/([a-z-]+)\/(\d+))?\/([a-z-]+)(?:\/(\d+))?$/.exec(path) ?? [];
	if (!collection || !Object.hasOwn(NAMES, collection)) return `${method} ${path}`;
	const [, account] = /\/monetary-account\/(\d+)\//.exec(path) ?? [];
	const isNote = collection.startsWith('note-') && Object.hasOwn(NAMES, parent);
	return [
		`${(method === 'PUT' && STATUSES[String(body?.status)]) || (WRITES[method] ?? '')}${NAMES[collection]}`,
		id,
		isNote && `on ${NAMES[parent]} ${parentId}`,
		account && `in account ${account}`,
	]
		.filter(Boolean)
		.join(' ');
};

/** A request in words that a person can search for in the bunq app: what it is, where, and the first entries. */
export const describeRequest = ({ method, path, body = {}, file }: ApiRequest) => {
	const entries = file ? [] : entriesIn(body);
	const rest =
		entries.length > MAX_DESCRIBED_ENTRIES && `and ${entries.length - MAX_DESCRIBED_ENTRIES} more`;
	const first = entries.slice(0, MAX_DESCRIBED_ENTRIES).map(describeEntry);
	const target = file ? describeFile(file) : describeTarget({ method, path, body });
	return [target, ...first, rest].filter(Boolean).join(', ');
};

/** `12.50 EUR, to Peter Jansen, NL14RABO0169202917, "Rent"`, as far as the entry has it. */
const describeEntry = (entry: BodyEntry) => {
	const amount = amountOf(entry);
	const counterparty = counterpartyOf(entry);
	return [
		amount?.value && `${amount.value} ${amount.currency}`,
		counterparty && `to ${[counterparty.name, counterparty.value].filter(Boolean).join(', ')}`,
		entry?.description && `"${String(entry.description)}"`,
	]
		.filter(Boolean)
		.join(', ');
};
