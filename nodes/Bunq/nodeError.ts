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

/**
 * Any error as the one that n8n shows: bunq's words as the message, what they mean as the description, and for newer
 * versions of n8n why. `more` is said after the description.
 */
export const nodeErrorOf = (
	node: INode,
	error: unknown,
	{ itemIndex, more }: { itemIndex?: number; more?: string } = {},
): NodeApiError | NodeOperationError => {
	if (!(error instanceof BunqError))
		return new NodeOperationError(node, error as Error, { itemIndex });
	const { message, description, httpCode, kind } = error;
	return new NodeApiError(
		node,
		{ message },
		{
			message,
			description: [description, more].filter(Boolean).join(' '),
			httpCode,
			itemIndex,
			...(CAUSES[kind] && { failure: { cause: CAUSES[kind] } }),
		},
	);
};
