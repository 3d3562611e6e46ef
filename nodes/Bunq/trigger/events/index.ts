import type { Event } from '../event';
import { balanceCrossed } from './balanceCrossed';
import { cardTransactionCreated } from './cardTransactionCreated';
import { draftPaymentUpdated } from './draftPaymentUpdated';
import { paymentCreated } from './paymentCreated';
import { requestInquiryUpdated } from './requestInquiryUpdated';
import { requestResponseCreated } from './requestResponseCreated';

/** The trigger's table: the events that can start a workflow, by the stored value of "Trigger On". */
export const events: Record<string, Event> = {
	balanceCrossed,
	cardTransactionCreated,
	draftPaymentUpdated,
	paymentCreated,
	requestInquiryUpdated,
	requestResponseCreated,
};
