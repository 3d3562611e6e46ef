import { type BodyOf, INTEGER, listOf, object, optional, required } from '../http/fields';
import { refuse } from '../http/refusal';
import { uuidOf } from './keys';
import { extraFields } from './objects';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	nextId,
	timestamp,
} from './state';

/** Files of users: receipts, invoices, pictures (§9.10). */

/** The bytes of a file and their MIME type. */
export interface StoredFile {
	contentType: string;
	bytes: Buffer;
}

/** A file that was uploaded to an account. */
export interface Attachment extends StoredFile {
	id: number;
	created: string;
	accountId: number;
	description: string;
}

/** A file that anybody at bunq may see. */
export interface PublicAttachment extends StoredFile {
	uuid: string;
	created: string;
	description: string;
}

/** §9.10: the union of what bunq's pages name. */
const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'application/pdf'];

/** The file of an upload. */
const uploaded = (
	{ switches }: Bank,
	{ headers, body }: { headers: Record<string, string>; body: Buffer },
): StoredFile & { description: string } => {
	const contentType = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
	const description = headers['x-bunq-attachment-description'] ?? '';
	if (!TYPES.includes(contentType)) {
		throw refuse('fileType', { contentType });
	}
	if (!description && switches.attachmentDescription === 'required') {
		throw refuse('missingHeader', { name: 'X-Bunq-Attachment-Description' });
	}
	if (body.length === 0) throw refuse('fileEmpty');
	if (switches.attachmentMaxBytes !== null && body.length > switches.attachmentMaxBytes) {
		throw refuse('fileTooLarge', { most: switches.attachmentMaxBytes });
	}
	return { contentType, description, bytes: body };
};

type Upload = Parameters<typeof uploaded>[1];

/** Keeps a file for an account. */
export const attach = (
	bank: Bank,
	env: BankEnvironment,
	{ id: accountId }: Account,
	upload: Upload,
): Attachment => {
	const file = uploaded(bank, upload);
	const attachment = { id: nextId(env), created: timestamp(bank), accountId, ...file };
	env.attachments.set(attachment.id, attachment);
	return attachment;
};

/** Keeps a file for everybody. */
export const publish = (bank: Bank, env: BankEnvironment, upload: Upload): PublicAttachment => {
	const file = uploaded(bank, upload);
	const uuid = uuidOf(`public attachment ${nextId(env)}`);
	const attachment = { uuid, created: timestamp(bank), ...file };
	env.publicAttachments.set(uuid, attachment);
	return attachment;
};

/** §9.10: files that a new payment, draft or request brings along. */
export const ATTACHMENT_FIELD = optional(listOf(object({ id: required(INTEGER) })));

/** A file of a user, which a body names. The text is invented. */
export const ownAttachment = (env: BankEnvironment, userId: number, id: number): Attachment => {
	const found = env.attachments.get(id);
	if (!found || env.accounts.get(found.accountId)?.userId !== userId) {
		throw refuse('noAttachment', { id });
	}
	return found;
};

/** The files that a body names, as objects show them. Inferred: they were uploaded to an account of the same user. */
export const attachmentsOf = (
	env: BankEnvironment,
	{ userId }: Account,
	named: BodyOf<{ attachment: typeof ATTACHMENT_FIELD }>['attachment'],
): Json[] =>
	(named ?? []).map(({ id }) => ({
		id,
		monetary_account_id: ownAttachment(env, userId, id).accountId,
	}));

/** What bunq says about a file. */
export const aboutFile = (
	bank: Bank,
	{ created, description, contentType }: Attachment | PublicAttachment,
	url: string,
): Json => ({
	created,
	updated: created,
	attachment: {
		description,
		content_type: contentType,
		urls: [{ type: 'ORIGINAL', url }],
	},
	...extraFields(bank),
});
