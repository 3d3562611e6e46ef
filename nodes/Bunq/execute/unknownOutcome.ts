import { BunqError, type UnknownWrite } from '../api/errors';

/** The error of a write whose response was lost. */
export type UnknownOutcome = BunqError & { unknownWrite: UnknownWrite };

/** Whether this is the error of a write whose response was lost, with the write. */
export const isUnknownOutcome = (error: unknown): error is UnknownOutcome =>
	error instanceof BunqError && error.kind === 'outcomeUnknown' && error.unknownWrite !== undefined;
