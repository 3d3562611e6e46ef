const fs = require('node:fs');
const path = require('node:path');

/**
 * What an installation by npm needs, how far it is, and why it failed. Plain JavaScript for any Node from 18 on, as
 * `install.cjs`.
 */

/** Beyond the packages themselves: npm keeps what it downloads. */
const CACHE_PART = 0.25;

/** The packages of a lock file for this machine, as folders. */
const packagesOf = ({ folder }) => {
	const { packages } = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
	const suits = (allowed, here) =>
		!allowed || (allowed.includes(here) && !allowed.includes(`!${here}`));
	return Object.entries(packages)
		.filter(
			([where, { os, cpu, libc, optional, peer }]) =>
				where !== '' &&
				// npm installs such only if something else needs it.
				!(optional && peer) &&
				!libc?.includes('musl') &&
				suits(os, process.platform) &&
				suits(cpu, process.arch),
		)
		.map(([where]) => path.join(folder, where));
};

/** When a package was unpacked, in milliseconds; 0 if it was not. npm creates all folders first. */
const unpackedAt = (folder) => {
	const file = path.join(folder, 'package.json');
	return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
};

const isThere = (folder) => unpackedAt(folder) > 0;

/** `1200 of 2300`. */
const countPackages = (tree) => {
	tree.packages ??= packagesOf(tree);
	return `${tree.packages.filter(isThere).length} of ${tree.packages.length}`;
};

/** Says so if the disk has too little space for what is missing. */
const checkSpace = (tree) => {
	tree.packages ??= packagesOf(tree);
	const missing = tree.packages.filter((each) => !isThere(each)).length / tree.packages.length;
	const needed = tree.gigabytes * missing * (1 + CACHE_PART);
	// Node before 18.15 cannot say.
	if (!fs.statfsSync) return undefined;
	const { bavail, bsize } = fs.statfsSync(tree.folder);
	const free = (bavail * bsize) / 1e9;
	if (free >= needed) return undefined;
	return `${tree.what} needs ${needed.toFixed(1)} GB on the disk of ${tree.folder}, which has ${free.toFixed(1)} GB left. Make room, then start the same command again.`;
};

/** Packages that were unpacked so shortly before an interruption may lack files, and npm takes them for complete. */
const IN_FLIGHT_MS = 20_000;

/** After an interruption: deletes what may be half unpacked. The rest stays, so that npm goes on where it stopped. */
const dropHalfDone = (tree) => {
	const modules = path.join(tree.folder, 'node_modules');
	// npm writes its list at the end.
	if (!fs.existsSync(modules) || fs.existsSync(path.join(modules, '.package-lock.json'))) return;
	tree.packages ??= packagesOf(tree);
	const times = new Map(tree.packages.map((each) => [each, unpackedAt(each)]));
	const last = [...times.values()].reduce((most, time) => Math.max(most, time), 0);
	for (const [folder, time] of times)
		if (time > 0 && time >= last - IN_FLIGHT_MS)
			fs.rmSync(folder, { recursive: true, force: true });
};

/** What npm writes, and what it means. */
const REASONS = [
	[/ENOSPC/, 'The disk is full: make room.'],
	[
		/ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT/,
		'The npm registry cannot be reached: is this machine online? Behind a proxy, npm needs its address (npm config set https-proxy).',
	],
	[/EACCES|EPERM/, 'A file cannot be written: the folder belongs to somebody else.'],
];

/** The likely reason of a failure, from everything npm said. */
const reasonOf = (log) => {
	const said = fs.readFileSync(log, 'utf8');
	return REASONS.find(([pattern]) => pattern.test(said))?.[1];
};

module.exports = { checkSpace, countPackages, dropHalfDone, reasonOf };
