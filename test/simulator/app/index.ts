import type { Bank } from '../bank/state';
import { hostOf } from '../http/hosts';
import { Refusal } from '../http/refusal';
import type { Reply } from '../http/reply';
import { DEEDS, type Context } from './deeds';
import { overview } from './overview';
import { page } from './page';

/**
 * bunq's app as one page, for a person who tries a workflow by hand: accounts, payments, what waits for an answer, and
 * buttons that make things happen. It belongs to the control interface, and answers only this machine.
 */
export const APP_PATH = '/_simulator/app';

interface AppRequest {
	method: string;
	url: URL;
	headers: Record<string, string>;
	body: Buffer;
}

const html = (status: number, body: string): Reply => ({
	status,
	headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
	body,
});

const isElsewhere = ({ host, origin }: Record<string, string>) =>
	origin !== undefined && origin !== `http://${host}`;

/** Does what a button says. Returns what to tell the person. */
const act = (context: Context): { said: string; failed: boolean } => {
	const name = context.form.get('do') ?? '';
	const deed = Object.hasOwn(DEEDS, name) ? DEEDS[name] : undefined;
	if (!deed) return { said: `There is no button "${name}"`, failed: true };
	try {
		return { said: deed(context), failed: false };
	} catch (error) {
		if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
		return { said: `Nothing happened: ${error.message}`, failed: true };
	}
};

/** Answers with the page; after a button with a redirect to it, so that a reload repeats nothing. */
export const callApp = (bank: Bank, { method, url, headers, body }: AppRequest): Reply => {
	const host = hostOf(headers);
	if (host?.site !== 'all') return html(421, 'This page answers only at 127.0.0.1 and localhost.');
	const env = bank.environments[host.environment];
	const own = [...env.accounts.values()].filter(
		({ userId, status }) => userId === env.personId && status === 'ACTIVE',
	);
	const form = new URLSearchParams(method === 'POST' ? body.toString('utf8') : '');
	const wanted = Number(form.get('account') ?? url.searchParams.get('account'));
	const account = own.find(({ id }) => id === wanted) ?? own[0];
	if (method !== 'POST') {
		const [said, failed] = ['said', 'failed'].map((name) => url.searchParams.get(name));
		const content = account
			? overview({ bank, env, account }, own)
			: '<p>All accounts are closed.</p>';
		return html(200, page(env, content, { said: said ?? '', failed: failed !== null }));
	}
	if (isElsewhere(headers)) return html(403, 'Only the page itself presses its buttons.');
	if (!account) return html(409, 'All accounts are closed.');
	const { said, failed } = act({ bank, env, account, form });
	const query = new URLSearchParams({
		account: `${account.id}`,
		said,
		...(failed && { failed: '' }),
	});
	return { status: 303, headers: { Location: `${APP_PATH}?${query}` }, body: '' };
};
