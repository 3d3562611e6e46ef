import { randomUUID } from 'node:crypto';

/**
 * A merchant reference of our own for an order that the user gives none. Where bunq shows it, it tells this order from
 * every other, also from one of another process or of the app. Whether bunq does is not known (docs/bunq-api.md 9.3).
 */
export const newOwnReference = () => `n8n-${randomUUID().replaceAll('-', '').slice(0, 16)}`;

/** Whether a reference is one of our own, complete: bunq may shorten a text. */
export const isOwnReference = (reference: unknown) =>
	typeof reference === 'string' && /^n8n-[0-9a-f]{16}$/.test(reference);
