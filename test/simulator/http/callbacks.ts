import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { signAnswer } from '../bank/keys';
import {
	type Bank,
	type BankEnvironment,
	type Delivery,
	nextId,
	now,
	timestamp,
} from '../bank/state';

/** Sends the calls of notification filters (§10.2). */

/** §10.2: the first try and five more, a minute apart. */
const MOST_TRIES = 6;
const PAUSE_MS = 60_000;

/** Calls at the same time; invented. */
const MOST_OPEN = 100;

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Where a call goes: no test calls another machine, so a public address needs a route to a local one. */
const addressOf = (bank: Bank, target: string): URL => {
	const url = new URL(target);
	const route = bank.callbackRoutes[url.origin];
	if (route) return new URL(`${url.pathname}${url.search}`, route);
	if (LOCAL.test(url.hostname)) return url;
	throw new Error(`No route to ${url.origin}`);
};

/** Sends a body once. Returns the status; throws where the answer has none or does not end in time. */
const post = (bank: Bank, target: string, body: string, signal: AbortSignal): Promise<number> =>
	new Promise((resolve, reject) => {
		const address = addressOf(bank, target);
		const { callbackTimeoutSeconds, signCallbacks } = bank.switches;
		const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
		const request = send(address, {
			method: 'POST',
			agent: false,
			signal,
			headers: {
				'Content-Type': 'application/json',
				'Content-Length': Buffer.byteLength(body),
				// Invented.
				'User-Agent': 'bunq',
				...(signCallbacks && { 'X-Bunq-Server-Signature': signAnswer(body) }),
			},
		});
		const deadline = setTimeout(() => {
			reject(new Error(`Connection timeout after ${callbackTimeoutSeconds} seconds`));
			request.destroy();
		}, callbackTimeoutSeconds * 1000);
		request.on('close', () => clearTimeout(deadline));
		request.on('error', reject);
		request.on('response', (response) => {
			response.on('error', reject);
			response.on('end', () => resolve(response.statusCode ?? 0));
			response.resume();
		});
		request.end(body);
	});

/** §10.2: a failure that clients can list, and order again. The words are invented. */
const giveUp = (bank: Bank, env: BankEnvironment, delivery: Delivery): void => {
	delivery.state = 'failed';
	const created = timestamp(bank);
	const { status, error } = delivery.tries[delivery.tries.length - 1];
	env.failures.push({
		id: nextId(env),
		created,
		updated: created,
		delivery,
		message: error ?? `The notification target answered ${status}`,
		status,
	});
};

const attempt = async (bank: Bank, delivery: Delivery, signal: AbortSignal): Promise<void> => {
	delivery.state = 'calling';
	const time = new Date(delivery.due).toISOString();
	try {
		const status = await post(bank, delivery.filter.target, delivery.body, signal);
		delivery.tries.push({ time, status, error: null });
		if (status >= 200 && status < 300) delivery.state = 'delivered';
	} catch (error) {
		delivery.tries.push({ time, status: null, error: (error as Error).message });
	}
	// The bank was reset or stopped meanwhile.
	if (!bank.deliveries.includes(delivery) || delivery.state === 'delivered') return;
	const env = bank.environments[delivery.environment];
	if (delivery.tries.length >= MOST_TRIES) return giveUp(bank, env, delivery);
	delivery.state = 'waiting';
	delivery.due += PAUSE_MS;
};

const isDue = (bank: Bank, delivery: Delivery, place: number): boolean => {
	if (delivery.state !== 'waiting' || delivery.due > now(bank)) return false;
	if (!delivery.afterNext) return true;
	const hasPassed = ({ filter, tries }: Delivery) =>
		filter.target === delivery.filter.target && tries.length > 0;
	return bank.deliveries.slice(place + 1).some(hasPassed);
};

/** Starts every call that is due. */
const startDue = (bank: Bank): void => {
	const due = bank.deliveries.filter((each, place) => isDue(bank, each, place));
	for (const each of due.slice(0, MOST_OPEN - bank.openCalls.size)) {
		const abort = new AbortController();
		const call = attempt(bank, each, abort.signal).finally(() => {
			bank.openCalls.delete(call);
			sendOnTime(bank);
		});
		bank.openCalls.set(call, abort);
	}
};

/** Sends what is due, unless a test holds the calls. Nobody waits for the answers. */
export const sendOnTime = (bank: Bank): void => {
	if (!bank.callbacksHeld) startDue(bank);
};

/** Sends what is due until nothing is, as a second try can be due at once where clocks jump, and waits for all answers. */
export const sendDue = async (bank: Bank): Promise<void> => {
	for (;;) {
		startDue(bank);
		if (bank.openCalls.size === 0) return;
		await Promise.race(bank.openCalls.keys());
	}
};

/** Ends all open calls; nothing more is sent. */
export const endCalls = (bank: Bank): void => {
	bank.deliveries = [];
	for (const abort of bank.openCalls.values()) abort.abort();
};
