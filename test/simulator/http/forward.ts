import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Bank } from '../bank/state';

/** Where requests for the public address of a server on this machine go; undefined if they are for the bank. */
export const routeOf = (bank: Bank, { headers }: IncomingMessage): string | undefined =>
	bank.callbackRoutes[`https://${headers.host}`];

/**
 * Passes a request on to a server on this machine, as the internet would with its public address: a program may call itself
 * there, as n8n does with the URL of a webhook.
 */
export const forward = (
	route: string,
	request: IncomingMessage,
	response: ServerResponse,
): void => {
	const { method, url, headers } = request;
	const passed = httpRequest(new URL(url ?? '/', route), { method, headers, agent: false });
	passed.on('response', (answer) => {
		response.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(response);
	});
	passed.on('error', (error) => {
		if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain' });
		response.end(`${route} does not answer: ${error.message}`);
	});
	request.pipe(passed);
};
