import { BunqError } from './errors';

/**
 * Waits for `work`, or throws as soon as the execution is stopped or timed out. The work itself goes on: a write that
 * is on the wire is never aborted, only the waiting ends.
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

/** The execution was stopped or ran out of time before this was sent; or a poll, which only reads, did. */
export const abortError = ({ reason }: AbortSignal) =>
	(reason as Partial<Error> | undefined)?.name === 'TimeoutError'
		? new BunqError('unavailable', 'bunq did not answer in time', {
				description: 'Try again later.',
			})
		: new BunqError('cancelled', 'Stopped before anything was sent to bunq', {
				description:
					'The execution was stopped or timed out, so this item was not sent. Nothing happened at bunq for it.',
			});
