/**
 * The names around bunq's objects, where they are not those of its file. Source: the generated endpoints of bunq's own
 * sdk_python (17 April 2025), and the recordings. Two names are disputed; the comments say so.
 */
const WRAPPERS: Record<string, string> = {
	BunqMeFundraiserProfileUser: 'BunqMeFundraiserProfile',
	CardName: 'CardUserNameArray',
	// A recording of 2017 has CustomerStatementExport.
	ExportStatement: 'CustomerStatement',
	Insight: 'InsightCategory',
	InsightEvent: 'Event',
	InstallationServerPublicKey: 'ServerPublicKey',
	InvoiceByUser: 'Invoice',
	MasterCardIdentityCheckChallengeRequestUser: 'MasterCardIdentityCheckChallengeRequest',
	MasterCardPayment: 'Payment',
	NotificationFilterUrlMonetaryAccount: 'NotificationFilterUrl',
	PaymentServiceProviderCredential: 'CredentialPasswordIp',
	ScheduleInstance: 'ScheduledInstance',
	SchedulePayment: 'ScheduledPayment',
	SchedulePaymentBatch: 'ScheduledPaymentBatch',
	TransferwiseAccountQuote: 'TransferwiseRecipient',
	TransferwiseAccountRequirement: 'TransferwiseRequirement',
	TransferwiseQuoteTemporary: 'TransferwiseQuote',
	TransferwiseTransfer: 'TransferwisePayment',
	UserCompanyName: 'UserCompanyNameArray',
	UserCredentialPasswordIp: 'CredentialPasswordIp',
	UserLegalName: 'UserLegalNameArray',
	WhitelistSdd: 'Whitelist',
	WhitelistSddMonetaryAccountPaying: 'WhitelistSdd',
};

/** The kind of object that a schema of bunq's file is about: `Invoice` of `InvoiceListing`. */
export const kindOf = (schemaName: string) =>
	schemaName.replace(/(Create|Listing|Read|Update|Delete)$/, '');

/** The wrapper of an object with that schema. All notes have the same two names (§9.9). */
export const wrapperOf = (schemaName: string): string => {
	const kind = kindOf(schemaName);
	return WRAPPERS[kind] ?? /^Note(Text|Attachment)/.exec(kind)?.[0] ?? kind;
};
