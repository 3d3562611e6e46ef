import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { BunqError, type FailureKind } from './api/errors';
import { redact } from './api/redact';

type ErrorOptions = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>;
type Cause = NonNullable<ErrorOptions['failure']>['cause'];

/** n8n's names for the cause, by which newer versions decide when to retry. */
const CAUSES: Partial<Record<FailureKind, Cause>> = {
	authentication: 'credential-invalid',
	rateLimited: 'rate-limited',
	unavailable: 'temporarily-unavailable',
};

interface ErrorContext {
	itemIndex?: number;
	/** Follows the description. */
	addendum?: string;
	/** Adds the description to the message, which is all that an AI agent gets: an unknown outcome must not be missing. */
	isMessageComplete?: boolean;
}

/**
 * Converts any error to the one that n8n shows: bunq's reason is the message, its meaning and the next step are the
 * description. Newer versions of n8n also get the cause.
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
	const { httpCode, kind } = error;
	return new NodeApiError(
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
};
