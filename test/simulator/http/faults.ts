import { randomUUID } from 'node:crypto';
import type { FaultKind } from '../control/protocol';
import { type Reply, errorReply } from './reply';
import { refusals } from './refusal';
import { signAnswer } from '../bank/keys';
import { takeDue } from '../bank/orders';
import type { Bank } from '../bank/state';
import { expiredSession } from '../auth/callers';

/** `drop`: the socket is destroyed. `hang`: no answer, ever. */
export type Outcome = Reply | 'drop' | 'hang';

/** The answer that a fault requests. */
interface Given {
	status: number;
	body: string;
}

interface Fault {
	/** Answers instead of the bank, which does not act. */
	before?(bank: Bank, order: Given): Outcome;
	/** Damages the answer after the bank has acted. */
	after?(reply: Reply, order: Given): Outcome;
	/** Whether the delay comes after the bank has acted. */
	answersLate?: true;
	/** Whether a list is as the bank showed it last. */
	isStale?: true;
}

const withoutSignature = (reply: Reply): Reply => {
	const headers = { ...reply.headers };
	delete headers['X-Bunq-Server-Signature'];
	return { ...reply, headers };
};

/** `serve` echoes the request's, unless an answer has one. */
const REQUEST_ID = 'X-Bunq-Client-Request-Id';

const BAD_GATEWAY =
	'<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

/** An answer of something between the client and the bank: `serve` adds none of bunq's headers. */
const fromProxy = (status: number, body: string): Reply => ({
	status,
	headers: { 'Content-Type': 'text/html', Via: '1.1 proxy' },
	body,
});

export const FAULTS: Record<FaultKind, Fault> = {
	'drop-before': { before: () => 'drop' },
	'drop-after': { after: () => 'drop' },
	'timeout-before': { before: () => 'hang' },
	'timeout-after': { after: () => 'hang' },
	'500-before': { before: () => errorReply(refusals.broken()) },
	'500-after': { after: () => errorReply(refusals.broken()) },
	'429': { before: (bank) => errorReply(refusals.tooMany(bank.switches.rateLimitStatus, 3, 3)) },
	expired: { before: (bank) => errorReply(expiredSession(bank)) },
	'466': { before: () => errorReply(refusals.signatureRequired()) },
	credentials: { before: () => errorReply(refusals.credentials()) },
	maintenance: { before: () => errorReply(refusals.maintenance()) },
	html: {
		before: () => fromProxy(502, BAD_GATEWAY),
	},
	truncated: {
		after: (reply) => ({ ...reply, body: reply.body.slice(0, reply.body.length / 2) }),
	},
	empty: { after: (reply) => ({ ...withoutSignature(reply), body: '' }) },
	unsigned: { after: withoutSignature },
	'other-request': {
		after: (reply) => ({ ...reply, headers: { ...reply.headers, [REQUEST_ID]: randomUUID() } }),
	},
	'wrong-signature': {
		after: (reply) => ({
			...reply,
			headers: { ...reply.headers, 'X-Bunq-Server-Signature': signAnswer(`${reply.body} `) },
		}),
	},
	// An unsigned answer with the given status; the bank does not act.
	status: { before: (_bank, { status, body }) => ({ status, headers: {}, body }) },
	proxy: { before: (_bank, { status, body }) => fromProxy(status, body) },
	'proxy-after': { after: (_reply, { status, body }) => fromProxy(status, body) },
	// As `status`, but after the bank has acted, with a wrong signature.
	forged: {
		after: (_reply, { status, body }) => ({
			status,
			headers: { 'X-Bunq-Server-Signature': signAnswer(`${body} `) },
			body,
		}),
	},
	// A correctly signed answer with the given body.
	other: {
		after: (reply, { body }) => ({
			...reply,
			body,
			headers: { ...reply.headers, 'X-Bunq-Server-Signature': signAnswer(body) },
		}),
	},
	// Only late.
	slow: {},
	// The bank acts at once and answers late.
	'slow-answer': { answersLate: true },
	// The bank answers as to the same read before, as where another machine of it is behind.
	stale: { isStale: true },
};

/** Takes the fault for a request, if there is one. */
export const takeFault = (bank: Bank, method: string, path: string) =>
	takeDue(
		bank.faults,
		(order) =>
			(order.method === '' || order.method.toUpperCase() === method) &&
			new RegExp(order.path).test(path),
	);
