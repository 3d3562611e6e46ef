import { simplify } from '../parameters/fields';
import { operation, type Resource } from './operation';

export const user: Resource = {
	name: 'User',
	value: 'user',
	description: 'Who is connected',
	operations: {
		get: operation({
			name: 'Get',
			action: 'Get connected user',
			description: 'Get the connected user, and for OAuth on whose behalf',
			fields: [simplify],
			run: async (_params, bunq) => await bunq.get('/user'),
		}),
	},
};
