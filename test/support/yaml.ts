import { readFileSync } from 'node:fs';
import { parsers } from 'prettier/plugins/yaml';

/** A node of the tree that prettier's parser gives, which the project has anyway. */
interface Tree {
	type: string;
	value?: string;
	children?: Array<Tree | null>;
}

/** Reads a YAML file: mappings, lists and texts; a number or a boolean stays a text. Throws where it is no YAML. */
export const readYaml = (file: string) =>
	valueOf(parsers.yaml.parse(readFileSync(file, 'utf8'), {} as never) as Tree);

const valueOf = (tree?: Tree | null): unknown => {
	const { type = 'null', value, children = [] } = tree ?? {};
	if (
		/^(root|document|documentBody|mappingKey|mappingValue|sequenceItem|flowSequenceItem)$/.test(
			type,
		)
	)
		return valueOf(children.filter((child) => child?.type !== 'documentHead')[0]);
	if (/^(mapping|flowMapping)$/.test(type))
		return Object.fromEntries(
			children.map((item) => [String(valueOf(item?.children?.[0])), valueOf(item?.children?.[1])]),
		);
	if (/^(sequence|flowSequence)$/.test(type)) return children.map(valueOf);
	return type === 'null' ? null : (value ?? null);
};
