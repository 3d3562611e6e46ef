import { refusals } from './refusal';
import { type Bank, now } from '../bank/state';

interface Limit {
	calls: number;
	seconds: number;
}

/** bunq's rate limits (§4): per address and endpoint, in rolling windows. */
const CLASSIC: Record<string, Limit> = {
	GET: { calls: 3, seconds: 3 },
	POST: { calls: 5, seconds: 3 },
	PUT: { calls: 2, seconds: 3 },
	// Undocumented; inferred to be as strict as PUT.
	DELETE: { calls: 2, seconds: 3 },
	'POST /session-server': { calls: 1, seconds: 30 },
};

/** The newest page's figures, each the stricter one; which endpoints are security-sensitive is inferred. */
const NEWEST: Record<string, Limit> = {
	any: { calls: 70, seconds: 30 },
	payment: { calls: 1_000, seconds: 1 },
	'security-sensitive': { calls: 3, seconds: 60 },
};

const newestFor = (endpoint: string): Limit => {
	if (/^POST .*\/payment(-batch)?$/.test(endpoint)) return NEWEST.payment;
	const isSensitive = /^POST \/(device|session)-server$|^PUT .*\/card\//.test(endpoint);
	return NEWEST[isSensitive ? 'security-sensitive' : 'any'];
};

const DAY = 24 * 60 * 60;

/** Counts a request, or refuses it before the bank acts. A refused request does not count. */
export const countCall = (bank: Bank, caller: string, method: string, template: string): void => {
	const endpoint = `${method} ${template}`;
	const { limits, installationsPerDay } = bank.switches;
	const applying: Limit[] = [];
	if (limits === 'classic') applying.push(CLASSIC[endpoint] ?? CLASSIC[method]);
	if (limits === 'newest') applying.push(newestFor(endpoint));
	if (endpoint === 'POST /installation' && installationsPerDay !== null) {
		applying.push({ calls: installationsPerDay, seconds: DAY });
	}
	if (applying.length === 0) return;

	const key = `${caller} ${endpoint}`;
	const longest = Math.max(...applying.map((limit) => limit.seconds));
	const since = (seconds: number) => (time: number) => time > now(bank) - seconds * 1000;
	const calls = (bank.calls.get(key) ?? []).filter(since(longest));
	for (const { calls: most, seconds } of applying) {
		if (calls.filter(since(seconds)).length >= most)
			throw refusals.tooMany(bank.switches.rateLimitStatus, most, seconds);
	}
	bank.calls.set(key, [...calls, now(bank)]);
};
