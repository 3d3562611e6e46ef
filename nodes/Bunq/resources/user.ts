import { simplify } from '../parameters/fields';
import { readOperation, type Resource } from './operation';

export const user: Resource = {
	name: 'User',
	value: 'user',
	description: 'Who is connected',
	operations: {
		get: readOperation({
			name: 'Get',
			action: 'Get connected user',
			description: 'Get the connected user, and for OAuth on whose behalf',
			fields: [simplify],
			read: async (_params, bunq) => await bunq.get('/user'),
		}),
	},
};
