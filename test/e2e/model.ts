import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Json } from './api';

/** A request of n8n to the model (OpenAI's chat completions); the keys that tests use. */
export interface ModelRequest {
	messages: Array<{ role: string; content: unknown; tool_call_id?: string }>;
	tools: Array<{ function: { name: string; description: string; parameters: JsonSchema } }>;
	stream?: boolean;
}

interface JsonSchema {
	type: string;
	properties: Record<string, { type?: string; description?: string }>;
	required?: string[];
}

/** A line of the model: a tool call, or the final text. */
export type Line = { tool: string; args: Json } | string;

/** A language model that follows a script. */
export interface Model {
	/** The base URL of its API. */
	url: string;
	/** Sets its next lines, one per request. */
	script(lines: Line[]): void;
	/** The requests since the script was set. */
	requests(): ModelRequest[];
	stop(): Promise<void>;
}

/** Starts a model on this machine that speaks OpenAI's chat completions. */
export const startModel = async (): Promise<Model> => {
	let lines: Line[] = [];
	let requests: ModelRequest[] = [];
	const server = createServer((request, response) => {
		void text(request).then((body) => {
			const isCompletion = request.method === 'POST' && request.url === '/v1/chat/completions';
			const sent = isCompletion ? (JSON.parse(body) as ModelRequest) : undefined;
			const line = sent && !sent.stream ? lines.shift() : undefined;
			if (sent) requests.push(sent);
			response.writeHead(line === undefined ? 400 : 200, { 'content-type': 'application/json' });
			const said = line === undefined ? refusal : completion(line, requests.length);
			response.end(JSON.stringify(said));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		script: (next) => {
			lines = [...next];
			requests = [];
		},
		requests: () => requests,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
};

const refusal = { error: { message: 'Not in the script', type: 'invalid_request_error' } };

const completion = (line: Line, turn: number) => ({
	id: `chatcmpl-${turn}`,
	object: 'chat.completion',
	created: 0,
	model: 'scripted',
	choices: [
		{
			index: 0,
			finish_reason: typeof line === 'string' ? 'stop' : 'tool_calls',
			message:
				typeof line === 'string'
					? { role: 'assistant', content: line }
					: { role: 'assistant', content: null, tool_calls: [toolCall(line, turn)] },
		},
	],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const toolCall = ({ tool, args }: Exclude<Line, string>, turn: number) => ({
	id: `call_${turn}`,
	type: 'function',
	function: { name: tool, arguments: JSON.stringify(args) },
});
