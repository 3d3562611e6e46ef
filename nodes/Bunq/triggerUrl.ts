/** The URLs at which bunq calls a Bunq Trigger. */

/** The last segment of the path of each trigger's webhook. */
export const WEBHOOK_PATH = 'bunq';

/**
 * A URL in the form in which two of them are compared: bunq may show one otherwise than it was sent, with a host in capitals,
 * other escapes or a slash at its end.
 */
export const comparableUrl = (url: string) => {
	const href = URL.canParse(url) ? new URL(url).href : url;
	const unescaped = href.replace(/(?:%[\da-f]{2})+/gi, unescape);
	return unescaped.replace(/\/$/, '');
};

/** Escapes without meaning stay as they are. */
const unescape = (escapes: string) => {
	try {
		return decodeURIComponent(escapes);
	} catch {
		return escapes.toUpperCase();
	}
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What the URLs of one n8n have in common; undefined where a URL is not of the form that n8n gives a trigger. */
export const webhookBase = (url: string) => {
	const { origin, pathname, search } = URL.canParse(url) ? new URL(url) : new URL('about:blank');
	const segments = pathname.split('/');
	const [id, last] = segments.slice(-2);
	const isOfTrigger = UUID.test(id) && last === WEBHOOK_PATH && search === '';
	return isOfTrigger ? [origin, ...segments.slice(1, -2)].join('/') : undefined;
};

/** Whether a URL is one at which bunq calls a Bunq Trigger, of this n8n or of another. */
export const isTriggerUrl = (url: string) => webhookBase(url) !== undefined;

/** Names that only one network knows. */
const LOCAL_NAME =
	/(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|invalid)$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
/** Addresses of private networks, of this machine, and those that nobody has (RFC 6890). */
const PRIVATE_IPV4 =
	/^(?:0|10|127|169\.254|192\.168|192\.0\.[02]|198\.1[89]|198\.51\.100|203\.0\.113|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2(?:2[4-9]|[345]\d))\./;

/**
 * A URL that bunq can call, as bunq shows it; undefined for any other. bunq calls https only, and no port but 443 works
 * (docs/bunq-api.md 10.1, 10.2).
 */
export const publicUrl = (url: string | undefined): string | undefined => {
	if (!url || !URL.canParse(url)) return undefined;
	const { protocol, port, hostname, username, href } = new URL(url);
	const host = hostname.replace(/\.$/, '');
	const isPublic = IPV4.test(host)
		? !PRIVATE_IPV4.test(host)
		: /^[^[\]]+\.[^.[\]]+$/.test(host) && !LOCAL_NAME.test(host);
	return protocol === 'https:' && port === '' && username === '' && isPublic ? href : undefined;
};
