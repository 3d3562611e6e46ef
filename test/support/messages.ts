/** Beginnings of messages that many tests look for. */

export const OUTCOME_UNKNOWN = /Maybe done: bunq may have acted/;
