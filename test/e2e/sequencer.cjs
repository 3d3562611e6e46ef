const Sequencer = require('@jest/test-sequencer').default;

/** The search for secrets comes last: it looks through what all the others have left. */
module.exports = class extends Sequencer {
	sort(tests) {
		const isLast = ({ path }) => path.endsWith('secrets.e2e.test.ts');
		const sorted = super.sort(tests);
		return [...sorted.filter((test) => !isLast(test)), ...sorted.filter(isLast)];
	}
};
