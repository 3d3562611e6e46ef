const { src, dest, parallel } = require('gulp');

/** tsc leaves these behind: icons where the built nodes look for them, and each node's codex. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

exports.assets = parallel(icons, codex);
