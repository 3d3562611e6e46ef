/**
 * What must hold before a version is published: `node scripts/release.cjs v1.2.3 [origin/main]`. Ends with 1 and says what
 * is wrong when the tag is not package.json's version, the changelog does not begin with it and its date, the README says
 * that it is not on npm yet, or what is checked out is not on the branch, where one is named. On GitHub it leaves npm's tag
 * for the next steps: `next` for a version like 1.2.3-beta.1, which nobody is to get without asking for it.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const [, newest, date] =
	/^## (\S+) – (.+)$/m.exec(fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8')) ?? [];
const [tag, branch] = process.argv.slice(2);
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const isOn = (name) =>
	spawnSync('git', ['merge-base', '--is-ancestor', 'HEAD', name], { cwd: root }).status === 0;

const wrong = [
	tag !== `v${version}` && `The tag is ${tag}, and package.json says ${version}`,
	newest !== version && `CHANGELOG.md begins with ${newest}, and package.json says ${version}`,
	!/^\d{4}-\d\d-\d\d$/.test(date) &&
		`CHANGELOG.md says "${date}" where the date of ${newest} belongs`,
	/not\s+on\s+npm\s+yet/.test(readme) && 'README.md says that the package is not on npm yet',
	branch &&
		!isOn(branch) &&
		`What is checked out is not on ${branch}: merge it first, then tag it there`,
].filter(Boolean);
for (const what of wrong) console.error(what);
const distTag = version.includes('-') ? 'next' : 'latest';
if (wrong.length === 0) {
	console.log(`${tag} may be published, as npm's "${distTag}"`);
	if (process.env.GITHUB_OUTPUT) fs.appendFileSync(process.env.GITHUB_OUTPUT, `tag=${distTag}\n`);
}
process.exitCode = wrong.length === 0 ? 0 : 1;
