import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { BunqError, type FailureKind } from './api/errors';

type ErrorOptions = NonNullable<ConstructorParameters<typeof NodeApiError>[2]>;
type Cause = NonNullable<ErrorOptions['failure']>['cause'];

/** n8n's words for why, which newer versions use to decide when to try again. */
const CAUSES: Partial<Record<FailureKind, Cause>> = {
	credential: 'credential-invalid',
	limit: 'rate-limited',
	unreachable: 'temporarily-unavailable',
};

interface Telling {
	itemIndex?: number;
	/** Said after the description. */
	more?: string;
	/** An AI agent is told the message alone: it must not miss that a payment is maybe done, or what works instead. */
	messageTellsAll?: boolean;
}

/**
 * Any error as the one that n8n shows: bunq's words as the message, what they mean as the description, and for newer
 * versions of n8n why.
 */
export const nodeErrorOf = (
	node: INode,
	error: unknown,
	{ itemIndex, more, messageTellsAll }: Telling = {},
): NodeApiError | NodeOperationError => {
	if (!(error instanceof BunqError))
		return new NodeOperationError(node, error as Error, { itemIndex });
	const { httpCode, kind } = error;
	const description = [error.description, more].filter(Boolean).join(' ');
	const message = messageTellsAll
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
