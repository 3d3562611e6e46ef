import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError } from '../api/errors';
import { accountPath, requestInquiriesPath } from '../api/listPaths';
import { newOwnReference } from '../api/ownReference';
import { createdSince } from '../api/pagination';
import { path } from '../api/path';
import { readCents, readId, readText } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Account, RequestInquiry } from '../api/types';
import type { Bunq } from '../connect';
import { accountAtBunq, amount as amountField } from '../parameters/fields';
import { field } from '../parameters/field';
import { combine, compare } from './match';
import { post, writeOperation, type Resource, type WritePlan } from './operation';
import { earliestTime, findCreated } from './recovery';
import { isActiveRequest } from './requestInquiry';

/** What bunq's sandbox gives everybody: a user with a key, and play money (docs/bunq-api.md 11). */

/** Who pays requests in the sandbox, and up to how many cents; more is refused, or never answered. */
const SUGAR_DADDY = { type: 'EMAIL', value: 'sugardaddy@bunq.com', name: 'Sugar Daddy' } as const;
const MAX_STEP_CENTS = 500_00;

/** Ten minutes of steps. A slip of a zero would otherwise keep an execution busy for hours. */
const MAX_CENTS = 100_000_00;

/** bunq pays a request within seconds; after half a minute it does not. */
const ANSWER_AFTER_MS = 3_000;
const MAX_READS = 10;

/** Nothing tells which user a lost answer was about, and nobody has its key. */
const ONE_MORE_USER =
	'A user in the sandbox costs nothing, so this can be run again: at worst, one more user is there, whose key nobody knows.';

/** One of the requests for an amount: the sandbox pays them one after another. */
const stepOf = (amount: string, index: number) => {
	const total = readCents(amount) ?? 0;
	const count = Math.max(1, Math.ceil(total / MAX_STEP_CENTS));
	const before = index * MAX_STEP_CENTS;
	const name = `, step ${index + 1} of ${count} for ${formatCents(total)} EUR`;
	return {
		index,
		isLast: index + 1 === count,
		/** What the steps before it ask for, in cents. */
		before,
		cents: Math.min(MAX_STEP_CENTS, total - before),
		description: `Play money${count > 1 ? name : ''}`,
	};
};

type Step = ReturnType<typeof stepOf>;

/** Which step a request was. Throws a BunqError where it was one for another amount: a tool call finds that, too. */
const stepDone = ({ description }: IDataObject, amount: string): Step => {
	const text = readText(description) ?? '';
	const step = stepOf(amount, Number(/step (\d+)/.exec(text)?.[1] ?? 1) - 1);
	if (step.description === text) return step;
	throw new BunqError('invalidInput', 'bunq carried out an earlier request for another amount', {
		description: `Nothing was sent. That request ("${text}") had an unknown outcome. If you want this one as well, ask for it again.`,
	});
};

const tooMuch = () =>
	new BunqError('invalidInput', `"Amount" is more than ${formatCents(MAX_CENTS)} EUR`, {
		description:
			'Nothing was sent. bunq gives play money in steps of 500 euros, and each takes three seconds. Enter less, and run it again for more.',
	});

const addedBefore = ({ before }: Step) => `${formatCents(before)} EUR was added before this step.`;

const planStep = (account: number, step: Step): WritePlan => {
	const { index, cents, description } = step;
	return {
		request: post(requestInquiriesPath(account), {
			amount_inquired: { value: formatCents(cents), currency: 'EUR' },
			counterparty_alias: { ...SUGAR_DADDY },
			description,
			merchant_reference: newOwnReference(),
			allow_bunqme: false,
		}),
		hint: index > 0 ? addedBefore(step) : undefined,
		output: ([created]) => ({
			id: readId(unwrap(created).id),
			amount: cents / 100,
			currency: 'EUR',
			description,
		}),
	};
};

/** Whether bunq shows the request that this body made: a reference of our own is in no other. */
const matchStep = (
	{ amount_inquired: inquired, description, merchant_reference: reference }: RequestInquiry,
	sent: IDataObject,
) => {
	const { value } = sent.amount_inquired as IDataObject;
	return combine([
		compare(readCents(inquired?.value), readCents(value) ?? NaN),
		compare(readText(reference), sent.merchant_reference as string),
		description === sent.description ? 'same' : 'possible',
	]);
};

/** The status of a request once it is answered, or after half a minute. Throws a BunqError. */
const awaitAnswer = async (bunq: Bunq, account: number, id: unknown) => {
	for (let reads = 1; ; reads++) {
		await bunq.pause(ANSWER_AFTER_MS);
		const request = await bunq.get<RequestInquiry>(
			requestInquiriesPath(account) + path`/${String(id)}`,
		);
		const isAnswered = request.status === 'ACCEPTED' || !isActiveRequest(request);
		if (isAnswered || reads >= MAX_READS) return readText(request.status);
	}
};

/** Waits until a step is paid. Throws a BunqError that says what was added before, where it is not, or nobody knows. */
const awaitPaid = async (bunq: Bunq, account: number, step: Step, id: unknown) => {
	const status = await awaitAnswer(bunq, account, id).catch(({ message, kind }: BunqError) => {
		throw new BunqError(kind === 'cancelled' ? kind : 'unavailable', message, {
			description: `${addedBefore(step)} It was sent, and whether it was paid could not be read.`,
		});
	});
	if (status === 'ACCEPTED') return;
	throw new BunqError('rejected', `bunq's sandbox did not pay: the request is ${String(status)}`, {
		description: `${addedBefore(step)} Run it again later with the rest.`,
	});
};

/** In cents, what was added in all; undefined where the status does not tell. */
const addedAfter = ({ before, cents }: Step, status: string | undefined) => {
	if (status === 'ACCEPTED') return before + cents;
	return status === 'PENDING' || !isActiveRequest({ status }) ? before : undefined;
};

/** What cannot be read is left out; a stopped execution ends. */
const unlessStopped = (error: BunqError) => {
	if (error.kind === 'cancelled') throw error;
	return undefined;
};

const toEuros = (cents: number | undefined) => (cents === undefined ? null : cents / 100);

export const sandbox: Resource = {
	name: 'Sandbox',
	value: 'sandbox',
	description: "Play money: users and money in bunq's sandbox",
	operations: {
		addMoney: writeOperation({
			name: 'Add Money',
			action: 'Add money in sandbox',
			description:
				'Add play money to an account in the sandbox. Not in production. It takes three seconds for each 500 euros.',
			credential: 'sandbox',
			fields: [
				field({
					...accountAtBunq,
					displayName: 'To Account',
					description:
						'The account that gets the play money: from the list, or its ID (digits only), IBAN or exact name',
				}),
				field({
					...amountField,
					description: 'How many euros of play money to add, at most 100,000',
				}),
			],
			plan: async ({ account, amount }) => {
				if ((readCents(amount) ?? 0) > MAX_CENTS) throw tooMuch();
				return planStep(account, stepOf(amount, 0));
			},
			next: async (done, { account, amount }, bunq) => {
				const step = stepDone(done, amount);
				if (step.isLast) return undefined;
				await awaitPaid(bunq, account, step, done.id);
				return planStep(account, stepOf(amount, step.index + 1));
			},
			finish: async (done, { account, amount }, bunq) => {
				const { id } = done;
				const status = await awaitAnswer(bunq, account, id).catch(unlessStopped);
				const shown = await bunq.get<Account>(accountPath(account)).catch(unlessStopped);
				return {
					id,
					accountId: account,
					amount: toEuros(addedAfter(stepDone(done, amount), status)),
					currency: 'EUR',
					status: status ?? null,
					balance: toEuros(readCents(shown?.balance?.value)),
					...((!status || !shown) && { _readFailed: true }),
				};
			},
			recovery: async ({ path: list, body, sentAt }, bunq, isUnclaimed) =>
				await findCreated<RequestInquiry>(
					createdSince(bunq.pages<RequestInquiry>(list), earliestTime(sentAt)),
					sentAt,
					{
						isCandidate: ({ id }) => isUnclaimed(id),
						matchOf: (one) => matchStep(one, JSON.parse(body) as IDataObject),
						isActive: isActiveRequest,
					},
				),
		}),

		createUser: writeOperation({
			name: 'Create User',
			action: 'Create user in sandbox',
			description:
				"Create a user with an API key in bunq's sandbox, without a credential: for trying everything with play money",
			credential: 'none',
			recovery: 'resend',
			fields: [
				{
					displayName: 'User Type',
					name: 'userType',
					type: 'options',
					options: [
						{ name: 'Company', value: 'company' },
						{ name: 'Person', value: 'person' },
					],
					default: 'person',
					description: 'Whose accounts the key gives access to',
				},
			],
			plan: async ({ userType }) => ({
				request: { method: 'POST', path: path`/sandbox-user-${userType}`, expectsObject: true },
				hint: ONE_MORE_USER,
				output: ([created]) => {
					const apiKey = readText(unwrap(created).api_key);
					return {
						apiKey,
						userType,
						environment: 'sandbox',
						nextStep: apiKey
							? 'Create a credential of the type Bunq API, choose the environment Sandbox and paste this key. Then run "Sandbox: Add Money".'
							: "bunq's answer had no key that can be read. Run it again.",
					};
				},
			}),
		}),
	},
};
