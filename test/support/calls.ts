import { createServer, type Server } from 'node:http';
import type { IDataObject } from 'n8n-workflow';
import type { TestBank } from './bank';
import { passSeconds, until } from './fakeClock';
import type { TriggerHarness, TriggerOptions } from './triggerHarness';

/** bunq's calls, sent by the simulated bank over HTTP or made up by somebody else, and the triggers that get them. */

/** What bunq sends about an object. */
export const callAbout = (
	object: string,
	{ id, account, ...more }: { id: unknown; account: unknown; category?: string },
) => ({
	NotificationUrl: {
		target_url: 'https://n8n.example.com/webhook/1/bunq',
		category: 'MUTATION',
		event_type: 'MUTATION_CREATED',
		...more,
		object: { [object]: { id, monetary_account_id: account } },
	},
});

const ORIGIN = 'https://n8n.example.com';

/** A public n8n for a test file: what the bank sends to it reaches the triggers. Call it at the top of the file. */
export const useCalls = (bank: TestBank) => {
	const running: { server?: Server } = {};
	const triggers = new Map<string, TriggerHarness>();

	beforeAll(async () => {
		running.server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
				const called = triggers.get(request.url ?? '')?.call(body) ?? Promise.resolve(false);
				void called.then((isKnown) => {
					response.statusCode = isKnown ? 200 : 404;
					response.end();
				});
			});
		});
		await new Promise<void>((resolve) => running.server?.listen(0, '127.0.0.1', resolve));
	});
	afterAll((done) => void running.server?.close(done));

	/** The trigger in an n8n that the internet reaches. Everybody who calls it there reaches the trigger. */
	const trigger = async (
		parameters: IDataObject,
		options: Partial<TriggerOptions> = {},
	): Promise<TriggerHarness> => {
		const { port } = running.server!.address() as { port: number };
		await bank.control.routeCallbacks({ [ORIGIN]: `http://127.0.0.1:${port}` });
		const created = await bank.trigger(parameters, { publicUrl: ORIGIN, ...options });
		triggers.set(created.path, created);
		return created;
	};
	return { trigger };
};

export type Calls = ReturnType<typeof useCalls>;

/** Waits until the trigger has delivered so many items. Time passes only while the trigger waits. */
export const delivered = async (trigger: TriggerHarness, count: number) =>
	await until(async () => trigger.delivered.length >= count);

/** So many seconds pass, with what happens in them. */
export const settle = async (seconds = 20) => {
	for (let second = 0; second < seconds; second++) {
		passSeconds(1);
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
};
