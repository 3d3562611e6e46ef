const { src, dest, parallel } = require('gulp');
const { bundle } = require('./scripts/bundle.cjs');

const code = async () => await bundle('dist');

/** Beside the code: icons where the built nodes look for them, and each node's codex. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

exports.build = parallel(code, icons, codex);
