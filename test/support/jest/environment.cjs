/**
 * Jest's environment for these tests: they run in the worker's own realm, as n8n and its nodes do in one process, and not
 * in a `vm` context. So a package can be loaded once per worker (`runtime.cjs`) and its `Error` is the tests' `Error`.
 * After each file the globals, `process` and its environment variables are as before.
 */
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Given to Jest in place of a `vm` context: what it compiles for this, `runtime.cjs` compiles in the worker's realm. */
const THIS_REALM = {};

/** Globals that packages define when they are loaded, which happens once per worker. */
const ofPackages = new Set();

/** What a package that `load` loads makes global stays global. */
const keepingGlobals = (load) => {
	const before = new Set(Reflect.ownKeys(globalThis));
	try {
		return load();
	} finally {
		for (const key of Reflect.ownKeys(globalThis)) if (!before.has(key)) ofPackages.add(key);
	}
};

/** Gives an object its earlier properties back, without reading lazy ones. */
const restore = (object, before, names) => {
	for (const name of names) {
		const was = before[name];
		const is = Object.getOwnPropertyDescriptor(object, name);
		if (!was) delete object[name];
		else if (!is || is.value !== was.value || is.get !== was.get || is.set !== was.set)
			Object.defineProperty(object, name, was);
	}
};

/** Jest replaces these for each file. */
const OF_PROCESS = ['exit', 'getBuiltinModule'];

class WorkerRealm {
	constructor({ projectConfig: config }) {
		this.before = {
			globals: Object.getOwnPropertyDescriptors(globalThis),
			process: Object.getOwnPropertyDescriptors(process),
			env: { ...process.env },
		};
		this.global = globalThis;
		this.moduleMocker = new ModuleMocker(globalThis);
		// Given `globalThis` itself, they would replace `node:timers` too, by which the tests and the simulator wait in real time.
		this.fakeTimersModern = new ModernFakeTimers({ config, global: new Proxy(globalThis, {}) });
	}

	async setup() {}

	async teardown() {
		this.fakeTimersModern.dispose();
		const names = new Set([
			...Reflect.ownKeys(this.before.globals),
			...Reflect.ownKeys(globalThis),
		]);
		restore(
			globalThis,
			this.before.globals,
			[...names].filter((name) => !ofPackages.has(name)),
		);
		restore(process, this.before.process, OF_PROCESS);
		for (const name of Object.keys(process.env))
			if (!(name in this.before.env)) delete process.env[name];
		Object.assign(process.env, this.before.env);
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	getVmContext() {
		return THIS_REALM;
	}
}

module.exports = WorkerRealm;
Object.assign(module.exports, { THIS_REALM, keepingGlobals });
