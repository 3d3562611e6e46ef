import { balanceEvent } from '../event';

const side = (balance: string, { threshold }: { threshold: string }) =>
	Number(balance) < Number(threshold) ? 'below' : 'above';

export const balanceCrossed = balanceEvent({
	name: 'Balance Crossed',
	description: 'A balance went below or above a line',
	fields: [
		{
			displayName: 'Threshold',
			name: 'threshold',
			type: 'number',
			required: true,
			typeOptions: { numberPrecision: 2, minValue: 0 },
			default: 100,
			description: "The line to watch, in the account's currency",
		},
		{
			displayName: 'Crossing',
			name: 'crossing',
			type: 'options',
			options: [
				{ name: 'Above', value: 'above', description: 'The balance came to the line or above it' },
				{ name: 'Below', value: 'below', description: 'The balance fell below the line' },
				{ name: 'Both', value: 'both', description: 'Either way' },
			],
			default: 'below',
			description:
				'Which way the balance has to cross the line. There and back between two polls is not seen.',
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
