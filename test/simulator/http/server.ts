import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { watchSwitches } from '../bank/consulted';
import { callApi } from './api';
import { runControl } from '../control/control';
import { sendOnTime } from './callbacks';
import { compressed } from './compress';
import { withDirt } from './dirt';
import { forward, routeOf } from './forward';
import { type Outcome, FAULTS, takeFault } from './faults';
import { type Host, hostOf } from './hosts';
import { callOAuth } from '../auth/oauth';
import { APP_PATH, callApp } from '../app';
import type { LoggedRequest } from '../control/protocol';
import { type Answer, type Reply, errorReply, seal } from './reply';
import { refusals } from './refusal';
import { settle } from '../bank/requests';
import { runSchedules } from '../bank/schedules';
import { type Bank, now } from '../bank/state';

const readAll = async (request: IncomingMessage) => {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
};

const flatHeaders = (headers: IncomingMessage['headers']) =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
	);

/** JSON as its value, unless that is too deep to be written again. */
const parsed = (text: string): unknown => {
	try {
		const value: unknown = JSON.parse(text);
		JSON.stringify(value);
		return value;
	} catch {
		return text;
	}
};

/** What the log keeps of a body: text, parsed if it is JSON; a file's type, size and hash instead of its bytes. */
const logged = (type: string | undefined, body: Buffer) => {
	if (!type || /json|text|x-www-form-urlencoded/.test(type)) {
		const rawBody = body.toString('utf8');
		return { body: parsed(rawBody), rawBody };
	}
	const sha256 = createHash('sha256').update(body).digest('hex');
	return { body: { contentType: type, bytes: body.length, sha256 }, rawBody: '' };
};

/** The URL of a request; a path is one even if it begins with two slashes. */
const urlOf = (target = '/'): URL | undefined => {
	const text = target.startsWith('/') ? `http://bank${target}` : target;
	return URL.canParse(text, 'http://bank') ? new URL(text, 'http://bank') : undefined;
};

interface Arrived {
	method: string;
	url: URL;
	headers: Record<string, string>;
	body: Buffer;
	address: string;
}

/** Runs a request and answers it, without faults. */
const act = (bank: Bank, host: Host, arrived: Arrived): Answer => {
	const { method, url, headers, body, address } = arrived;
	const env = bank.environments[host.environment];
	const query = Object.fromEntries(url.searchParams);
	const path = url.pathname;
	watchSwitches(bank);
	const isOAuth = path === '/auth' || path === '/v1/token';
	if (isOAuth && host.site !== 'api') {
		return callOAuth(bank, env, host.site, { method, path, query, headers, body });
	}
	if (!path.startsWith('/v1/') || (host.site !== 'api' && host.site !== 'all')) {
		return { reply: errorReply(refusals.notFound()), changedSomething: false };
	}
	// §2.6: each request comes from another address.
	if (bank.changingIp !== undefined) bank.changingIp += 1;
	const ip = bank.changingIp === undefined ? address : `203.0.113.${bank.changingIp}`;
	const below = path.slice('/v1'.length);
	return callApi(bank, env, { method, path: below, query, headers, body, caller: address, ip });
};

const readOf = ({ headers, url }: Arrived) => `${headers.host} ${url.pathname}${url.search}`;

/** The answer, which is kept if it is to a read of a list from its beginning. */
const shown = (bank: Bank, arrived: Arrived, reply: Reply): Reply => {
	const isFirst = arrived.method === 'GET' && !arrived.url.searchParams.has('older_id');
	if (isFirst && reply.status === 200 && typeof reply.body === 'string')
		bank.shown.set(readOf(arrived), reply.body);
	return reply;
};

/** The answer as it was when the same was read last. */
const asShown = (bank: Bank, arrived: Arrived, reply: Reply): Reply => ({
	...reply,
	body: (arrived.method === 'GET' && bank.shown.get(readOf(arrived))) || reply.body,
});

/** The fault's answer, or the bank's with the fault's damage. */
const answer = async (bank: Bank, arrived: Arrived, entry: LoggedRequest): Promise<Outcome> => {
	const host = hostOf(arrived.headers);
	if (!host) return { status: 421, headers: {}, body: 'Misdirected Request' };
	const order = takeFault(bank, arrived.method, arrived.url.pathname);
	const fault = order && FAULTS[order.kind];
	entry.fault = order?.kind;
	const wait = async () => {
		if (order?.held) await new Promise<void>((resolve) => bank.held.push(resolve));
		else if (order && order.delayMs > 0) await delay(order.delayMs);
	};
	if (!fault?.answersLate) await wait();
	if (order && fault?.before) return fault.before(bank, order);
	const { reply: clean, changedSomething } = act(bank, host, arrived);
	entry.changedSomething = changedSomething;
	const { reply: unsigned, dirt } = withDirt(bank, arrived, clean);
	if (dirt.length > 0) entry.dirt = dirt;
	const reply = seal(
		fault?.isStale ? asShown(bank, arrived, unsigned) : shown(bank, arrived, unsigned),
	);
	if (fault?.answersLate) await wait();
	return order && fault?.after ? fault.after(reply, order) : reply;
};

/** Handles a request, from its arrival to its answer. */
export const serve = async (
	bank: Bank,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> => {
	const route = routeOf(bank, request);
	if (route) return forward(route, request, response);
	// §10.2: no answer waits for the calls that follow from it.
	response.on('close', () => sendOnTime(bank));
	await handle(bank, request, response);
};

/** What the clock has made due happens before anybody is answered. */
export const catchUp = (bank: Bank) => {
	settle(bank);
	runSchedules(bank);
};

/** Runs a method of the control interface, with its arguments as a JSON array. */
const answerControl = async (bank: Bank, name: string, body: Buffer) => {
	const { status, value } = await runControl(bank, name, body);
	return { status, text: JSON.stringify(value ?? null) };
};

/** Serves the control interface to this process, without HTTP: tests call it thousands of times. */
export const serveControl = async (bank: Bank, name: string, args: string) => {
	// As over HTTP, what else goes on gets its turn: tests ask in a loop.
	await nextTurn();
	catchUp(bank);
	const answered = await answerControl(bank, name, Buffer.from(args));
	sendOnTime(bank);
	return answered;
};

const handle = async (
	bank: Bank,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> => {
	const url = urlOf(request.url);
	const body = await readAll(request);
	if (!url) {
		response.writeHead(400).end();
		return;
	}
	const method = request.method ?? 'GET';
	const headers = flatHeaders(request.headers);
	catchUp(bank);
	if (url.pathname === APP_PATH) {
		const { status, headers: more, body: page } = callApp(bank, { method, url, headers, body });
		response.writeHead(status, more).end(page);
		return;
	}
	if (url.pathname.startsWith('/_simulator/')) {
		const name = url.pathname.slice('/_simulator/'.length);
		const { status, text } = await answerControl(bank, name, body);
		response.writeHead(status, { 'Content-Type': 'application/json' });
		response.end(text);
		return;
	}

	const entry: LoggedRequest = {
		time: new Date(now(bank)).toISOString(),
		method,
		host: headers.host ?? '',
		path: url.pathname,
		query: Object.fromEntries(url.searchParams),
		headers,
		...logged(headers['content-type'], body),
		status: 0,
		changedSomething: false,
	};
	bank.log.push(entry);
	const address = request.socket.remoteAddress ?? '127.0.0.1';
	const outcome = await answer(bank, { method, url, headers, body, address }, entry);
	if (outcome === 'hang') return;
	if (outcome === 'drop') {
		request.socket.destroy();
		return;
	}

	entry.status = outcome.status;
	const sent = compressed(bank, headers['accept-encoding'], outcome);
	const requestId = headers['x-bunq-client-request-id'];
	response.sendDate = false;
	response.writeHead(sent.status, {
		...(requestId && !outcome.headers.Via && { 'X-Bunq-Client-Request-Id': requestId }),
		...sent.headers,
		...(bank.switches.warning && { 'X-Bunq-Warning': bank.switches.warning }),
		Date: new Date(now(bank)).toUTCString(),
		'Content-Length': Buffer.byteLength(sent.body),
	});
	response.end(sent.body);
};
