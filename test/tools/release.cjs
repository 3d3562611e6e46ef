/**
 * What must hold before a version is published: `node test/tools/release.cjs v1.2.3`. Ends with 1 and says what is wrong
 * when the tag is not package.json's version, or the changelog does not begin with it and its date.
 */
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const [, newest, date] =
	/^## (\S+) – (.+)$/m.exec(fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8')) ?? [];
const tag = process.argv[2];

const wrong = [
	tag !== `v${version}` && `The tag is ${tag}, and package.json says ${version}`,
	newest !== version && `CHANGELOG.md begins with ${newest}, and package.json says ${version}`,
	!/^\d{4}-\d\d-\d\d$/.test(date) &&
		`CHANGELOG.md says "${date}" where the date of ${newest} belongs`,
].filter(Boolean);
for (const what of wrong) console.error(what);
if (wrong.length === 0) console.log(`${tag} may be published`);
process.exitCode = wrong.length === 0 ? 0 : 1;
