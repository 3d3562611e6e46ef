import { balanceEvent } from '../event';

const side = (balance: string, { threshold }: { threshold: string }) =>
	Number(balance) < Number(threshold) ? 'below' : 'above';

export const balanceCrossed = balanceEvent({
	name: 'Balance Crossed',
	description: 'A balance crossed a threshold',
	fields: [
		{
			displayName: 'Threshold',
			name: 'threshold',
			type: 'number',
			required: true,
			typeOptions: { numberPrecision: 2 },
			default: 100,
			description: "The threshold to watch, in the account's currency; may be below zero",
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
	crossing: (before, after, { threshold }) => ({
		balanceBefore: Number(before),
		balanceAfter: Number(after),
		crossing: side(after, { threshold }),
		threshold: Number(threshold),
	}),
});
