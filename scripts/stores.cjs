const fs = require('node:fs');
const path = require('node:path');

/** Where Debian and macOS keep programs that are not in everybody's PATH. */
const folders = () => [
	...(process.env.PATH ?? '').split(path.delimiter),
	...versionsIn('/usr/lib/postgresql'),
	'/opt/homebrew/bin',
];

const versionsIn = (folder) =>
	fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name, 'bin')) : [];

/** The full path of a program of Redis or PostgreSQL, undefined without it. */
const findProgram = (name) =>
	folders()
		.map((folder) => path.join(folder, name))
		.find((file) => fs.existsSync(file));

module.exports = { findProgram };
