import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { DAY_MS, monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import { extensionOf, FileItem, plainName } from '../api/files';
import type { Statement } from '../api/fileTypes';
import { statementsPath } from '../api/listPaths';
import type { Account } from '../api/types';
import { path } from '../api/path';
import { readId, readText } from '../api/readable';
import { saysMissingRight } from '../api/replies';
import type { Bunq } from '../connect';
import { simplified } from '../simplify';
import { combine, compare, type Match } from './match';

/** A statement: what bunq is asked for, the wait until it is there, and its file (docs/bunq-api.md 9.11). */

export const statementPath = (account: number, id: number) =>
	statementsPath(account) + path`/${id}`;

/** bunq shows the account without its ID. */
export const readStatement = async (account: number, id: number, bunq: Bunq) => ({
	...(await bunq.get<Statement>(statementPath(account, id))),
	_accountId: account,
});

interface Order {
	format: string;
	/** Days such as 2026-01-31. */
	dateStart: string;
	dateEnd: string;
	additionalFields: { includeReceipts?: boolean; regionalFormat?: string };
}

/** Ours: bunq names none. A longer one may take longer than anybody waits. */
const MAX_YEARS = 10;
/** bunq's own time zone: whether its days begin there is not documented. */
const BUNQ_ZONE = 'Europe/Amsterdam';

/**
 * The order as bunq takes it. Throws a BunqError for days that no statement can have.
 * @param now bunq's time, milliseconds UTC
 */
export const toOrder = (
	{ format, dateStart, dateEnd, additionalFields }: Order,
	now: number,
): IDataObject => {
	const { includeReceipts = false, regionalFormat } = additionalFields;
	const today = DateTime.fromMillis(now, { zone: BUNQ_ZONE }).toISODate() ?? '';
	const latest = DateTime.fromISO(dateStart).plus({ years: MAX_YEARS }).minus({ days: 1 });
	if (dateStart > dateEnd)
		throw wrongDays(
			`"End Date" is ${dateEnd}, before "Start Date", ${dateStart}`,
			'Exchange them.',
		);
	if (dateEnd > today)
		throw wrongDays(
			`"${dateStart > today ? 'Start' : 'End'} Date" is ${dateStart > today ? dateStart : dateEnd}, which is in the future: today is ${today} at bunq`,
			'A statement ends today or before.',
		);
	if (dateEnd >= (latest.toISODate() ?? ''))
		throw wrongDays(
			`"Start Date" to "End Date" is ${MAX_YEARS} years or more: ${dateStart} to ${dateEnd}`,
			'Download a statement for each year.',
		);
	if (includeReceipts && format !== 'pdf')
		throw wrongDays('"Include Receipts" is only for PDF', 'Turn it off, or choose PDF.');
	// Required for CSV. MT940 has a form of its own.
	const region = format === 'csv' ? (regionalFormat ?? 'european') : regionalFormat;
	return {
		statement_format: format.toUpperCase(),
		date_start: dateStart,
		date_end: dateEnd,
		...(region && format !== 'mt940' && { regional_format: REGIONS[region] }),
		...(includeReceipts && { include_attachment: true }),
	};
};

const REGIONS: Record<string, string> = { european: 'EUROPEAN', ukUs: 'UK_US' };

const wrongDays = (message: string, next: string) =>
	new BunqError('invalidInput', message, { description: `Nothing was sent. ${next}` });

/** Whether a statement that bunq shows is one that was ordered: of the same days, in the same format. */
export const matchOrder = (shown: Statement, order: IDataObject): Match => {
	const keys = ['statement_format', 'date_start', 'date_end', 'regional_format'] as const;
	return combine(
		keys.map((key) => {
			if (order[key] === undefined) return 'same';
			const ordered = String(order[key]);
			// A day may have a time behind it.
			return compare(readText(shown[key])?.slice(0, ordered.length), ordered);
		}),
	);
};

/** The only status that is known (docs/bunq-api.md 9.11). */
const isReady = ({ status }: Statement) => status === 'COMPLETED';

/** Whether bunq says another status. One that cannot be read says nothing: then the answer about the file tells. */
export const isUnready = (made: Statement) => readText(made.status) !== undefined && !isReady(made);

export const notReady = (id: number, status: unknown) =>
	new BunqError('unavailable', `Statement ${id} is not ready: its status is ${readText(status)}`, {
		description: `bunq may need longer, or failed to make it. "Statement: Get File" with the ID ${id} gives the file once it is ready.`,
	});

const PATIENCE_MS = 120_000;
/** Each pause is twice the one before, up to the longest: some 16 requests at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/** Where a statement is, and how its file is to be named. */
interface Wanted {
	account: number;
	id: number;
	/** The binary field. */
	name: string;
	fileName?: string;
}

/** Waits until a new statement is ready, two minutes at most. Throws a BunqError that names its ID. */
export const collectStatement = async (wanted: Wanted, bunq: Bunq): Promise<FileItem> =>
	await awaitFile(wanted, bunq).catch(withStatement(wanted.id));

const awaitFile = async (wanted: Wanted, bunq: Bunq): Promise<FileItem> => {
	const { account, id } = wanted;
	const deadline = monotonicNow() + PATIENCE_MS;
	for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
		await bunq.pause(Math.min(pause, Math.max(deadline - monotonicNow(), 0)));
		const made = await readStatement(account, id, bunq);
		if (isReady(made)) return await fileOf(wanted, made, bunq);
		if (monotonicNow() < deadline) continue;
		if (isUnready(made)) throw notReady(id, made.status);
		return await fileOf(wanted, made, bunq);
	}
};

/** Any error of the wait, with the statement that bunq has by then: of that, it must not say that nothing was done. */
const withStatement = (id: number) => async (error: unknown) => {
	if (!(error instanceof BunqError)) return await Promise.reject(error as Error);
	const later = `"Statement: Get File" with the ID ${id} gives the file later.`;
	if (error.kind === 'cancelled')
		throw new BunqError('cancelled', `Stopped while bunq made statement ${id}`, {
			description: later,
		});
	const meaning =
		error.kind === 'rejected' && !saysMissingRight(error)
			? later
			: error.description.replace(/^Nothing was \w+(?:: |\. )/, '');
	throw error.withDescription(`bunq has statement ${id}; only its file is missing. ${meaning}`);
};

/** The file of a statement that is ready, with a name such as `main-2026-01.csv`. */
export const fileOf = async (
	{ account, id, name, fileName }: Wanted,
	made: Statement,
	bunq: Bunq,
) => {
	const { bytes, contentType } = await bunq.download(`${statementPath(account, id)}/content`);
	const json = simplified(made);
	const { extension, mime } = FORMATS[String(json.format)] ?? {
		extension: extensionOf(contentType) ?? 'bin',
		mime: contentType,
	};
	const given = plainName(fileName ?? '');
	const stem = given || `${await slugOf(account, bunq)}-${periodOf(json) ?? id}`;
	const isNamed = stem.toLowerCase().endsWith(`.${extension}`);
	return new FileItem(
		json,
		{ bytes, contentType: mime, name: isNamed ? stem : `${stem}.${extension}` },
		name,
	);
};

const FORMATS: Record<string, { extension: string; mime: string }> = {
	csv: { extension: 'csv', mime: 'text/csv' },
	mt940: { extension: 'sta', mime: 'text/plain' },
	pdf: { extension: 'pdf', mime: 'application/pdf' },
};

const toSlug = ({ description }: Account) =>
	plainName(readText(description) ?? '')
		.toLowerCase()
		.replace(/[\s.]+/g, '-');

/**
 * The account's name for a file: `My Savings` → `my-savings`. Its ID where bunq does not tell the name, and also where
 * another account has the same, as one statement would replace the other in a folder.
 */
const slugOf = async (account: number, bunq: Bunq) => {
	const accounts = await bunq.accounts().catch(() => []);
	const own = accounts.find(({ id }) => readId(id) === account);
	const slug = own && toSlug(own);
	if (!slug) return `account-${account}`;
	return accounts.some((one) => one !== own && toSlug(one) === slug) ? `${slug}-${account}` : slug;
};

/** `2026-01` for a whole month, `2026` for a whole year, otherwise both days. */
const periodOf = ({ dateStart, dateEnd }: IDataObject) => {
	if (typeof dateStart !== 'string' || typeof dateEnd !== 'string') return undefined;
	const [start, end] = [dateStart, dateEnd].map((day) => DateTime.fromISO(day));
	for (const [unit, length] of [
		['year', 4],
		['month', 7],
	] as const)
		if (start.startOf(unit).equals(start) && start.endOf(unit).toISODate() === dateEnd)
			return dateStart.slice(0, length);
	return end.toMillis() - start.toMillis() < DAY_MS / 2 ? dateStart : `${dateStart}_${dateEnd}`;
};
