import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run soak`: new random dirt in every round, until the time is over. Each round runs every operation and event over
 * the dirty bank, then the fault matrix, the retries, the random schedules and the random histories of callbacks over other
 * spellings. `MINUTES` (30) bounds it, `RUNS` (40) is how often a round tries each operation in each proof.
 */

const { MINUTES = '30', RUNS = '40' } = process.env;
const REPEATED = [
	'guarantees/faultMatrix',
	'guarantees/retryOnFail',
	'trigger/randomSchedules',
	'guarantees/callbackHistories',
];
const VARIANTS = 3;

interface Report {
	proof: string;
	name: string;
	dirt: string[];
	breaches: Array<{ invariant: string; detail: string }>;
	counts?: { runs: number; mutations: number };
}

const jest = (files: string[], env: Record<string, string>) =>
	spawnSync('jest', ['--silent', ...files.map((file) => `test/${file}`)], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env: { ...process.env, CI: '', ...env },
	}).status === 0;

const end = Date.now() + Number(MINUTES) * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'bunq-soak-'));
const total: Record<string, number> = { runs: 0, mutations: 0 };
const failures: string[] = [];

for (let round = 0; round === 0 || Date.now() < end; round++) {
	const seed = String(Math.floor(Math.random() * 1e9));
	const file = join(folder, seed);
	writeFileSync(file, '');
	console.log(`Round ${round + 1}, SEED=${seed}`);
	if (!jest(['guarantees/dirtyBank'], { SEED: seed, RUNS, SOAK_REPORT: file }))
		failures.push(`SEED=${seed} RUNS=${RUNS} npx jest dirtyBank`);
	const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
	for (const { counts, breaches, ...report } of lines.map((line) => JSON.parse(line) as Report)) {
		total.runs += counts?.runs ?? 0;
		total.mutations += counts?.mutations ?? 0;
		for (const { invariant, detail } of breaches ?? []) {
			total[invariant] = (total[invariant] ?? 0) + 1;
			console.log(`${report.proof}, ${report.name}: ${invariant}: ${detail}`);
			console.log(`  ${report.dirt.slice(0, 5).join('\n  ')}`);
		}
	}
	const variant = String(round % VARIANTS);
	if (Date.now() < end && !jest(REPEATED, { DIRT: variant, SEED: seed, RUNS: '70' }))
		failures.push(`DIRT=${variant} SEED=${seed} RUNS=70 npx jest ${REPEATED.join(' ')}`);
}
rmSync(folder, { recursive: true });

const broken = Object.entries(total).filter(([key]) => key !== 'runs' && key !== 'mutations');
console.log(
	`${total.runs} runs, ${total.mutations} mutations, ${broken.reduce((sum, [, count]) => sum + count, 0)} invariants broken.`,
);
for (const [invariant, count] of broken) console.log(`${count} × ${invariant}`);
for (const failure of failures) console.log(`Failed: ${failure}`);
process.exitCode = broken.length + failures.length > 0 ? 1 : 0;
