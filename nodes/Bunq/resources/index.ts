import { account } from './account';
import { api } from './api';
import { bunqMeLink } from './bunqMeLink';
import { callback } from './callback';
import { card } from './card';
import { cardTransaction } from './cardTransaction';
import { draftPayment } from './draftPayment';
import { invoice } from './invoice';
import { note } from './note';
import type { Resource } from './operation';
import { payment } from './payment';
import { requestInquiry } from './requestInquiry';
import { requestResponse } from './requestResponse';
import { sandbox } from './sandbox';
import { scheduledPayment } from './scheduledPayment';
import { statement } from './statement';
import { user } from './user';

/** The table of the Bunq node's operations, by resource. */
export const resources: Resource[] = [
	account,
	api,
	bunqMeLink,
	callback,
	card,
	cardTransaction,
	draftPayment,
	invoice,
	requestResponse,
	requestInquiry,
	note,
	payment,
	sandbox,
	scheduledPayment,
	statement,
	user,
];
