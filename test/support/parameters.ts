import type { IDataObject } from 'n8n-workflow';

/** Pieces of parameters and node settings that tests share. */

/** What a resource locator field stores. */
export const locator = (mode: string, value: unknown) =>
	({ __rl: true, mode, value }) as IDataObject;

/** Items without content, for nodes whose parameters use none of it. */
export const emptyItems = (count: number) => Array.from({ length: count }, () => ({}));

export const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 };

export const CONTINUE_ON_FAIL = { onError: 'continueRegularOutput' } as const;

/** Fields of an API key credential that may pay anyone any amount. */
export const MAY_PAY_OTHERS = { allowPaymentsToOthers: true, limitAmount: false };

/** The reference of an order for which the user gives none. */
export const OWN_REFERENCE = /^n8n-[0-9a-f]{16}$/;
