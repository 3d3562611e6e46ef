import { statusOf } from '../bank/links';
import { nextTime } from '../bank/scheduleTimes';
import type { Account, Draft, MoneyRequest, Payment } from '../bank/state';
import { escapeHtml } from '../http/html';
import type { Context } from './deeds';

/** The parts of the page. What is in `#live` is drawn again whenever it changes. */

type View = Omit<Context, 'form'>;

const MOST_PAYMENTS = 15;
const MOST_ANSWERED = 5;

const money = (cents: number, currency = 'EUR') => {
	const sign = cents < 0 ? '−' : '';
	const value = Math.abs(cents / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 });
	return `<span class="money ${cents < 0 ? 'out' : 'in'}">${sign}${currency === 'EUR' ? '€' : currency}&nbsp;${value}</span>`;
};

/** A time of bunq, in the time zone of this machine. */
const time = (text: string | number) => {
	const at = new Date(typeof text === 'number' ? text : `${text.slice(0, 23).replace(' ', 'T')}Z`);
	const shown = at.toLocaleString('en-GB', {
		...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
	});
	return `<time>${shown}</time>`;
};

const hidden = (fields: Record<string, string | number>) =>
	Object.entries(fields)
		.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
		.join('');

/** Buttons about one thing: pairs of what they do and what they say. */
const buttons = ({ account }: View, id: number, pairs: Array<[string, string]>) =>
	`<form method="post">${hidden({ account: account.id, id })}${pairs
		.map(
			([what, text], at) =>
				`<button name="do" value="${what}"${at ? '' : ' class="first"'}>${text}</button>`,
		)
		.join('')}</form>`;

const list = (title: string, rows: string[], empty: string) =>
	`<section><h2>${title}</h2>${rows.length > 0 ? `<ul>${rows.join('')}</ul>` : `<p class="empty">${empty}</p>`}</section>`;

const row = (text: string, detail: string, value: string, more = '') =>
	`<li><div><b>${text}</b><small>${detail}</small></div>${value}${more}</li>`;

const accountLink = (account: Account, shown: Account) => {
	const isShown = account.id === shown.id ? ' aria-current="true"' : '';
	return `<a href="?account=${account.id}"${isShown}><b>${escapeHtml(account.description)}</b><small>${account.iban ?? 'no IBAN'}</small>${money(account.cents, account.currency)}</a>`;
};

const paymentRow = ({ counterparty, description, cents, created, balanceAfter }: Payment) =>
	row(
		escapeHtml(counterparty.name),
		`${time(created)} ${escapeHtml(description)}`,
		`<div class="right">${money(cents)}<small>${money(balanceAfter)}</small></div>`,
	);

const draftRow = (view: View, draft: Draft) => {
	const cents = draft.entries.reduce((sum, { order }) => sum + order.cents, 0);
	const names = draft.entries.map(({ order }) => order.counterparty.name);
	const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
	const text = `${escapeHtml(names[0] ?? '')}${more}`;
	const from = view.env.accounts.get(draft.accountId)?.description ?? '';
	const detail = `A program prepared this payment from ${escapeHtml(from)}. ${escapeHtml(draft.entries[0]?.order.description ?? '')}`;
	const pairs: Array<[string, string]> = [
		['approve', 'Approve'],
		['reject', 'Reject'],
	];
	return row(text, detail, money(-cents), buttons(view, draft.id, pairs));
};

const WORDS = {
	PENDING: 'open',
	ACCEPTED: 'paid',
	REJECTED: 'declined',
	REVOKED: 'withdrawn',
	EXPIRED: 'expired',
};

const requestRow = (view: View, request: MoneyRequest, isMine: boolean) => {
	const { accountId, counterparty, status, cents, description } = request;
	const other = view.env.users.get(view.env.accounts.get(accountId)?.userId ?? 0)?.displayName;
	const name = escapeHtml(isMine ? counterparty.name : (other ?? ''));
	const yes = isMine ? 'They pay' : 'Pay';
	const pairs: Array<[string, string]> = [
		['accept', yes],
		['decline', isMine ? 'They decline' : 'Decline'],
		...(isMine ? [['expire', 'It expires'] as [string, string]] : []),
	];
	const more = status === 'PENDING' ? buttons(view, request.id, pairs) : '';
	const detail = `${escapeHtml(description)} · ${WORDS[status]}`;
	return row(name, detail, money(isMine ? cents : -cents), more);
};

const linkRows = (view: View, isOwn: (accountId: number) => boolean) =>
	view.env.links
		.filter((link) => isOwn(link.accountId) && statusOf(view.bank, link) === 'WAITING_FOR_PAYMENT')
		.map((link) =>
			row(
				escapeHtml(link.description || 'bunq.me link'),
				link.payments.length === 1 ? 'paid once' : `paid ${link.payments.length} times`,
				link.cents === null ? 'any amount' : money(link.cents),
				buttons(view, link.id, [['payLink', 'Somebody pays it']]),
			),
		);

const scheduleRows = (view: View, own: Account[]) =>
	own
		.flatMap(({ id }) => view.env.schedules.get(id) ?? [])
		.flatMap((schedule) => {
			const next = nextTime(schedule);
			if (next === null) return [];
			const { counterparty, description, cents } = schedule.order;
			const pairs: Array<[string, string]> = [
				['runSchedule', 'Let it happen now'],
				['stopSchedule', 'Cancel'],
			];
			const detail = `${escapeHtml(description)} · next ${time(next)}`;
			return row(
				escapeHtml(counterparty.name),
				detail,
				money(-cents),
				buttons(view, schedule.id, pairs),
			);
		});

const input = (name: string, label: string, value: string, width: number) =>
	`<label>${label}<input name="${name}" value="${value}" size="${width}" autocomplete="off"${name === 'amount' ? ' inputmode="decimal"' : ''}></label>`;
const AMOUNT = (value: string) => input('amount', 'Amount in €', value, 7);
const NAME = (value: string) => input('name', 'Name', value, 12);
const FOR = (value: string) => input('description', 'For', value, 12);

/** The forms that make something happen: fields, and pairs of what a button does and says. */
const FORMS: Array<[fields: string, pairs: Array<[string, string]>]> = [
	['', [['salary', 'Salary comes in']]],
	[
		AMOUNT('24.95') + NAME('Aunt Zoë') + FOR('Birthday'),
		[
			['receive', 'Money comes in'],
			['pay', 'Pay'],
		],
	],
	[
		AMOUNT('12.40') + NAME('Café De Zwaan'),
		[
			['card', 'Use the card'],
			['declined', 'Wrong PIN'],
		],
	],
	[AMOUNT('20.00'), [['bill', 'A bill leaves only this much']]],
	[
		AMOUNT('8.50') + FOR('Pizza'),
		[
			['beAsked', 'A friend asks you for it'],
			['ask', 'Ask a friend for it'],
			['draft', 'A program prepares a payment'],
		],
	],
	[
		AMOUNT('15.00') + FOR('Concert tickets'),
		[
			['link', 'Open a bunq.me link'],
			['schedule', 'Pay it every month'],
		],
	],
];

const makeHappen = ({ account }: View) =>
	`<section id="happen"><h2>Make something happen</h2><p class="empty">To ${escapeHtml(account.description)}, the account that is chosen on the left.</p>${FORMS.map(
		([fields, pairs]) =>
			`<form method="post">${hidden({ account: account.id })}<div class="fields">${fields}</div><div>${pairs
				.map(([what, text]) => `<button name="do" value="${what}">${text}</button>`)
				.join('')}</div></form>`,
	).join('')}</section>`;

/** Everything below the head of the page. */
export const overview = (view: View, own: Account[]): string => {
	const { env, account } = view;
	const isOwn = (accountId = 0) => own.some(({ id }) => id === accountId);
	const drafts = own.flatMap(({ id }) => env.drafts.get(id) ?? []);
	const open = drafts.filter(({ status }) => status === 'PENDING');
	const incoming = env.requests.filter(
		({ counterparty, status }) => status === 'PENDING' && isOwn(counterparty.accountId),
	);
	const sent = env.requests.filter(({ accountId }) => isOwn(accountId));
	const answered = sent.filter(({ status }) => status !== 'PENDING').slice(-MOST_ANSWERED);
	const asked = [...sent.filter(({ status }) => status === 'PENDING'), ...answered.reverse()];
	const payments = [...(env.payments.get(account.id) ?? [])].slice(-MOST_PAYMENTS).reverse();
	return `<div class="columns">
<nav id="accounts" data-live>${own.map((each) => accountLink(each, account)).join('')}</nav>
<div id="payments" data-live>${list(`Payments of ${escapeHtml(account.description)}`, payments.map(paymentRow), 'None yet.')}</div>
<div>
<div id="answers" data-live>
${list(
	'For you to answer',
	[
		...open.map((each) => draftRow(view, each)),
		...incoming.map((each) => requestRow(view, each, false)),
	],
	'Nothing.',
)}
</div>
${makeHappen(view)}
<div id="others" data-live>
${list(
	'You asked for money',
	asked.map((each) => requestRow(view, each, true)),
	'Nobody.',
)}
${list('bunq.me links', linkRows(view, isOwn), 'None is open.')}
${list('Planned payments', scheduleRows(view, own), 'None.')}
</div>
</div>
</div>`;
};
