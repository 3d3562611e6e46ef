import type { NodeHint } from 'n8n-workflow';
import type { Resource } from './operation';

/** What the panel says before an execution: how often a write happens, as n8n runs it once for each input item. */

/** The operations that pay at once, or make bunq pay. */
const PAYS = ['payment.create', 'requestResponse.accept', 'scheduledPayment.create'];

/** Above this the number is not named. */
const MAX_COUNT = 30;

const COUNTS = Array.from({ length: MAX_COUNT - 1 }, (_, index) => index + 2);

/** The operations that write once for each item, as `resource.operation`. */
const writesOf = (resources: Resource[]) =>
	resources.flatMap(({ value, operations }) =>
		Object.entries(operations)
			.filter(([, row]) => 'plan' in row)
			.map(([name]) => `${value}.${name}`),
	);

/** n8n computes the condition of a hint, but not its message, so each number has a hint of its own. */
const hintsFor = (operations: string[], verb: string, once: string): NodeHint[] =>
	[...COUNTS, undefined].map((count) => ({
		message: `${count ?? `More than ${MAX_COUNT}`} items come in: this ${verb} ${count ?? `more than ${MAX_COUNT}`} times. To ${once} once, turn on Settings → Execute Once.`,
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${JSON.stringify(operations)}.includes($parameter["resource"] + "." + $parameter["operation"]) && $input.all().length ${count ? `=== ${count}` : `> ${MAX_COUNT}`} }}`,
	}));

/** The hints of all operations that write once for each item. A batch is sent once, so it has none. */
export const repetitionHints = (resources: Resource[]): NodeHint[] => {
	const others = writesOf(resources).filter((id) => !PAYS.includes(id));
	return [...hintsFor(PAYS, 'pays', 'pay'), ...hintsFor(others, 'is done', 'do it')];
};
