/** Beginnings of messages that many tests look for. */

export const OUTCOME_UNKNOWN = /bunq may have carried this out/;
