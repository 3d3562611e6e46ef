import { redactIbans } from '../../nodes/Bunq/api/redact';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { OUTCOME_UNKNOWN } from '../support/messages';

/** No error shows a secret or a full IBAN. */

const bank = useBank();

test('an error contains no full IBAN, token or key', async () => {
	const { oauth } = await bank.world();
	const { iban } = await bank.thirdParty();
	await bank.oauth({ resource: 'account', operation: 'getAll' });
	passMinutes();
	await bank.control.fault({ kind: 'drop-after', method: 'POST' });
	// An expression, as n8n stores the node's parameters with the error.
	const recipient = {
		recipientType: 'iban',
		recipientIban: '={{ $json.iban }}',
		recipientName: 'Sam',
	};
	const { run } = await bank.oauth(await bank.payHousehold(recipient), {
		items: [{ iban: iban }],
	});
	const error = JSON.stringify(run.data.resultData.runData.Bunq.at(-1)!.error);
	expect(error).toMatch(OUTCOME_UNKNOWN);
	const log = await bank.control.log();
	const secrets = [
		iban,
		oauth.accessToken,
		...log.map(({ headers }) => headers['x-bunq-client-authentication']).filter(Boolean),
		'PRIVATE KEY',
	];
	for (const secret of secrets) expect(error).not.toContain(secret);
});

describe('IBANs in a message', () => {
	const SHORT = 'NL52…0061';

	test.each([
		'NL52BUNQ2117660061',
		'nl52bunq2117660061',
		'NL52 BUNQ 2117 6600 61',
		'nl52 bunq 2117 6600 61',
		'NL52.BUNQ.2117.6600.61',
		'NL52-BUNQ-2117-6600-61',
		'NL 52 BUNQ 2117660061',
		'NL52\u00a0BUNQ\u00a02117\u00a06600\u00a061',
	])('%s is shortened, and the text around it stays', (typed) => {
		for (const [before, after] of [
			['', ''],
			['to ', ' is not yours, 12.50 EUR'],
			['"', '"'],
			['(', ').'],
		]) {
			const short = redactIbans(`${before}${typed}${after}`);
			expect(short.toUpperCase()).toBe(`${before}${SHORT}${after}`.toUpperCase());
		}
	});

	test('two in a row, and one that is too short or of no known country', () => {
		expect(redactIbans('NL52 BUNQ 2117 6600 61 DE89 3704 0044 0532 0130 00')).toBe(
			`${SHORT} DE89…3000`,
		);
		expect(redactIbans('NL52BUNQ211766006')).toBe('NL52…6006');
		expect(redactIbans('XX52BUNQ2117660061')).toBe('XX52…0061');
	});

	test.each([
		'at 15 past nine the payment of 12.50 was made',
		'but is 0.30000000000000004',
		"bunq's reference: ba04cd34-e5f6-7890-abcd-ef1234567890.",
		'POST /user/{user}/monetary-account/41000012/payment, 12.50 EUR',
		'Your order #1234567 of 2026-01-31T12:00:00.000Z',
		'73d6df4a 680498',
	])('%s is left unchanged', (text) => expect(redactIbans(text)).toBe(text));

	test('one in a message of bunq is shortened', async () => {
		const typed = (await bank.thirdParty()).iban.replace(/(.{4})/g, '$1 ').trim();
		const error_description = `The IBAN ${typed} is not valid.`;
		const body = JSON.stringify({ Error: [{ error_description }] });
		await bank.control.fault({
			kind: 'status',
			status: 400,
			body,
			method: 'POST',
			path: 'payment$',
		});
		const { error } = await bank.oauth(await bank.payHousehold());
		expect(error?.message).toMatch(/^The IBAN [A-Z]{2}\d\d…\w{4} is not valid\.$/);
	});
});
