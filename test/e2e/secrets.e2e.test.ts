import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { findSecrets } from './secrets';
import { running, useSuite } from './suite';

/** Runs last (jest.config.cjs), after all other files have left their traces. */

const suite = useSuite();
const { userFolder } = running().options;

test('no data, log or message of n8n contains a secret in clear text', async () => {
	const secrets = await suite.bank.secrets();
	expect([...new Set(secrets.map(({ what }) => what))].sort()).toEqual([
		'a client secret',
		'a code',
		'a session token',
		'an API key',
		'an access token',
		'an installation token',
	]);
	// "Sandbox: Create User" outputs its key, to play money, on purpose.
	const { apiKey } = await suite.bank.world('sandbox');
	const givenOut = secrets
		.filter(({ value }) => value.startsWith('sandbox_') && value !== apiKey)
		.map(({ value }) => value);
	const kept = secrets.filter(({ value }) => !givenOut.some((key) => key.endsWith(value)));
	expect(kept.length).toBeGreaterThan(10);
	const found = findSecrets(kept, userFolder);
	console.log(`Looked for ${secrets.length} secrets and any private key: ${found.length} found`);
	expect(found).toEqual([]);
});

describe('the search would find', () => {
	/** Stores a note on a workflow's canvas. */
	const plant = async (content: string) =>
		await suite.n8n.saveWorkflow({
			name: 'Planted',
			nodes: [
				{
					name: 'Note',
					type: 'n8n-nodes-base.stickyNote',
					typeVersion: 1,
					position: [0, 0],
					parameters: { content },
				},
			],
			connections: {},
		});

	test('a token in the database or a message, also in base64', async () => {
		const planted = { what: 'planted', value: randomBytes(32).toString('hex') };
		await plant(Buffer.from(`id:${planted.value}`).toString('base64'));
		const found = findSecrets([planted], userFolder);
		expect(found).toContainEqual('planted: workflow_entity.nodes');
		const message = findSecrets([planted], userFolder, [`Bearer ${planted.value}`]);
		expect(message).toHaveLength(found.length + 1);
	});

	test('a token across any page boundary of the database', async () => {
		// Longer than a page of the database, so that no page contains all of it.
		const planted = { what: 'planted', value: randomBytes(10_000).toString('hex') };
		await plant(planted.value);
		expect(findSecrets([planted], userFolder)).toContainEqual('planted: workflow_entity.nodes');
	});

	test.each(['pkcs8', 'pkcs1'] as const)(
		'a private key without its first line: %s',
		async (type) => {
			const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
			const [, ...lines] = privateKey.export({ type, format: 'pem' }).toString().split('\n');
			await plant(lines.slice(0, -2).join('\n'));
			expect(findSecrets([], userFolder)).toContainEqual(
				'the body of a private key: workflow_entity.nodes',
			);
		},
	);
});
