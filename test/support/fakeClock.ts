import diagnosticsChannel from 'node:diagnostics_channel';
import { setTimeout as realPause } from 'node:timers/promises';

/**
 * Time that jumps: while nothing is on the wire and somebody sleeps, the clock goes to the moment that the sleeper
 * waits for. The package's waiting for bunq's limits and the simulator's counting share this clock, so the limits stay
 * on in every test and cost no seconds.
 */

const onTheWire = new Set<unknown>();
const started = (message: unknown) => onTheWire.add((message as { request: unknown }).request);
const ended = (message: unknown) => onTheWire.delete((message as { request: unknown }).request);
const CHANNELS = [
	['http.client.request.created', started],
	['http.client.response.finish', ended],
	['http.client.request.error', ended],
] as const;

export const startClock = () => {
	jest.useFakeTimers({
		now: Date.now(),
		doNotFake: [
			'nextTick',
			'setImmediate',
			'clearImmediate',
			'queueMicrotask',
			'performance',
			'hrtime',
			'setInterval',
			'clearInterval',
		],
	});
	for (const [name, listener] of CHANNELS) diagnosticsChannel.subscribe(name, listener);
	const stop = new AbortController();
	void jump(stop.signal);
	return () => {
		stop.abort();
		for (const [name, listener] of CHANNELS) diagnosticsChannel.unsubscribe(name, listener);
		jest.useRealTimers();
	};
};

/** Quiet for this many looks: between two requests there is work that is not on the wire. */
const QUIET = 3;

const jump = async (signal: AbortSignal) => {
	let quiet = 0;
	while (!signal.aborted) {
		await realPause(2);
		quiet = onTheWire.size === 0 ? quiet + 1 : 0;
		if (quiet < QUIET || jest.getTimerCount() === 0) continue;
		await jest.advanceTimersToNextTimerAsync();
		quiet = 0;
	}
};
