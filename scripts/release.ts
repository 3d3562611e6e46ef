/**
 * Checks that a version may be published: `npx tsx scripts/release.ts v1.2.3 [origin/main]`.
 *
 * Exits with 1 and says why if the tag is not package.json's version, if the changelog does not begin with that version
 * and a date, if the README still says that the package is not on npm, or if HEAD is not on the given branch. On GitHub
 * it passes npm's dist-tag on to the next steps: `next` for a version such as 1.2.3-beta.1, which npm installs only on
 * request.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const isOn = (branch: string) =>
	spawnSync('git', ['merge-base', '--is-ancestor', 'HEAD', branch], { cwd: root }).status === 0;

const [tag, branch] = process.argv.slice(2);
const { version } = JSON.parse(read('package.json')) as { version: string };
const [, newest, date] = /^## (\S+) – (.+)$/m.exec(read('CHANGELOG.md')) ?? [];

const problems = [
	tag !== `v${version}` && `The tag is ${tag}, and package.json says ${version}`,
	newest !== version && `CHANGELOG.md begins with ${newest}, and package.json says ${version}`,
	!/^\d{4}-\d\d-\d\d$/.test(date) &&
		`CHANGELOG.md says "${date}" where the date of ${newest} belongs`,
	/not\s+on\s+npm\s+yet/.test(read('README.md')) &&
		'README.md says that the package is not on npm yet',
	branch && !isOn(branch) && `HEAD is not on ${branch}: merge it first, then tag it there`,
].filter(Boolean);

for (const problem of problems) console.error(problem);
if (problems.length === 0) {
	const distTag = version.includes('-') ? 'next' : 'latest';
	console.log(`${tag} may be published, as npm's "${distTag}"`);
	if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `tag=${distTag}\n`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
