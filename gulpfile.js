const { src, dest, parallel } = require('gulp');
const { readFileSync, writeFileSync, globSync } = require('node:fs');
const prettier = require('prettier');

/** tsc leaves these behind: icons where the built nodes look for them, and each node's codex. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

/** tsc always indents with four spaces: a tenth of the package. */
const tabs = async () => {
	const config = await prettier.resolveConfig(__filename);
	for (const file of globSync('dist/**/*.js')) {
		const built = readFileSync(file, 'utf8');
		writeFileSync(file, await prettier.format(built, { ...config, parser: 'babel' }));
	}
};

exports.assets = parallel(icons, codex, tabs);
