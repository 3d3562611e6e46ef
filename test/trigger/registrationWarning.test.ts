import { BunqError } from '../../nodes/Bunq/api/errors';
import { hiddenAccounts } from '../../nodes/Bunq/api/callbackEntries';
import { replacedList, unreadableList } from '../../nodes/Bunq/api/callbackList';
import type { Registration } from '../../nodes/Bunq/trigger/registration';
import { warningOf } from '../../nodes/Bunq/trigger/registrationWarning';
import { read } from '../support/project';

const url = 'http://localhost:5678/webhook/11111111-2222-4333-8444-555555555555/bunq';
const refusal = new BunqError(
	'rejected',
	'Not enough permissions to create notification-filter-url.',
	{
		description: 'Nothing was done.',
	},
);

test.each<[string, Registration, message: string, description: string]>([
	[
		'no address',
		{ state: 'noAddress', url },
		'bunq cannot call this n8n',
		'http://localhost:5678.',
	],
	['no address at all', { state: 'noAddress', url: undefined }, 'bunq cannot', 'WEBHOOK_URL'],
	[
		'a full category',
		{
			state: 'full',
			categories: ['MUTATION', 'REQUEST'],
			hosts: ['a.example.com', 'b.example.com'],
		},
		'another callback of MUTATION and REQUEST',
		'both are in use, at a.example.com and b.example.com.',
	],
	[
		'a refusal',
		{ state: 'refused', error: refusal },
		'Not enough permissions',
		'Bunq API credential',
	],
	[
		'an entry for accounts that an app does not see',
		{ state: 'unreadable', error: hiddenAccounts('a.example.com') },
		'does not see',
		'the entry of a.example.com',
	],
	['an unreadable list', { state: 'unreadable', error: unreadableList() }, 'read', 'Get Many'],
	['a list that changes', { state: 'replaced', error: replacedList(3) }, 'stay', '3 times'],
])('%s is one warning: what it means, and what to do', (_, registration, message, description) => {
	const warning = warningOf(registration, false);
	expect(warning?.message).toContain(message);
	expect(warning?.description).toContain(description);
	expect(warning?.description).toMatch(
		/^Events still come: this trigger polls instead\. .*turn off "Instant"\.$/,
	);
	expect(JSON.stringify(warning)).not.toContain('11111111');
	// The FAQ has it among its headings.
	const headings = [...read('docs/faq.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
	const said = warningOf(registration, false)!.message;
	const begins = (heading: string) => heading.split('…').every((part) => said.includes(part));
	expect([said, headings.some(begins)]).toEqual([said, true]);
});

test('a refused API key is not told to use an API key', () => {
	const warning = warningOf({ state: 'refused', error: refusal }, true);
	expect(warning?.description).toMatch(
		/^Events still come: this trigger polls instead\. Nothing was done/,
	);
});

test('where there is nothing to do for a person, there is no warning', () => {
	const error = new BunqError('unavailable', 'bunq is under maintenance');
	const quiet: Registration[] = [
		{ state: 'registered' },
		{ state: 'stopped' },
		{ state: 'unavailable', error },
	];
	expect(quiet.map((one) => warningOf(one, false))).toEqual([undefined, undefined, undefined]);
});
