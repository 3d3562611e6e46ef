import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';
import {
	searchAccounts,
	searchAccountsAtBunq,
	searchCards,
} from '../../nodes/Bunq/parameters/listSearch';
import { useBank } from '../support/bank';
import { requestHelper, type RunResult } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { MAY_PAY_OTHERS } from '../support/parameters';
import {
	canSkipDuplicates,
	allParameters,
	type OperationRow,
	requiredParameters,
	rows,
} from '../support/sampleParameters';

/**
 * Random values from expressions and random answers from bunq: a run ends with items or with an error that explains itself,
 * and sends only valid requests. A failing case prints its seed.
 */

const bank = useBank({ isConnected: false });
const RUNS = Number(process.env.RUNS ?? 12);

/** Expects success, or an error for people rather than one of JavaScript's. */
const expectExplained = ({ error, status }: RunResult) => {
	if (!error) return expect(status).toBe('success');
	const said = `${error.message} ${error.description ?? ''}`;
	expect(error.message).toMatch(/\S/);
	expect(said).not.toMatch(
		/Cannot (read|set|convert|destructure)|is not (a function|iterable|defined|a constructor)|undefined|\[object|Maximum call|Invalid time value|toISO|circular/i,
	);
};

/** Expects only requests to these paths, and no garbage in them. */
const expectRequestsTo = async (paths: RegExp) => {
	for (const { path, query, rawBody, headers } of await bank.log()) {
		expect(path).toMatch(paths);
		expect(`${path} ${JSON.stringify(query)} ${rawBody}`).not.toMatch(/undefined|NaN|\[object/);
		expect(Object.keys(headers).join()).not.toMatch(/injected/i);
	}
};

const NASTY = [
	'__proto__',
	'constructor',
	'../../session/0',
	'1/../../user/2',
	'7\r\nX-Injected: 1',
	'1?status=ACCEPTED',
	'%2e%2e',
	'{user}',
	'{{ $json }}',
	"'; DROP TABLE payments; --",
	'NL00BUNQ0000000000',
	'1e400',
	'-0',
	'\u0000',
	'\ud800',
	'９９',
	' ',
];
const nasty = fc.oneof(
	fc.constantFrom(...NASTY),
	fc.string({ unit: 'binary' }),
	fc.double(),
	fc.maxSafeInteger(),
	fc.constantFrom(null, true, false, [], {}, [[]], [null], { value: 1 }, { __rl: true }),
	fc.dictionary(fc.constantFrom('value', 'mode', '__rl', 'x'), fc.constantFrom('1', 1, null, 'id')),
);

/** bunq's paths: words and whole numbers. Creating a user has one of its own. */
const BUNQ_PATHS =
	/^\/v1\/(user(\/\d+(\/[a-z-]+(\/\d+)?)*)?|installation|device-server|session-server|sandbox-user-(person|company))$/;

/** The parameters with one field, or one entry of a collection, replaced by an expression. */
const withExpression = (parameters: IDataObject, place: number): IDataObject => {
	const places = Object.keys(parameters)
		.filter((name) => !['resource', 'operation', 'authentication'].includes(name))
		.flatMap((name) => {
			const inner = parameters[name];
			const isCollection = inner !== null && typeof inner === 'object' && !('__rl' in inner);
			return isCollection
				? [[name], ...Object.keys(inner).map((key) => [name, key])]
				: [[name], ...(inner && typeof inner === 'object' ? [[name, 'value']] : [])];
		});
	if (places.length === 0) return parameters;
	const [name, key] = places[place % places.length];
	const expression = '={{ $json.value }}';
	const whole = parameters[name] as IDataObject;
	return { ...parameters, [name]: key ? { ...whole, [key]: expression } : expression };
};

describe('any value from an expression', () => {
	test.each(rows)('$id', async (row: OperationRow) => {
		const sample = await allParameters(bank, row);
		await fc.assert(
			fc.asyncProperty(fc.nat(40), nasty, async (place, value) => {
				await bank.control.clearLog();
				const items = [{ value } as IDataObject];
				const outcome = await bank
					.apiKey(withExpression(sample, place), { credential: MAY_PAY_OTHERS, items })
					// n8n itself checks required parameters before the node runs.
					.catch((error: Error) => error);
				if (outcome instanceof Error) expect(outcome.message).toContain('has issues');
				else expectExplained(outcome);
				await expectRequestsTo(row.id === 'api.request' ? /^\/v1\/[\w/-]+$/ : BUNQ_PATHS);
			}),
			{ numRuns: RUNS },
		);
	});
});

/** Objects in bunq's form, with missing keys and values of the wrong type. */
const strange: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		fc.constantFrom(
			null,
			true,
			0,
			-1,
			1e308,
			2 ** 60,
			'',
			'EUR',
			'12.50',
			'NaN',
			'2026-01-01 00:00:00.000000',
		),
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(
			fc.constantFrom(
				...[
					'id',
					'created',
					'updated',
					'amount',
					'value',
					'currency',
					'alias',
					'counterparty_alias',
				],
				...[
					'iban',
					'type',
					'status',
					'description',
					'balance',
					'entries',
					'display_name',
					'UserApiKey',
				],
				...[
					'Payment',
					'MonetaryAccountBank',
					'CardDebit',
					'Id',
					'constructor',
					'__proto__',
					'toString',
				],
				...[
					'primary_account_numbers',
					'label_user',
					'request_inquiries',
					'payments',
					'savings_goal',
				],
			),
			tie('value'),
			{ maxKeys: 5 },
		),
	),
})).value;

const answers = fc.oneof(
	strange.map((value) => ({ Response: value })),
	fc.array(strange, { maxLength: 3 }).map((items) => ({ Response: items })),
	fc
		.array(
			fc.tuple(fc.constantFrom('Payment', 'CardDebit', 'MonetaryAccountBank', 'Hologram'), strange),
		)
		.map((items) => ({
			Response: items.map(([name, one]) => ({ [name]: one })),
			Pagination: { older_url: '//evil.example/v1/user', newer_url: null },
		})),
	strange.map((value) => ({ Error: value })),
	strange,
);

describe('any answer', () => {
	test.each(rows)('$id', async (row: OperationRow) => {
		const sample = await requiredParameters(bank, row);
		await bank.apiKey({ resource: 'user', operation: 'get' });
		await fc.assert(
			fc.asyncProperty(answers, fc.nat(1), async (answer, skip) => {
				await bank.control.clearLog();
				const body = JSON.stringify(answer) ?? 'null';
				await bank.control.fault({ kind: 'other', path: '^/v1/user/', body, skip, times: 9 });
				const result = await bank.apiKey(sample, { credential: MAY_PAY_OTHERS });
				await bank.control.clearFaults();
				expectExplained(result);
				for (const { host } of await bank.log()) expect(host).toMatch(/\.bunq\.com$/);
				expect({}).not.toHaveProperty('polluted');
			}),
			{ numRuns: RUNS },
		);
	});
});

describe('any answer to a lookup of an unknown outcome', () => {
	const findable = rows.filter(({ isLookedUp }) => isLookedUp);
	test.each(findable)('$id', async (row: OperationRow) => {
		const sample = await requiredParameters(bank, row);
		const reference = { merchantReference: 'R 1' };
		const once = canSkipDuplicates(row) && {
			additionalFields: reference,
			options: { skipIfDuplicate: true },
		};
		await fc.assert(
			fc.asyncProperty(answers, fc.boolean(), async (answer, isRepeat) => {
				await bank.control.clearLog();
				const body = JSON.stringify(answer) ?? 'null';
				const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
				for (const method of isRepeat ? ['POST', 'PUT'] : [])
					await bank.control.fault({ kind: 'drop-before', method, path: '^/v1/user/' });
				const skip = row.id.startsWith('requestResponse') ? 1 : 0;
				await bank.control.fault({ kind: 'other', method: 'GET', body, skip, times: 9 });
				const result = await bank.apiKey(
					{ ...sample, ...once },
					{ credential: MAY_PAY_OTHERS, settings },
				);
				await bank.control.clearFaults();
				expectExplained(result);
				await expectRequestsTo(BUNQ_PATHS);
			}),
			{ numRuns: RUNS },
		);
	});
});

test('any answer in the handshake', async () => {
	await fc.assert(
		fc.asyncProperty(answers, fc.constantFrom(...HANDSHAKE), async (answer, path) => {
			await bank.control.reset(randomUUID());
			passMinutes();
			const body = JSON.stringify(answer) ?? 'null';
			await bank.control.fault({ kind: 'other', path, body, times: 9 });
			expectExplained(await bank.apiKey({ resource: 'user', operation: 'get' }));
			await expectRequestsTo(BUNQ_PATHS);
		}),
		{
			numRuns: RUNS,
			examples: [
				[{ Response: [{ Token: { token: 'a\r\nX-Injected: 1' } }] }, '/installation$'],
				[{ Response: [{ Token: { token: 't' } }, { UserPerson: { id: '../1' } }] }, HANDSHAKE[2]],
			],
		},
	);
});

const HANDSHAKE = ['/installation$', '/device-server$', '/session-server$'];

test.each([
	['accounts', searchAccounts],
	['accounts at bunq', searchAccountsAtBunq],
	['cards', searchCards],
])(
	'the picker of %s finds what contains the search text, and requests only the list',
	async (_what, search) => {
		const { apiKey } = await bank.world();
		const picker = {
			getNodeParameter: () => 'apiKey',
			getCredentials: async () => ({ environment: 'production', apiKey }),
			getNode: () => ({ name: 'Bunq' }),
			helpers: { httpRequest: await requestHelper() },
		} as unknown as ILoadOptionsFunctions;
		const all = (await search.call(picker)).results;
		const operators = [
			'.*',
			'(',
			'[',
			'\\',
			'^$',
			'||',
			'*',
			'?x=1',
			"' OR 1=1",
			'%',
			'"',
			'{{1}}',
		];
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(fc.constantFrom(...operators, ...NASTY), fc.string({ unit: 'binary' })),
				async (text) => {
					await bank.control.clearLog();
					const { results } = await search.call(picker, text);
					const normalize = (value: string) => value.toLowerCase().replace(/\s/g, '');
					expect(results).toEqual(
						all.filter(({ name }) => normalize(name).includes(normalize(text))),
					);
					await expectRequestsTo(BUNQ_PATHS);
					for (const { query } of await bank.log()) expect(Object.keys(query)).toEqual(['count']);
				},
			),
			{ numRuns: RUNS, examples: operators.map((text): [string] => [text]) },
		);
	},
);
