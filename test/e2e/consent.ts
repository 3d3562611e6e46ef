import axios from 'axios';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect as connectTls } from 'node:tls';
import type { Simulator } from '../simulator';
import type { N8nApi } from './api';
import { running, type Suite } from './suite';

/** The simulator's address, as clients in any process need it. */
export type BankAddress = Pick<Simulator, 'tlsPort' | 'caPem'>;

/**
 * Connects an OAuth credential as a person does in the browser: n8n's Connect button, bunq's consent page, Approve, and
 * back to n8n, which exchanges the code for a token.
 */
export const connect = async (
	api: N8nApi,
	credentialId: string,
	bank: BankAddress,
): Promise<void> => {
	const consentUrl = String(await api.call('GET', `/oauth2-credential/auth?id=${credentialId}`));
	const bunq = axios.create({
		httpsAgent: agentFor(bank),
		proxy: false,
		maxRedirects: 0,
		validateStatus: () => true,
	});
	const consent = await bunq.get<string>(consentUrl);
	if (consent.status !== 200) throw new Error(`bunq's consent page: ${textOf(consent.data)}`);
	const approved = await bunq.post(consentUrl, approval(consent.data));
	if (approved.status !== 302) throw new Error(`bunq's consent page: ${textOf(approved.data)}`);
	const callback = await api.visit(approved.headers.location);
	// n8n also answers 200 with its error page.
	const { data } = await api.call<{ data: { oauthTokenData?: unknown } }>(
		'GET',
		`/credentials/${credentialId}?includeData=true`,
	);
	if (!data.oauthTokenData) throw new Error(`n8n's callback: ${textOf(callback.page)}`);
};

/** Whoever connects ends the older tokens of the same client: the suite's own credential is connected again. */
export const reconnect = async ({ n8n }: Suite): Promise<void> => {
	const { options, credentialIds } = running();
	const { tlsPort, caFile } = options.simulator;
	await connect(n8n, credentialIds.bunqOAuth2Api, { tlsPort, caPem: readFileSync(caFile, 'utf8') });
};

/** The form that a browser sends with Approve: every account is selected. */
const approval = (page: string): URLSearchParams => {
	const accounts = [
		...page.matchAll(/<input type="checkbox" name="account" value="(\d+)" checked>/g),
	];
	const form = new URLSearchParams({ decision: 'approve' });
	for (const [, id] of accounts) form.append('account', id);
	return form;
};

/** An agent that connects to the simulator, whatever the host. */
export const agentFor = ({ tlsPort, caPem }: BankAddress): Agent => {
	const agent = new Agent();
	agent.createConnection = (options) =>
		connectTls({
			host: '127.0.0.1',
			port: tlsPort,
			ca: caPem,
			servername: (options as { servername?: string }).servername,
		});
	return agent;
};

/** The text of a page, for an error message. */
export const textOf = (page: string) =>
	page
		.replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
