const Sequencer = require('@jest/test-sequencer').default;

/** Runs the search for secrets last, after all other files have left their traces. */
module.exports = class extends Sequencer {
	sort(tests) {
		const isLast = ({ path }) => path.endsWith('secrets.e2e.test.ts');
		const sorted = super.sort(tests);
		return [...sorted.filter((test) => !isLast(test)), ...sorted.filter(isLast)];
	}
};
