import { useBank } from '../support/bank';

const bank = useBank();
const get = { resource: 'user', operation: 'get' };

test('with OAuth: the UserApiKey and the person who granted it', async () => {
	const { json } = await bank.oauth(get);
	const { oauth, person } = await bank.world();
	expect(json).toEqual([
		{
			id: oauth.userApiKeyId,
			type: 'UserApiKey',
			displayName: person.displayName,
			userId: oauth.grantedUserId,
			grantedBy: person.displayName,
			requestedBy: 'B. Builder',
			sessionTimeout: 604800,
		},
	]);
});

test('with an API key: the person', async () => {
	const { json } = await bank.apiKey(get);
	const { person } = await bank.world();
	expect(json).toMatchObject([
		{ id: person.id, userId: person.id, type: 'UserPerson', grantedBy: null, requestedBy: null },
	]);
});

test('without Simplify: as bunq sent it', async () => {
	const { json } = await bank.oauth({ ...get, simplify: false });
	expect(json).toMatchObject([
		{ _type: 'UserApiKey', granted_by_user: { UserPerson: { id: expect.any(Number) } } },
	]);
});
