/**
 * Runs a program (Redis, PostgreSQL) that ends when the process that started this one ends for any reason:
 * `node exitWithParent.store.cjs <uid> <gid> <program> <argument>…`. With an empty uid it runs as the current user.
 */
const { spawn } = require('node:child_process');

const [uid, gid, program, ...args] = process.argv.slice(2);
const user = uid ? { uid: Number(uid), gid: Number(gid) } : {};
const child = spawn(program, args, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
	console.error(error);
	process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
// SIGINT: PostgreSQL's fast shutdown, which waits for no client.
for (const event of ['disconnect', 'SIGTERM']) process.on(event, () => child.kill('SIGINT'));
process.channel?.unref();
