import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { basename } from 'node:path';
import { nodes } from '../support/descriptions';
import { filesIn, manifest, read } from '../support/project';

/** The workflows of examples/ fit the nodes and explain themselves. */

/** A workflow as n8n exports it; the parts that are checked. */
interface Example {
	nodes: ExampleNode[];
	connections: Record<string, Record<string, Array<Array<{ node: string }>>>>;
	settings: object;
}
interface ExampleNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: object;
	webhookId?: string;
	position: [number, number];
}

const examples = filesIn('examples', /\.json$/);
const all = [
	...examples,
	...['demo', 'demo.instant'].map((name) => `test/e2e/${name}.workflow.json`),
];
const workflowOf = (file: string) => JSON.parse(read(file)) as Example;
const ownIn = (file: string) =>
	workflowOf(file).nodes.filter(({ type }) => type.startsWith(`${manifest.name}.`));
const isTool = ({ type }: ExampleNode) => type.endsWith('Tool');
/** The description of a node, or of the tool that n8n derives from it. */
const descriptionOf = (node: ExampleNode) => {
	const name = node.type.slice(manifest.name.length + 1).replace(/Tool$/, '');
	const found = nodes.find((one) => one.name === name && (one.usableAsTool || !isTool(node)));
	if (!found) throw new Error(`No node ${node.type}`);
	return found;
};

/** What n8n itself would accept: unknown keys of collections, and values that are not among a field's options. */
const unknownIn = (fields: INodeProperties[], values: INodeParameters): unknown[] =>
	Object.entries(values).flatMap(([key, value]) => {
		const field = fields.find(({ name }) => name === key);
		if (!field) return [key];
		const choices = (field.options ?? []) as INodePropertyOptions[];
		if (field.type === 'collection')
			return unknownIn(field.options as INodeProperties[], value as INodeParameters);
		if (!/options$/i.test(field.type)) return [];
		const known = (one: unknown) =>
			`${one}`.startsWith('=') || choices.some((choice) => choice.value === one);
		return [value].flat().filter((one) => !known(one));
	});

/** Parameters that n8n adds to polling nodes and to tools. */
const ADDED = ['pollTimes', 'descriptionType', 'toolDescription'];

test('there are at least nine, and examples/README.md lists each', () => {
	expect(examples.length).toBeGreaterThanOrEqual(9);
	for (const file of examples) expect(read('examples/README.md')).toContain(basename(file));
});

test.each(examples)(
	'%s contains no credentials or IDs of another n8n, and a note that explains it',
	(file) => {
		const workflow = workflowOf(file);
		expect(Object.keys(workflow).sort()).toEqual(['connections', 'name', 'nodes', 'settings']);
		for (const node of workflow.nodes)
			expect([node.name, node.credentials, node.webhookId]).toEqual([
				node.name,
				undefined,
				undefined,
			]);
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes).toHaveLength(1);
		// Wide, and above the nodes, so that n8n shows all of it and of them at once.
		const [{ parameters, position }] = notes;
		const others = workflow.nodes.filter((node) => node !== notes[0]).map((node) => node.position);
		expect(Number(parameters.width)).toBeGreaterThanOrEqual(960);
		expect(position[1] + Number(parameters.height)).toBeLessThan(
			Math.min(...others.map(([, y]) => y)) - 40,
		);
		// The first thing that a person reads is what happens to their money.
		expect(String(parameters.content).split('\n')[2]).toMatch(/moves? |mov(es|ed)|prepares|sends/);
		// The relay executes nothing; its note explains other things.
		if (file.endsWith('token-relay.json')) return;
		expect(workflow.settings).toEqual({ executionOrder: 'v1' });
		for (const part of [
			'What it does.',
			'Set these',
			'Requests to bunq (free).',
			'What protects your money.',
		])
			expect(notes[0].parameters.content).toContain(`\n**${part}**`);
	},
);

test.each(all)(
	'%s: our nodes have all required parameters, and only visible and known ones',
	(file) => {
		expect(ownIn(file).length).toBeGreaterThan(0);
		for (const used of ownIn(file)) {
			const description = descriptionOf(used);
			const { properties } = description;
			expect([used.name, used.typeVersion]).toEqual([used.name, description.version]);
			const given = Object.fromEntries(
				Object.entries(used.parameters).filter(([key]) => !ADDED.includes(key)),
			) as INodeParameters;
			const node = { ...used, id: '', position: [0, 0], parameters: given } as INode;
			const kept = NodeHelpers.getNodeParameters(properties, given, true, false, node, description);
			expect([used.name, kept]).toEqual([used.name, expect.objectContaining(given)]);
			node.parameters = kept ?? {};
			const issues = NodeHelpers.getNodeParametersIssues(properties, node, description);
			expect([used.name, issues]).toEqual([used.name, null]);
			const shown = properties.filter((one) =>
				NodeHelpers.displayParameter(node.parameters, one, node, description),
			);
			expect([used.name, unknownIn(shown, given)]).toEqual([used.name, []]);
		}
	},
);

test("none of the agents' tools can pay, except behind n8n's human review", () => {
	const agentsTools = examples.flatMap((file) => {
		const { nodes: all, connections } = workflowOf(file);
		const typeOf = (name: string) => all.find((node) => node.name === name)!.type;
		return ownIn(file)
			.filter(isTool)
			.map(({ name, parameters }) => ({
				operation: `${parameters.resource}.${parameters.operation}`,
				users: connections[name].ai_tool.flat().map(({ node }) => typeOf(node)),
			}));
	});
	expect(agentsTools.length).toBeGreaterThan(2);
	const reviewed = agentsTools.filter(({ users }) =>
		users.every((type) => type.endsWith('HitlTool')),
	);
	expect(reviewed.map(({ operation }) => operation)).toEqual(['payment.create']);
	for (const tool of agentsTools.filter((one) => !reviewed.includes(one)))
		expect(tool.operation).toMatch(/\.(get|getAll)$|^draftPayment\.create$/);
});
