import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './crossCheck/compare';
import { exchanges } from './crossCheck/exchanges';
import { crossCheck, type Report, Stopped, TEST_HOST } from './crossCheck/run';

/** `npm run cross-check`: what a bunq answers, as shapes and words, to compare it with another. docs/simulator.md explains it. */
const USAGE = `npm run cross-check -- <base URL> [--key <API key>] [--out <file>] [--fast]
npm run cross-check -- --compare <file> <file>

--key         an API key; or in CROSS_CHECK_KEY. Without one the host is asked for a sandbox user
--out         default: cross-check.json
--fast        without regard for rate limits: for a simulator with its switch "limits" off
--reads-only  changes nothing but an installation, a device and a session, and meets a rate limit: the only way on a host
              that is no sandbox
--writes-at   the name of another host that may be changed, such as a test bank of your own`;

const fail = (text: string, status = 2): never => {
	console.error(text);
	process.exit(status);
};
const readReport = (file: string): Report => JSON.parse(readFileSync(file, 'utf8'));

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		key: { type: 'string' },
		out: { type: 'string', default: 'cross-check.json' },
		fast: { type: 'boolean', default: false },
		compare: { type: 'boolean', default: false },
		'reads-only': { type: 'boolean', default: false },
		'writes-at': { type: 'string' },
		help: { type: 'boolean' },
	},
});

const compareFiles = () => {
	if (positionals.length !== 2) fail(USAGE);
	const [one, other] = positionals.map(readReport);
	const lines = compare(one, other, [basename(positionals[0]), basename(positionals[1])]);
	for (const line of lines) console.log(line);
	const compared = Object.keys(one.exchanges).filter((name) => other.exchanges[name]).length;
	const differences = lines.length === 1 ? 'difference' : 'differences';
	console.log(`${lines.length} ${differences}; ${compared} exchanges compared`);
};

const main = async () => {
	if (values.help) return console.log(USAGE);
	if (values.compare) return compareFiles();
	const [base] = positionals;
	if (positionals.length !== 1 || !URL.canParse(base)) return fail(USAGE);
	const { hostname } = new URL(base);
	const readsOnly = values['reads-only'];
	if (!TEST_HOST.test(hostname) && !readsOnly && values['writes-at'] !== hostname) {
		fail(
			`${hostname} is no sandbox and no simulator: real money could move there, so nothing was sent.\n` +
				`--reads-only sends what changes nothing, after an installation, a device and a session.`,
		);
	}
	const report = await crossCheck({
		base,
		key: values.key ?? process.env.CROSS_CHECK_KEY,
		exchanges,
		readsOnly,
		paced: !values.fast,
		progress: (done, name) => {
			if (process.stdout.isTTY)
				process.stdout.write(`\x1b[2K\r${done}/${exchanges.length} ${name}`);
		},
	});
	writeFileSync(values.out, `${JSON.stringify(report, undefined, '\t')}\n`);
	const all = Object.values(report.exchanges);
	const count = (chosen: (one: (typeof all)[number]) => unknown) => all.filter(chosen).length;
	console.log(
		`\n${all.length} exchanges: ${count(({ status }) => status)} answered, ` +
			`${count(({ notSent }) => notSent)} not sent, ${count(({ failed }) => failed)} without an answer. ${values.out}`,
	);
};

main().catch((error: unknown) => {
	if (!(error instanceof Stopped)) throw error;
	fail(error.message, 1);
});
