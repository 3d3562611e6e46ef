import { STRING, required } from '../http/fields';
import { extraFields, labelUser } from '../bank/objects';
import { indexOf, pageOf } from '../http/pagination';
import { refusals } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import { type Bank, type Note, type Payment, nextId, timestamp } from '../bank/state';
import { accountOf } from './monetaryAccount';

/** §9.9 */
const NOTE_FIELDS = { content: required(STRING) };

/** The payment in the URL, if it belongs to the account. */
const paymentOf = (call: SessionCall): Payment => {
	const id = Number(call.params.paymentId);
	const payments = call.env.payments.get(accountOf(call).id) ?? [];
	const payment = payments[indexOf(payments, id)];
	if (payment?.id !== id) throw refusals.notFound();
	return payment;
};

const notesOf = (call: SessionCall): Note[] => {
	const { id } = paymentOf(call);
	const notes = call.env.notes.get(id) ?? [];
	call.env.notes.set(id, notes);
	return notes;
};

const noteOf = (call: SessionCall): Note => {
	const id = Number(call.params.noteId);
	const notes = notesOf(call);
	const note = notes[indexOf(notes, id)];
	if (note?.id !== id) throw refusals.notFound();
	return note;
};

const noteObject = (bank: Bank, { user }: SessionCall, note: Note) => ({
	NoteText: { ...note, label_user_creator: labelUser(user), ...extraFields(bank) },
});

const all = '/user/{userId}/monetary-account/{accountId}/payment/{paymentId}/note-text';
const one = `${all}/{noteId}`;
/** §8: whether an app may read and write notes is unknown. */
const oauth = 'oauthMayNote';

/** §9.9: notes on a payment. */
export const noteText: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: NOTE_FIELDS,
		oauth,
		does: 'create note-text',
		run(call) {
			const { bank, env, body } = call;
			const created = timestamp(bank);
			const note = { id: nextId(env), created, updated: created, content: body.content };
			notesOf(call as unknown as SessionCall).push(note);
			return { items: [{ Id: { id: note.id } }] };
		},
	}),
	route({
		method: 'GET',
		path: all,
		oauth,
		does: 'read note-text',
		run(call) {
			const { bank, request } = call;
			const { items, pagination } = pageOf(notesOf(call), request.path, request.query);
			return { items: items.map((each) => noteObject(bank, call, each)), pagination };
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth,
		does: 'read note-text',
		run: (call) => ({ items: [noteObject(call.bank, call, noteOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: one,
		body: NOTE_FIELDS,
		oauth,
		does: 'update note-text',
		run(call) {
			const note = noteOf(call as unknown as SessionCall);
			Object.assign(note, { content: call.body.content, updated: timestamp(call.bank) });
			return { items: [{ Id: { id: note.id } }] };
		},
	}),
	route({
		method: 'DELETE',
		path: one,
		oauth,
		does: 'delete note-text',
		run(call) {
			const { id } = noteOf(call);
			const notes = notesOf(call);
			notes.splice(indexOf(notes, id), 1);
			return { items: call.bank.switches.deleteAnswer === 'id' ? [{ Id: { id } }] : [] };
		},
	}),
];
