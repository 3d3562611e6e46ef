import type { BankEnvironment } from '../bank/state';
import { escapeHtml } from '../http/html';

/** The frame of the page: its style, and the script that keeps it up to date. */

const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; background: #f3f4f6; color: #1f2430; font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding: 1rem 1.5rem; background: #16202b; color: #fff; }
header h1 { margin: 0; font-size: 1.25rem; }
header p { margin: 0; color: #b9c2cd; }
[role=status] { position: sticky; top: 1rem; margin: 1rem 1.5rem 0; padding: .6rem 1rem; border-radius: .6rem; background: #d8f1e3; }
[role=status]:empty { display: none; }
[role=status].failed { background: #fbdcdc; }
.columns { display: grid; grid-template-columns: 16rem minmax(18rem, 1fr) 27rem; gap: 1.5rem; padding: 1rem 1.5rem; align-items: start; }
@media (max-width: 70rem) { .columns { grid-template-columns: 1fr; } }
nav a { display: block; margin-bottom: .75rem; padding: .75rem 1rem; border: 2px solid transparent; border-radius: .8rem; background: #fff; color: inherit; text-decoration: none; }
nav a[aria-current] { border-color: #1d7a4c; }
nav .money { display: block; margin-top: .25rem; font-size: 1.15rem; }
section { margin-bottom: 1rem; padding: .75rem 1rem; border-radius: .8rem; background: #fff; }
h2 { margin: 0 0 .35rem; font-size: 1rem; }
ul { margin: 0; padding: 0; list-style: none; }
li { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; padding: .5rem 0; border-top: 1px solid #e5e7eb; }
li > div:first-child { flex: 1; min-width: 8rem; overflow-wrap: anywhere; }
li form { flex-basis: 100%; }
small { display: block; color: #5b6270; }
.right { text-align: right; }
.money { font-variant-numeric: tabular-nums; white-space: nowrap; }
.money.in { color: #1d7a4c; }
nav .money.in, small .money.in { color: inherit; }
.empty { margin: 0; color: #5b6270; }
#happen form { padding: .6rem 0; border-top: 1px solid #e5e7eb; }
.fields { display: flex; flex-wrap: wrap; gap: .5rem; }
.fields:not(:empty) { margin-bottom: .4rem; }
label { color: #5b6270; font-size: .8rem; }
input:not([type=hidden]) { display: block; padding: .35rem .5rem; border: 1px solid #c9ced8; border-radius: .4rem; font: inherit; color: #1f2430; }
button { margin: .15rem .4rem .15rem 0; padding: .4rem .8rem; border: 1px solid #1d7a4c; border-radius: .5rem; background: #fff; color: #1d7a4c; font: inherit; cursor: pointer; }
button.first, #happen button:first-child { background: #1d7a4c; color: #fff; }
`;

/**
 * Twice a second, what has changed at the bank is drawn again. A button sends its form without leaving the page, so that fields
 * and scroll bar stay as the person left them.
 */
const SCRIPT = `
const show = async (answer) => {
	const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const old of document.querySelectorAll('[data-live]')) {
		const now = next.getElementById(old.id);
		if (now && now.innerHTML !== old.innerHTML) old.innerHTML = now.innerHTML;
	}
	return next;
};
const draw = async () => {
	try {
		await show(await fetch(location.href));
	} catch {
		document.title = 'The simulator has stopped';
	}
	setTimeout(draw, 500);
};
setTimeout(draw, 500);
document.addEventListener('submit', async (event) => {
	event.preventDefault();
	const body = new URLSearchParams(new FormData(event.target, event.submitter));
	const answer = await fetch(location.href, { method: 'POST', body });
	const status = document.querySelector('[role=status]');
	status.replaceWith((await show(answer)).querySelector('[role=status]') ?? status);
});
`;

interface Said {
	said: string;
	failed: boolean;
}

export const page = (env: BankEnvironment, content: string, { said, failed }: Said): string => {
	const name = env.users.get(env.personId)?.legalName ?? '';
	const where = env.name === 'sandbox' ? ' (sandbox)' : '';
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated bunq${where}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(name)}${where}</h1><p>A simulated bunq on your machine. No bank is involved, and no real money moves.</p></header>
<p role="status"${failed ? ' class="failed"' : ''}>${escapeHtml(said)}</p>
<main>${content}</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
};
