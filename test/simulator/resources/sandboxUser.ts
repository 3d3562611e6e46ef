import { openAccount } from '../bank/accounts';
import { newToken } from '../bank/keys';
import { refusals } from '../http/refusal';
import { type Route, openRoute } from '../http/routes';
import { addUser } from '../bank/users';

const sandboxUser = (path: string, kind: 'UserPerson' | 'UserCompany') =>
	openRoute({
		method: 'POST',
		path: `/${path}`,
		run({ bank, env }) {
			if (env.name !== 'sandbox') throw refusals.notFound();
			const secret = `sandbox_${newToken('an API key')}`;
			const short = secret.slice(-6);
			const user = addUser(bank, env, {
				kind,
				nickName: 'Robin',
				legalName: kind === 'UserPerson' ? `Robin ${short}` : `Robin ${short} B.V.`,
				email: `test+${short}@bunq.com`,
				phone: `+316${String(parseInt(short, 16)).padStart(8, '0')}`,
			});
			openAccount(bank, env, user.id, { type: 'MonetaryAccountBank', description: 'Main' });
			env.credentials.set(secret, { secret, userId: user.id, revoked: false });
			return { items: [{ ApiKey: { api_key: secret } }] };
		},
	});

/** §11: creates a user with a key; only in the sandbox. */
export const sandboxUsers: Route[] = [
	sandboxUser('sandbox-user-person', 'UserPerson'),
	sandboxUser('sandbox-user-company', 'UserCompany'),
];
