import { announce } from '../bank/announce';
import { newToken } from '../bank/keys';
import { userApiKey } from '../bank/objects';
import {
	type Bank,
	type BankEnvironment,
	type Code,
	type Credential,
	nextId,
	now,
	timestamp,
} from '../bank/state';

const CODE_LIFE_MS = 5 * 60_000;

/** Revokes a key or token (§2.5): its sessions end, and it opens no more. */
export const revoke = (env: BankEnvironment, credential: Credential): void => {
	credential.revoked = true;
	for (const session of env.sessions.values()) {
		if (session.credential === credential) env.sessions.delete(session.token);
	}
};

/** §10.2: the category is documented; event type and object are invented. */
export const announceRevocation = (
	bank: Bank,
	env: BankEnvironment,
	{ grant, userId }: Credential,
): void => {
	const user = env.users.get(userId);
	if (!grant || !user) return;
	announce(bank, env, {
		userId,
		accountId: null,
		id: grant.id,
		show: () => userApiKey(bank, grant, env.users.get(grant.requestedByUserId) ?? user, user),
		callbacks: [['OAUTH', 'OAUTH_REVOKED']],
	});
};

/** A one-use, short-lived code of 64 hexadecimal digits (§7.1). */
export const newCode = (bank: Bank, env: BankEnvironment, grant: Omit<Code, 'expires'>): string => {
	const code = newToken('a code');
	env.codes.set(code, { ...grant, expires: now(bank) + CODE_LIFE_MS });
	return code;
};

/** A new access token. Earlier ones of the same user and client end, by switch (§7.3). */
export const newGrant = (
	bank: Bank,
	env: BankEnvironment,
	{ clientId, userId, accountIds }: Pick<Code, 'clientId' | 'userId' | 'accountIds'>,
	secret = newToken('an access token'),
): Credential => {
	const endsEarlier = bank.switches.earlierTokens === 'end';
	for (const older of env.credentials.values()) {
		const isTheirs = older.userId === userId && older.grant?.clientId === clientId;
		if (isTheirs && endsEarlier) revoke(env, older);
	}
	const requestedByUserId = env.clients.get(clientId)?.userId ?? userId;
	const grant = { id: nextId(env), created: timestamp(bank), clientId, requestedByUserId };
	const credential: Credential = { secret, userId, accountIds, grant, revoked: false };
	env.credentials.set(secret, credential);
	return credential;
};
