/** bunq's JSON (§5): escapes slashes and non-ASCII characters, as PHP does. */
export const bunqJson = (value: unknown): string =>
	JSON.stringify(value)
		.replaceAll('/', '\\/')
		.replace(
			/[\u0080-\uffff]/g,
			(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
		);
