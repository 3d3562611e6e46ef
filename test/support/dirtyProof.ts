import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { DirtChange } from '../simulator';
import { anyDirt, INVARIANTS, type DirtyRun, type Violation } from './dirt';

/** Random dirt for each proof and operation, what is known to break, and a count of everything. */

/** How many runs each operation gets in each proof. 0: as many as the proof says. */
const RUNS = Number(process.env.RUNS ?? 0);
/** CI and a plain `npm test` always try the same dirt, so that a failure is due to the change. */
export const SEED = Number(process.env.SEED ?? 20_261_129);
/** A soak counts what breaks and goes on. */
const SOAK_REPORT = process.env.SOAK_REPORT;

export interface KnownBreach {
	proof: string;
	name: string;
	invariant: Violation['invariant'];
	changes: DirtChange[];
	/** The line of the issue that repairs it. */
	line: string;
	/** The dirt with which it breaks. */
	dirt: RegExp;
}

const counts = {
	runs: 0,
	mutations: 0,
	broken: Object.fromEntries(INVARIANTS.map((one) => [one, 0])),
};

/** One run with this dirt. Returns what it broke and nobody knows of. */
export const breachesOf = (
	known: KnownBreach[],
	proof: string,
	name: string,
	{ dirt, violations }: DirtyRun,
) =>
	violations.filter(
		({ invariant }) =>
			!known.some(
				(one) =>
					one.proof === proof &&
					one.name === name &&
					one.invariant === invariant &&
					dirt.some((change) => one.dirt.test(change)),
			),
	);

/** Another number for each text, so that each operation meets other dirt. */
const numberOf = (text: string) => createHash('sha256').update(text).digest().readUInt16LE();

/** Tries random dirt. A failing case names the smallest dirt that breaks something, and how to run it again. */
export const prove = async (
	known: KnownBreach[],
	[proof, name]: [proof: string, name: string],
	run: (changes: DirtChange[]) => Promise<DirtyRun>,
	runs: number,
) => {
	await fc.assert(
		fc.asyncProperty(anyDirt, async (changes) => {
			const result = await run(changes);
			counts.runs++;
			counts.mutations += result.dirt.length;
			const breaches = breachesOf(known, proof, name, result);
			for (const { invariant } of breaches) counts.broken[invariant]++;
			if (breaches.length === 0) return;
			const report = { proof, name, changes, dirt: [...new Set(result.dirt)], breaches };
			if (SOAK_REPORT) return appendFileSync(SOAK_REPORT, `${JSON.stringify(report)}\n`);
			throw new Error(
				`${JSON.stringify(report, null, 1)}\nAgain: SEED=${SEED} npx jest dirtyBank -t '${proof} ${name}'`,
			);
		}),
		{ numRuns: RUNS || runs, seed: SEED + numberOf(`${proof} ${name}`) },
	);
};

/** For the end of the file: prints what was tried, and what was broken. */
export const printCounts = () => {
	console.log(`Dirty bank: ${JSON.stringify(counts)}`);
	if (SOAK_REPORT) appendFileSync(SOAK_REPORT, `${JSON.stringify({ counts })}\n`);
};
