import { randomUUID } from 'node:crypto';
import { bunqJson } from './json';
import { signAnswer } from '../bank/keys';
import { type Refusal, errorBody } from './refusal';
import type { Bank, Json } from '../bank/state';

/** An answer that can be sent. */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	body: string;
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

/** §3: errors are not signed. */
export const errorReply = (refusal: Refusal): Reply =>
	jsonReply(refusal.status, errorBody(refusal));

/** §5: always an array under `Response`; a list adds `Pagination`. */
export const itemsReply = (bank: Bank, items: Json[], pagination?: Json, signed = true): Reply => {
	const value = { Response: items, ...(pagination && { Pagination: pagination }) };
	const reply = jsonReply(200, value);
	if (signed && bank.switches.signAnswers) {
		reply.headers['X-Bunq-Server-Signature'] = signAnswer(reply.body);
	}
	return reply;
};
