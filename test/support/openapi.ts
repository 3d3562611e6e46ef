import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * bunq's own OpenAPI file, and recordings of the real bank. They are not part of the repository: where they are not
 * beside the checkout, as on GitHub and at a contributor's, the tests that need them say that they were skipped. That
 * they run in the project's own pipeline, .ci/count.cjs sees to.
 */

const FACTS = join(__dirname, '../../../shared/facts');

/** Whether they are there to compare with. */
export const mustCompare = existsSync(join(FACTS, 'bunq-openapi.json'));

/** For the name of what is skipped without them. */
export const SKIPPED = mustCompare ? '' : ` (SKIPPED: ${FACTS} is not there)`;
if (!mustCompare) console.warn(`Not compared with bunq's OpenAPI file and recordings: no ${FACTS}`);

export const readFact = (name: string) => readFileSync(join(FACTS, name), 'utf8');

export interface Schema {
	anyOf?: Schema[];
	readOnly?: boolean;
	writeOnly?: boolean;
	$ref?: string;
	type?: string;
	items?: Schema;
	properties?: Record<string, Schema>;
	required?: string[];
}

export const openApi = mustCompare ? JSON.parse(readFact('bunq-openapi.json')) : {};

export const nameOf = (schema: Schema) => schema.$ref?.split('/').at(-1) ?? '';

export const schemaOf = (name: string): Schema => openApi.components.schemas[name] ?? {};

/** The file's entry for a path like `/user/{userId}/card`; what the braces hold does not matter. */
export const operationOf = ({ method, path }: { method: string; path: string }) => {
	const shape = (text: string) => text.replace(/\{[^}]+\}/g, '{}');
	const found = Object.keys(openApi.paths).find((each) => shape(each) === shape(path));
	return found && openApi.paths[found][method.toLowerCase()];
};
