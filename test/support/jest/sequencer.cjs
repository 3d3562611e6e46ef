const Sequencer = require('@jest/test-sequencer').default;

/** The slowest files, longest first. One that begins last leaves the other worker without work. */
const SLOWEST = [
	'trigger/randomSchedules',
	'project/contributingGuide',
	'guarantees/fileMemory',
	'guarantees/faultMatrix',
	'guarantees/dirtyBank',
	'guarantees/fuzz',
	'guarantees/callbackHistories',
	'guarantees/load',
	'operations/everyOperation',
	'guarantees/unknownOutcome',
	'api/lostInstallation',
	'api/wholeAnswer',
	'trigger/registration',
	'project/docs',
	'trigger/unreadableEntries',
	'guarantees/clockJumps',
	'api/session',
	'api/cutConnections',
	'project/crossCheck',
	'guarantees/oauthRights',
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
