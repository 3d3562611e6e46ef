import { field, type Params } from '../parameters/field';
import { accountAtBunq, amount, currency, options, paymentDescription } from '../parameters/fields';
import { payerFields } from '../parameters/recipient';
import { merchantReference } from './paymentOrders';

/** The fields of a request for money, and the optional ones as bunq takes them. */

const additionalFields = field({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Allow Bunq.me',
			name: 'allowBunqme',
			type: 'boolean',
			default: true,
			description:
				'Whether people outside bunq can be asked, who then get a bunq.me payment link. On unless you turn it off.',
		},
		merchantReference,
		{
			displayName: 'Minimum Age',
			name: 'minimumAge',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 150 },
			default: 18,
			description: 'Minimum age of the payer, in years',
		},
		{
			displayName: 'Redirect URL',
			name: 'redirectUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/thanks',
			description: 'Where to redirect the payer afterwards',
		},
		{
			displayName: 'Require Address',
			name: 'requireAddress',
			type: 'options',
			allowArbitraryValues: true,
			options: [
				{ name: 'Billing', value: 'BILLING' },
				{ name: 'Billing and Shipping', value: 'BILLING_SHIPPING' },
				{ name: 'None', value: 'NONE' },
				{ name: 'Optional', value: 'OPTIONAL' },
				{ name: 'Shipping', value: 'SHIPPING' },
			],
			default: 'NONE',
			description: 'Which address the payer must provide',
		},
	],
});

/** The fields of every request. */
export const requestFields = [
	field({
		...accountAtBunq,
		displayName: 'To Account',
		description:
			'The bunq account that receives the money: from the list, or its ID (digits only), IBAN or exact name',
	}),
	...payerFields,
	amount,
	currency,
	field({
		...paymentDescription,
		placeholder: 'e.g. Your share of the pizza',
		description: 'Text shown to the payer',
	}),
	additionalFields,
] as const;

const [lookBackDays, returnFullObject, skipIfDuplicate] = options.options;

/** Every request is read back, for its payment link. */
export const requestOptions = field({
	...options,
	options: [
		lookBackDays,
		{
			...returnFullObject,
			description:
				'Whether to read back the request as bunq has it. A request always is, for its payment link.',
		},
		skipIfDuplicate,
	],
});

/** The optional fields as bunq takes them (docs/bunq-api.md 9.5). */
export const toRequestExtras = ({
	allowBunqme = true,
	minimumAge,
	redirectUrl,
	requireAddress,
}: Params<[typeof additionalFields]>['additionalFields']) => ({
	allow_bunqme: allowBunqme,
	...(minimumAge && { minimum_age: minimumAge }),
	...(redirectUrl && { redirect_url: redirectUrl }),
	...(requireAddress && { require_address: requireAddress }),
});
