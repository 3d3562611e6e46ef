import { BunqError } from './errors';

/**
 * Waits for `work`, or throws `abortError` as soon as `signal` fires. The work itself continues: a write on the wire is
 * never aborted.
 */
export const abortable = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> => {
	if (!signal) return await work;
	const stop = { listener: () => {} };
	const stopped = new Promise<'stopped'>((resolve) => {
		stop.listener = () => resolve('stopped');
		signal.addEventListener('abort', stop.listener, { once: true });
		if (signal.aborted) resolve('stopped');
	});
	const first = await Promise.race([work.then((value) => ({ value })), stopped]).finally(() =>
		signal.removeEventListener('abort', stop.listener),
	);
	if (first === 'stopped') throw abortError(signal);
	return first.value;
};

/**
 * The error of a request that an abort kept from being sent, or whose reply a poll no longer waited for. `signal` is the
 * signal that fired.
 */
export const abortError = ({ reason }: AbortSignal) =>
	(reason as Partial<Error> | undefined)?.name === 'TimeoutError'
		? new BunqError('unavailable', 'bunq did not answer in time', {
				description: 'Try again later.',
			})
		: new BunqError('cancelled', 'Stopped before anything was sent to bunq', {
				description:
					'The execution was stopped or timed out before this item was sent. bunq did not act on it.',
			});
