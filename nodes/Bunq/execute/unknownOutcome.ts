import type { BunqError, UnknownWrite } from '../api/errors';
import { mayStillAct } from '../api/locks';

/** The error of a write whose response was lost. */
export type UnknownOutcome = BunqError & { unknownWrite: UnknownWrite };

/** Whether this is the error of a write whose response was lost, with the write. */
export const isUnknownOutcome = (error: unknown): error is UnknownOutcome => mayStillAct(error);
