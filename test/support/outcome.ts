import type { RunResult } from './engine';

/** The outcome of a write: what the node reports, and when nobody but bunq knows it. */

/** The faults after which nobody but bunq knows whether it carried a write out. */
export const LOST_RESPONSES = ['drop-before', 'drop-after', '500-after', 'truncated'] as const;

/** How a description begins after them. */
export const OUTCOME_UNKNOWN = /bunq may have carried this out/;

/** What the node reports about a write. */
export type Outcome = 'done' | 'not done' | 'outcome unknown' | 'stopped';

/** The outcome that the node reports. Throws where an error does not say what happened. */
export const outcomeOf = ({ error, status }: Pick<RunResult, 'error' | 'status'>): Outcome => {
	const text = `${error?.message} ${error?.description}`;
	if (status === 'canceled') return 'stopped';
	if (!error) return 'done';
	if (text.includes('Outcome unknown')) return 'outcome unknown';
	// What followed the write failed.
	if (text.includes('Already done, and not undone: ')) return 'done';
	if (/nothing (else )?was (done|sent)/i.test(text)) return 'not done';
	throw new Error(`The error does not say what happened: ${text}`);
};

/** What the node reports, and how often bunq carried the write out. */
export interface Cell {
	reported: Outcome;
	acted: number;
}

/** Whether the report is true. */
export const isTrue = ({ reported, acted }: Cell) =>
	reported === 'done' ? acted === 1 : reported === 'not done' ? acted === 0 : acted <= 1;
