import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { findSecrets } from './secrets';
import { running, useSuite } from './suite';

/** Runs last (jest.config.cjs): everything that the other files did has left its traces by now. */

const suite = useSuite();
const { userFolder } = running().options;

test('nothing that n8n has written or said contains a secret in clear', async () => {
	const secrets = await suite.bank.secrets();
	expect([...new Set(secrets.map(({ what }) => what))].sort()).toEqual([
		'a client secret',
		'a code',
		'a session token',
		'an API key',
		'an access token',
		'an installation token',
	]);
	const found = findSecrets(secrets, userFolder);
	console.log(`Looked for ${secrets.length} secrets and any private key: ${found.length} found`);
	expect(found).toEqual([]);
});

describe('the search would find', () => {
	/** A note on a workflow's canvas, as the database has it. */
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

	test('a token, also in base64, in the database, and in a message', async () => {
		const planted = { what: 'planted', value: randomBytes(32).toString('hex') };
		await plant(Buffer.from(`id:${planted.value}`).toString('base64'));
		const found = findSecrets([planted], userFolder);
		expect(found).toContainEqual('planted: workflow_entity.nodes');
		const message = findSecrets([planted], userFolder, [`Bearer ${planted.value}`]);
		expect(message).toHaveLength(found.length + 1);
	});

	test('a token on every cut that the database makes in a long value', async () => {
		// Longer than the pages of the database: no piece holds all of it.
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
