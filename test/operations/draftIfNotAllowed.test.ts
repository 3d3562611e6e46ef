import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { LOST_RESPONSES } from '../support/outcome';
import { MAY_PAY_OTHERS, RETRY_ON_FAIL } from '../support/parameters';
import { underEach } from '../support/underEach';

/** Payment: Create with Draft If Not Allowed. */

const bank = useBank();

const toSam = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: await bank.locate('Main'),
	...(await bank.toThirdParty()),
	amount: 12.5,
	paymentDescription: 'Dinner',
	options: { draftIfNotAllowed: true },
	...more,
});

const shapes = async () =>
	(await bank.requestShapes()).map((one) => one.replace('/user/{}/monetary-account/{}/', ''));

const DRAFT = {
	id: expect.any(Number),
	status: 'PENDING',
	amount: 12.5,
	currency: 'EUR',
	entries: 1,
	description: 'Dinner',
	_madeAs: 'draft',
};

describe('where the credential does not allow the payment, a draft with the same entry is made', () => {
	test.each([
		['to others', {}],
		['of that amount', { allowPaymentsToOthers: true, maxAmount: '12.49' }],
	])('%s', async (_, credential) => {
		const { json } = await bank.apiKey(await toSam(), { credential });
		expect(json).toMatchObject([DRAFT]);
		const { iban, displayName } = await bank.thirdParty();
		expect((await bank.log()).at(-1)?.body).toMatchObject({
			number_of_required_accepts: 1,
			entries: [
				{
					amount: { value: '12.50', currency: 'EUR' },
					counterparty_alias: { type: 'IBAN', value: iban, name: displayName },
					description: 'Dinner',
				},
			],
		});
		expect(await bank.balance('Main')).toBe('2500.00');
		expect((await shapes()).filter((one) => one.startsWith('POST'))).toEqual([
			'POST draft-payment',
		]);
	});

	test('without the option, the error names a draft as the alternative', async () => {
		const { error } = await bank.apiKey(await toSam({ options: {} }));
		expect(error?.description).toContain('Use "Draft Payment: Create"');
		expect(await bank.changes()).toBe(0);
	});

	test('what the credential allows is paid', async () => {
		const { json } = await bank.apiKey(await toSam(), { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([{ amount: -12.5 }]);
		expect(json[0]).not.toHaveProperty('_madeAs');
		expect(await shapes()).toEqual(['POST payment']);
	});
});

describe('where bunq refuses the right', () => {
	underEach(bank, 'permissionStatus', () => {
		test('with OAuth, to somebody else: one refusal, then the draft', async () => {
			const { json, error } = await bank.oauth(await toSam());
			expect(error).toBeUndefined();
			expect(json).toMatchObject([DRAFT]);
			expect(await shapes()).toEqual(['POST payment', 'POST draft-payment']);
			expect(await bank.changes()).toBe(1);
		});
	});

	test('with OAuth, to an own account: paid', async () => {
		const recipientAccount = await bank.locate('Household');
		const { json } = await bank.oauth(
			await toSam({ recipientType: 'ownAccount', recipientAccount }),
		);
		expect(json).toMatchObject([{ amount: -12.5 }]);
	});
});

describe('never for another reason', () => {
	test.each([...LOST_RESPONSES])('not after an unknown outcome: %s', async (kind) => {
		await bank.control.fault({ kind, method: 'POST', path: 'payment$' });
		const { error } = await bank.apiKey(await toSam(), { credential: MAY_PAY_OTHERS });
		expect(error?.description).toMatch(/^bunq may have carried this out/);
		expect(await shapes()).toEqual(['POST payment']);
	});

	test('not after a failure inside bunq, whatever it says', async () => {
		const reason = 'Not enough permissions to create payment.';
		const body = JSON.stringify({ Error: [{ error_description: reason }] });
		const failure = { kind: 'status', status: 500, body } as const;
		await bank.control.fault({ ...failure, method: 'POST', path: 'payment$' });
		const { error } = await bank.apiKey(await toSam(), { credential: MAY_PAY_OTHERS });
		expect(error?.description).toMatch(/^bunq may have carried this out/);
		expect(await shapes()).toEqual(['POST payment']);
	});

	test('not for too little money, a payment to the account itself, or a limit that cannot be read', async () => {
		const tooMuch = await bank.apiKey(await toSam({ amount: 99_999 }), {
			credential: MAY_PAY_OTHERS,
		});
		expect(tooMuch.error?.message).toBeTruthy();
		const { iban } = await bank.account('Main');
		const itself = await bank.apiKey(await toSam({ recipientIban: iban }));
		expect(itself.error?.message).toBe('Payer and recipient are the same account');
		const unreadable = { allowPaymentsToOthers: true, maxAmount: '1.250' };
		const { error } = await bank.apiKey(await toSam(), { credential: unreadable });
		expect(error?.message).toBe('"Maximum Amount (EUR)" in the credential is not an amount');
		expect(await bank.changes()).toBe(0);
		expect(await shapes()).not.toContain('POST draft-payment');
	});

	test('not for a text of bunq that only resembles a missing right', async () => {
		const body = JSON.stringify({
			Error: [{ error_description: 'This counterparty is not allowed for your account.' }],
		});
		await bank.control.fault({
			kind: 'status',
			status: 400,
			body,
			method: 'POST',
			path: 'payment$',
		});
		const { error } = await bank.oauth(await toSam());
		expect(error?.message).toMatch(/is not allowed/);
		expect(await shapes()).toEqual(['POST payment']);
	});
});

describe('repeats', () => {
	test.each([...LOST_RESPONSES])(
		'the draft is lost (%s): a retry makes no second',
		async (kind) => {
			await bank.control.fault({ kind, method: 'POST', path: 'draft-payment$' });
			const { json, error } = await bank.oauth(await toSam(), { settings: RETRY_ON_FAIL });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ ...DRAFT, amount: 12.5 }]);
			const { json: drafts } = await bank.oauth({
				resource: 'draftPayment',
				operation: 'getAll',
				account: await bank.locate('Main'),
			});
			expect(drafts).toHaveLength(1);
			expect(await bank.balance('Main')).toBe('2500.00');
		},
	);

	const once = async () =>
		await toSam({
			paymentDescription: 'Invoice 7',
			additionalFields: { merchantReference: '7' },
			options: { draftIfNotAllowed: true, skipIfDuplicate: true },
		});

	test('with Skip If Duplicate, a waiting or paid draft is not made again, nor paid', async () => {
		const made = await bank.oauth(await once());
		expect(made.json).toMatchObject([{ _madeAs: 'draft' }]);
		const again = await bank.oauth(await once());
		expect(again.json).toMatchObject([{ id: made.json[0].id, skipped: true, _madeAs: 'draft' }]);
		const allowed = await bank.apiKey(await once(), { credential: MAY_PAY_OTHERS });
		expect(allowed.json).toMatchObject([{ id: made.json[0].id, skipped: true }]);
		await bank.control.approveDraft(Number(made.json[0].id));
		const paid = await bank.oauth(await once());
		expect(paid.json).toMatchObject([{ skipped: true }]);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('with Skip If Duplicate, executions at the same moment make one draft', async () => {
		const parameters = await once();
		const path = 'draft-payment$';
		await bank.control.fault({ kind: 'slow', method: 'POST', path, delayMs: 5_000 });
		const results = await Promise.all([1, 2, 3].map(async () => await bank.oauth(parameters)));
		const skipped = results.map(({ json }) => json[0].skipped);
		expect(skipped.sort()).toEqual([false, true, true]);
		expect((await shapes()).filter((one) => one.startsWith('POST'))).toEqual([
			'POST payment',
			'POST draft-payment',
		]);
	});

	test('with Skip If Duplicate, a payment is not made again as a draft', async () => {
		const paid = await bank.apiKey(await once(), { credential: MAY_PAY_OTHERS });
		const again = await bank.oauth(await once());
		expect(again.json).toMatchObject([{ id: paid.json[0].id, skipped: true }]);
		expect(again.json[0]).not.toHaveProperty('_madeAs');
	});
});
