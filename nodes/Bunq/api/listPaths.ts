import { path } from './path';

/** The paths of bunq's lists (docs/bunq-api.md 9). One of a list's objects is below it, by its ID. */

export const ACCOUNTS_PATH = '/user/{user}/monetary-account';
export const CARDS_PATH = '/user/{user}/card';

/** One account, of whatever type (docs/bunq-api.md 9.2). */
export const accountPath = (account: number) => ACCOUNTS_PATH + path`/${account}`;

/** A list that each account has. */
const listOfAccount = (name: string) => (account: number) => `${accountPath(account)}/${name}`;

export const attachmentsPath = listOfAccount('attachment');
export const bunqMeLinksPath = listOfAccount('bunqme-tab');
/** bunq lists them only by account (docs/bunq-api.md 9.8). */
export const cardTransactionsPath = listOfAccount('mastercard-action');
export const draftsPath = listOfAccount('draft-payment');
export const paymentsPath = listOfAccount('payment');
export const paymentBatchesPath = listOfAccount('payment-batch');
export const requestInquiriesPath = listOfAccount('request-inquiry');
export const requestInquiryBatchesPath = listOfAccount('request-inquiry-batch');
export const requestResponsesPath = listOfAccount('request-response');
export const schedulesPath = listOfAccount('schedule-payment');
export const statementsPath = listOfAccount('customer-statement');
