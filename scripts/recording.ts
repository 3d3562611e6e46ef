/**
 * Adds the shape of one of bunq's replies, or of an object in it, to test/support/bunqRecordings.json:
 *
 *     npx tsx scripts/recording.ts create-device https://github.com/arner/bunqr/… reply.json
 *
 * A shape has a type in place of each value, so that no name, IBAN or token gets into the repository. Only the texts of an
 * error are kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Recording, Shape } from '../test/support/recordings';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges the shapes of a list's entries: all their keys. A value replaces null. */
const merge = (one: Shape | undefined, other: Shape): Shape => {
	if (one === undefined || one === null) return other;
	if (other === null) return one;
	if (Array.isArray(one) && Array.isArray(other)) return shapeOfList([...one, ...other]);
	if (isObject(one) && isObject(other)) {
		const merged = { ...one };
		for (const [key, shape] of Object.entries(other)) merged[key] = merge(one[key], shape);
		return merged;
	}
	if (one !== other) throw new Error(`One entry has ${JSON.stringify(one)}, another ${other}`);
	return one;
};

const shapeOfList = (shapes: Shape[]): Shape[] =>
	shapes.length === 0 ? [] : [shapes.reduce<Shape>((one, other) => merge(one, other), null)];

const shapeOf = (value: unknown): Shape => {
	if (Array.isArray(value)) return shapeOfList(value.map(shapeOf));
	if (isObject(value)) {
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
	}
	return value === null ? null : typeof value;
};

const main = async ([name, source, file, target]: string[]) => {
	if (!file) throw new Error('Usage: npx tsx scripts/recording.ts <name> <source> <file>');
	const path = target ?? join(__dirname, '../test/support/bunqRecordings.json');
	const recordings: Record<string, Recording> = JSON.parse(readFileSync(path, 'utf8'));
	const reply = JSON.parse(readFileSync(file, 'utf8'));
	recordings[name] = {
		source,
		shape: isObject(reply) && reply.Error ? (reply as Shape) : shapeOf(reply),
	};
	const options = { ...(await resolveConfig(__filename)), parser: 'json' };
	writeFileSync(path, await format(JSON.stringify(recordings), options));
};

void main(process.argv.slice(2));
