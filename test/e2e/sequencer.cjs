const { statSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * The order of a machine that runs the suites for the first time: the largest file first. Jest would otherwise sort by the
 * durations of earlier runs, and a suite that counts pages would meet what another one has left at the bank. The search
 * for secrets runs last, after all other files have left their traces.
 */
module.exports = class extends Sequencer {
	sort(tests) {
		const isLast = ({ path }) => Number(path.endsWith('secrets.e2e.test.ts'));
		const size = ({ path }) => statSync(path).size;
		return [...tests].sort((a, b) => isLast(a) - isLast(b) || size(b) - size(a));
	}
};
