import type { INodeProperties } from 'n8n-workflow';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import { events } from '../../nodes/Bunq/trigger/events';
import { resources } from '../../nodes/Bunq/resources';

/** Rules for every operation and event. The snapshot is the stored workflow format: it may grow, but not change. */

const rows = resources.flatMap(({ value, operations }) =>
	Object.entries(operations).map(([operation, row]) => ({ id: `${value}.${operation}`, ...row })),
);

const TITLE_CASE =
	/^([A-Z0-9]\S*|a|an|and|at|by|for|if|in|of|on|or|the|to)( ([A-Z0-9(]\S*|a|an|and|at|by|for|if|in|of|on|or|the|to))*$/;
const nested = ({ type, options = [] }: INodeProperties) =>
	type === 'collection' ? (options as INodeProperties[]) : [];
const allFields = (fields: INodeProperties[]): INodeProperties[] =>
	fields.flatMap((field) => [field, ...allFields(nested(field))]);

const trigger = new BunqTrigger().description;
const ofTheTrigger = {
	...trigger,
	id: 'trigger',
	name: trigger.displayName,
	fields: trigger.properties.filter(({ displayOptions }) => !displayOptions?.show?.event),
};
const eventRows = Object.entries(events).map(([id, row]) => ({ id, ...row }));

test.each(rows)('$id has an action', ({ action }) => {
	expect(action).toMatch(/^[A-Z][a-z]+ [a-z. ]+$/);
});

test.each([...rows, ...eventRows, ofTheTrigger])(
	'$id has well-formed names and descriptions',
	({ name, description, fields }) => {
		expect(name).toMatch(TITLE_CASE);
		expect(description).not.toBe(name);
		expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
		for (const field of allFields(fields)) {
			expect([field.name, field.displayName]).toEqual([
				field.name,
				expect.stringMatching(TITLE_CASE),
			]);
			const says = field.type === 'collection' ? field.placeholder : field.description;
			expect([field.name, says]).toEqual([field.name, expect.stringMatching(/\S/)]);
			if (field.type === 'boolean') expect(field.description).toMatch(/^Whether /);
		}
	},
);

test('resources, operations, events, options and optional fields are in alphabetical order', () => {
	// The smallest amount comes before the largest.
	const key = (name: string) => name.replace(/^Maximum (.*)/, 'Minimum $1 and more');
	const sorted = (names: string[]) => [...names].sort((a, b) => key(a).localeCompare(key(b)));
	expect(resources.map(({ name }) => name)).toEqual(sorted(resources.map(({ name }) => name)));
	for (const { operations } of resources) {
		const names = Object.values(operations).map(({ name }) => name);
		expect(names).toEqual(sorted(names));
	}
	const names = eventRows.map(({ name }) => name);
	expect(names).toEqual(sorted(names));
	const everyField = [...rows, ...eventRows, ofTheTrigger].flatMap(({ fields }) => fields);
	for (const { options = [], type } of allFields(everyField)) {
		if (type !== 'collection' && type !== 'options' && type !== 'multiOptions') continue;
		const names = options.map((option) =>
			'displayName' in option ? option.displayName : option.name,
		);
		expect(names).toEqual(sorted(names));
	}
});

test('the stored workflow format', () => {
	const described = ({
		name,
		type,
		default: preset,
		options,
		displayOptions,
	}: INodeProperties): unknown => ({
		name,
		type,
		default: preset,
		...(displayOptions?.show && { show: displayOptions.show }),
		...(type === 'collection' && { options: (options as INodeProperties[]).map(described) }),
		...((type === 'options' || type === 'multiOptions') && {
			values: options?.map((option) => ('value' in option ? option.value : option.name)),
		}),
	});
	expect(new Bunq().description.properties.map(described)).toMatchSnapshot();
	expect(trigger.properties.map(described)).toMatchSnapshot('trigger');
});
