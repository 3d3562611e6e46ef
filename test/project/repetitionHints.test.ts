import { Workflow, type INodeParameters } from 'n8n-workflow';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { nodeTypes } from '../support/engine';

/** The hint before an execution that says how often a write happens, by the conditions that n8n computes. */

const { hints = [] } = new Bunq().description;

/** The hints that n8n shows for this operation, when so many items come in. */
const shown = (resource: string, operation: string, count: number) => {
	const parameters: INodeParameters = { resource, operation };
	const workflow = new Workflow({
		id: '1',
		nodes: [
			{
				id: 'b',
				name: 'Bunq',
				type: 'n8n-nodes-bunq-connect.bunq',
				typeVersion: 1,
				position: [0, 0],
				parameters,
			},
		],
		connections: {},
		active: false,
		nodeTypes,
	});
	const items = Array.from({ length: count }, () => ({ json: {} }));
	return hints
		.filter(({ displayCondition }) => {
			const isShown = workflow.expression.getParameterValue(
				displayCondition ?? '',
				null,
				0,
				0,
				'Bunq',
				items,
				'manual',
				{},
			);
			expect(typeof isShown).toBe('boolean');
			return isShown;
		})
		.map(({ message }) => message);
};

test.each([2, 6, 30])('%d payments are named by number', (count) => {
	expect(shown('payment', 'create', count)).toEqual([
		`${count} items come in: this pays ${count} times. To pay once, turn on Settings → Execute Once.`,
	]);
	expect(shown('requestInquiry', 'create', count)).toEqual([
		`${count} items come in: this is done ${count} times. To do it once, turn on Settings → Execute Once.`,
	]);
});

test('more than 30 are not counted', () => {
	expect(shown('payment', 'create', 31)).toEqual([
		'More than 30 items come in: this pays more than 30 times. To pay once, turn on Settings → Execute Once.',
	]);
});

test.each([
	['payment', 'create', 1],
	['payment', 'createBatch', 6],
	['payment', 'getAll', 6],
	['account', 'get', 6],
])('%s.%s with %d items has none', (resource, operation, count) => {
	expect(shown(resource, operation, count)).toEqual([]);
});

test('they come before the execution, where the output will be', () => {
	for (const { whenToDisplay, location } of hints)
		expect([whenToDisplay, location]).toEqual(['beforeExecution', 'outputPane']);
});
