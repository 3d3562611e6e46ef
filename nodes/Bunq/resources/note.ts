import type { IDataObject } from 'n8n-workflow';
import { attachmentIdsOf, downloadAttachment } from '../api/attachments';
import { unwrap } from '../api/client';
import { FileItem, namedByType, withSuffix } from '../api/files';
import type { Note } from '../api/fileTypes';
import { attachmentsPath } from '../api/listPaths';
import { collect } from '../api/pagination';
import { path } from '../api/path';
import { readText } from '../api/readable';
import { mergeNewestFirst } from '../movements';
import { inputDataFieldName, outputFieldName, simplify } from '../parameters/fields';
import { simplified, simplifiedSent } from '../simplify';
import { addedFile, findAddedNote } from './noteRecovery';
import { filesPath, findNotePlace, subjectFields, textsPath, withPlace } from './noteSubject';
import { del, post, readOperation, writeOperation, type Resource } from './operation';
import { deleted, findDeleted } from './recovery';
import { unreadableState } from './unreadableState';

const oauthAlternative =
	'bunq does not list notes and their files among the rights of OAuth apps. Use the Bunq API credential, or the bunq app.';

export const note: Resource = {
	name: 'Note',
	value: 'note',
	description: 'Texts and files, such as receipts, on payments and requests',
	operations: {
		addFile: writeOperation({
			name: 'Add File',
			action: 'Add note with file',
			description:
				'Add a note with a file, such as a receipt or an invoice, to a payment, a card transaction, a draft or a request',
			oauthAlternative,
			fields: [
				...subjectFields,
				inputDataFieldName,
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					placeholder: 'e.g. Invoice 2026-0042',
					description: 'What the file is. If empty, the name of the file.',
				},
			],
			plan: async ({ inputDataFieldName: input, description, ...subject }, bunq) => {
				const file = await input.read();
				const place = await findNotePlace(subject, bunq);
				const label = description || namedByType(input.name, file.contentType) || 'File';
				return {
					upload: {
						path: attachmentsPath(subject.account),
						file: { ...file, description: label },
						key: 'attachment_id',
					},
					request: post(filesPath(place), { description: label }),
					output: ([created], sent) => addedFile(unwrap(created).id, sent?.body ?? {}, place),
				};
			},
			recovery: findAddedNote,
		}),

		addText: writeOperation({
			name: 'Add Text',
			action: 'Add note with text',
			description:
				'Add a note with a text to a payment, a card transaction, a draft or a request; only you see it',
			oauthAlternative,
			fields: [
				...subjectFields,
				{
					displayName: 'Content',
					name: 'content',
					type: 'string',
					typeOptions: { rows: 3 },
					required: true,
					default: '',
					placeholder: 'e.g. Paid for project Alpha',
					description: 'The text of the note',
				},
			],
			plan: async ({ content, ...subject }, bunq) => {
				const place = await findNotePlace(subject, bunq);
				return {
					request: post(textsPath(place), { content }),
					output: ([created]) =>
						simplifiedSent(
							withPlace({ _type: 'NoteText', id: unwrap(created).id, content }, place),
						),
				};
			},
			recovery: findAddedNote,
		}),

		delete: writeOperation({
			name: 'Delete',
			action: 'Delete note',
			description: 'Delete a note with a text or a file',
			oauthAlternative,
			fields: [
				...subjectFields,
				{
					displayName: 'Note Type',
					name: 'noteType',
					type: 'options',
					options: [
						{ name: 'File', value: 'file' },
						{ name: 'Text', value: 'text' },
					],
					default: 'text',
					description: 'Whether the note has a text or a file: the type that Get Many gives',
				},
				{
					displayName: 'Note ID',
					name: 'noteId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 3106',
					description: 'The ID of the note, as Get Many gives it: digits only',
				},
			],
			plan: async ({ noteType, noteId, ...subject }, bunq) => {
				const place = await findNotePlace(subject, bunq);
				const list = noteType === 'text' ? textsPath(place) : filesPath(place);
				const address = list + path`/${noteId}`;
				return { request: del(address), output: () => deleted(address) };
			},
			recovery: findDeleted,
		}),

		downloadFiles: readOperation({
			name: 'Download Files',
			action: 'Download files of notes',
			description: 'Download the files of all notes of a payment or another subject, an item each',
			oauthAlternative,
			fields: [...subjectFields, outputFieldName],
			read: async ({ outputFieldName: field, ...subject }, bunq) => {
				const place = await findNotePlace(subject, bunq);
				const items: FileItem[] = [];
				for (const one of await collect(bunq.each<Note>(filesPath(place)))) {
					const { id: noteId, content, ...rest } = simplified(withPlace(one, place));
					for (const id of attachmentIdsOf(one) ?? [undefined]) {
						if (id === undefined) throw unreadableState('the files of a note');
						const file = await downloadAttachment(bunq, subject.account, id);
						const taken = items.map((item) => item.file.name);
						const name = nameOf(content, id, file.contentType, taken);
						const json = { noteId, attachmentId: id, content, ...attached(rest) };
						items.push(new FileItem(json, { ...file, name }, field));
					}
				}
				return items;
			},
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many notes',
			description: 'List the notes of a payment or another subject, newest first',
			oauthAlternative,
			fields: [...subjectFields, simplify],
			read: async (subject, bunq) => {
				const place = await findNotePlace(subject, bunq);
				const lists = [textsPath(place), filesPath(place)].map((one) => bunq.each<Note>(one));
				return (await collect(mergeNewestFirst(lists))).map((one) => withPlace(one, place));
			},
		}),
	},
};

const attached = ({ created, attachedTo, attachedToId }: IDataObject) => ({
	created,
	attachedTo,
	attachedToId,
});

/**
 * bunq keeps no file names: the note's description, which Add File fills with the name, or else the ID. It is also at the
 * end of a name that another file has, as one would replace the other in a folder.
 */
const nameOf = (content: unknown, id: number, contentType: string, taken: string[]) => {
	const name =
		namedByType(readText(content) ?? '', contentType) ||
		namedByType(`attachment-${id}`, contentType);
	const isTaken = taken.some((other) => other.toLowerCase() === name.toLowerCase());
	return isTaken ? withSuffix(name, `-${id}`) : name;
};
