import type { Account } from '../bank/state';
import { escapeHtml } from '../http/html';

const page = (title: string, content: string) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f3f4f6; color: #1f2430; font: 16px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(28rem, calc(100vw - 2rem)); padding: 2rem; border-radius: 1rem; background: #fff; box-shadow: 0 8px 32px #0002; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
fieldset { margin: 1.5rem 0; padding: 0; border: 0; }
legend { padding: 0 0 .5rem; color: #5b6270; }
label { display: flex; gap: .75rem; padding: .5rem 0; border-top: 1px solid #e5e7eb; }
label span { margin-left: auto; color: #5b6270; }
.buttons { display: flex; gap: .75rem; }
button { flex: 1; padding: .75rem; border: 1px solid #c9ced8; border-radius: .6rem; background: #fff; font: inherit; cursor: pointer; }
button[value='approve'] { border-color: #1d7a4c; background: #1d7a4c; color: #fff; }
footer { margin-top: 1.5rem; color: #5b6270; font-size: .85rem; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
<footer>This is a simulator on your machine. No bank is involved.</footer>
</main>
</body>
</html>
`;

/** A page with a message. */
export const messagePage = (title: string, text: string) =>
	page(title, `<p>${escapeHtml(text)}</p>`);

const accountChoice = ({ id, description, iban }: Account) =>
	`<label><input type="checkbox" name="account" value="${id}" checked>${escapeHtml(description)}<span>${iban ?? ''}</span></label>`;

/** Asks whether an app may use which accounts (§7.1). The form posts to its own address. */
export const consentPage = (appName: string, accounts: Account[]) =>
	page(
		`Connect ${appName}?`,
		`<p><b>${escapeHtml(appName)}</b> asks for access to your bunq account. It may read your accounts, payments and cards, move money between your own accounts and prepare payments for you to approve.</p>
<form method="post">
<fieldset>
<legend>Accounts to share</legend>
${accounts.map(accountChoice).join('\n')}
</fieldset>
<div class="buttons">
<button name="decision" value="deny">Deny</button>
<button name="decision" value="approve">Approve</button>
</div>
</form>`,
	);
