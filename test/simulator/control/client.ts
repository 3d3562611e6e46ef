import { Agent, request } from 'node:http';
import type { Control } from './protocol';

/** Without an HTTP library and without a proxy: the simulator is on this machine, and tests call it thousands of times. */
const post = async (agent: Agent, url: string, body: string) =>
	await new Promise<{ status?: number; text: string }>((resolve, reject) => {
		const headers = {
			'Content-Type': 'application/json',
			'Content-Length': Buffer.byteLength(body),
		};
		const call = request(url, { method: 'POST', agent, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () =>
				resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') }),
			);
		});
		call.on('error', reject);
		call.end(body);
	});

/** Runs one method of the control interface. Takes its arguments as a JSON array, and returns a status and JSON. */
type RunControl = (name: keyof Control, args: string) => Promise<{ status?: number; text: string }>;

/** The control interface of a simulator in another process. */
export const controlOf = (url: string): Control => {
	const agent = new Agent({ keepAlive: true });
	return controlBy(async (name, args) => await post(agent, `${url}/_simulator/${name}`, args));
};

/** The control interface by its methods. What goes in and comes out is copied, as between two processes. */
export const controlBy = (run: RunControl): Control => {
	const call =
		(name: keyof Control) =>
		async (...args: unknown[]) => {
			const { status, text } = await run(name, JSON.stringify(args));
			if (status === 200) return JSON.parse(text);
			const said = status === 500 ? text : JSON.parse(text).error;
			throw new Error(`Simulator, ${name}: ${said}`);
		};
	return {
		reset: call('reset'),
		log: call('log'),
		clearLog: call('clearLog'),
		fault: call('fault'),
		clearFaults: call('clearFaults'),
		dirty: call('dirty'),
		clearDirt: call('clearDirt'),
		switches: call('switches'),
		consulted: call('consulted'),
		advance: call('advance'),
		world: call('world'),
		secrets: call('secrets'),
		openSession: call('openSession'),
		expireSessions: call('expireSessions'),
		forgetInstallations: call('forgetInstallations'),
		revoke: call('revoke'),
		lockIp: call('lockIp'),
		addPayments: call('addPayments'),
		addCardTransactions: call('addCardTransactions'),
		addAccount: call('addAccount'),
		addObject: call('addObject'),
		addDrafts: call('addDrafts'),
		approveDraft: call('approveDraft'),
		rejectDraft: call('rejectDraft'),
		addRequestResponse: call('addRequestResponse'),
		answerRequest: call('answerRequest'),
		addClient: call('addClient'),
		registerRedirectUri: call('registerRedirectUri'),
		removeRedirectUri: call('removeRedirectUri'),
		grantCode: call('grantCode'),
		addSchedule: call('addSchedule'),
		runSchedule: call('runSchedule'),
		retryRun: call('retryRun'),
		cancelSchedule: call('cancelSchedule'),
		addLink: call('addLink'),
		payLink: call('payLink'),
		deliveries: call('deliveries'),
		deliverDue: call('deliverDue'),
		holdCallbacks: call('holdCallbacks'),
		routeCallbacks: call('routeCallbacks'),
		callbackFault: call('callbackFault'),
	};
};
