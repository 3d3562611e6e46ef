import type { INodeProperties } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { ibanOf } from '../api/objects';
import type { Account, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { findOwnAccount } from './accounts';
import { field, type OwnValues, type Params } from './field';
import { accountAtBunq } from './fields';
import { parseIban } from './iban';

/** The fields of a recipient or a payer, and the pointer that bunq gets (docs/bunq-api.md 9). */

/** The recipient of a payment or a draft. */
export const recipientFields = [
	field({
		displayName: 'Recipient Type',
		name: 'recipientType',
		type: 'options',
		options: [
			{ name: 'Email', value: 'email', description: 'A bunq user, by email address' },
			{ name: 'IBAN', value: 'iban', description: 'An account at any bank' },
			{
				name: 'Own Account',
				value: 'ownAccount',
				description: 'Another account of the same bunq user',
			},
			{ name: 'Phone Number', value: 'phone', description: 'A bunq user, by phone number' },
		],
		default: 'ownAccount',
		description: 'How to identify the recipient',
	}),
	field({
		...accountAtBunq,
		displayName: 'Recipient Account',
		name: 'recipientAccount',
		displayOptions: { show: { recipientType: ['ownAccount'] } },
		description:
			'Which of your own accounts receives the money: choose it from the list, or enter its ID (digits only), IBAN or exact name',
	}),
	field({
		displayName: 'Recipient IBAN',
		name: 'recipientIban',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. NL14RABO0169202917',
		displayOptions: { show: { recipientType: ['iban'] } },
		description: 'The IBAN that receives the money. Its check digits are verified.',
	}),
	field({
		displayName: 'Recipient Name',
		name: 'recipientName',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Peter Jansen',
		displayOptions: { show: { recipientType: ['iban'] } },
		description: 'The name of the holder of that IBAN',
	}),
	field({
		displayName: 'Recipient Email',
		name: 'recipientEmail',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. nathan@example.com',
		displayOptions: { show: { recipientType: ['email'] } },
		description: 'The email address of a bunq user',
	}),
	field({
		displayName: 'Recipient Phone',
		name: 'recipientPhone',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. +31612345678',
		displayOptions: { show: { recipientType: ['phone'] } },
		description: 'The phone number of a bunq user with country code, for example +31612345678',
	}),
] as const;

const [typeField, ...locatingFields] = recipientFields;

/** The recipient of a draft or a scheduled payment, who usually is somebody else. */
export const recipientFieldsToOthers = [
	field({ ...typeField, default: 'iban' }),
	...locatingFields,
] as const;

type Recipient = Params<typeof recipientFields> & { account: number };

const [, ibanField, nameField, emailField, phoneField] = locatingFields;
const [byEmail, byIban, , byPhone] = typeField.options;

/** The payer of a request: the recipient's fields without own accounts. */
export const payerFields = [
	field({
		...typeField,
		displayName: 'Payer Type',
		options: [
			{ ...byEmail, description: 'Anybody, by email address' },
			byIban,
			{ ...byPhone, description: 'Anybody, by phone number' },
		],
		default: 'email',
		description: 'How to identify the payer',
	}),
	field({
		...ibanField,
		displayName: 'Payer IBAN',
		description: 'The IBAN of the payer. Its check digits are verified.',
	}),
	field({ ...nameField, displayName: 'Payer Name' }),
	field({
		...emailField,
		displayName: 'Payer Email',
		description: 'The email address of the payer, who need not be a bunq user',
	}),
	field({
		...phoneField,
		displayName: 'Payer Phone',
		description:
			'The phone number of the payer with country code. The payer need not be a bunq user.',
	}),
] as const;

/**
 * The recipient as bunq's pointer (docs/bunq-api.md 9); an own account needs the execution's list of accounts. Throws a
 * BunqError of kind `invalidInput` when the IBAN, the email address or the phone number is invalid, when the own account
 * has no IBAN, or when payer and recipient are the same account.
 */
export const resolveRecipient = async (params: Recipient, bunq: Bunq): Promise<Pointer> => {
	const { account, recipientType, recipientAccount } = params;
	if (recipientType !== 'ownAccount')
		return toPointer({ ...params, recipientType }, recipientFields);
	if (recipientAccount === account) throw sameAccount();
	return toOwnPointer(
		await findOwnAccount(recipientAccount, bunq, 'Recipient Account'),
		'Recipient Account',
	);
};

/** An own account as bunq's pointer. Throws a BunqError of kind `invalidInput` that names `label` when it has no IBAN. */
export const toOwnPointer = (own: Account, label: string): Pointer => {
	const value = ibanOf(own);
	if (!value)
		throw new BunqError('invalidInput', `"${label}" has no IBAN, so bunq cannot pay into it`, {
			description:
				'Nothing was sent. Accounts at other banks, which bunq only displays, have none. Choose another account.',
		});
	return { type: 'IBAN', value, name: own.display_name ?? own.description ?? 'Own account' };
};

/** Throws a BunqError of kind `invalidInput` for an invalid IBAN, email address or phone number. */
export const checkRecipient = ({ recipientType, ...values }: OwnValues<typeof recipientFields>) => {
	if (recipientType !== 'ownAccount') toPointer({ ...values, recipientType }, recipientFields);
};

/** The payer as bunq's pointer. Throws a BunqError of kind `invalidInput` for an invalid IBAN, email address or phone number. */
export const resolvePayer = (params: Params<typeof payerFields>): Pointer =>
	toPointer(params, payerFields);

/** The pointer of anyone but an own account. `fields` are those that the user sees; errors name their labels. */
const toPointer = (
	params: Params<typeof payerFields>,
	fields: readonly INodeProperties[],
): Pointer => {
	const label = (name: string) => fields.find((field) => field.name === name)!.displayName;
	switch (params.recipientType) {
		case 'iban': {
			const value = parseIban(params.recipientIban, label('recipientIban'));
			return { type: 'IBAN', value, name: params.recipientName };
		}
		case 'email':
			if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(params.recipientEmail))
				throw invalidField(label('recipientEmail'), 'an email address', params.recipientEmail);
			return { type: 'EMAIL', value: params.recipientEmail, name: params.recipientEmail };
		case 'phone': {
			const value = params.recipientPhone.replace(/[\s()-]/g, '');
			if (!/^\+\d{8,15}$/.test(value))
				throw invalidField(
					label('recipientPhone'),
					'a phone number with country code, such as +31612345678',
					value,
				);
			return { type: 'PHONE_NUMBER', value, name: value };
		}
	}
};

const invalidField = (name: string, expected: string, value: string) =>
	new BunqError('invalidInput', `"${name}" must be ${expected}, but is "${value}"`, {
		description: 'Nothing was sent. Correct it for this item.',
	});

/**
 * The error of a payment from an account to itself.
 * @param recipient the field to change
 */
export const sameAccount = (recipient = 'recipient') =>
	new BunqError('invalidInput', 'Payer and recipient are the same account', {
		description: `Nothing was sent. Choose another ${recipient}.`,
	});
