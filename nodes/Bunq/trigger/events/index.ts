import type { Event } from '../event';
import { balanceCrossed } from './balanceCrossed';
import { cardTransactionCreated } from './cardTransactionCreated';
import { draftPaymentUpdated } from './draftPaymentUpdated';
import { paymentCreated } from './paymentCreated';
import { requestInquiryUpdated } from './requestInquiryUpdated';
import { requestResponseCreated } from './requestResponseCreated';

/** The trigger's table: what the Bunq Trigger node waits for. */
export const events: Record<string, Event> = {
	balanceCrossed,
	cardTransactionCreated,
	draftPaymentUpdated,
	paymentCreated,
	requestInquiryUpdated,
	requestResponseCreated,
};
