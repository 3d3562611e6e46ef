import { useSuite } from './suite';

const suite = useSuite();

const save = async (name: string, data: Record<string, unknown>) =>
	await suite.n8n.saveCredential(name, 'bunqApiKeyApi', data);

describe('the test of an API key credential', () => {
	test('a valid key: the handshake is stored, and masked for every reader', async () => {
		const { apiKey } = await suite.world('apiKey');
		const id = await save('Good key', { environment: 'sandbox', apiKey });
		expect(await suite.n8n.testCredential(id)).toMatchObject({ status: 'OK' });
		const shown = await suite.n8n.call('GET', `/credentials/${id}?includeData=true`);
		expect(JSON.stringify(shown)).not.toMatch(/PRIVATE KEY|sandbox_/);
		expect(shown.data).toMatchObject({
			handshakeSecret: expect.stringMatching(/__n8n_BLANK_VALUE/),
		});
	});

	test('a wrong key: the error is bunq’s', async () => {
		const id = await save('Wrong key', { environment: 'sandbox', apiKey: 'sandbox_wrong' });
		expect(await suite.n8n.testCredential(id)).toMatchObject({
			status: 'Error',
			message: expect.stringContaining(
				'User credentials are incorrect. Incorrect API key or IP address.',
			),
		});
		// bunq refuses the device, so no session is requested.
		const paths = (await suite.log('apiKey')).map(({ path }) => path);
		expect(paths).toEqual(['/v1/installation', '/v1/device-server']);
	});

	test('a sandbox key in production is refused before anything is sent', async () => {
		const { apiKey } = await suite.world('apiKey');
		const id = await save('Wrong environment', { environment: 'production', apiKey });
		const { status, message } = await suite.n8n.testCredential(id);
		expect(status).toBe('Error');
		expect(message).toMatch(/sandbox key.*Set Environment to Sandbox/);
		expect(await suite.bank.log()).toEqual([]);
	});
});

test('a credential that was never connected: the error says so', async () => {
	const { oauth } = await suite.world('oAuth2');
	const { clientId, clientSecret } = oauth;
	const credentialId = await suite.n8n.saveCredential('Never connected', 'bunqOAuth2Api', {
		environment: 'production',
		clientId,
		clientSecret,
	});
	const execution = await suite.run(
		{ resource: 'user', operation: 'get' },
		{ authentication: 'oAuth2', credentialId },
	);
	expect(execution.status).toBe('error');
	expect(execution.error?.message).toMatch(/connect/i);
	expect(await suite.bank.log()).toEqual([]);
});

describe('n8n shows', () => {
	const read = async (path: string) => (await suite.n8n.visit(suite.n8n.url + path)).page;
	const fromPackage = async <T extends { name: string }>(path: string, names: string[]) =>
		(JSON.parse(await read(path)) as T[]).filter(({ name }) => names.includes(name));

	test('the node, also as a tool for agents, with both icons', async () => {
		const name = 'n8n-nodes-bunq-connect.bunq';
		const types = await fromPackage<{
			name: string;
			displayName: string;
			iconUrl: Record<'light' | 'dark', string>;
			codex: object;
		}>('/types/nodes.json', [name, `${name}Tool`]);
		expect(types.map((type) => type.name).sort()).toEqual([name, `${name}Tool`]);
		const [node] = types.filter((type) => type.name === name);
		expect(node).toMatchObject({
			displayName: 'Bunq',
			codex: { categories: ['Finance & Accounting'] },
		});
		const { light, dark } = node.iconUrl;
		expect(light).not.toBe(dark);
		for (const icon of [light, dark]) expect(await read(`/${icon}`)).toContain('<svg');
	});

	test('both credentials, with icons', async () => {
		const names = ['bunqApiKeyApi', 'bunqOAuth2Api'];
		const types = await fromPackage<{ name: string; iconUrl: object; supportedNodes: string[] }>(
			'/types/credentials.json',
			names,
		);
		expect(types.map((type) => type.name).sort()).toEqual(names);
		for (const type of types) {
			expect(type.iconUrl).toMatchObject({ light: expect.any(String), dark: expect.any(String) });
			expect(type.supportedNodes).toContain('n8n-nodes-bunq-connect.bunq');
		}
	});
});
