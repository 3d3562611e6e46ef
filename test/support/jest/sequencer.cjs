const Sequencer = require('@jest/test-sequencer').default;

/** The slowest files, longest first. One that begins last leaves the other worker without work. */
const SLOWEST = [
	'trigger/randomSchedules',
	'project/contributingGuide',
	'guarantees/fileMemory',
	'guarantees/faultMatrix',
	'guarantees/load',
	'guarantees/dirtyBank',
	'guarantees/fuzz',
	'trigger/callbackUrls',
	'guarantees/callbackHistories',
	'trigger/unreadableEntries',
	'api/lostInstallation',
	'api/session',
	'trigger/timeBudget',
	'api/proxies',
	'project/docs',
];

/** Jest's own order, but in a clone where no file has run yet the slowest come first; Jest would go by size. */
module.exports = class extends Sequencer {
	sort(tests) {
		const sorted = super.sort(tests);
		const first = SLOWEST.flatMap((name) =>
			sorted.filter((test) => test.path.endsWith(`/${name}.test.ts`) && !this.time(test)),
		);
		return [...first, ...sorted.filter((test) => !first.includes(test))];
	}
};
