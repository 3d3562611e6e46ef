/** bunq's times, and what bunq's clock says. */

const BUNQ_TIME =
	/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-]\d\d):?(\d\d)?)?$/i;

/**
 * bunq's `2026-01-08 11:20:03.950184`, which is UTC without a zone (docs/bunq-api.md 13), as milliseconds UTC. ISO 8601
 * with `T`, `Z` or an offset is read too. NaN for anything else.
 */
export const parseBunqTime = (value?: unknown) => {
	const match = typeof value === 'string' && BUNQ_TIME.exec(value.trim());
	// V8 parses many texts that are no time: `undefinedTundefined.000Z` is the year 2000.
	if (!match) return NaN;
	const [, day, time, fraction = '', hours, minutes = '00'] = match;
	// V8 takes 30 February for 2 March.
	if (new Date(`${day}T00:00Z`).getUTCDate() !== Number(day.slice(-2))) return NaN;
	const zone = hours ? `${hours}:${minutes}` : 'Z';
	return Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
};

/** A day, in milliseconds. */
export const DAY_MS = 24 * 60 * 60_000;

/** When bunq created an object, milliseconds UTC by bunq's clock; NaN when bunq does not say. */
export const createdAt = ({ created }: { created?: unknown }) => parseBunqTime(created);

/** How far bunq's clock is ahead of this machine's, by host; milliseconds. */
const clockOffsets = new Map<string, number>();

/** Keeps the time of a reply that arrived now. `serverTime` is milliseconds UTC by bunq's clock. */
export const recordServerTime = (host: string, serverTime: number) => {
	clockOffsets.set(host, serverTime - Date.now());
};

/** The current time by bunq's clock, milliseconds UTC; by this machine's until bunq's first reply. */
export const serverNow = (host: string) => Date.now() + (clockOffsets.get(host) ?? 0);

/** bunq's `Date` header has whole seconds, so its clock is known to within two; milliseconds. */
export const CLOCK_SKEW_MS = 2_000;

/**
 * Converts a time of this machine's clock to bunq's clock, minus the skew tolerance; both milliseconds UTC. Returns a
 * function, because the offset is known only once bunq has replied: after a restart that may be the request in progress.
 */
export const toBunqClock = (time: number, bunq: { now(): number }) => () =>
	time + bunq.now() - Date.now() - CLOCK_SKEW_MS;
