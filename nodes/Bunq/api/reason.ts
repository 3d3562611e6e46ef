import { isRecord } from './json';
import { readText } from './readable';

/** In characters; bunq's longest known text has 200. */
const MAX_REASON_LENGTH = 1_000;
/** Of what something between n8n and bunq said. */
const MAX_INTERMEDIARY_LENGTH = 80;
/** A shorter value may be a part of any word. */
const MIN_SECRET_LENGTH = 8;

/** A text without these secrets. */
export const hideSecrets = (text: string, secrets: unknown[]) =>
	secrets
		.filter((secret): secret is string => (readText(secret)?.length ?? 0) >= MIN_SECRET_LENGTH)
		.reduce((shown, secret) => shown.replaceAll(secret, '…'), text);

/** A text of bunq's on one line: without markup, without these secrets, and of limited length. */
export const cleanText = (text: string, secrets: unknown[] = []) => {
	const hidden = hideSecrets(text.slice(0, MAX_REASON_LENGTH * 10), secrets);
	const line = hidden
		.replace(/<\/?(?:a|b|em|i|span|strong|u)(?:\s[^<>]{0,100})?>/gi, '')
		.replace(/<\/?[a-z][^<>]{0,100}>/gi, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line;
};

/**
 * bunq's reason for refusing: the texts of an `Error` list, each once (docs/bunq-api.md 5). Undefined where it has none.
 * @param secrets what bunq was sent and may repeat
 */
export const reasonIn = (errors: unknown, secrets: unknown[]) => {
	const texts = [errors]
		.flat()
		.map(
			(error) =>
				isRecord(error) &&
				(readText(error.error_description) ?? readText(error.error_description_translated)),
		)
		.filter((text) => text !== false && text !== undefined)
		.map((text) => cleanText(text, secrets));
	return cleanText([...new Set(texts)].join(' ')) || undefined;
};

/** What something between n8n and bunq answered, in one short line: the title of a page, or its beginning. */
export const intermediarySaid = (status: number, page: string, secrets: unknown[]) => {
	const [, title = page.slice(0, MAX_REASON_LENGTH)] = /<title[^>]*>([^<]+)/i.exec(page) ?? [];
	const line = cleanText(title.replace(/[^\x20-\x7e]+/g, ' '), secrets).slice(
		0,
		MAX_INTERMEDIARY_LENGTH,
	);
	// Most titles begin with the status.
	const words = line.startsWith(`${status} `) ? line.slice(4) : line;
	return `Something between n8n and bunq answered ${status}${words && `: ${words}`}`;
};
