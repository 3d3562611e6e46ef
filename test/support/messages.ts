/** Beginnings of messages that many tests look for. */

export const OUTCOME_UNKNOWN = /Outcome unknown: bunq may have carried this out/;
