import { DEFAULT_SWITCHES, type Switches } from '../simulator/bank/switches';
import { useBank } from '../support/bank';
import { RIGHTS } from '../support/oauthRights';
import { locator, MAY_PAY_OTHERS } from '../support/parameters';
import { requiredParameters, rows } from '../support/sampleParameters';

/** What an OAuth app may do at bunq, and the errors for the rest. */

const bank = useBank();
const rowOf = (id: string) => {
	const row = rows.find((one) => one.id === id);
	if (!row) throw new Error(`There is no operation ${id}`);
	return row;
};

describe('with nothing but the rights that bunq lists, an OAuth app may', () => {
	test.each(RIGHTS)('%s', async (_, operations) => {
		for (const id of operations) {
			const parameters = await requiredParameters(bank, rowOf(id));
			if (id === 'payment.create') {
				parameters.recipientType = 'ownAccount';
				parameters.recipientAccount = await bank.locate('Household');
			}
			const { error, json } = await bank.oauth(parameters);
			expect({ id, error: error?.message }).toEqual({ id });
			if (id !== 'draftPayment.create') continue;
			const { balance } = await bank.account('Main');
			await bank.control.approveDraft(Number(json[0].id));
			expect(Number(await bank.balance('Main'))).toBe(Number(balance) - 2);
		}
	});
});

const NOTES =
	'bunq does not list notes and their files among the rights of OAuth apps. Use the Bunq API credential';
const STATEMENTS =
	'bunq does not list statements among the rights of OAuth apps. Use the Bunq API credential';
const INVOICES =
	'bunq does not list its invoices among the rights of OAuth apps. Use the Bunq API credential';

/** Operations that bunq may refuse to apps, the alternative that the error names, and the switches that grant them. */
const REFUSALS: Array<[id: string, alternative: string, ...grants: Array<keyof Switches>]> = [
	[
		'account.close',
		'bunq does not list closing accounts among the rights of OAuth apps. Use the Bunq API credential, or close it in the bunq app.',
		'oauthMayUpdateAccounts',
	],
	[
		'account.update',
		'bunq does not list changing accounts among the rights of OAuth apps. Use the Bunq API credential, or change it in the bunq app.',
		'oauthMayUpdateAccounts',
	],
	['bunqMeLink.cancel', 'Use "Money Request (Sent): Create"', 'oauthMayUseLinks'],
	['bunqMeLink.create', 'Use "Money Request (Sent): Create"', 'oauthMayUseLinks'],
	['bunqMeLink.get', 'Use "Money Request (Sent): Create"', 'oauthMayUseLinks'],
	['bunqMeLink.getAll', 'Use "Money Request (Sent): Create"', 'oauthMayUseLinks'],
	[
		'callback.delete',
		'bunq does not list callbacks among the rights of OAuth apps. Use the Bunq API credential.',
		'oauthMayFilter',
	],
	[
		'callback.getAll',
		'bunq does not list callbacks among the rights of OAuth apps. Use the Bunq API credential.',
		'oauthMayFilter',
	],
	['cardTransaction.get', 'Use "Payment: Get Many"', 'oauthMayReadCardTransactions'],
	['cardTransaction.getAll', 'Use "Payment: Get Many"', 'oauthMayReadCardTransactions'],
	['draftPayment.cancel', 'or reject it in the bunq app', 'oauthMayCancelDrafts'],
	['invoice.download', INVOICES, 'oauthMayUseTheRest'],
	['invoice.getAll', INVOICES, 'oauthMayUseTheRest'],
	['note.addFile', NOTES, 'oauthMayUpload', 'oauthMayNote'],
	['note.addText', NOTES, 'oauthMayNote'],
	['note.delete', NOTES, 'oauthMayNote'],
	['note.downloadFiles', NOTES, 'oauthMayNote'],
	['note.getAll', NOTES, 'oauthMayNote'],
	['payment.create', 'Use "Draft Payment: Create"'],
	['payment.createBatch', 'Draft Payment'],
	[
		'requestInquiry.revoke',
		'bunq does not list revoking requests among the rights of OAuth apps. Use the Bunq API credential, or revoke it in the bunq app.',
		'oauthMayRevokeRequests',
	],
	['requestResponse.accept', 'Answer it in the bunq app, or use the Bunq API credential.'],
	['requestResponse.reject', 'Answer it in the bunq app, or use the Bunq API credential.'],
	['scheduledPayment.cancel', 'or the bunq app', 'oauthMayUseTheRest'],
	['scheduledPayment.create', 'Use "Draft Payment: Create" with a schedule'],
	['scheduledPayment.get', 'or the bunq app', 'oauthMayUseTheRest'],
	['scheduledPayment.getAll', 'or the bunq app', 'oauthMayUseTheRest'],
	...['delete', 'download', 'get', 'getFile', 'getAll'].map(
		(operation): [string, string, keyof Switches] => [
			`statement.${operation}`,
			STATEMENTS,
			'oauthMayUseTheRest',
		],
	),
];

describe('without a grant of bunq', () => {
	test('exactly these operations have an alternative', () => {
		const known = rows.filter(({ oauthAlternative }) => oauthAlternative).map(({ id }) => id);
		expect(REFUSALS.map(([id]) => id).sort()).toEqual(known.sort());
	});

	test.each(REFUSALS)(
		'%s: the error quotes bunq and names the alternative "%s", and nothing is done',
		async (id, alternative) => {
			await bank.control.switches({
				oauthMayReadCardTransactions: false,
				oauthMayUseLinks: false,
				oauthMayFilter: false,
			});
			const parameters = await requiredParameters(bank, rowOf(id));
			const before = await bank.changes();
			const { error } = await bank.oauth(parameters);
			expect(error?.message).toMatch(/^Not enough permissions to .+\.$/);
			expect(error?.description).toContain(alternative);
			const says = `bunq does not grant this right to the connected credential. ${rowOf(id).oauthAlternative}`;
			expect(error?.description).toMatch(/^Nothing was (?:done|sent)/);
			expect(error?.description).toContain(says);
			expect(await bank.changes()).toBe(before);
		},
	);

	test.each(REFUSALS.filter(([, , grant]) => grant))(
		'%s works if bunq grants it',
		async (id, _alternative, ...grants) => {
			await bank.control.switches(Object.fromEntries(grants.map((grant) => [grant, true])));
			const { error } = await bank.oauth(await requiredParameters(bank, rowOf(id)));
			expect(error?.message).toBeUndefined();
		},
	);

	test.each(REFUSALS)('%s works with an API key, whose errors do not mention OAuth', async (id) => {
		const row = rowOf(id);
		const done = await bank.apiKey(await requiredParameters(bank, row), {
			credential: MAY_PAY_OTHERS,
		});
		expect(done.error?.message).toBeUndefined();
		const parameters = await requiredParameters(bank, row);
		for (const name of Object.keys(parameters)) if (name.endsWith('Id')) parameters[name] = '1';
		if ('account' in parameters) parameters.account = locator('id', '1');
		// A list of the user's own has nothing that could be wrong.
		if (!Object.keys(parameters).some((name) => /Id$|^account$/.test(name))) return;
		const { error } = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
		expect(error?.message).toBeTruthy();
		expect(error?.description ?? '').not.toContain(row.oauthAlternative);
	});

	test('by default, the simulated bank grants of these only what apps are known to do', () => {
		const grants = new Set(REFUSALS.flatMap(([, , ...each]) => each));
		const granted = [...grants].filter((name) => DEFAULT_SWITCHES[name]);
		expect(granted).toEqual(['oauthMayUseLinks', 'oauthMayFilter', 'oauthMayReadCardTransactions']);
	});
});
