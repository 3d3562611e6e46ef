import type { IDataObject } from 'n8n-workflow';
import type { BunqMeLink, LinkEntry } from '../api/types';
import { createdSince } from '../api/pagination';
import { readCents, readCurrency, readText } from '../api/readable';
import { formatCents } from '../api/totals';
import { combine, compare, type Match } from './match';
import type { Recovery } from './operation';
import { earliestTime, findCreated } from './recovery';

/** The entry of a bunq.me link, which holds what the link asks for: finding the link by it, and sending it again. */

/** Whether bunq shows exactly this link. Another text proves nothing, as bunq may rewrite one. */
const matchLink = (shown: LinkEntry | null | undefined, sent: LinkEntry): Match => {
	const amount = shown?.amount_inquired;
	const asked = sent.amount_inquired;
	return combine([
		...(asked
			? [
					compare(readCents(amount?.value), readCents(asked.value) ?? NaN),
					compare(readCurrency(amount?.currency), asked.currency),
				]
			: [amount === null ? 'same' : compare(readCents(amount?.value), NaN)]),
		(shown?.description ?? '') === sent.description ? 'same' : 'possible',
	] as Match[]);
};

/** Finds the link that a lost response created, among those that were created since. */
export const findLink: Recovery = async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
	const { bunqme_tab_entry: sent } = JSON.parse(body) as { bunqme_tab_entry: LinkEntry };
	const pages = bunq.pages<BunqMeLink>(sentTo);
	return await findCreated(createdSince(pages, earliestTime(sentAt)), sentAt, {
		isCandidate: ({ id }) => isUnclaimed(id),
		matchOf: (link) => matchLink(link.bunqme_tab_entry, sent),
		isActive: ({ status }) => status !== 'CANCELLED' && status !== 'EXPIRED',
	});
};

/**
 * The entry of a link as bunq's file wants it with every change; clients leave it out, so one that cannot be read is
 * (docs/bunq-api.md 9.12).
 */
export const entryToRepeat = ({ bunqme_tab_entry: entry }: BunqMeLink): IDataObject => {
	const amount = entry?.amount_inquired;
	const cents = readCents(amount?.value);
	const currency = readCurrency(amount?.currency);
	const isAmountKnown = cents !== undefined && currency !== undefined;
	if (!entry || (amount && !isAmountKnown)) return {};
	const redirect = readText(entry.redirect_url);
	return {
		bunqme_tab_entry: {
			...(isAmountKnown && { amount_inquired: { value: formatCents(cents), currency } }),
			description: readText(entry.description) ?? '',
			...(redirect && { redirect_url: redirect }),
		},
	};
};
