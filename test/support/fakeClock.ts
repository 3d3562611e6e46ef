import diagnosticsChannel from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { clearTimeout as clearRealTimeout, setTimeout as setRealTimeout } from 'node:timers';

/**
 * A clock that skips waiting: while no HTTP request is open and something sleeps, it jumps to the moment that the sleeper
 * waits for. The package and the simulator share it, so bunq's rate limits stay on in every test and cost no real time.
 */

const openRequests = new Set<unknown>();

/** Ends the pause before the next check. */
const waiting = { end: () => {} };

/** How long each of bunq's answers takes, in seconds. */
const pace = { seconds: 0 };

/** From now on, so many seconds pass with each request to bunq, before its time-out begins. */
export const answersTake = (seconds: number) => {
	pace.seconds = seconds;
};

interface Message {
	request: ClientRequest;
	response?: IncomingMessage;
}

const started = (message: unknown) => {
	const { request } = message as Message;
	openRequests.add(request);
	if (pace.seconds > 0 && request.protocol === 'https:') passSeconds(pace.seconds);
};
const failed = (message: unknown) => {
	openRequests.delete((message as Message).request);
	if (openRequests.size === 0) waiting.end();
};
/** The headers have come. On a busy machine the body can take longer than a jump would wait. */
const answered = (message: unknown) => {
	const { response } = message as Message;
	response?.once('close', () => failed(message));
};
const CHANNELS = [
	['http.client.request.created', started],
	['http.client.response.finish', answered],
	['http.client.request.error', failed],
] as const;

/** Returns the function that brings the real clock back. */
export const startFakeClock = () => {
	jest.useFakeTimers({
		now: Date.now(),
		doNotFake: [
			'nextTick',
			'setImmediate',
			'clearImmediate',
			'queueMicrotask',
			'hrtime',
			'setInterval',
			'clearInterval',
			// What formats a time names it.
			'Intl' as 'Date',
		],
	});
	for (const [name, listener] of CHANNELS) diagnosticsChannel.subscribe(name, listener);
	const stop = new AbortController();
	void skipWaiting(stop.signal);
	return () => {
		stop.abort();
		for (const [name, listener] of CHANNELS) diagnosticsChannel.unsubscribe(name, listener);
		jest.useRealTimers();
	};
};

/** Idle for this many rounds of the event loop: between two requests there is work that opens none. */
const IDLE_CHECKS = 40;

/** How often to check whether something sleeps, apart from the moments in which the last open request ends. */
const CHECK_EVERY_MS = 2;

/** Waits for such a moment. */
const nextCheck = async () =>
	await new Promise<void>((resolve) => {
		const timer = setRealTimeout(resolve, CHECK_EVERY_MS);
		waiting.end = () => {
			clearRealTimeout(timer);
			resolve();
		};
	});

const nextRound = async () => await new Promise((resolve) => setImmediate(resolve));

/** Whether no request is open now and in the next rounds. */
const isIdle = async () => {
	for (let round = 0; round < IDLE_CHECKS; round++) {
		if (openRequests.size > 0) return false;
		await nextRound();
	}
	return openRequests.size === 0;
};

const skipWaiting = async (signal: AbortSignal) => {
	while (!signal.aborted) {
		await nextCheck();
		while ((await isIdle()) && !signal.aborted && jest.getTimerCount() > 0)
			await jest.advanceTimersToNextTimerAsync();
		while (timeouts.size > 0 && (await isStuck()) && !signal.aborted) passToTimeout();
	}
};

/** Time-outs that follow the fake clock, and the moments at which they come. */
const timeouts = new Map<AbortController, number>();

/** A time-out that a test can bring about. */
const timeOut = (timeout: AbortController) =>
	timeout.abort(new DOMException('Time is up', 'TimeoutError'));

/** From now on, time-outs follow the fake clock too. Returns how to end that. */
export const fakeTimeouts = () => {
	const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const timeout = new AbortController();
		timeouts.set(timeout, Date.now() + ms);
		return timeout.signal;
	});
	return () => {
		spy.mockRestore();
		timeouts.clear();
	};
};

/** No answer comes in so many rounds of the event loop, in which the simulated bank answers too. */
const NO_ANSWER_CHECKS = 300;

/** Whether the same requests stay open. */
const isStuck = async () => {
	const open = [...openRequests];
	for (let round = 0; round < NO_ANSWER_CHECKS; round++) {
		await nextRound();
		if (open.length !== openRequests.size || open.some((each) => !openRequests.has(each)))
			return false;
	}
	return open.length > 0;
};

/** A second passes, or less until the next time-out. */
const passToTimeout = () => {
	const next = Math.min(...timeouts.values()) - Date.now();
	jest.advanceTimersByTime(Math.min(1_000, Math.max(0, next)));
	for (const [timeout, at] of timeouts) {
		if (at > Date.now()) continue;
		timeouts.delete(timeout);
		timeOut(timeout);
	}
};

/** From now on, time-outs come when a test says so. */
export const holdTimeouts = () => {
	const held = new Set<AbortController>();
	const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
		const timeout = new AbortController();
		held.add(timeout);
		return timeout.signal;
	});
	return {
		/** All that began since then; the following ones come by the real clock again. */
		come: () => {
			spy.mockRestore();
			for (const timeout of held) timeOut(timeout);
		},
	};
};

/** Waits until no request is open. */
export const noRequests = async () => await until(async () => openRequests.size === 0);

/** Time passes, and nothing else happens. */
export const passSeconds = (count: number) => void jest.advanceTimersByTime(count * 1_000);

export const passMinutes = (count = 1) => passSeconds(count * 60);

/** Waits, without passing time, until the condition holds. */
export const until = async (condition: () => Promise<boolean>) => {
	while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
};
