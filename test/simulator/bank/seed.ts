import { openAccount } from './accounts';
import { orderCard } from './cards';
import { noteUse, useCard } from './cardTransactions';
import { newGrant } from '../auth/grants';
import { BUNQ, addInvoice } from './invoices';
import { tokenOf } from './keys';
import { makeIban } from './money';
import { labelUser } from './objects';
import { type Entry, book } from './payments';
import { ask, askAccount, thirdPartyAccount } from './requests';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Card,
	emptyBank,
	timestamp,
} from './state';
import { addUser } from './users';

/** The OAuth callback of a local n8n. */
const N8N_CALLBACK = 'http://localhost:5678/rest/oauth2-credential/callback';

/** Earlier payments of "Main": several types, an unknown one, and shops without an IBAN. */
const HISTORY: Entry[] = [
	{
		cents: 2_600_00,
		description: 'Salary for December',
		type: 'EBA_SCT',
		counterparty: {
			iban: makeIban('RABO', 169_202_917),
			name: 'Example Works B.V.',
			isKnown: true,
		},
	},
	{
		cents: -24_95,
		description: '73d6df4a 680498 Your order #1234567',
		type: 'IDEAL',
		counterparty: { iban: null, name: 'BoekenGigant' },
	},
	{
		cents: -12_40,
		description: 'Café De Zwaan ☕ AMSTERDAM, NL',
		type: 'MASTERCARD',
		geolocation: { latitude: 52, longitude: 5, altitude: 0, radius: 100 },
		counterparty: { iban: null, name: 'Café De Zwaan' },
	},
	{
		cents: -9_99,
		description: 'bunq Elite',
		type: 'EBA_SDD',
		subType: 'SDD',
		counterparty: BUNQ,
	},
	{
		cents: 1_34,
		description: 'Something new',
		type: 'HOLOGRAM',
		subType: 'TELEPATHY',
		counterparty: { iban: null, name: 'Somebody' },
	},
	{
		cents: -54_00,
		description: 'Groceries / week 1',
		type: 'EBA_SCT',
		subType: 'SCT',
		counterparty: { iban: makeIban('INGB', 1_234_567), name: 'Green Grocer' },
	},
];

/** What bunq charges. The word for cards is invented. */
const SUBSCRIPTION = {
	type: 'MONETARY_ACCOUNT_BANK',
	description: 'bunq Elite',
	cents: 9_99,
	quantity: 1,
};
const CARDS = { type: 'CARD', description: 'Extra card', cents: 3_49, quantity: 2 };

const seedEnvironment = (bank: Bank, env: BankEnvironment, salt: string): void => {
	const { name } = env;
	const prefix = name === 'sandbox' ? 'sandbox_' : '';
	const person = addUser(bank, env, {
		nickName: 'Elliot',
		legalName: 'Elliot Levy',
		email: 'elliot@example.com',
		phone: '+31612328390',
	});
	env.personId = person.id;
	const developer = addUser(bank, env, {
		nickName: 'Bob',
		legalName: 'Bob Builder',
		email: 'bob@example.com',
		phone: '+31612000001',
	});
	const thirdParties = [
		{ nickName: 'Sam', legalName: 'Sam Friend', email: 'sam@example.com', phone: '+31612000002' },
		// §11: who pays in the sandbox.
		...(name === 'sandbox'
			? [
					{
						nickName: 'Sugar Daddy',
						legalName: 'Sugar Daddy',
						email: 'sugardaddy@bunq.com',
						phone: '+31612000003',
					},
				]
			: []),
	].map((thirdParty) => addUser(bank, env, thirdParty));

	const open = (type: string, description: string, cents: number, more = {}) =>
		openAccount(bank, env, person.id, { type, description, cents, ...more });
	const main = open('MonetaryAccountBank', 'Main', 0, { more: { hasUserAlias: true } });
	const household = open('MonetaryAccountBank', 'Household', 300_00);
	const holiday = open('MonetaryAccountSavings', 'Holiday', 1_000_00, {
		more: { savings_goal: { currency: 'EUR', value: '2000.00' } },
	});
	const together = open('MonetaryAccountJoint', 'Together', 162_34, {
		more: {
			all_co_owner: [person, thirdParties[0]].map((owner) => ({
				alias: labelUser(owner),
				status: 'ACCEPTED',
			})),
		},
	});
	open('MonetaryAccountExternal', 'Other Bank', 42_00, { more: { service: 'OPEN_BANKING' } });
	open('MonetaryAccountBank', 'Old Main', 0, {
		status: 'CANCELLED',
		subStatus: 'REDEMPTION_VOLUNTARY',
		more: { reason: 'OTHER', reason_description: null },
	});
	open('MonetaryAccountMystery', 'Mystery', 7_00);
	for (const entry of HISTORY) book(bank, env, main, entry);
	for (const { id, nickName } of thirdParties) {
		openAccount(bank, env, id, {
			type: 'MonetaryAccountBank',
			description: 'Main',
			cents: nickName === 'Sam' ? 10_000_00 : 1_000_000_00,
		});
	}

	const apiKey = `${prefix}${tokenOf(`API key ${name}${salt}`)}`;
	env.credentials.set(apiKey, { secret: apiKey, userId: person.id, revoked: false });
	const client = {
		id: tokenOf(`client id ${name}`),
		secret: tokenOf(`client secret ${name}`),
		name: 'n8n at home',
		userId: developer.id,
		redirectUris: [N8N_CALLBACK],
	};
	env.clients.set(client.id, client);
	newGrant(
		bank,
		env,
		{ clientId: client.id, userId: person.id },
		tokenOf(`access token ${name}${salt}`),
	);

	const groceries = orderCard(bank, env, person.id, {
		secondLine: 'Groceries',
		orderStatus: 'DELIVERED_TO_CUSTOMER',
		countries: ['NL', 'BE'],
		pins: { PRIMARY: main.id, SECONDARY: household.id },
		fallbackAccountId: holiday.id,
	});
	orderCard(bank, env, person.id, {
		productType: 'MASTERCARD_METAL',
		secondLine: 'Spare',
		status: 'DEACTIVATED',
		orderStatus: 'CARD_UPDATE_ACCEPTED',
		pins: { PRIMARY: main.id },
		fallbackAccountId: household.id,
	});
	const online = orderCard(bank, env, person.id, {
		type: 'CardCredit',
		productType: 'MASTERCARD_TRAVEL',
		secondLine: 'Online',
		orderStatus: 'VIRTUAL_DELIVERY',
		pins: { PRIMARY: household.id },
	});
	seedCardTransactions(bank, env, { main, together, groceries, online });
	seedRequests(bank, env, { main, household });
	for (const monthsAgo of [2, 1, 0]) {
		const lines = monthsAgo === 1 ? [SUBSCRIPTION, CARDS] : [SUBSCRIPTION];
		addInvoice(bank, env, main, { monthsAgo, lines });
	}
};

/** Requests in both directions, some open; accepted ones were paid before the history starts. */
const seedRequests = (
	bank: Bank,
	env: BankEnvironment,
	{ main, household }: Record<'main' | 'household', Account>,
): void => {
	const sams = thirdPartyAccount(env, main);
	const outside = { iban: null, name: 'nathan@example.com' };
	const done = { status: 'ACCEPTED', respondedCents: 36_70, responded: timestamp(bank) } as const;
	askAccount(bank, env, main, sams, { cents: 36_70, description: 'Concert tickets', ...done });
	ask(bank, env, main, { cents: 12_50, description: 'Pizza', counterparty: outside });
	askAccount(bank, env, sams, main, { cents: 36_70, description: 'Train to Ghent', ...done });
	askAccount(bank, env, sams, main, { cents: 8_77, description: "You're the best!" });
	askAccount(bank, env, household, main, { cents: 25_00, description: 'Share of the rent' });
};

/** A use of a card that is among the payments, one whose money is reserved, and three that were declined. */
const seedCardTransactions = (
	bank: Bank,
	env: BankEnvironment,
	{
		main,
		together,
		groceries,
		online,
	}: Record<'main' | 'together', Account> & Record<'groceries' | 'online', Card>,
): void => {
	const coffee = noteUse(bank, env, main, {
		amount: '12.40',
		merchant: 'Café De Zwaan',
		clearingStatus: 'FIRST_PRESENTMENT_COMPLETE',
		cardId: groceries.id,
	});
	coffee.paymentId = env.payments.get(main.id)?.find(({ type }) => type === 'MASTERCARD')?.id;
	for (const [decision, amount, entryMode] of [
		['INSUFFICIENT_BALANCE', '9999.00', 'ICC'],
		['PIN_INCORRECT', '50.00', 'ATM'],
	]) {
		useCard(bank, env, main, { decision, amount, entryMode, cardId: groceries.id });
	}
	const abroad = { city: 'New York', country: 'US', cardId: online.id, entryMode: 'E_COMMERCE' };
	useCard(bank, env, together, {
		...abroad,
		amount: '12.34',
		local: { value: '13.57', currency: 'USD' },
		merchant: 'Bagel Works',
	});
	useCard(bank, env, together, {
		...abroad,
		amount: '90.91',
		local: { value: '100.00', currency: 'USD' },
		merchant: 'Fifth Avenue Shoes',
		decision: 'COUNTRY_NOT_PERMITTED',
		entryMode: 'MAGNETIC_STRIPE',
	});
};

/** The initial bank, equal in both environments except for keys and IDs. Another salt gives other keys. */
export const seed = (salt = ''): Bank => {
	const bank = emptyBank();
	seedEnvironment(bank, bank.environments.production, salt);
	seedEnvironment(bank, bank.environments.sandbox, salt);
	return bank;
};
