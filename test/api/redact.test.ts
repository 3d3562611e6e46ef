import fc from 'fast-check';
import { ibanLength } from '../../nodes/Bunq/api/iban';
import { redact } from '../../nodes/Bunq/api/redact';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { OUTCOME_UNKNOWN } from '../support/outcome';

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
			const short = redact(`${before}${typed}${after}`);
			expect(short.toUpperCase()).toBe(`${before}${SHORT}${after}`.toUpperCase());
		}
	});

	test('two in a row, and one that is too short or of no known country', () => {
		expect(redact('NL52 BUNQ 2117 6600 61 DE89 3704 0044 0532 0130 00')).toBe(`${SHORT} DE89…3000`);
		expect(redact('NL52BUNQ211766006')).toBe('NL52…6006');
		expect(redact('XX52BUNQ2117660061')).toBe('XX52…0061');
	});

	test.each([
		'at 15 past nine the payment of 12.50 was made',
		'but is 0.30000000000000004',
		"bunq's reference: ba04cd34-e5f6-7890-abcd-ef1234567890.",
		'POST /user/{user}/monetary-account/41000012/payment, 12.50 EUR',
		'Your order #1234567 of 2026-01-31T12:00:00.000Z',
		'73d6df4a 680498',
		'Amount 1234567890.12, account 41000012, card 5123, invoice NL-2026-000123',
		'RF18539007547034',
		'The reference INV20260131NL and order AT15 of 2026-01-31',
		'GET /user/41000001/monetary-account/41000012/payment?older_id=123456789012&count=200',
	])('%s is left unchanged', (text) => expect(redact(text)).toBe(text));

	const SPELLINGS: Array<[how: string, iban: string]> = [
		['glued to letters before', 'rekeningNL52BUNQ2117660061'],
		['glued to letters after', 'NL52BUNQ2117660061EUR'],
		['glued to digits', '2NL52BUNQ21176600613'],
		['glued to its name', 'ibanNL52BUNQ2117660061'],
		['spaces of no width', 'NL52\u200bBUNQ\u200b2117\u200b6600\u200b61'],
		['marks of no width', 'N\u2060L5\u200d2BUNQ2\u00ad11\ufeff7660061'],
		['full width', 'ＮＬ５２ＢＵＮＱ２１１７６６００６１'],
		['full width with wide spaces', 'ＮＬ５２　ＢＵＮＱ　２１１７　６６００　６１'],
		['bold mathematical letters', '\u{1d40d}\u{1d40b}52BUNQ2117660061'],
		['%20', 'NL52%20BUNQ%202117%206600%2061'],
		['%2520', 'NL52%2520BUNQ%25202117%25206600%252061'],
		['+', 'NL52+BUNQ+2117+6600+61'],
		['encoded letters', '%4E%4C52%42UNQ2117660061'],
		['encoded NBSP', 'NL52%C2%A0BUNQ%C2%A02117%C2%A06600%C2%A061'],
		['in a URL', 'https://bunq.me/?iban=NL52BUNQ2117660061&amount=1'],
		['entities', 'NL52&nbsp;BUNQ&#160;2117&#xA0;6600&#32;61'],
		['encoded entities', 'NL52&amp;nbsp;BUNQ&amp;nbsp;2117660061'],
		['tags', 'NL52<br/>BUNQ<b>2117</b>6600<wbr>61'],
		['escape sequences', String.raw`NL52\u00a0BUNQ\n2117\\u00a06600\t61`],
		['in JSON', JSON.stringify({ iban: 'NL52BUNQ2117660061' })],
		['in JSON after a line break', String.raw`"\nNL52BUNQ2117660061\n"`],
		['in JSON twice', JSON.stringify(JSON.stringify({ iban: 'NL52 BUNQ 2117 6600 61' }))],
		['line breaks', 'NL52 BUNQ\r\n    2117 6600\n61'],
		['tabs', 'NL52\tBUNQ\t2117\t6600\t61'],
		['slashes', 'NL52/BUNQ/2117/6600/61'],
		['underscores', 'NL52_BUNQ_2117_6600_61'],
		['long dashes', 'NL52–BUNQ—2117‑6600−61'.replace('−', '‒')],
		['each character apart', 'N L 5 2 B U N Q 2 1 1 7 6 6 0 0 6 1'],
		['small letters glued', 'accountnl52bunq2117660061x'],
	];
	test.each(SPELLINGS)('%s', (_how, written) => {
		const short = redact(`bunq says: ${written}.`);
		expect(short).toMatch(/nl52…0061/i);
		expect(short).not.toContain('2117');
		expect(short.replace(/\D/g, '')).not.toContain('66006');
	});

	test('20,000 in a reply do not hide that the outcome is unknown', async () => {
		const error_description = 'NL52BUNQ2117660061 '.repeat(20_000);
		const body = JSON.stringify({ Error: [{ error_description }] });
		const lost = { kind: 'status', status: 500, body, method: 'POST', path: 'payment$' } as const;
		await bank.control.fault(lost);
		const { error } = await bank.oauth(await bank.payHousehold());
		expect(error?.description).toMatch(OUTCOME_UNKNOWN);
		expect(JSON.stringify(error).length).toBeLessThan(10_000);
	});

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

describe('any text', () => {
	const country = fc.constantFrom('NL', 'DE', 'BE', 'NO', 'MT', 'FR');
	const separators = ['', ' ', '-', '.', '\u00a0', '\u200b', '%20', '&nbsp;', '\n', '<br/>', '+'];
	const word = fc.constantFrom(
		'',
		' ',
		'to ',
		'iban',
		'"',
		'(',
		'x',
		'7',
		'Rekening',
		'%3A',
		'\\n',
	);
	const iban = fc
		.tuple(country, fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 31 }))
		.map(([code, digits]) => {
			const rest = digits.slice(0, ibanLength(code)! - 4);
			const number = [...`${rest}${code}00`].map((one) => parseInt(one, 36)).join('');
			return `${code}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${rest}`;
		});

	test('no full IBAN remains, however it is grouped and whatever is around it', () => {
		fc.assert(
			fc.property(
				iban,
				fc.integer({ min: 1, max: 8 }),
				fc.constantFrom(...separators),
				word,
				word,
				(plain, size, separator, before, after) => {
					const groups = plain.match(new RegExp(`.{1,${size}}`, 'g'))!;
					const short = redact(before + groups.join(separator) + after);
					expect(short).toContain('…');
					expect(short.replace(/%20|%3A/g, '').replace(/[^\dA-Z]/g, '')).not.toContain(
						plain.slice(4, -4),
					);
				},
			),
			{ numRuns: 500 },
		);
	});

	test('is returned unchanged where it has neither an IBAN nor a key', () => {
		const other = fc.oneof(
			fc.integer({ min: 0, max: 999_999_999 }).map(String),
			fc.uuid(),
			fc.constantFrom(
				'payment',
				'of',
				'EUR',
				'12.50',
				'%20',
				'&amp;',
				'<br/>',
				'\\n',
				'…',
				'€',
				'💶',
			),
		);
		fc.assert(
			fc.property(fc.array(other), (parts) => {
				const text = parts.join(' ');
				expect(redact(text)).toBe(text);
			}),
		);
	});

	test.each([
		['IBANs', 'NL52BUNQ2117660061 '],
		['beginnings of IBANs', 'NL52'],
		['escapes', '\\'],
		['percent signs', '%25'],
		['entities', '&amp;'],
		['tags', '<'],
		['keys', 'f'],
	])('of 200,000 characters takes a moment: %s', (_what, part) => {
		const text = part.repeat(200_000 / part.length);
		const began = process.cpuUsage();
		redact(text);
		const { user } = process.cpuUsage(began);
		expect(user / 1_000).toBeLessThan(8_000);
	});
});

describe('a key or a token', () => {
	const KEY = '8baec0ac1aafca3345d5b811042feecfe0272514c5d09a69b5fbc84cb1c06029';

	test.each([
		KEY,
		KEY.toUpperCase(),
		`sandbox_${KEY}`,
		`the key ${KEY}.`,
		`?access_token=${KEY}&state=1`,
		JSON.stringify({ secret: KEY }),
		KEY.slice(0, 48),
		`token_${KEY}x`,
		'-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----',
	])('%s is hidden', (text) => {
		const short = redact(text);
		expect(short).toContain('…');
		expect(short).not.toMatch(/8baec0ac|272514c5|MIIE/i);
	});

	test.each(['payment$', 'session-server'])('is hidden where bunq repeats it: %s', async (path) => {
		const { oauth } = await bank.world();
		await bank.oauth({ resource: 'user', operation: 'get' });
		const log = await bank.control.log();
		const sent = log.map(({ headers }) => headers['x-bunq-client-authentication']);
		const secrets = [oauth.accessToken, ...sent].filter((one) => one !== undefined);
		const errors = secrets.map((secret) => ({
			error_description: `No: ${secret} in ?s=${secret}`,
		}));
		const body = JSON.stringify({ Error: errors });
		if (path === 'session-server') await bank.control.expireSessions();
		await bank.control.fault({ kind: 'status', status: 400, body, method: 'POST', path, times: 9 });
		const { run, error } = await bank.oauth(await bank.payHousehold());
		expect(error?.message).toMatch(/^No: … in/);
		for (const secret of secrets)
			expect(JSON.stringify(run.data.resultData.error)).not.toContain(secret);
	});
});
