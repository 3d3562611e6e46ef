import { BunqError } from '../api/errors';
import { readCents, readId } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Bunq } from '../connect';
import { findOwnIban } from '../parameters/accounts';
import { sameAccount } from '../parameters/recipient';

/** A payment that is about to leave an account. */
interface OutgoingPayment {
	account: number;
	/** The recipient's IBAN, if it has one. */
	iban?: string | null;
	/** Decimal string. */
	value: string;
	currency: string;
	/** The user's alternative when the credential does not allow it: a clause without a full stop. */
	instead: string;
}

/**
 * Throws a BunqError before anything is sent when the credential's owner does not allow this payment, or when it goes to
 * the paying account itself.
 */
export const assertPaymentAllowed = async (payment: OutgoingPayment, bunq: Bunq) => {
	const refusal = await findRefusal(payment, bunq);
	if (refusal) throw refusal;
};

/**
 * Why the credential's owner does not allow this payment, or undefined. The list of accounts tells which IBANs are the
 * user's own. Throws a BunqError for a payment that nobody can allow: to the paying account itself, or under a limit that
 * cannot be read.
 */
export const findRefusal = async (
	{ account, iban, value, currency, instead }: OutgoingPayment,
	bunq: Bunq,
): Promise<BunqError | undefined> => {
	const policy = bunq.spendingPolicy;
	if (policy.toOthers === 'leftToBunq' || policy.toOthers === 'unlimited') return undefined;
	if (policy.toOthers === 'unreadable') throw policy.error;
	const own = iban ? await findOwnIban(iban, bunq) : undefined;
	if (own && readId(own.id) === account) throw sameAccount();
	if (own) return undefined;
	if (policy.toOthers === 'limited')
		return beyondLimit(policy.maxCents, { value, currency, instead });
	return new BunqError('invalidInput', 'This credential may only pay between your own accounts', {
		description: `Nothing was sent. The recipient is somebody else, or an account that is not yours alone. ${instead}, or turn on "Allow Payments to Others" in the Bunq API credential.`,
	});
};

/** Why the amount is not certainly at most this many euro cents, or undefined. */
const beyondLimit = (
	maxCents: number,
	{ value, currency, instead }: Pick<OutgoingPayment, 'value' | 'currency' | 'instead'>,
) => {
	if (currency.toUpperCase() !== 'EUR')
		return new BunqError(
			'invalidInput',
			`"Maximum Amount (EUR)" is in euros, and this is in ${currency}`,
			{
				description: `Nothing was sent. The limit of this credential cannot be compared with another currency. ${instead}, or turn off "Limit Each Payment" in the credential.`,
			},
		);
	const cents = readCents(value);
	if (cents === undefined || cents <= 0)
		return new BunqError(
			'invalidInput',
			'The amount cannot be compared with "Maximum Amount (EUR)"',
			{
				description: `Nothing was sent. It must be a number of euros, and more than zero. ${instead}.`,
			},
		);
	if (cents > maxCents)
		return new BunqError(
			'invalidInput',
			`${value} is more than this credential may pay to others at once`,
			{
				description: `Nothing was sent. Its Maximum Amount (EUR) is ${formatCents(maxCents)}. ${instead}, or change it in the credential.`,
			},
		);
	return undefined;
};
