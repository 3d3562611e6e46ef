import { randomUUID } from 'node:crypto';
import { bunqJson } from './json';
import { signAnswer } from '../bank/keys';
import { type Refusal, errorBody } from './refusal';
import type { StoredFile } from '../bank/attachments';
import type { Bank, Json } from '../bank/state';

/** An answer that can be sent. */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	/** Text, or the bytes of a file. */
	body: string | Buffer;
	/** Whether the bank signs it, once nothing changes any more: `seal`. */
	isSigned?: true;
}

/** The result of a request. */
export interface Answer {
	reply: Reply;
	/** Whether the bank changed something. */
	changedSomething: boolean;
}

export const jsonReply = (status: number, value: unknown): Reply => ({
	status,
	headers: {
		'Content-Type': 'application/json',
		'X-Bunq-Client-Response-Id': randomUUID(),
	},
	body: bunqJson(value),
});

/** An error without a signature. */
export const errorReply = (refusal: Refusal): Reply =>
	jsonReply(refusal.status, errorBody(refusal));

const withSignature = (reply: Reply): Reply => ({ ...reply, isSigned: true });

/** The answer with its signature, if it has one. */
export const seal = ({ isSigned, ...reply }: Reply): Reply =>
	isSigned
		? {
				...reply,
				headers: { ...reply.headers, 'X-Bunq-Server-Signature': signAnswer(reply.body) },
			}
		: reply;

/** §3: an error of the API, signed or not by switch. */
export const apiErrorReply = ({ switches }: Bank, refusal: Refusal): Reply => {
	const { status } = refusal;
	const mayBeSigned = status >= 400 && status < 500 && status !== 429 && status !== 491;
	const reply = errorReply(refusal);
	return switches.signErrors && mayBeSigned ? withSignature(reply) : reply;
};

const signed = ({ switches }: Bank, reply: Reply): Reply =>
	switches.signAnswers ? withSignature(reply) : reply;

/** §5: always an array under `Response`; a list adds `Pagination`. */
export const itemsReply = (bank: Bank, items: Json[], pagination?: Json, sign = true): Reply => {
	const value = { Response: items, ...(pagination && { Pagination: pagination }) };
	const reply = jsonReply(200, value);
	return sign ? signed(bank, reply) : reply;
};

/** §9.10: a file as it is, without JSON around it; signed over its bytes. */
export const fileReply = (bank: Bank, { contentType, bytes }: StoredFile): Reply => {
	const { headers } = jsonReply(200, null);
	const { fileContentType: shown } = bank.switches;
	return signed(bank, {
		status: 200,
		headers: { ...headers, 'Content-Type': shown === 'own' ? contentType : shown },
		body: bytes,
	});
};
