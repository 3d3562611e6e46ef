import { balanceEvent } from '../event';

const side = (balance: string, { threshold }: { threshold: string }) =>
	Number(balance) < Number(threshold) ? 'below' : 'above';

export const balanceCrossed = balanceEvent({
	name: 'Balance Crossed a Limit',
	description: 'A balance fell below or rose to the amount that you set',
	callback: { categories: ['MUTATION'], objects: ['Payment'] },
	fields: [
		{
			displayName: 'Threshold',
			name: 'threshold',
			type: 'string',
			required: true,
			typeOptions: { numberPrecision: 2 },
			default: '',
			placeholder: 'e.g. 100.00',
			description:
				"The threshold to watch, in the account's currency, such as 100.00 or, below zero, -50.00",
		},
		{
			displayName: 'Crossing',
			name: 'crossing',
			type: 'options',
			options: [
				{
					name: 'Above',
					value: 'above',
					description: 'The balance rose to the threshold or above it',
				},
				{ name: 'Below', value: 'below', description: 'The balance fell below the threshold' },
				{ name: 'Both', value: 'both', description: 'Either direction' },
			],
			default: 'below',
			description:
				'The direction to watch. A crossing that reverses between two polls is not detected.',
		},
	],
	side,
	isWanted: (to, { crossing }) => crossing === 'both' || crossing === to,
	beforeCrossing: (after, { threshold }) =>
		side(after, { threshold }) === 'below' ? threshold : (Number(threshold) - 0.01).toFixed(2),
	crossing: (before, after, { threshold }) => ({
		balanceBefore: Number(before),
		balanceAfter: Number(after),
		crossing: side(after, { threshold }),
		threshold: Number(threshold),
	}),
});
