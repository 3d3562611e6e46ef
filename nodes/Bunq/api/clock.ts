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

/** How long after a request failed bunq may still act on it: inferred, no source says. */
export const LATE_MS = 30_000;

/** When bunq created an object, milliseconds UTC by bunq's clock; NaN when bunq does not say. */
export const createdAt = ({ created }: { created?: unknown }) => parseBunqTime(created);

/**
 * A time for intervals and deadlines, milliseconds since the start of the process. It does not jump when this machine's
 * clock is set; it may stand still while the machine sleeps, so it never runs ahead.
 */
export const monotonicNow = () => Math.floor(performance.now());

/** A moment by both clocks of this machine, milliseconds: monotonic, and UTC, which somebody may set. */
interface Moment {
	monotonic: number;
	utc: number;
}

const thisMoment = (): Moment => ({ monotonic: monotonicNow(), utc: Date.now() });

/** What bunq's clock said, milliseconds UTC, and when. */
interface ServerTime extends Moment {
	server: number;
}

const serverTimes = new Map<string, ServerTime>();

/** Keeps the time of a reply that arrived now. `server` is milliseconds UTC by bunq's clock. */
export const recordServerTime = (host: string, server: number) => {
	serverTimes.set(host, { server, ...thisMoment() });
};

/** The current time by bunq's clock, milliseconds UTC; by this machine's until bunq's first reply. */
export const serverNow = (host: string) => {
	const known = serverTimes.get(host);
	return known ? known.server + monotonicNow() - known.monotonic : Date.now();
};

/** bunq's `Date` header has whole seconds, so its clock is known to within two; milliseconds. */
export const CLOCK_SKEW_MS = 2_000;

/**
 * Converts a monotonic time to bunq's clock, minus the skew tolerance; milliseconds UTC. Returns a function, because
 * bunq's clock is known only once bunq has replied: after a restart that may be the request in progress.
 */
export const toBunqClock = (time: number, bunq: { now(): number }) => () =>
	time + bunq.now() - monotonicNow() - CLOCK_SKEW_MS;

/** When a request was sent, with the last that was known of bunq's clock. */
export interface SentAt extends Moment {
	host: string;
	known?: ServerTime;
}

/** The moment of sending a request: now. */
export const sentNow = (host: string): SentAt => ({
	host,
	known: serverTimes.get(host),
	...thisMoment(),
});

/**
 * The first and the last moment at which a request may have been sent, by bunq's clock; milliseconds UTC. Where this
 * machine slept or its clock was set in between, they differ. If bunq never gave a time, all of the day before may be it:
 * with a clock that is further off, no TLS connection would have been made.
 */
export const sentBetween = ({ host, known, monotonic, utc }: SentAt) => {
	const reference = known ?? serverTimes.get(host);
	if (!reference) return { first: utc - DAY_MS, last: Infinity };
	const byMonotonic = reference.server + monotonic - reference.monotonic;
	const byUtc = reference.server + utc - reference.utc;
	// The monotonic clock never shows more time than has passed.
	return known
		? { first: byMonotonic, last: Math.max(byMonotonic, byUtc) }
		: { first: Math.min(byMonotonic, byUtc), last: byMonotonic };
};
