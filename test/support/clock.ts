import diagnosticsChannel from 'node:diagnostics_channel';
import { setTimeout as realPause } from 'node:timers/promises';

/**
 * Time that jumps: while nothing is on the wire and somebody sleeps, the clock goes to the moment that the sleeper
 * waits for. The package's waiting for bunq's limits and the simulator's counting share this clock, so the limits stay
 * on in every test and cost no seconds.
 */

const onTheWire = { count: 0 };
const started = () => onTheWire.count++;
const ended = () => onTheWire.count--;

export const startClock = () => {
	jest.useFakeTimers({
		now: Date.now(),
		doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance', 'hrtime', 'setInterval', 'clearInterval'],
	});
	diagnosticsChannel.subscribe('http.client.request.start', started);
	diagnosticsChannel.subscribe('http.client.response.finish', ended);
	diagnosticsChannel.subscribe('http.client.request.error', ended);
	const stop = new AbortController();
	void jump(stop.signal);
	return () => {
		stop.abort();
		diagnosticsChannel.unsubscribe('http.client.request.start', started);
		diagnosticsChannel.unsubscribe('http.client.response.finish', ended);
		diagnosticsChannel.unsubscribe('http.client.request.error', ended);
		jest.useRealTimers();
	};
};

/** Quiet for this many looks: between two requests there is work that is not on the wire. */
const QUIET = 3;

const jump = async (signal: AbortSignal) => {
	let quiet = 0;
	while (!signal.aborted) {
		await realPause(2);
		quiet = onTheWire.count <= 0 ? quiet + 1 : 0;
		if (quiet < QUIET || jest.getTimerCount() === 0) continue;
		await jest.advanceTimersToNextTimerAsync();
		quiet = 0;
	}
};
