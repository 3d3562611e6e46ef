import { urlUserId } from '../auth/callers';
import { userApiKey, userObject } from '../bank/objects';
import { refusals } from '../http/refusal';
import { type Route, route } from '../http/routes';
import type { Bank, BankEnvironment, Credential, Json } from '../bank/state';

/** The user of a session; for an app, the UserApiKey (§2.3, §7.4). */
export const callerObject = (bank: Bank, env: BankEnvironment, credential: Credential): Json => {
	const user = env.users.get(credential.userId);
	if (!user) throw refusals.notFound();
	const { grant } = credential;
	if (!grant) return userObject(bank, env, user);
	return userApiKey(bank, grant, env.users.get(grant.requestedByUserId) ?? user, user);
};

const typedUser = (path: string, kind: string) =>
	route({
		method: 'GET',
		path: `/${path}/{userId}`,
		oauth: false,
		does: `read ${path}`,
		run({ bank, env, user }) {
			if (user.kind !== kind) throw refusals.notFound();
			return { items: [userObject(bank, env, user)] };
		},
	});

/** §9.1 */
export const user: Route[] = [
	route({
		method: 'GET',
		path: '/user',
		oauth: true,
		does: 'read user',
		run({ bank, env, credential }) {
			const id = urlUserId(credential);
			return {
				items: [callerObject(bank, env, credential)],
				pagination: { future_url: `/v1/user?newer_id=${id}`, newer_url: null, older_url: null },
			};
		},
	}),
	route({
		method: 'GET',
		path: '/user/{userId}',
		oauth: true,
		does: 'read user',
		run: ({ bank, env, credential }) => ({ items: [callerObject(bank, env, credential)] }),
	}),
	typedUser('user-person', 'UserPerson'),
	typedUser('user-company', 'UserCompany'),
];
