/**
 * Counts the checks of one part of `.ci/run` from its runner's own report: `node .ci/count.cjs <part> <exit code> <seconds>`.
 * Without arguments: says what failed in all parts, as a record may keep only the end, and sums up; ends with 1 when one
 * of them failed.
 */
const fs = require('node:fs');
const path = require('node:path');

const reports = path.join(__dirname, '..', '.run', 'ci');
const minimum = require('./minimum.json');
const read = (name) => fs.readFileSync(path.join(reports, name), 'utf8');

/** One check per test. A test file that could not even be loaded counts as one failure. */
const jest = (file) => {
	const report = JSON.parse(read(file));
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
		skipped: report.numPendingTests,
	};
};

/** One check per file. */
const eslint = (...files) => {
	const results = files.flatMap((file) => JSON.parse(read(file)));
	const failed = results.filter(({ errorCount, warningCount }) => errorCount + warningCount > 0);
	return { passed: results.length - failed.length, failed: failed.length };
};

/** Our own tools end with a line of counts. */
const closingLine = (file) => {
	const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(read(file));
	return { passed: Number(passed), failed: Number(failed) };
};

/** Where each part's runner leaves its report. */
const counters = {
	install: () => ({ passed: 0, failed: 0 }),
	lint: () => eslint('lint-package.json', 'lint-test.json'),
	scan: () => closingLine('scan.txt'),
	build: () => closingLine('build.txt'),
	test: () => jest('test.json'),
	'test:n8n': () => jest('test-n8n.json'),
	'test:queue': () => jest('test-queue.json'),
	'test:versions': () => jest('test-versions.json'),
};

const count = (part, code, seconds) => {
	const result = { passed: 0, failed: 0, skipped: 0 };
	const reasons = [];
	try {
		Object.assign(result, counters[part]());
	} catch (error) {
		reasons.push(`no report (${error.message})`);
	}
	if (code !== 0) reasons.push(`ended with ${code}`);
	if (result.passed < minimum[part]) reasons.push(`at least ${minimum[part]} must pass`);
	if (result.skipped > 0) reasons.push(`${result.skipped} skipped`);
	// Whatever went wrong without a failing check is one.
	if (reasons.length > 0 && result.failed === 0) result.failed = 1;

	const { passed, failed } = result;
	fs.appendFileSync(path.join(reports, 'parts.jsonl'), `${JSON.stringify({ passed, failed })}\n`);
	const why = failed > 0 ? `: FAILED, ${reasons.join('; ') || 'see above'}` : '';
	console.log(`--- ${part}: ${passed + failed} checks, ${failed} failed, ${seconds} s${why}`);
};

/** The most that is said of one failure, and of all. */
const LINES = 15;
const FAILURES = 20;

/** What failed in one of jest's reports: the test's full name and how its message begins. */
const failuresIn = (file) =>
	JSON.parse(read(file)).testResults.flatMap(({ name, status, message, assertionResults }) => {
		const where = path.relative(path.join(__dirname, '..'), name);
		const failed = assertionResults.filter((one) => one.status === 'failed');
		// A file that could not be loaded has no tests.
		if (failed.length === 0 && status === 'failed') return [{ title: where, text: message }];
		return failed.map(({ fullName, failureMessages }) => ({
			title: `${where} › ${fullName}`,
			text: failureMessages.join('\n'),
		}));
	});

const sayFailures = () => {
	const failures = fs
		.readdirSync(reports)
		.filter((name) => /^test.*\.json$/.test(name))
		.flatMap((name) => {
			try {
				return failuresIn(name);
			} catch (error) {
				return [{ title: name, text: `The report cannot be read: ${error.message}` }];
			}
		});
	for (const { title, text } of failures.slice(0, FAILURES)) {
		const plain = text.replace(/\u001b\[[\d;]*m/g, '').split('\n');
		console.log([`\n✗ ${title}`, ...plain.slice(0, LINES).map((line) => `  ${line}`)].join('\n'));
	}
	if (failures.length > FAILURES) console.log(`\n… and ${failures.length - FAILURES} more`);
	if (failures.length > 0) console.log();
};

const sumUp = () => {
	const parts = read('parts.jsonl')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
	const missing = Object.keys(counters).length - parts.length;
	console.log(`${sum('passed')} passed, ${sum('failed') + missing} failed`);
	process.exitCode = sum('failed') + missing > 0 ? 1 : 0;
};

const [part, code, seconds] = process.argv.slice(2);
if (part) count(part, Number(code), seconds);
else {
	sayFailures();
	sumUp();
}
