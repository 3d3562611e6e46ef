import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { BunqError, type FailureKind } from './api/errors';

type ErrorOptions = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>;
type Cause = NonNullable<ErrorOptions['failure']>['cause'];

/** n8n's words for why, which newer versions use to decide when to try again. */
const CAUSES: Partial<Record<FailureKind, Cause>> = {
	authentication: 'credential-invalid',
	rateLimited: 'rate-limited',
	unavailable: 'temporarily-unavailable',
};

interface ErrorContext {
	itemIndex?: number;
	/** Said after the description. */
	addendum?: string;
	/** An AI agent is told the message alone: it must not miss that a payment is maybe done, or what works instead. */
	isMessageComplete?: boolean;
}

/**
 * Any error as the one that n8n shows: bunq's words as the message, what they mean as the description, and for newer
 * versions of n8n why.
 */
export const toNodeError = (
	node: INode,
	error: unknown,
	{ itemIndex, addendum, isMessageComplete }: ErrorContext = {},
): NodeApiError | NodeOperationError => {
	if (!(error instanceof BunqError))
		return new NodeOperationError(node, error as Error, { itemIndex });
	const { httpCode, kind } = error;
	const description = [error.description, addendum].filter(Boolean).join(' ');
	const message = isMessageComplete
		? [error.message.replace(/\.$/, ''), description].filter(Boolean).join('. ')
		: error.message;
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
