import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { BunqError, type FailureKind } from './api/errors';
import { redact } from './api/redact';
import { maySayMissingRight } from './api/replies';
import { KEY_MAY_HAVE_RIGHT } from './api/replyErrors';

type ErrorOptions = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>;
type Cause = NonNullable<ErrorOptions['failure']>['cause'];

/** n8n's names for the cause, by which newer versions decide when to retry. */
const CAUSES: Partial<Record<FailureKind, Cause>> = {
	authentication: 'credential-invalid',
	rateLimited: 'rate-limited',
	unavailable: 'temporarily-unavailable',
};

const REFERENCE = "bunq's reference: ";
const REQUEST = 'Request: ';

interface ErrorContext {
	itemIndex?: number;
	/** Follows the description. */
	addendum?: string;
	/** Adds the description to the message, which is all that an AI agent gets: an unknown outcome must not be missing. */
	isMessageComplete?: boolean;
}

/**
 * An error with what an OAuth app may do instead, where bunq may have refused the right; any other error as it is.
 * @param authentication the node's parameter
 */
export const withAlternative = (
	error: unknown,
	oauthAlternative: string | undefined,
	authentication: unknown,
) => {
	const mayLackRight =
		error instanceof BunqError && error.kind === 'rejected' && maySayMissingRight(error);
	if (!mayLackRight || !oauthAlternative || authentication === 'apiKey') return error;
	// That nothing was done comes first.
	const meaning = error.description.replace(KEY_MAY_HAVE_RIGHT, '').trim();
	return error.withDescription([meaning, oauthAlternative].filter(Boolean).join(' '));
};

/**
 * Converts any error to the one that n8n shows: bunq's reason is the message, its meaning and the next step are the
 * description; bunq's reference and a request of unknown outcome are under n8n's error details. Newer versions of n8n also get the cause.
 */
export const toNodeError = (
	node: INode,
	error: unknown,
	{ itemIndex, addendum, isMessageComplete }: ErrorContext = {},
): NodeApiError | NodeOperationError => {
	const { message: given, description: meaning } = error as Error & { description?: string };
	const reason = redact(given);
	const description = redact([meaning, addendum].filter(Boolean).join(' '));
	const message = isMessageComplete
		? [reason.replace(/\.$/, ''), description].filter(Boolean).join('. ')
		: reason;
	if (!(error instanceof BunqError))
		// n8n stores an error of its own or of Node's as the cause, with all that its message quotes.
		return new NodeOperationError(node, reason === given ? (error as Error) : reason, {
			itemIndex,
			...(description && { message, description }),
		});
	const { httpCode, kind, reference, unknownWrite } = error;
	const shown = new NodeApiError(
		node,
		{ message },
		{
			message,
			description,
			httpCode,
			itemIndex,
			...(CAUSES[kind] && { failure: { cause: CAUSES[kind] } }),
		},
	);
	if (reference) shown.messages.push(`${REFERENCE}${redact(reference)}.`);
	if (unknownWrite)
		shown.messages.push(`${REQUEST}${unknownWrite.method} ${redact(unknownWrite.path)}.`);
	return shown;
};

/** What an item says of its error, where n8n shows no details: the description, and bunq's reference. */
export const describeError = ({ description, messages }: NodeApiError | NodeOperationError) =>
	[description, ...messages.filter((text) => text.startsWith(REFERENCE))].filter(Boolean).join(' ');
