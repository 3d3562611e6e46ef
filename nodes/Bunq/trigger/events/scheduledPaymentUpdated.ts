import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from '../../api/clock';
import type { BunqRecord } from '../../api/client';
import { innerOf } from '../../api/json';
import { accountPath, schedulesPath } from '../../api/listPaths';
import type { ScheduledPayment, ScheduledRun } from '../../api/types';
import { path } from '../../api/path';
import { readId, readText } from '../../api/readable';
import { field } from '../../parameters/field';
import { filters } from '../../parameters/filters';
import { simplified } from '../../simplify';
import { isoTime } from '../../simplify/values';
import { listEvent, type FeedRecord, type PartList } from '../event';

/** What became of a run, by bunq's word (docs/bunq-api.md 9.13). A run has each of these at most once as an event. */
const RUN_STATUS: Record<string, string> = {
	RETRY: 'retrying',
	FAILED_USER_ERROR: 'failed',
	FINISHED_SUCCESSFULLY: 'succeeded',
};
const STATES = Object.keys(RUN_STATUS);

/** A run with its state: a run that bunq tries again has another ID here, and is an event again. */
interface RunRecord extends FeedRecord {
	run: ScheduledRun;
}

/** The ID of a run in a state; undefined where one of them cannot be read. */
const stateId = ({ id, state }: { id?: unknown; state?: unknown }) => {
	const [run, at] = [readId(id), STATES.indexOf(readText(state) ?? '')];
	if (run === undefined || at < 0) return undefined;
	const both = run * STATES.length + at;
	return Number.isSafeInteger(both) ? both : undefined;
};

/** A run counts from the moment at which it got its state. */
const readRun = (entry: BunqRecord): RunRecord | undefined => {
	const run = entry as ScheduledRun;
	const id = stateId(run);
	if (id === undefined) return undefined;
	const created = Number.isNaN(parseBunqTime(run.updated)) ? run.created : run.updated;
	return { _type: run._type, id, created, run };
};

type Wanted = { simplify?: unknown; filters?: { status?: string[] } };

const isWanted = (status: string, { filters: { status: wanted = [] } = {} }: Wanted) =>
	wanted.length === 0 || wanted.includes(status);

const scheduleItem = (schedule: object, { simplify }: Wanted, run?: ScheduledRun): IDataObject => {
	if (!simplify) return { ...schedule, ...(run && { run }) };
	return {
		...simplified(schedule),
		runStatus: run ? RUN_STATUS[String(run.state)] : null,
		runAt: isoTime(run?.created) ?? null,
		paymentId: readId(innerOf(run?.result_object)?.id) ?? null,
	};
};

/** Where bunq says when the next run is: it moves with each run. */
const shownBy = ({ status, schedule, updated }: ScheduledPayment) =>
	status === 'ACTIVE' && Number.isNaN(parseBunqTime(schedule?.time_next))
		? undefined
		: JSON.stringify([status, schedule?.time_next, updated]);

const runsOf = (schedule: ScheduledPayment): PartList => ({
	path: (account) => accountPath(account) + path`/schedule/${schedule.id}/schedule-instance`,
	readEntry: readRun,
	bunqId: (id) => Math.floor(id / STATES.length),
	keptIds: 60,
	shown: shownBy(schedule),
	isOpen: (entry) => (entry as RunRecord).run.state !== 'FINISHED_SUCCESSFULLY',
	matches: (entry, params) => isWanted(RUN_STATUS[String((entry as RunRecord).run.state)], params),
	item: async (entry, params) => {
		const { run } = entry as RunRecord;
		return scheduleItem(
			schedule._type === '' ? scheduleOf(run, schedule.id) : schedule,
			params,
			run,
		);
	},
});

/** The schedule as a run shows it, where bunq no longer lists it. */
const scheduleOf = ({ scheduled_object: wrapper }: ScheduledRun, id: number) => ({
	...innerOf(wrapper),
	_type: 'ScheduledPayment',
	id,
});

/** The account is the one of the schedule, which the run has inside. */
const readCalledRun = (run: Record<string, unknown>) => ({
	id: stateId(run),
	account: readId(innerOf(run.scheduled_object)?.monetary_account_id),
});

/** A schedule is listed by account, its runs by schedule (docs/bunq-api.md 9.13). */
export const scheduledPaymentUpdated = listEvent({
	name: 'Scheduled Payment Ran',
	description: 'A scheduled payment ran, each time, or was cancelled',
	callback: {
		categories: ['SCHEDULE_RESULT', 'SCHEDULE_STATUS'],
		objects: ['ScheduledPayment', 'ScheduledInstance'],
		parts: { ScheduledInstance: readCalledRun },
	},
	oauthAlternative:
		'bunq does not list scheduled payments among the rights of OAuth apps. Use the Bunq API credential, or the event Payment Made or Received, which tells of each run that pays.',
	fields: [
		filters([
			field({
				displayName: 'Status',
				name: 'status',
				type: 'multiOptions',
				options: [
					{
						name: 'Cancelled',
						value: 'cancelled',
						description: 'The scheduled payment was withdrawn',
					},
					{ name: 'Failed', value: 'failed', description: 'A run did not pay' },
					{ name: 'Retrying', value: 'retrying', description: 'To be tried again by bunq' },
					{ name: 'Succeeded', value: 'succeeded', description: 'A run paid' },
				],
				default: [],
				description: 'Only runs with one of these results, or only cancellations',
			}),
		]),
	],
	path: schedulesPath,
	// A run that pays.
	movesBalance: true,
	isResolved: ({ status }) => status === 'CANCELLED' || status === 'FINISHED',
	parts: (schedule) => runsOf(schedule),
	matches: ({ status }: ScheduledPayment, params) =>
		status === 'CANCELLED' && isWanted('cancelled', params),
	item: async (schedule: ScheduledPayment, params) => scheduleItem(schedule, params),
});
