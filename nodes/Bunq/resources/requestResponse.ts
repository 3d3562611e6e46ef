import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { listByStatus } from '../api/pagination';
import { path } from '../api/path';
import { readCents, readCurrency } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Amount, RequestResponse } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { simplified } from '../simplify';
import {
	put,
	readOperation,
	writeOperation,
	type Recovery,
	type Resource,
	type WritePlan,
} from './operation';
import { assertPaymentAllowed } from './paymentGuard';

const responsesPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/request-response`;

const responsePath = (account: number, id: string) => responsesPath(account) + path`/${id}`;

const requestResponseId = field({
	displayName: 'Request Response ID',
	name: 'requestResponseId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 651635',
	description: 'The ID of the request response, as Get Many gives it',
});

const oauthAlternative =
	'An OAuth app may not answer requests. Answer it in the bunq app, or use the Bunq API Key API credential.';

/** bunq's status, or `unknown` where it sends anything but a text. */
const statusOf = ({ status }: { status?: unknown }) =>
	typeof status === 'string' && status ? status : 'unknown';

/** The request, if it can still be answered. Otherwise throws a BunqError with its status. */
const readPending = async (account: number, id: string, bunq: Bunq) => {
	const current = await bunq.get<RequestResponse>(responsePath(account, id));
	if (current.status === 'PENDING') return current;
	throw new BunqError(
		'invalidInput',
		`The request can no longer be answered: it is ${statusOf(current)}`,
		{
			description: 'Nothing was sent. Only requests with the status PENDING wait for an answer.',
		},
	);
};

/** Plans the answer; the output is the request with it. */
const planAnswer = (current: RequestResponse, at: string, answer: IDataObject): WritePlan => ({
	request: put(at, answer),
	output: () => simplified({ ...current, ...answer }),
});

/** Whether an answer whose response was lost arrived: the request shows it. */
const findAnswer: Recovery = async (write, bunq) => {
	const { path: sentTo, body } = write;
	const current = await bunq.get<RequestResponse>(sentTo);
	const { status } = JSON.parse(body) as { status: string };
	const applied = [status, ...(status === 'ACCEPTED' ? ['REFUND_REQUESTED', 'REFUNDED'] : [])];
	if (applied.includes(current.status ?? ''))
		return { outcome: 'applied', object: simplified(current) };
	if (current.status === 'PENDING') return { outcome: 'notFound' };
	throw new BunqError(
		'rejected',
		`The request can no longer be answered: it is ${statusOf(current)}`,
		{
			description:
				'So bunq did not carry out an earlier attempt, whose response was lost. Nothing was done.',
			unknownWrite: write,
		},
	);
};

export const requestResponse: Resource = {
	name: 'Request Response',
	value: 'requestResponse',
	description: 'Money that somebody asks you for',
	operations: {
		accept: writeOperation({
			name: 'Accept',
			action: 'Accept request response',
			description:
				'Accept a request response: pay the requested amount immediately. Not with OAuth.',
			recovery: findAnswer,
			oauthAlternative,
			fields: [accountField, requestResponseId],
			plan: async ({ account, requestResponseId: id }, bunq) => {
				const current = await readPending(account, id, bunq);
				const asked = readAsked(current);
				const iban = current.counterparty_alias?.iban;
				await assertPaymentAllowed({ account, iban, ...asked, instead: IN_THE_APP }, bunq);
				const sent = { amount_responded: asked, status: 'ACCEPTED' };
				return planAnswer(current, responsePath(account, id), sent);
			},
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get request response',
			description: 'Get one request response by its ID',
			fields: [accountField, requestResponseId, simplify],
			read: async ({ account, requestResponseId: id }, bunq) =>
				await bunq.get(responsePath(account, id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many request responses',
			description:
				'List the request responses of one account: what it was asked to pay, newest first',
			fields: [
				accountField,
				returnAll,
				limit,
				filters([
					statusFilter(
						[
							{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
							{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
							{ name: 'Pending', value: 'PENDING', description: 'Waiting for your answer' },
							{ name: 'Refund Requested', value: 'REFUND_REQUESTED' },
							{ name: 'Refunded', value: 'REFUNDED' },
							{ name: 'Rejected', value: 'REJECTED', description: 'Declined' },
							{ name: 'Revoked', value: 'REVOKED', description: 'Withdrawn by the requester' },
						],
						'Only request responses with one of these statuses',
					),
				]),
				simplify,
			],
			read: async ({ account, ...wanted }, bunq) =>
				await listByStatus(bunq, responsesPath(account), wanted),
		}),

		reject: writeOperation({
			name: 'Reject',
			action: 'Reject request response',
			description: 'Reject a request response: decline to pay. Not with OAuth.',
			recovery: findAnswer,
			oauthAlternative,
			fields: [accountField, requestResponseId],
			plan: async ({ account, requestResponseId: id }, bunq) => {
				const current = await readPending(account, id, bunq);
				return planAnswer(current, responsePath(account, id), { status: 'REJECTED' });
			},
		}),
	},
};

const IN_THE_APP = 'Answer the request in the bunq app';

/** The amount that is asked for. Throws a BunqError where it cannot be read: it is what will be paid. */
const readAsked = ({ amount_inquired: inquired }: RequestResponse): Amount => {
	const cents = readCents(inquired?.value);
	const currency = readCurrency(inquired?.currency);
	if (cents !== undefined && cents > 0 && currency) return { value: formatCents(cents), currency };
	throw new BunqError('rejected', 'bunq does not say how much the request is for', {
		description: `Nothing was sent. ${IN_THE_APP}.`,
	});
};
