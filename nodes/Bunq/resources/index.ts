import { account } from './account';
import { api } from './api';
import { card } from './card';
import { cardTransaction } from './cardTransaction';
import { draftPayment } from './draftPayment';
import type { Resource } from './operation';
import { payment } from './payment';
import { requestInquiry } from './requestInquiry';
import { requestResponse } from './requestResponse';
import { user } from './user';

/** The table of the Bunq node's operations, by resource. */
export const resources: Resource[] = [
	account,
	api,
	card,
	cardTransaction,
	draftPayment,
	payment,
	requestInquiry,
	requestResponse,
	user,
];
