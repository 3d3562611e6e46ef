import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from './exchange';
import { type Arrived, send, type Sent } from './send';

/** From one request to the next: fewer than bunq's 3 GET, 5 POST and 2 PUT in 3 seconds (docs/bunq-api.md 4). */
const BETWEEN_MS: Record<string, number> = { GET: 1_100, POST: 700 };
const OTHER_MS = 1_600;
/** A session may be opened once in 30 seconds. */
const SESSION_MS = 31_000;
/** What a window of three seconds takes to pass. */
const WINDOW_MS = 4_000;

/** Sends requests with the pauses that bunq's limits ask for, or without any. */
export const sender = (paced: boolean) => {
	const due = { any: 0, session: 0 };
	const wait = async ({ method, path }: Exchange) => {
		const opensSession = path === '/session-server';
		await pause(Math.max(due.any - Date.now(), opensSession ? due.session - Date.now() : 0, 0));
		due.any = Date.now() + (BETWEEN_MS[method] ?? OTHER_MS);
		if (opensSession) due.session = Date.now() + SESSION_MS;
	};
	const sendPaced = async (exchange: Exchange, request: Sent): Promise<Arrived> => {
		await wait(exchange);
		const answer = await send(request);
		// Somebody else uses the key, or the limits are lower than documented: once more.
		if (answer.status !== 429) return answer;
		await pause(exchange.path === '/session-server' ? SESSION_MS : WINDOW_MS);
		return await send(request);
	};

	return async (exchange: Exchange, request: Sent): Promise<Arrived> => {
		if (!exchange.times) return await (paced ? sendPaced(exchange, request) : send(request));
		if (paced) await wait(exchange);
		let answer = await send(request);
		for (let left = exchange.times; left > 1; left--) answer = await send(request);
		due.any = Date.now() + WINDOW_MS;
		return answer;
	};
};
