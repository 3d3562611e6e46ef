/** What bunq grants every OAuth app (docs/bunq-api.md 8), and the operations that use it. */
export const RIGHTS: Array<[right: string, operations: string[]]> = [
	['read and create monetary accounts', ['account.getAll', 'account.get', 'account.create']],
	[
		'read payments and transactions',
		['payment.getAll', 'payment.get', 'cardTransaction.getAll', 'cardTransaction.get'],
	],
	['create payments between monetary accounts of the same user', ['payment.create']],
	['create draft payments, which the user approves in the app', ['draftPayment.create']],
	['assign a monetary account to a card', ['card.linkAccount']],
	[
		'read, create and manage cards',
		['card.getAll', 'card.get', 'card.getNames', 'card.create', 'card.update', 'card.freeze'],
	],
	[
		'read and create request inquiries',
		['requestInquiry.getAll', 'requestInquiry.get', 'requestInquiry.create'],
	],
	['read request responses', ['requestResponse.getAll', 'requestResponse.get']],
];
