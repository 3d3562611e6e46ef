/** The faults after which nobody but bunq knows whether it carried a write out. */
export const LOST_RESPONSES = ['drop-before', 'drop-after', '500-after', 'truncated'] as const;
