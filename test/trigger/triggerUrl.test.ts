import { randomUUID } from 'node:crypto';
import { comparableUrl, isTriggerUrl, publicUrl } from '../../nodes/Bunq/triggerUrl';

test.each([
	undefined,
	'',
	'n8n',
	'http://n8n.example.com/webhook/1/bunq',
	'https://n8n.example.com:5678/webhook/1/bunq',
	'https://localhost/webhook/1/bunq',
	'https://n8n/webhook/1/bunq',
	'https://n8n.local/webhook/1/bunq',
	'https://n8n.localhost./webhook/1/bunq',
	'https://nas.home.arpa/webhook/1/bunq',
	'https://10.0.0.7/webhook/1/bunq',
	'https://172.20.0.7/webhook/1/bunq',
	'https://192.168.1.7/webhook/1/bunq',
	'https://127.0.0.1/webhook/1/bunq',
	'https://0x7f.1/webhook/1/bunq',
	'https://100.100.0.1/webhook/1/bunq',
	'https://169.254.169.254/webhook/1/bunq',
	'https://[::1]/webhook/1/bunq',
	'https://[fd00::1]/webhook/1/bunq',
	'https://user:password@n8n.example.com/webhook/1/bunq',
])('bunq cannot call %s', (url) => {
	expect(publicUrl(url)).toBeUndefined();
});

test.each([
	'https://n8n.example.com/',
	'https://n8n.example.com./x',
	'https://n8n.example.com:443/x',
	'https://172.32.0.1/',
])('bunq can call %s', (url) => {
	expect(publicUrl(url)).toBe(new URL(url).href);
});

test('escapes that are no text are the same in capitals', () => {
	const [small, capital] = ['%ff', '%FF'].map((one) => `https://n8n.example.com/${one}/bunq`);
	expect(comparableUrl(small)).toBe(comparableUrl(capital));
	expect(comparableUrl('no URL/')).toBe('no URL');
});

test.each<[string, boolean]>([
	[`https://n8n.example.com/webhook/${randomUUID()}/bunq`, true],
	[`https://n8n.example.com/n8n/hooks/${randomUUID()}/bunq`, true],
	[`https://n8n.example.com/webhook/${randomUUID()}/bunq?x=1`, false],
	['https://n8n.example.com/webhook/bunq', false],
	['nonsense', false],
])('%s is of a trigger: %s', (url, isOfTrigger) => {
	expect(isTriggerUrl(url)).toBe(isOfTrigger);
});
