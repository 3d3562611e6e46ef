import {
	type Attachment,
	type PublicAttachment,
	aboutFile,
	attach,
	publish,
} from '../bank/attachments';
import { refusals } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import { accountOf, visibleAccounts } from './monetaryAccount';

/** The file in the URL, if it is of the account in the URL, or without one of any account that the caller may see. */
const attachmentOf = (call: SessionCall): Attachment => {
	const level = call.params.accountId === undefined ? 'user' : 'account';
	const accounts = level === 'user' ? visibleAccounts(call) : [accountOf(call)];
	const found = call.env.attachments.get(Number(call.params.attachmentId));
	const { attachmentContent } = call.bank.switches;
	const isThere = attachmentContent === 'both' || attachmentContent === level;
	if (!found || !isThere || !accounts.some(({ id }) => id === found.accountId)) {
		throw refusals.notFound();
	}
	return found;
};

const publicAttachmentOf = ({ env, params }: SessionCall): PublicAttachment => {
	const found = env.publicAttachments.get(params.uuid);
	if (!found) throw refusals.notFound();
	return found;
};

const urlOf = ({ request }: SessionCall) => `https://api.bunq.com/v1${request.path}/content`;

const ofUser = '/user/{userId}/attachment/{attachmentId}';
const ofAccount = '/user/{userId}/monetary-account/{accountId}/attachment';
const ofAll = '/attachment-public';

/** §9.10: bytes in and out; neither is JSON. */
export const attachment: Route[] = [
	route({
		method: 'POST',
		path: ofAccount,
		oauth: 'oauthMayUpload',
		does: 'create attachment',
		run(call) {
			const { bank, env, request } = call;
			return { items: [{ Id: { id: attach(bank, env, accountOf(call), request).id } }] };
		},
	}),
	...[`${ofAccount}/{attachmentId}/content`, `${ofUser}/content`].map((path) =>
		route({
			method: 'GET',
			path,
			oauth: 'oauthMayReadFiles',
			does: 'read attachment',
			run: (call) => ({ file: attachmentOf(call) }),
		}),
	),
	route({
		method: 'GET',
		path: ofUser,
		oauth: 'oauthMayReadFiles',
		does: 'read attachment',
		run(call) {
			const found = attachmentOf(call);
			const about = aboutFile(call.bank, found, urlOf(call));
			return { items: [{ AttachmentUser: { id: found.id, ...about } }] };
		},
	}),
	route({
		method: 'POST',
		path: ofAll,
		oauth: 'oauthMayUpload',
		does: 'create attachment-public',
		run: ({ bank, env, request }) => ({
			items: [{ Uuid: { uuid: publish(bank, env, request).uuid } }],
		}),
	}),
	route({
		method: 'GET',
		path: `${ofAll}/{uuid}`,
		oauth: 'oauthMayReadFiles',
		does: 'read attachment-public',
		run(call) {
			const found = publicAttachmentOf(call);
			const about = aboutFile(call.bank, found, urlOf(call));
			return { items: [{ AttachmentPublic: { uuid: found.uuid, ...about } }] };
		},
	}),
	route({
		method: 'GET',
		path: `${ofAll}/{uuid}/content`,
		oauth: 'oauthMayReadFiles',
		does: 'read attachment-public',
		run: (call) => ({ file: publicAttachmentOf(call) }),
	}),
];
