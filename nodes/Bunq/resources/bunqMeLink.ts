import { unwrap } from '../api/client';
import { bunqMeLinksPath } from '../api/listPaths';
import type { BunqMeLink } from '../api/types';
import { isOneOf, listNewest } from '../api/pagination';
import { path } from '../api/path';
import { field } from '../parameters/field';
import {
	account as accountField,
	accountAtBunq,
	amount as amountField,
	currency as currencyField,
	limit,
	paymentDescription,
	returnAll,
	simplify,
} from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { simplified } from '../simplify';
import { paymentsOfLink } from '../simplify/bunqMeLink';
import { entryToRepeat, findLink } from './bunqMeLinkEntry';
import { post, put, readOperation, unchanged, writeOperation, type Resource } from './operation';
import { readBack } from './readBack';

const linkPath = (account: number, id: string) => bunqMeLinksPath(account) + path`/${id}`;

const unlessPayerChooses = { show: { payerChoosesAmount: [false] } };

const bunqMeLinkId = field({
	displayName: 'Bunq.me Link ID',
	name: 'bunqMeLinkId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 7567',
	description: 'The ID of the bunq.me link, as Create and Get Many give it: digits only',
});

const oauthAlternative =
	'bunq does not list bunq.me links among the rights of OAuth apps. Use "Money Request (Sent): Create", whose payment link is for one payer, or the Bunq API credential.';

/** Whether the filter takes a link; one whose payments cannot be read may be paid or not. */
const isPaidAs = (wanted: string, link: BunqMeLink) => {
	const payments = paymentsOfLink(link);
	if (wanted === 'any' || !payments) return true;
	return payments.length > 0 === (wanted === 'paid');
};

export const bunqMeLink: Resource = {
	name: 'Bunq.me Link',
	value: 'bunqMeLink',
	description: 'Payment links that anybody can pay, also more than once',
	operations: {
		cancel: writeOperation({
			name: 'Cancel',
			action: 'Cancel bunq.me link',
			description: 'Cancel a bunq.me link, so that nobody can pay it any more',
			recovery: 'resend',
			oauthAlternative,
			fields: [accountField, bunqMeLinkId],
			plan: async ({ account, bunqMeLinkId: id }, bunq) => {
				const current = await bunq.get<BunqMeLink>(linkPath(account, id));
				if (current.status === 'CANCELLED') return unchanged(simplified(current));
				return {
					request: put(linkPath(account, id), {
						status: 'CANCELLED',
						...entryToRepeat(current),
					}),
					output: () => simplified({ ...current, status: 'CANCELLED' }),
				};
			},
		}),

		create: writeOperation({
			name: 'Create',
			action: 'Create bunq.me link',
			description:
				'Create a bunq.me link, which anybody can pay, also people without bunq and more than once, until it expires',
			oauthAlternative,
			fields: [
				field({
					...accountAtBunq,
					displayName: 'To Account',
					description:
						'The bunq account that receives the money: from the list, or its ID (digits only), IBAN or exact name',
				}),
				{
					displayName: 'Payer Chooses Amount',
					name: 'payerChoosesAmount',
					type: 'boolean',
					default: false,
					description: 'Whether the payer enters the amount, as for a donation',
				},
				field({ ...amountField, displayOptions: unlessPayerChooses }),
				field({ ...currencyField, displayOptions: unlessPayerChooses }),
				field({
					...paymentDescription,
					placeholder: 'e.g. Ticket for Saturday',
					description: 'Text shown to the payer',
				}),
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						{
							displayName: 'Redirect URL',
							name: 'redirectUrl',
							type: 'string',
							default: '',
							placeholder: 'e.g. https://example.com/thanks',
							description:
								'Where to redirect the payer afterwards. It is not certain that bunq does.',
						},
					],
				},
			],
			plan: async ({ account, amount, currency, payerChoosesAmount, ...rest }, bunq) => {
				const { redirectUrl } = rest.additionalFields;
				const asked = { value: amount, currency: currency?.toUpperCase() };
				const entry = {
					...(!payerChoosesAmount && { amount_inquired: asked }),
					description: rest.paymentDescription,
					...(redirectUrl && { redirect_url: redirectUrl }),
				};
				return {
					request: post(bunqMeLinksPath(account), { bunqme_tab_entry: entry }),
					output: async ([created]) => {
						const { id } = unwrap(created);
						const sent = { _type: 'BunqMeTab', id, monetary_account_id: account };
						const preview = { ...sent, status: 'WAITING_FOR_PAYMENT', bunqme_tab_entry: entry };
						return await readBack(
							preview,
							async () => await bunq.get(linkPath(account, String(id))),
						);
					},
				};
			},
			recovery: findLink,
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get bunq.me link',
			description: 'Get one bunq.me link by its ID, for example to see who paid it',
			oauthAlternative,
			fields: [accountField, bunqMeLinkId, simplify],
			read: async ({ account, bunqMeLinkId: id }, bunq) => await bunq.get(linkPath(account, id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many bunq.me links',
			description: 'List the bunq.me links of one account, newest first',
			oauthAlternative,
			fields: [
				accountField,
				returnAll,
				limit,
				filters([
					{
						displayName: 'Paid',
						name: 'paid',
						type: 'options',
						options: [
							{ name: 'Any', value: 'any' },
							{ name: 'Paid', value: 'paid', description: 'Paid at least once' },
							{ name: 'Unpaid', value: 'unpaid', description: 'Not paid yet' },
						],
						default: 'any',
						description: 'Only bunq.me links that somebody paid, or only those that nobody paid',
					},
					statusFilter(
						[
							{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
							{ name: 'Expired', value: 'EXPIRED', description: 'Too old to be paid' },
							{
								name: 'Waiting for Payment',
								value: 'WAITING_FOR_PAYMENT',
								description: 'Can be paid, also if it was paid before',
							},
						],
						'Only bunq.me links with one of these statuses',
					),
				]),
				simplify,
			],
			read: async ({ account, filters: { status = [], paid = 'any' }, ...wanted }, bunq) => {
				const matches = (link: BunqMeLink) =>
					(status.length === 0 || isOneOf(status, link.status)) && isPaidAs(paid, link);
				const isFiltered = status.length > 0 || paid !== 'any';
				const list = bunqMeLinksPath(account);
				return await listNewest(bunq, list, wanted, isFiltered ? matches : undefined);
			},
		}),
	},
};
