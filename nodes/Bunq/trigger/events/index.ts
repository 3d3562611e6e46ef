import type { Event } from '../event';
import { balanceCrossed } from './balanceCrossed';
import { bunqMeLinkPaid } from './bunqMeLinkPaid';
import { cardTransactionCreated } from './cardTransactionCreated';
import { draftPaymentUpdated } from './draftPaymentUpdated';
import { paymentCreated } from './paymentCreated';
import { requestInquiryUpdated } from './requestInquiryUpdated';
import { requestResponseCreated } from './requestResponseCreated';
import { scheduledPaymentUpdated } from './scheduledPaymentUpdated';

/** The trigger's table: the events that can start a workflow, by the stored value of "Trigger On". */
export const events: Record<string, Event> = {
	balanceCrossed,
	bunqMeLinkPaid,
	cardTransactionCreated,
	draftPaymentUpdated,
	requestInquiryUpdated,
	requestResponseCreated,
	paymentCreated,
	scheduledPaymentUpdated,
};
