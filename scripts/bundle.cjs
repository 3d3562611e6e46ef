/**
 * Writes the published code to a folder: `bunq.js` with all of it, and for each entry of package.json's n8n block a file that
 * passes its class on, since n8n loads each by its path. One bundle, so that nodes and credentials share sessions and limits.
 * Names and line breaks stay as written, and people can review what npm delivers. docs/design.md has the reason.
 */
const { build, transform } = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const repo = path.resolve(__dirname, '..');
const { n8n } = require('../package.json');

/** `dist/nodes/Bunq/Bunq.node.js` as its class and its path in `dist`. */
const entries = [...n8n.nodes, ...n8n.credentials].map((file) => ({
	name: path.basename(file).split('.')[0],
	file: path.posix.relative('dist', file),
}));

/** Lines without their indentation: 4 kB of the tarball, which a formatter gives back. Throws where a text would change. */
const withoutIndentation = async (code) => {
	const shorter = code.replace(/^ +/gm, '');
	const meaning = async (text) => (await transform(text, { minifyWhitespace: true })).code;
	if ((await meaning(shorter)) !== (await meaning(code)))
		throw new Error('A text of several lines is indented');
	return shorter;
};

const bundle = async (folder) => {
	const { outputFiles } = await build({
		absWorkingDir: repo,
		stdin: {
			contents: entries
				.map(({ name, file }) => `export { ${name} } from './${file.replace(/\.js$/, '')}';`)
				.join('\n'),
			resolveDir: repo,
			sourcefile: 'package.json',
		},
		write: false,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'es2022',
		external: ['n8n-workflow', 'luxon'],
		charset: 'utf8',
		// The sources are modules, and thus strict; a script is not by itself.
		banner: { js: '"use strict";' },
	});
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, 'bunq.js'), await withoutIndentation(outputFiles[0].text));
	for (const { name, file } of entries) {
		const full = path.join(folder, file);
		const from = path.posix.relative(path.posix.dirname(file), 'bunq');
		fs.mkdirSync(path.dirname(full), { recursive: true });
		fs.writeFileSync(full, `"use strict";\nexports.${name} = require("${from}").${name};\n`);
	}
};

module.exports = { bundle };
