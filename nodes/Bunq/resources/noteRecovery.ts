import type { IDataObject } from 'n8n-workflow';
import { attachmentIdsOf } from '../api/attachments';
import type { Note } from '../api/fileTypes';
import { readId, readText } from '../api/readable';
import { simplifiedSent } from '../simplify';
import { compare, type Match } from './match';
import { placeOfList, withPlace, type NotePlace } from './noteSubject';
import type { Recovery } from './operation';
import { findCreated } from './recovery';

/** What became of a note whose response was lost. */

/** The output of a note with a file, from what was sent. */
export const addedFile = (
	id: unknown,
	{ attachment_id, description }: IDataObject,
	place: NotePlace,
) =>
	simplifiedSent(
		withPlace({ _type: 'NoteAttachment', id, description, attachment: [attachment_id] }, place),
	);

/** Finds a note in the list that it was sent to. bunq lists no files, so an upload cannot be found. */
export const findAddedNote: Exclude<Recovery, string> = async (
	{ path: list, body, sentAt },
	bunq,
	isUnclaimed,
) => {
	if (list.endsWith('/attachment')) return { outcome: 'unknowable', hint: UPLOAD_HINT };
	const sent = JSON.parse(body) as IDataObject;
	const found = await findCreated(bunq.each<Note>(list), sentAt, {
		isCandidate: ({ id }) => isUnclaimed(id),
		matchOf: (one) => matchNote(one, sent),
		isActive: () => true,
	});
	if (!('object' in found)) return found;
	const { attachedTo, attachedToId } = placeOfList(list);
	return { ...found, object: { ...found.object, attachedTo, attachedToId } };
};

const UPLOAD_HINT =
	'The file is linked to nothing, whether bunq has it or not, and has no effect so: run this item in a new execution.';

/** Whether a note is the one that was sent: an upload has an ID of its own, and a text is compared. */
const matchNote = (shown: Note, { content, attachment_id: file }: IDataObject): Match => {
	if (file === undefined) return compare(readText(shown.content), String(content));
	const ids = attachmentIdsOf(shown) ?? [undefined];
	if (ids.includes(readId(file))) return 'same';
	return ids.includes(undefined) ? 'possible' : 'different';
};
