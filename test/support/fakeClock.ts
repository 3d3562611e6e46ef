import diagnosticsChannel from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { setTimeout as realPause } from 'node:timers/promises';

/**
 * A clock that skips waiting: while no HTTP request is open and something sleeps, it jumps to the moment that the sleeper
 * waits for. The package and the simulator share it, so bunq's rate limits stay on in every test and cost no real time.
 */

const openRequests = new Set<unknown>();

interface Message {
	request: unknown;
	response?: IncomingMessage;
}

const started = (message: unknown) => openRequests.add((message as Message).request);
const failed = (message: unknown) => openRequests.delete((message as Message).request);
/** The headers have come. On a busy machine the body can take longer than a jump would wait. */
const answered = (message: unknown) =>
	(message as Message).response?.once('close', () => failed(message));
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

/** Idle for this many checks: between two requests there is work that opens none. */
const IDLE_CHECKS = 3;

const skipWaiting = async (signal: AbortSignal) => {
	let idle = 0;
	while (!signal.aborted) {
		await realPause(2);
		idle = openRequests.size === 0 ? idle + 1 : 0;
		if (idle < IDLE_CHECKS || jest.getTimerCount() === 0) continue;
		await jest.advanceTimersToNextTimerAsync();
		idle = 0;
	}
};

/** Time passes, and nothing else happens. */
export const passSeconds = (count: number) => void jest.advanceTimersByTime(count * 1_000);

export const passMinutes = (count = 1) => passSeconds(count * 60);

/** Waits, without passing time, until the condition holds. */
export const until = async (condition: () => Promise<boolean>) => {
	while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
};
