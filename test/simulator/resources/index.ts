import type { Route } from '../http/routes';
import { attachment } from './attachment';
import { bunqmeTab } from './bunqmeTab';
import { card } from './card';
import { cardTransaction } from './cardTransaction';
import { customerStatement } from './customerStatement';
import { draftPayment } from './draftPayment';
import { event } from './event';
import { addObjectTo, genericRoutes } from './generic';
import { handshake } from './handshake';
import { invoice } from './invoice';
import { monetaryAccount } from './monetaryAccount';
import { note } from './note';
import { notificationFilter } from './notificationFilter';
import { notificationFilterFailure } from './notificationFilterFailure';
import { payment } from './payment';
import { paymentBatch } from './paymentBatch';
import { requestInquiry } from './requestInquiry';
import { requestInquiryBatch } from './requestInquiryBatch';
import { requestResponse } from './requestResponse';
import { schedulePayment } from './schedulePayment';
import { sandboxUsers } from './sandboxUser';
import { serverError } from './serverError';
import { user } from './user';

/** The endpoints with rules of their own. Add a new one to one of these lists. */
export const OWN_ROUTES: readonly Route[] = [
	...handshake,
	...sandboxUsers,
	...user,
	...monetaryAccount,
	...payment,
	...attachment,
	...note,
	...customerStatement,
	...invoice,
	...schedulePayment,
	...paymentBatch,
	...card,
	...cardTransaction,
	...draftPayment,
	...requestInquiry,
	...requestInquiryBatch,
	...requestResponse,
	...bunqmeTab,
	...notificationFilter,
	...event,
	...notificationFilterFailure,
	...serverError,
];

/** The bank's endpoints: all that bunq's OpenAPI file has. */
export const ROUTES: readonly Route[] = [...OWN_ROUTES, ...genericRoutes(OWN_ROUTES)];

/** Puts an object into a list of the bank that has no rules of its own. */
export const addObject = addObjectTo(OWN_ROUTES);
