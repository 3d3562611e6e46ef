import type { Route } from '../http/routes';
import { attachment } from './attachment';
import { card } from './card';
import { cardTransaction } from './cardTransaction';
import { draftPayment } from './draftPayment';
import { handshake } from './handshake';
import { monetaryAccount } from './monetaryAccount';
import { noteText } from './noteText';
import { notificationFilter } from './notificationFilter';
import { notificationFilterFailure } from './notificationFilterFailure';
import { payment } from './payment';
import { paymentBatch } from './paymentBatch';
import { requestInquiry } from './requestInquiry';
import { requestInquiryBatch } from './requestInquiryBatch';
import { requestResponse } from './requestResponse';
import { sandboxUsers } from './sandboxUser';
import { user } from './user';

/** The bank's endpoints. Add a new one to one of these lists. */
export const ROUTES: readonly Route[] = [
	...handshake,
	...sandboxUsers,
	...user,
	...monetaryAccount,
	...payment,
	...attachment,
	...noteText,
	...paymentBatch,
	...card,
	...cardTransaction,
	...draftPayment,
	...requestInquiry,
	...requestInquiryBatch,
	...requestResponse,
	...notificationFilter,
	...notificationFilterFailure,
];
