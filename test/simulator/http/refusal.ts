import type { Json } from '../bank/state';

/** A refusal: a status and a text per error. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly texts: string[],
		/** Further keys of each error. */
		readonly more: Json = {},
	) {
		super(texts.join(' '));
	}
}

const refuse = (status: number) => (text: string) => new Refusal(status, [text]);

/** 400: a parameter or a business rule (§5). */
export const badRequest = refuse(400);

/** §5: the statuses, with recorded texts, or inferred ones where no recording exists. */
export const refusals = {
	unknownPath: () => new Refusal(404, ['Route not found.']),
	notFound: () => new Refusal(404, ['The item you requested could not be found.']),
	methodNotAllowed: () => new Refusal(405, ['Method not allowed.']),
	/** §3: recorded (bunq/doc#125), with a key that no other error has. */
	signatureRequired: () =>
		new Refusal(
			466,
			['For this operation a request signature is required. Check the urls for more information.'],
			{
				error_additional_parameter: [{ url_together_post: 'https://together.bunq.com/d/15399' }],
			},
		),
	/** §3: recorded with 400 (sdk_php#87, bunq/postman#5). That the words are the same with 401 is inferred. */
	signatureInvalid: (status: number) => new Refusal(status, ['The request signature is invalid.']),
	/** §2.5: the same text for a wrong key, a wrong address, a revoked or replaced token. */
	credentials: () => badRequest('User credentials are incorrect. Incorrect API key or IP address.'),
	/** §4, with the singular "second" of the recordings. */
	tooMany: (status: number, calls: number, seconds: number) =>
		new Refusal(status, [
			`Too many requests. You can do a maximum of ${calls} calls per ${seconds} second to this endpoint.`,
		]),
	/** §2.4: recorded in 2018 (JSC). */
	hasSession: () => badRequest('Authentication token already has a user session.'),
	deviceExists: () => badRequest('A device already exists for the current installation.'),
	/** §5: 491; text inferred. */
	maintenance: () => new Refusal(491, ['bunq is down for maintenance. Please try again later.']),
	/** §5: 478; text inferred. */
	specialCharacter: () => new Refusal(478, ['The description has an invalid character.']),
	/** §5: 500; text inferred. */
	broken: () => new Refusal(500, ['Something went wrong. Please try again later.']),
	/** §9.9: recorded (bunq/postman#16), without its "not". */
	noNotes: () => badRequest('The provided object does note support notes.'),
	/** §5: an error per unknown field. */
	superfluous: (names: string[]) =>
		new Refusal(
			400,
			names.map((name) => `Superfluous field "${name}".`),
		),
	/** §2.5. */
	wrongType: (name: string, expected: string) =>
		badRequest(`Invalid type for field "${name}" (expected ${expected}).`),
	/** That the text names the parameter is inferred. */
	missing: (name: string) => badRequest(`Missing required parameter "${name}".`),
};

/** §5: `{"Error":[{"error_description","error_description_translated"}]}`. */
export const errorBody = (refusal: Refusal) => ({
	Error: refusal.texts.map((text) => ({
		error_description: text,
		error_description_translated: text,
		...refusal.more,
	})),
});
