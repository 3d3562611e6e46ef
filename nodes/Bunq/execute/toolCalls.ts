import type { IDataObject } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { amountOf, contentOf, counterpartyOf, entriesIn, type BodyEntry } from '../api/requestBody';
import type { UnknownOutcome, UnknownWrite } from '../api/errors';
import { isOwnReference } from '../api/ownReference';
import { readText } from '../api/readable';
import type { WriteRequest } from '../resources/operation';

/** The calls of tools whose outcome is unknown. An equal call within the hour counts as a repetition of one. */

/** The connection of a write: `access` identifies its user. */
export interface Access {
	host: string;
	access: string;
}

/** A call of unknown outcome that equals another; `isOwn`: both belong to one conversation. */
export interface EqualCall {
	unknown: UnknownOutcome;
	isOwn: boolean;
}

interface ToolCall {
	content: string;
	/** Empty: not known, so nobody's own. */
	conversation: string;
	recordedAt: number;
	unknown: UnknownOutcome;
}

/** Remembers calls for this long, in milliseconds. A conversation is one execution of a tool's node. */
export const createToolCalls = (retention: number) => {
	/** Equal calls in parallel may all be lost: each is remembered. */
	let calls: ToolCall[] = [];
	const recent = () =>
		(calls = calls.filter(({ recordedAt }) => recordedAt > monotonicNow() - retention));
	const isOwn = (call: ToolCall, conversation: string) =>
		conversation !== '' && call.conversation === conversation;
	return {
		size: () => recent().length,
		add: (access: Access, unknown: UnknownOutcome, conversation: string) => {
			const { path, body } = unknown.unknownWrite;
			const content = contentKey(access, path, JSON.parse(body) as IDataObject);
			calls.push({ content, conversation, recordedAt: monotonicNow(), unknown });
		},
		/** Prefers a call of the same conversation. */
		equalTo: (
			access: Access,
			request: WriteRequest,
			conversation: string,
		): EqualCall | undefined => {
			const content = contentKey(access, request.path, contentOf(request));
			const equal = recent().filter((call) => call.content === content);
			const own = equal.find((call) => isOwn(call, conversation));
			const found = own ?? equal.at(0);
			return found && { unknown: found.unknown, isOwn: found === own };
		},
		/** What this conversation has left open; nobody may read of another's. */
		unknownOf: (conversation: string) =>
			recent()
				.filter((call) => isOwn(call, conversation))
				.map(({ unknown }) => unknown),
		resolve: (write: UnknownWrite) => {
			calls = calls.filter(({ unknown }) => unknown.unknownWrite !== write);
		},
	};
};

/**
 * The idempotency key of a write by its content: where it goes, and how much to whom. The description is no part of it,
 * as a model words it differently each time. Without an amount or a recipient, the whole entry counts. Accounts have one
 * ID whoever asks; any other path is one user's.
 */
const contentKey = ({ host, access }: Access, path: string, body: IDataObject) =>
	[
		host,
		path.includes('/monetary-account/') ? '' : access,
		path,
		...entriesIn(body).map(amountAndCounterparty).sort(),
	].join('\n');

/** The references that a user gave, of all entries. */
const referencesIn = (body: IDataObject) =>
	entriesIn(body).map((entry) => {
		const reference = readText(entry?.merchant_reference);
		return isOwnReference(reference) ? undefined : reference;
	});

/** Whether both name a reference, and not the same: an equal payment of another invoice. */
export const hasOtherReference = ({ body: sent }: UnknownWrite, { body = {} }: WriteRequest) => {
	const before = referencesIn(JSON.parse(sent) as IDataObject).filter(Boolean);
	const now = referencesIn(body).filter(Boolean);
	return before.length > 0 && now.length > 0 && before.sort().join('\n') !== now.sort().join('\n');
};

/** Whether they are to pay at different times: at once and later, for example. */
export const hasOtherSchedule = ({ body: sent }: UnknownWrite, { body = {} }: WriteRequest) => {
	const { schedule: before } = JSON.parse(sent) as IDataObject;
	return JSON.stringify(before) !== JSON.stringify(body.schedule);
};

const amountAndCounterparty = (entry: BodyEntry) => {
	const amount = amountOf(entry);
	const to = counterpartyOf(entry);
	return amount?.value && to?.value
		? `${Number(amount.value)} ${String(amount.currency)} ${String(to.value).toLowerCase()}`
		: JSON.stringify(entry);
};
