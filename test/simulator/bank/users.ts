import { type Bank, type BankEnvironment, type User, nextId, timestamp } from './state';

export interface NewUser {
	kind?: User['kind'];
	nickName: string;
	legalName: string;
	email: string;
	phone: string;
}

/** A person is shown as "E. Levy", a company by its name. */
const displayName = (kind: User['kind'], legalName: string) =>
	kind === 'UserPerson' ? legalName.replace(/^(.)\S*/, '$1.') : legalName;

export const addUser = (bank: Bank, env: BankEnvironment, newUser: NewUser): User => {
	const { kind = 'UserPerson', nickName, legalName, email, phone } = newUser;
	const user: User = {
		id: nextId(env),
		kind,
		created: timestamp(bank),
		displayName: displayName(kind, legalName),
		nickName,
		legalName,
		alias: [
			{ type: 'PHONE_NUMBER', value: phone, name: phone },
			{ type: 'EMAIL', value: email, name: email },
		],
	};
	env.users.set(user.id, user);
	return user;
};
