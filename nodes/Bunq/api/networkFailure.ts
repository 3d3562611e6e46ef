import { isRecord } from './json';

/**
 * What a network error says about the request: whether it certainly never left this machine. A code alone cannot tell,
 * as Linux reports EHOSTUNREACH or ECONNREFUSED on an established connection too.
 */

/** Messages for errors before anything was sent, by code; others get a general one. */
const NOT_SENT_MESSAGES: Record<string, string> = {
	ECONNREFUSED: 'The connection to bunq was refused',
	ENOTFOUND: "bunq's address was not found",
	EAI_AGAIN: "bunq's address could not be looked up",
	EAI_FAIL: "bunq's address could not be looked up",
	EHOSTUNREACH: 'bunq cannot be reached from this network',
	ENETUNREACH: 'bunq cannot be reached from this network',
	CERT_HAS_EXPIRED: 'The certificate of the connection to bunq has expired',
};

const UNTRUSTED = 'The connection to bunq is not trusted';
const NOT_CONNECTED = 'Could not connect to bunq';

/** System calls that come before the first byte of a request. */
const CONNECT_SYSCALLS = ['connect', 'getaddrinfo'];

/** Codes of certificate verification, which ends the connection before the request (nodejs.org/api/tls.html). */
const CERTIFICATE_CODES = [
	'CERT_CHAIN_TOO_LONG',
	'CERT_HAS_EXPIRED',
	'CERT_NOT_YET_VALID',
	'CERT_REJECTED',
	'CERT_REVOKED',
	'CERT_SIGNATURE_FAILURE',
	'CERT_UNTRUSTED',
	'CRL_HAS_EXPIRED',
	'CRL_NOT_YET_VALID',
	'CRL_SIGNATURE_FAILURE',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERROR_IN_CERT_NOT_AFTER_FIELD',
	'ERROR_IN_CERT_NOT_BEFORE_FIELD',
	'ERROR_IN_CRL_LAST_UPDATE_FIELD',
	'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
	'ERR_TLS_CERT_ALTNAME_FORMAT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'HOSTNAME_MISMATCH',
	'INVALID_CA',
	'INVALID_PURPOSE',
	'PATH_LENGTH_EXCEEDED',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
	'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
	'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
	'UNABLE_TO_GET_CRL',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/**
 * What Node says when a connection ends during the TLS handshake. OpenSSL's own reasons (wrong version number, packet too
 * long, handshake failure) prove nothing: a record that breaks after the request was sent gives the same ones.
 */
const HANDSHAKE_FAILED = /before secure TLS connection was established/i;

export const TIMED_OUT = 'bunq did not answer in time';
const TIMEOUT_CODES = ['ECONNABORTED', 'ETIMEDOUT'];

/** A `Reply` (http.ts) that no server sent. */
export interface NetworkFailure {
	status: 0;
	items: [];
	/** `notSent`: the request certainly never left. `noResponse`: it may have. */
	fault: 'notSent' | 'noResponse';
	message: string;
}

interface ErrorPart {
	code?: string;
	syscall?: string;
	message: string;
}

/** The error itself, its causes, and the errors that it aggregates. */
const partsOf = (error: unknown): ErrorPart[] => {
	const found = new Set<unknown>();
	const pending = [error];
	while (pending.length > 0) {
		const part = pending.pop();
		if (!isRecord(part) || found.has(part)) continue;
		found.add(part);
		pending.push(part.cause);
		if (Array.isArray(part.errors)) for (const inner of part.errors) pending.push(inner);
	}
	const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
	return ([...found] as Array<Record<string, unknown>>).map(({ code, syscall, message }) => ({
		code: text(code),
		syscall: text(syscall),
		message: text(message) ?? '',
	}));
};

const isCertificateError = ({ code = '' }: ErrorPart) => CERTIFICATE_CODES.includes(code);

/** Whether this part shows that nothing was sent (true) or that something may have been (false); undefined: neither. */
const showsNotSent = (part: ErrorPart): boolean | undefined => {
	const { code = '', syscall, message } = part;
	if (isCertificateError(part)) return true;
	if (HANDSHAKE_FAILED.test(`${code} ${message}`)) return true;
	if (syscall) return CONNECT_SYSCALLS.includes(syscall);
	return undefined;
};

/**
 * A failure of the network as a reply, so that `classifyReply` covers everything that can come back. `notSent` only where
 * every part of the error that shows its phase shows one before the request; in doubt `noResponse`.
 */
export const networkFailure = (error: unknown): NetworkFailure => {
	const parts = partsOf(error);
	const evidence = parts.map(showsNotSent).filter((shown) => shown !== undefined);
	const codes = parts.flatMap(({ code }) => code ?? []);
	if (evidence.length > 0 && evidence.every(Boolean)) {
		const known = codes.find((code) => Object.hasOwn(NOT_SENT_MESSAGES, code));
		const general = parts.some(isCertificateError) ? UNTRUSTED : NOT_CONNECTED;
		const message = known ? NOT_SENT_MESSAGES[known] : general;
		return { status: 0, items: [], fault: 'notSent', message };
	}
	const isTimeout = codes.some((code) => TIMEOUT_CODES.includes(code));
	return noResponse(isTimeout ? TIMED_OUT : 'The connection to bunq was lost');
};

/** A request that bunq may have received, and whose answer did not arrive whole. */
export const noResponse = (message: string): NetworkFailure => ({
	status: 0,
	items: [],
	fault: 'noResponse',
	message,
});
