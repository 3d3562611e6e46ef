/**
 * Jest's module loader for these tests. Our own files are run again for each test file, as Jest does it. Packages are
 * loaded once per worker, by Node: n8n-core alone takes seconds. A file that stays the same is compiled once.
 */
const { createRequire, isBuiltin } = require('node:module');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');
const { THIS_REALM, keepingGlobals } = require('./environment.cjs');

const IS_PACKAGE = /^(?![./])/;

/** What each file was compiled to, by its path. */
const compiled = new Map();

const { compileFunction } = vm;
vm.compileFunction = (source, parameters, options = {}) => {
	if (options.parsingContext !== THIS_REALM) return compileFunction(source, parameters, options);
	const { filename } = options;
	const known = compiled.get(filename);
	if (known?.source === source && known.parameters === `${parameters}`) return known.run;
	const run = compileFunction(source, parameters, {
		filename,
		importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
	});
	compiled.set(filename, { source, parameters: `${parameters}`, run });
	return run;
};

module.exports.default = class extends Runtime {
	requireModuleOrMock(from, name) {
		if (name === '@jest/globals' || !IS_PACKAGE.test(name) || isBuiltin(name))
			return super.requireModuleOrMock(from, name);
		return keepingGlobals(() => createRequire(from)(name));
	}
};
module.exports.__esModule = true;
