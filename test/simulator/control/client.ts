import axios from 'axios';
import type { Control } from './protocol';

/** The control interface of a simulator, in this process or another one. */
export const controlOf = (url: string): Control => {
	// No proxy: the simulator is on this machine.
	const http = axios.create({
		baseURL: `${url}/_simulator/`,
		proxy: false,
		validateStatus: () => true,
	});
	const call =
		(name: keyof Control) =>
		async (...args: unknown[]) => {
			const { status, data } = await http.post(name, args);
			if (status !== 200) throw new Error(`Simulator, ${name}: ${data.error ?? status}`);
			return data;
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
