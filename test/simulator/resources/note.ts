import { ownAttachment } from '../bank/attachments';
import { type Fields, INTEGER, STRING, optional, required } from '../http/fields';
import { extraFields, labelUser } from '../bank/objects';
import { indexOf, itemOf, shownPage } from '../http/pagination';
import { refusals } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import {
	type Account,
	type BankEnvironment,
	type Json,
	type Note,
	nextId,
	timestamp,
} from '../bank/state';
import { accountOf } from './monetaryAccount';

type Subjects = readonly { id: number; type?: string }[];

/** §9.9: what can have notes: the parts of its path below an account, and all of its kind on an account. */
const SUBJECTS: Record<string, (env: BankEnvironment, account: Account) => Subjects | undefined> = {
	'payment/{paymentId}': (env, { id }) => env.payments.get(id),
	'payment-batch/{paymentBatchId}': (env, { id }) => env.batches.get(id),
	'draft-payment/{draftPaymentId}': (env, { id }) => env.drafts.get(id),
	'mastercard-action/{cardTransactionId}': (env, { id }) => env.cardTransactions.get(id),
	'request-inquiry/{requestInquiryId}': (env, { id }) =>
		env.requests.filter(({ accountId }) => accountId === id),
	'request-inquiry-batch/{requestInquiryBatchId}': (env, { id }) =>
		env.requestBatches.filter(({ accountId }) => accountId === id),
	'request-response/{requestResponseId}': (env, { id }) =>
		env.requests.flatMap(({ counterparty, responseId }) =>
			counterparty.accountId === id && responseId !== null ? [{ id: responseId }] : [],
		),
};

/** §9.9: a payment by card refuses notes; the card transaction takes them. */
const TYPES_WITHOUT_NOTES = ['MASTERCARD', 'FIS'];

interface Kind {
	/** The last part of the path. */
	path: 'note-text' | 'note-attachment';
	/** The wrapper of a note. */
	name: string;
	fields: Fields;
	/** What a body says of a note. */
	read(call: SessionCall): Pick<Note, 'content' | 'attachmentId'>;
	/** The keys that only notes of this kind have. */
	show(call: SessionCall, note: Note): Json;
}

const KINDS: Kind[] = [
	{
		path: 'note-text',
		name: 'NoteText',
		fields: { content: required(STRING) },
		read: ({ body }) => ({ content: String((body as Json).content) }),
		show: (_, { content }) => ({ content }),
	},
	{
		path: 'note-attachment',
		name: 'NoteAttachment',
		fields: { attachment_id: required(INTEGER), description: optional(STRING) },
		read({ env, user, body }) {
			const { attachment_id, description = '' } = body as Json;
			const { id } = ownAttachment(env, user.id, Number(attachment_id));
			return { content: String(description), attachmentId: id };
		},
		show({ env, bank }, { content, attachmentId: id = 0 }) {
			const entry = { id, monetary_account_id: env.attachments.get(id)?.accountId };
			const isBare = bank.switches.noteAttachments === 'ids';
			return { description: content, attachment: [isBare ? id : entry] };
		},
	},
];

/** §9.9: bunq's file requires the description only at card transactions. */
const fieldsOf = (subject: string, { path, fields }: Kind): Fields =>
	path === 'note-attachment' && subject.startsWith('mastercard-action')
		? { ...fields, description: required(STRING) }
		: fields;

const routesOf = (subject: string, kind: Kind): Route[] => {
	const body = fieldsOf(subject, kind);
	const [param] = /\w+(?=\}$)/.exec(subject) ?? [];
	const all = `/user/{userId}/monetary-account/{accountId}/${subject}/${kind.path}`;
	const one = `${all}/{noteId}`;

	const subjectOf = (call: SessionCall) =>
		itemOf(SUBJECTS[subject](call.env, accountOf(call)) ?? [], call.params[param ?? '']);
	const notesOf = (call: SessionCall): Note[] => {
		const key = `${kind.path} ${subjectOf(call).id}`;
		const notes = call.env.notes.get(key) ?? [];
		call.env.notes.set(key, notes);
		return notes;
	};
	const noteOf = (call: SessionCall) => itemOf(notesOf(call), call.params.noteId);
	const noteObject = (call: SessionCall, note: Note) => {
		const creator = call.env.users.get(note.userId);
		return {
			[kind.name]: {
				id: note.id,
				created: note.created,
				updated: note.updated,
				label_user_creator: creator ? labelUser(creator) : null,
				...kind.show(call, note),
				...extraFields(call.bank),
			},
		};
	};

	/** §8: whether an app may read and write notes is unknown. */
	const oauth = 'oauthMayNote';
	return [
		route({
			method: 'POST',
			path: all,
			body,
			oauth,
			does: `create ${kind.path}`,
			run(erased) {
				const call = erased as unknown as SessionCall;
				const { bank, env, user } = call;
				const { type = '' } = subjectOf(call);
				if (TYPES_WITHOUT_NOTES.includes(type)) throw refusals.noNotes();
				const created = timestamp(bank);
				const more = kind.read(call);
				const note = { id: nextId(env), created, updated: created, userId: user.id, ...more };
				notesOf(call).push(note);
				return { items: [{ Id: { id: note.id } }] };
			},
		}),
		route({
			method: 'GET',
			path: all,
			oauth,
			does: `read ${kind.path}`,
			run(call) {
				return shownPage(call.request, notesOf(call), (each) => noteObject(call, each));
			},
		}),
		route({
			method: 'GET',
			path: one,
			oauth,
			does: `read ${kind.path}`,
			run: (call) => ({ items: [noteObject(call, noteOf(call))] }),
		}),
		route({
			method: 'PUT',
			path: one,
			body,
			oauth,
			does: `update ${kind.path}`,
			run(erased) {
				const call = erased as unknown as SessionCall;
				const note = noteOf(call);
				Object.assign(note, kind.read(call), { updated: timestamp(call.bank) });
				return { items: [{ Id: { id: note.id } }] };
			},
		}),
		route({
			method: 'DELETE',
			path: one,
			oauth,
			does: `delete ${kind.path}`,
			run(call) {
				const { id } = noteOf(call);
				const notes = notesOf(call);
				notes.splice(indexOf(notes, id), 1);
				return { items: call.bank.switches.deleteAnswer === 'id' ? [{ Id: { id } }] : [] };
			},
		}),
	];
};

/** §9.9: texts and files on payments and whatever else moves money. */
export const note: Route[] = Object.keys(SUBJECTS).flatMap((subject) =>
	KINDS.flatMap((kind) => routesOf(subject, kind)),
);
