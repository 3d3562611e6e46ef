import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSpace, countPackages, dropHalfDone, reasonOf } from '../../scripts/installing.cjs';

/** What a person sees while a command installs its tools, and what it leaves after an interruption. */

const folder = mkdtempSync(join(tmpdir(), 'install-steps-'));
const folderOf = (name: string) => join(folder, 'node_modules', name);
const tree = () => ({ folder, what: 'a tool', gigabytes: 1 });

/** npm creates the folders of all packages first. */
const unpack = (name: string, secondsAgo: number) => {
	const file = join(folderOf(name), 'package.json');
	writeFileSync(file, '{}');
	const time = Date.now() / 1000 - secondsAgo;
	utimesSync(file, time, time);
};

beforeAll(() => {
	const names = ['old', 'older', 'last', 'missing', 'elsewhere', 'perhaps'];
	const packages: Record<string, object> = { '': {} };
	for (const name of names) {
		packages[`node_modules/${name}`] = { version: '1.0.0' };
		mkdirSync(folderOf(name), { recursive: true });
	}
	packages['node_modules/elsewhere'] = { optional: true, os: ['plan9'] };
	packages['node_modules/perhaps'] = { optional: true, peer: true };
	writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
	unpack('older', 300);
	unpack('old', 200);
	unpack('last', 100);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it counts the packages for this machine that are unpacked', () => {
	expect(countPackages(tree())).toBe('3 of 4');
});

test('after an interruption only what was unpacked last comes again', () => {
	dropHalfDone(tree());
	expect(['older', 'old', 'last'].map((name) => existsSync(folderOf(name)))).toEqual([
		...[true, true, false],
	]);
	writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}');
	dropHalfDone(tree());
	expect(existsSync(folderOf('old'))).toBe(true);
});

test('too little space is said before anything is downloaded', () => {
	expect(checkSpace(tree())).toBeUndefined();
	expect(checkSpace({ ...tree(), gigabytes: 9e9 })).toMatch(/^a tool needs .* GB left\. Make room/);
});

test.each([
	['npm error network request to https://registry.npmjs.org failed, reason: ENOTFOUND', /online/],
	['npm error code ENOSPC', /disk is full/],
	['npm error code EACCES', /cannot be written/],
	['npm error something else', undefined],
])('%s', (said, reason) => {
	const log = join(folder, 'log');
	writeFileSync(log, said);
	if (reason) expect(reasonOf(log)).toMatch(reason);
	else expect(reasonOf(log)).toBeUndefined();
});
