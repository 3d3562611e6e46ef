import { refusals, refuse } from '../http/refusal';
import { type Reply, errorReply, jsonReply } from '../http/reply';
import { say } from '../http/words';

const asHtml = (status: number, title: string): Reply => ({
	status,
	headers: { 'Content-Type': 'text/html; charset=utf-8' },
	body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

const asOAuth = (error: string, error_description: string, status = 400) =>
	jsonReply(status, { error, error_description });

/**
 * What a token endpoint that only reads the URL may say to a form body (docs/bunq-api.md 7.2). All are inferred: bunq
 * sees no parameter, so it may miss any of them first, in OAuth's words or in those of its API (2.5), or a proxy before
 * it may not let the form through.
 */
const REPLIES = {
	'no code': () => asOAuth('invalid_grant', say('grantInvalid')),
	'a parameter is missing': () =>
		asOAuth('invalid_request', say('oauthMissing', { name: 'grant_type' })),
	'no grant type': () => asOAuth('unsupported_grant_type', say('grantType')),
	'no client': () => asOAuth('invalid_client', say('client'), 401),
	'an error of the API': () => errorReply(refusals.missing('grant_type')),
	'not authenticated': () => errorReply(refuse('notAuthenticated')),
	'wrong media type': () => errorReply(refuse('mediaType')),
	'no such route': () => errorReply(refuse('unknownPath')),
	'a page': () => asHtml(404, 'Not found'),
	'a page for 405': () => asHtml(405, 'Method not allowed'),
	nothing: (): Reply => ({ status: 400, headers: {}, body: '' }),
	'broken down': () => errorReply(refusals.broken()),
} satisfies Record<string, () => Reply>;

export type FormRefusal = keyof typeof REPLIES;

export const FORM_REFUSALS = Object.keys(REPLIES) as [FormRefusal, ...FormRefusal[]];

export const refuseForm = (kind: FormRefusal): Reply => REPLIES[kind]();
