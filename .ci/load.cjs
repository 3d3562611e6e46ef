/** Loads every file of the n8n block as n8n does, and makes its class. Ends with a line of counts. */
const { performance } = require('node:perf_hooks');
const path = require('node:path');

const root = path.join(__dirname, '..');
const { n8n } = require('../package.json');
require('n8n-workflow');

let failed = 0;
const files = [...n8n.nodes, ...n8n.credentials];
for (const file of files) {
	const name = path.basename(file).split('.')[0];
	const began = performance.now();
	try {
		const { description, name: type } = new (require(path.join(root, file))[name])();
		console.log(`✓ ${description?.name ?? type}: ${(performance.now() - began).toFixed(0)} ms`);
	} catch (error) {
		failed++;
		console.log(`✗ ${file}: ${error.message}`);
	}
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
