import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError } from '../api/errors';
import { requestResponsesPath } from '../api/listPaths';
import { path } from '../api/path';
import { readCents, readCurrency, readText } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Amount, RequestResponse } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { account as accountField, amount, simplify } from '../parameters/fields';
import { simplified } from '../simplify';
import { listOperation } from './listOperation';
import {
	put,
	readOperation,
	writeOperation,
	type Recovery,
	type Resource,
	type WritePlan,
} from './operation';
import { assertPaymentAllowed } from './paymentGuard';

const responsePath = (account: number, id: string) => requestResponsesPath(account) + path`/${id}`;

const requestResponseId = field({
	displayName: 'Money Request ID',
	name: 'requestResponseId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 651635',
	description: 'The ID of the money request, as Get Many gives it',
});

const oauthAlternative =
	'An OAuth app may not answer requests. Answer it in the bunq app, or use the Bunq API credential.';

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

/** Plans the answer; the output is the request with it, and with the status that bunq shows, if it does. */
const planAnswer = (current: RequestResponse, at: string, answer: IDataObject): WritePlan => ({
	request: put(at, answer),
	output: ([answered]) => {
		const status = readText(unwrap(answered).status) ?? answer.status;
		return simplified({ ...current, ...answer, status });
	},
});

/** What became of a request whose answer was carried out, and what says that it was not. */
const AFTERWARDS: Record<string, { applied: string[]; ended: string[] }> = {
	ACCEPTED: {
		applied: ['ACCEPTED', 'REFUND_REQUESTED', 'REFUNDED'],
		ended: ['REJECTED', 'REVOKED', 'EXPIRED'],
	},
	REJECTED: {
		applied: ['REJECTED'],
		ended: ['ACCEPTED', 'REFUND_REQUESTED', 'REFUNDED', 'REVOKED', 'EXPIRED'],
	},
};

/** Whether an answer whose response was lost arrived: the request shows it. */
const findAnswer: Recovery = async (write, bunq) => {
	const { path: sentTo, body } = write;
	const current = await bunq.get<RequestResponse>(sentTo);
	const { applied, ended } = AFTERWARDS[(JSON.parse(body) as { status: string }).status];
	const status = statusOf(current);
	if (applied.includes(status)) return { outcome: 'applied', object: simplified(current) };
	if (status === 'PENDING') return { outcome: 'notFound' };
	// Any other word may be a step after the answer.
	if (!ended.includes(status))
		return { outcome: 'unknowable', hint: `bunq shows the request as ${status}.` };
	throw new BunqError('rejected', `The request can no longer be answered: it is ${status}`, {
		description:
			'So bunq did not carry out an earlier attempt, whose response was lost. Nothing was done.',
		unknownWrite: write,
	});
};

export const requestResponse: Resource = {
	name: 'Money Request (Received)',
	value: 'requestResponse',
	description: 'Money that somebody asks you for; bunq calls it a request response',
	operations: {
		accept: writeOperation({
			name: 'Accept',
			action: 'Pay money request',
			description: 'Accept a money request: pay what is asked at once. Not with OAuth.',
			notice: 'Pays at once what is asked, up to "At Most". A payment cannot be taken back.',
			recovery: findAnswer,
			oauthAlternative,
			paysOthers: true,
			fields: [
				accountField,
				requestResponseId,
				field({
					...amount,
					displayName: 'At Most',
					name: 'atMost',
					description:
						'The most that you pay, in the currency of the request: a request for more is refused before anything is sent',
				}),
			],
			plan: async ({ account, requestResponseId: id, atMost }, bunq) => {
				const current = await readPending(account, id, bunq);
				const asked = readAsked(current);
				assertAtMost(asked, atMost);
				const iban = current.counterparty_alias?.iban;
				await assertPaymentAllowed({ account, iban, ...asked, instead: IN_THE_APP }, bunq);
				const sent = { amount_responded: asked, status: 'ACCEPTED' };
				return planAnswer(current, responsePath(account, id), sent);
			},
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get received money request',
			description: 'Get one received money request by its ID',
			fields: [accountField, requestResponseId, simplify],
			read: async ({ account, requestResponseId: id }, bunq) =>
				await bunq.get(responsePath(account, id)),
		}),

		getAll: listOperation({
			action: 'Get many received money requests',
			description: 'List the money requests that one account received, newest first',
			objects: 'money requests',
			path: requestResponsesPath,
			statuses: [
				{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
				{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
				{ name: 'Pending', value: 'PENDING', description: 'Waiting for your answer' },
				{ name: 'Refund Requested', value: 'REFUND_REQUESTED' },
				{ name: 'Refunded', value: 'REFUNDED' },
				{ name: 'Rejected', value: 'REJECTED', description: 'Declined' },
				{ name: 'Revoked', value: 'REVOKED', description: 'Withdrawn by the requester' },
			],
		}),

		reject: writeOperation({
			name: 'Reject',
			action: 'Reject money request',
			description: 'Reject a money request: decline to pay. Not with OAuth.',
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

/** Throws a BunqError where more is asked for than the user wants to pay, decimal strings both. */
const assertAtMost = ({ value, currency }: Amount, atMost: string) => {
	const [asked, limit] = [readCents(value), readCents(atMost)];
	if (asked !== undefined && limit !== undefined && asked <= limit) return;
	throw new BunqError(
		'invalidInput',
		`The request is for ${value} ${currency}, and "At Most" is ${atMost}`,
		{
			description:
				'Nothing was sent. If you want to pay that much, raise "At Most", or accept the request in the bunq app.',
		},
	);
};
