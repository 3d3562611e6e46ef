import {
	ACCOUNT,
	type Exchange,
	NOWHERE,
	USER,
	collection,
	get,
	keepId,
	post,
	put,
	remove,
} from '../exchange';

/** A picture of one point. */
const PNG = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);
const upload = (name: string, path: string, more: Partial<Exchange> = {}): Exchange => ({
	name,
	method: 'POST',
	path,
	raw: PNG,
	...more,
	headers: { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'x', ...more.headers },
});

const attachments = `${ACCOUNT}/attachment`;

export const attachment: Exchange[] = [
	upload('attachment: create', attachments, { keep: ([one]) => ({ attachment: one?.id }) }),
	upload('attachment: unsigned', attachments, { signature: 'none' }),
	upload('attachment: without a description', attachments, {
		headers: { 'X-Bunq-Attachment-Description': undefined },
	}),
	upload('attachment: a type that nobody takes', attachments, {
		headers: { 'Content-Type': 'application/x-cross-check' },
	}),
	upload('attachment: empty', attachments, { raw: '' }),
	upload('attachment: public', '/attachment-public', {
		keep: ([one]) => ({ publicFile: one?.uuid }),
	}),
	get('attachment: of the user', `${USER}/attachment/{attachment}`),
	get('attachment: content by the account', `${attachments}/{attachment}/content`),
	get('attachment: content by the user', `${USER}/attachment/{attachment}/content`),
	get('attachment: unknown content', `${attachments}/${NOWHERE}/content`),
	get('attachment: public, read', '/attachment-public/{publicFile}'),
	get('attachment: public content', '/attachment-public/{publicFile}/content'),
];

const notes = `${ACCOUNT}/payment/{payment}/note-text`;
const files = `${ACCOUNT}/payment/{payment}/note-attachment`;

export const note: Exchange[] = [
	...collection({ name: 'note', path: notes, id: 'note', body: { content: 'Cross check' } }),
	post('note: empty', notes, { content: '' }),
	post('note: a number', notes, { content: 1 }),
	post('note: on an unknown payment', `${ACCOUNT}/payment/${NOWHERE}/note-text`, { content: 'x' }),
	put('note: change', `${notes}/{note}`, { content: 'Checked' }),
	remove('note: delete', `${notes}/{note}`),
	remove('note: delete again', `${notes}/{note}`),
	...collection({
		name: 'note with a file',
		path: files,
		id: 'fileNote',
		body: { attachment_id: '{attachment}', description: 'Cross check' },
	}),
	post('note with a file: an unknown file', files, { attachment_id: NOWHERE }),
	remove('note with a file: delete', `${files}/{fileNote}`),
	post('note: on a draft', `${ACCOUNT}/draft-payment/{draft}/note-text`, { content: 'x' }),
	post('note: on a request', `${ACCOUNT}/request-inquiry/{request}/note-text`, { content: 'x' }),
];

const events = `${USER}/event`;
const statements = `${ACCOUNT}/customer-statement`;
const JANUARY = { date_start: '2026-01-01', date_end: '2026-01-31' };
const CSV = { ...JANUARY, statement_format: 'CSV', regional_format: 'EUROPEAN' };

export const statement: Exchange[] = [
	// Nobody knows how soon it is ready.
	post('statement: one to read at once', statements, CSV, { keep: keepId('fresh') }),
	get('statement: content at once', `${statements}/{fresh}/content`),
	get('statement: read at once', `${statements}/{fresh}`),
	...collection({ name: 'statement', path: statements, id: 'statement', body: CSV }),
	get('statement: content', `${statements}/{statement}/content`, { waits: 5_000 }),
	post('statement: MT940', statements, { ...JANUARY, statement_format: 'MT940' }),
	post('statement: PDF', statements, {
		...JANUARY,
		statement_format: 'PDF',
		include_attachment: true,
	}),
	post('statement: a format that nobody has', statements, { ...CSV, statement_format: 'CAMT053' }),
	post('statement: CSV without a region', statements, { ...JANUARY, statement_format: 'CSV' }),
	post('statement: the end before the start', statements, { ...CSV, date_end: '2025-01-01' }),
	post('statement: in the future', statements, { ...CSV, date_end: '2099-01-01' }),
	post('statement: an invalid date', statements, { ...CSV, date_start: 'x' }),
	remove('statement: delete', `${statements}/{statement}`),
	get('statement: content of a deleted one', `${statements}/{statement}/content`),
	post(
		'annual overview: create',
		`${USER}/export-annual-overview`,
		{ year: 2025 },
		{
			keep: ([one]) => ({ overview: one?.id }),
		},
	),
	post('annual overview: this century', `${USER}/export-annual-overview`, { year: 2099 }),
	get('annual overview: list', `${USER}/export-annual-overview`),
	get('annual overview: content', `${USER}/export-annual-overview/{overview}/content`),
	post(
		'IBAN certificate: create',
		`${ACCOUNT}/export-rib`,
		{},
		{
			keep: ([one]) => ({ certificate: one?.id }),
		},
	),
	get('IBAN certificate: list', `${ACCOUNT}/export-rib`),
	get('IBAN certificate: content', `${ACCOUNT}/export-rib/{certificate}/content`),
	...collection({ name: 'invoice', path: `${USER}/invoice`, id: 'invoice' }),
	get('invoice: content', `${USER}/invoice/{invoice}/pdf-content`),
	get('invoices of an account', `${ACCOUNT}/invoice`),
	get('events: list', `${events}?count=200`, {
		keep: (objects) => ({ event: objects.find(({ object }) => object?.Payment)?.id }),
	}),
	get('events: read that of a payment', `${events}/{event}`),
	get('events: an unknown ID', `${events}/${NOWHERE}`),
	get('events: an ID that is no number', `${events}/abc`),
	get('events: of an account', `${events}?monetary_account_id={account}&count=200`),
	get('events: finalized', `${events}?status=FINALIZED&count=200`),
	get('events: an unknown status', `${events}?status=CROSS_CHECK`),
	post('event: its statement', `${ACCOUNT}/event/{event}/statement`, {}),
	get('insights', `${USER}/insights`),
	get('tree progress', `${USER}/tree-progress`),
	get('credentials', `${USER}/credential-password-ip`),
	get('direct debits: allowed', `${USER}/whitelist-sdd`),
	get('shares of an account', `${ACCOUNT}/share-invite-monetary-account-inquiry`),
	get('sorting', `${USER}/payment-auto-allocate`),
	get('Wise: currencies', `${USER}/transferwise-currency`),
];
