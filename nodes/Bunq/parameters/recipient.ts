import type { INodeProperties } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { ibanOf } from '../api/objects';
import type { Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { findOwnAccount } from './accounts';
import { field, type Params } from './field';
import { account as accountField } from './fields';
import { parseIban } from './iban';

/** Who gets a payment or a draft, or is asked for money: the fields, and what they mean to bunq. */
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
		description: 'How the recipient is given',
	}),
	field({
		...accountField,
		displayName: 'Recipient Account',
		name: 'recipientAccount',
		displayOptions: { show: { recipientType: ['ownAccount'] } },
		description:
			'Which of your own accounts gets the money: from the list, or its ID (digits only), IBAN or exact name',
	}),
	field({
		displayName: 'Recipient IBAN',
		name: 'recipientIban',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. NL14RABO0169202917',
		displayOptions: { show: { recipientType: ['iban'] } },
		description: 'The IBAN that gets the money. Its check digits are tested.',
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
		description: 'The phone number of a bunq user with country code, like +31612345678',
	}),
] as const;

type Recipient = Params<typeof recipientFields> & { account: number };

const [typeField, , ibanField, nameField, emailField, phoneField] = recipientFields;
const [byEmail, byIban, , byPhone] = typeField.options;

/** Who is asked for money: the same without own accounts. */
export const payerFields = [
	field({
		...typeField,
		displayName: 'Ask By',
		options: [byEmail, byIban, byPhone],
		default: 'email',
		description: 'How the one to ask is given',
	}),
	field({
		...ibanField,
		displayName: 'IBAN to Ask',
		description: 'The IBAN to ask. Its check digits are tested.',
	}),
	field({ ...nameField, displayName: 'Name of Account Holder' }),
	field({
		...emailField,
		displayName: 'Email to Ask',
		description: 'The email address of anyone, at bunq or not',
	}),
	field({
		...phoneField,
		displayName: 'Phone to Ask',
		description: 'The phone number of anyone, at bunq or not, with country code',
	}),
] as const;

/**
 * The recipient as bunq wants it. Throws a BunqError when an IBAN's check digits are wrong, when an email address or
 * phone number is none, or when payer and recipient are the same account.
 */
export const resolveRecipient = async (params: Recipient, bunq: Bunq): Promise<Pointer> => {
	const { account, recipientType, recipientAccount } = params;
	if (recipientType !== 'ownAccount')
		return toPointer({ ...params, recipientType }, recipientFields);
	if (recipientAccount === account) throw sameAccount();
	const own = await findOwnAccount(recipientAccount, bunq, 'Recipient Account');
	const value = ibanOf(own);
	if (!value)
		throw new BunqError(
			'invalidInput',
			'"Recipient Account" has no IBAN, so bunq cannot pay into it',
			{
				description:
					'Nothing was sent. Accounts at other banks that bunq only shows have none; choose another account.',
			},
		);
	return { type: 'IBAN', value, name: own.display_name ?? own.description ?? 'Own account' };
};

/** The one to ask. Throws a BunqError when it is no IBAN, email address or phone number. */
export const payerPointer = (params: Params<typeof payerFields>): Pointer =>
	toPointer(params, payerFields);

/** Everyone but an own account; `fields` are those that the user sees. */
const toPointer = (
	params: Params<typeof payerFields>,
	fields: readonly INodeProperties[],
): Pointer => {
	const label = (name: string) => fields.find((one) => one.name === name)!.displayName;
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
					'a phone number with country code, like +31612345678',
					value,
				);
			return { type: 'PHONE_NUMBER', value, name: value };
		}
	}
};

const invalidField = (name: string, what: string, value: string) =>
	new BunqError('invalidInput', `"${name}" must be ${what}, but is "${value}"`, {
		description: 'Nothing was sent. Correct it for this item.',
	});

export const sameAccount = () =>
	new BunqError('invalidInput', 'Payer and recipient are the same account', {
		description: 'Nothing was sent. Choose another recipient.',
	});
