import axios from 'axios';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORM_REFUSALS, type FormRefusal } from '../simulator/auth/formRefusals';
import { repo } from '../../scripts/pack';
import type { Json } from './api';
import { connect, reconnect, textOf } from './consent';
import { Person } from './editor';
import { publishRelay } from './relay';
import { noteSaid, running, useSuite } from './suite';

/**
 * The messages when connecting fails. Most of them are n8n's, which a package cannot change; the FAQ has each as a heading,
 * with the next step below.
 */

const suite = useSuite();
const started = running();
const { tlsPort, caFile } = started.options.simulator;
const callback = `${started.url}/rest/oauth2-credential/callback`;
const EXPIRED_MS = 5 * 60_000;

/** Each case with its message and the place of the next step, printed at the end. */
const told: Array<{ case: string; shown: string; next: string }> = [];

let person: Person;
let relayUrl = '';

jest.setTimeout(300_000);

beforeAll(async () => {
	person = await Person.signIn(started.url, tlsPort);
	relayUrl = (await publishRelay(suite)).url;
});

afterEach(async () => {
	await suite.bank.clearFaults();
	await suite.bank.switches({ tokenEndpoint: 'both', formRefusal: 'no code' });
	await suite.bank.registerRedirectUri(callback);
});

afterAll(async () => {
	await person?.leave();
	await reconnect(suite);
	const lines = told.map((line) => `| ${line.case} | ${line.shown} | ${line.next} |`);
	console.log(`${told.length} refusals, each with its next step:\n${lines.join('\n')}`);
});

/** The FAQ's sections about connecting, by heading. */
const sections = /^## While connecting$([^]*?)^## /m
	.exec(readFileSync(join(repo, 'docs/faq.md'), 'utf8'))![1]
	.split(/^### /m)
	.slice(1)
	.map((section) => {
		const [heading, ...text] = section.split('\n');
		return { heading, text: text.join(' ') };
	});

/** Whether a heading is this message, with "…" for values. */
const isOf = (heading: string, message: string) => {
	let from = 0;
	for (const piece of heading.split('…').map((text) => text.trim())) {
		const at = message.indexOf(piece, from);
		if (at < 0) return false;
		from = at + piece.length;
	}
	return true;
};

/** The message or its section of the FAQ must name the next step. */
const expectNextStep = (what: string, message: string, next: RegExp) => {
	noteSaid(message);
	const found = sections.filter(({ heading }) => isOf(heading, message));
	const step = [message, ...found.map(({ text }) => text)].find((text) => next.test(text));
	const where = step === message ? 'the message' : `"${found[0]?.heading}"`;
	expect([message, where, step]).toEqual([message, where, expect.stringMatching(next)]);
	told.push({ case: what, shown: message, next: where });
};

const save = async (what: string, data: Json) => {
	const { environment = 'production', clientOf = environment, ...more } = data;
	const { oauth } = await suite.bank.world(clientOf as 'production' | 'sandbox');
	const { clientId, clientSecret } = oauth;
	return await suite.n8n.saveCredential(`Does not work: ${what}`, 'bunqOAuth2Api', {
		environment,
		clientId,
		clientSecret,
		...more,
	});
};

/** A placeholder for the relay's address, which is known once it is published. */
const RELAY = 'relay';

interface Case {
	what: string;
	says: RegExp;
	/** The next step, in the message or in the FAQ. */
	next: RegExp;
	/** The credential's values. `clientOf`: the environment of the OAuth client, if it is not the credential's. */
	data?: Json;
	prepare?: () => Promise<unknown>;
	meanwhile?: () => Promise<void>;
	decision?: 'approve' | 'deny';
	/** Whether bunq's page in the window refuses, before any consent. */
	stopsAtBunq?: boolean;
}

const cases: Case[] = [
	{
		what: 'a token endpoint that does not read the form',
		next: /token relay/,
		says: /^Error: The provided authorization grant/,
		prepare: async () => await suite.bank.switches({ tokenEndpoint: 'query-only' }),
	},
	{
		what: 'a code that has expired',
		next: /Press _Connect_ again/,
		says: /^Error: The provided authorization grant/,
		prepare: async () =>
			await suite.bank.fault({ kind: 'slow', path: '^/v1/token', delayMs: 1_500 }),
		meanwhile: async () => {
			while (!(await suite.bank.log()).some(({ path }) => path === '/v1/token')) await sleep(50);
			await suite.bank.advance(EXPIRED_MS);
		},
	},
	{
		what: 'a redirect URL that is not registered',
		next: /character by character/,
		says: /^Connection not found/,
		prepare: async () => await suite.bank.removeRedirectUri(callback),
		stopsAtBunq: true,
	},
	{
		what: 'the wrong environment',
		next: /_Environment_/,
		says: /^Connection not found/,
		data: { environment: 'sandbox', clientOf: 'production' },
		stopsAtBunq: true,
	},
	{
		what: 'a wrong client secret',
		next: /Copy both again/,
		says: /^Error: Client authentication failed .*invalid_client/,
		data: { clientSecret: 'f'.repeat(64) },
	},
	{
		what: 'access denied by the user',
		next: /approve/,
		says: /^Error: Insufficient parameters for OAuth2 callback.*access_denied/,
		decision: 'deny',
	},
	{
		what: 'a bunq that is down',
		next: /Try again later/,
		says: /^Error: Request failed with status code 502/,
		prepare: async () => await suite.bank.fault({ kind: 'html', path: '^/v1/token' }),
	},
	{
		what: 'a relay that is not published',
		next: /[Pp]ublish it/,
		says: /^Error: HTTP status 404/,
		data: { tokenRelayUrl: `${started.url}/webhook/${randomUUID()}/bunq-token` },
	},
	{
		what: 'a relay at an address where nothing listens',
		next: /from inside/,
		says: /^Error: .*ECONNREFUSED/,
		data: { tokenRelayUrl: 'http://127.0.0.1:1/webhook/x/bunq-token' },
	},
	{
		what: 'a relay for the other environment',
		next: /Set Environment to the same in both/,
		says: /^Error: The credential is set to Sandbox, the Bunq Token Relay to Production\. .*press Connect again/,
		data: { environment: 'sandbox', tokenRelayUrl: RELAY },
	},
	{
		what: 'a bunq that breaks off, through the relay',
		next: /press Connect again/,
		says: /^Error: The connection to bunq was lost\. .*press Connect again/,
		data: { tokenRelayUrl: RELAY },
		prepare: async () => await suite.bank.fault({ kind: 'drop-before', path: '^/v1/token' }),
	},
	{
		what: 'a bunq that is down, through the relay',
		next: /Press Connect again later/,
		says: /^Error: bunq's token endpoint answered 502 .*Press Connect again later/,
		data: { tokenRelayUrl: RELAY },
		prepare: async () => await suite.bank.fault({ kind: 'html', path: '^/v1/token' }),
	},
];

describe('in the window', () => {
	const show = async ({ what, data = {}, prepare, ...way }: Case) => {
		const isRelay = data.tokenRelayUrl === RELAY;
		const id = await save(what, { ...data, ...(isRelay && { tokenRelayUrl: relayUrl }) });
		await prepare?.();
		await person.openCredential(id);
		const name = `message ${what}`;
		if (way.stopsAtBunq) return await person.readWindow(name);
		const { meanwhile, decision = 'approve' } = way;
		return (await person.connect(decision, { name, meanwhile })).window;
	};

	test.each(cases)('$what', async (one) => {
		await person.witness(one.what, async () => {
			const text = await show(one);
			expect(text).toMatch(one.says);
			expectNextStep(one.what, text, one.next);
			await person.seesConnected(false);
			// The credential, which the person sees next, also says what to do.
			const form = await person.page.getByRole('dialog').last().innerText();
			expect(form).toMatch(/Bunq Token Relay Trigger[^]*"Failed to connect" although you approved/);
		});
	});
});

/** Reads the page of the window by its address. */
describe('if bunq does not read the form of n8n, whatever its answer', () => {
	const EXPLAINED: Record<FormRefusal, RegExp> = {
		'no code': /The provided authorization grant/,
		'a parameter is missing': /The request is missing a required parameter/,
		'no grant type': /The authorization grant type is not supported/,
		'no client': /Client authentication failed/,
		'an error of the API': /HTTP status 400/,
		'not authenticated': /HTTP status 401/,
		'wrong media type': /HTTP status 415/,
		'no such route': /HTTP status 404/,
		'a page': /Expected JSON response from OAuth2 token endpoint/,
		'a page for 405': /Expected JSON response from OAuth2 token endpoint/,
		nothing: /Expected JSON response from OAuth2 token endpoint/,
		'broken down': /Request failed with status code 500/,
	};
	const bank = { tlsPort, caPem: readFileSync(caFile, 'utf8') };

	test.each(FORM_REFUSALS)('%s: the relay is the next step, and it works', async (formRefusal) => {
		await suite.bank.switches({ tokenEndpoint: 'query-only', formRefusal });
		const id = await save(formRefusal, {});
		const refused = await connect(suite.n8n, id, bank).catch((error: Error) => error.message);
		expect(refused).toMatch(EXPLAINED[formRefusal]);
		expectNextStep(`form refused: ${formRefusal}`, String(refused), /token relay/);

		await save(formRefusal, { tokenRelayUrl: relayUrl });
		await connect(suite.n8n, id, bank);
	});
});

describe('n8n itself refuses', () => {
	const read = async (query: string) =>
		textOf((await suite.n8n.visit(`${callback}?${query}`)).page);

	test('after more than five minutes in the app, or a restart of n8n', async () => {
		const state = Buffer.from(JSON.stringify({ token: 'x', createdAt: Date.now() }));
		const page = await read(`code=x&state=${state.toString('base64url')}`);
		expect(page).toContain('The OAuth callback state is invalid!');
		expectNextStep('too late', page, /Press _Connect_ again/);
	});

	test('a browser that is not signed in at this address', async () => {
		const id = await save('nobody', {});
		const consent = String(await suite.n8n.call('GET', `/oauth2-credential/auth?id=${id}`));
		const state = new URL(consent).searchParams.get('state');
		const { data } = await axios.get<string>(callback, { params: { code: 'x', state } });
		expect(textOf(data)).toContain('Error: Unauthorized');
		expectNextStep('not signed in', textOf(data), /the address that you open it by/);
	});
});

test('every heading of the FAQ was shown', () => {
	const never = sections.filter(({ heading }) => !told.some(({ shown }) => isOf(heading, shown)));
	expect(never.map(({ heading }) => heading)).toEqual([]);
});
