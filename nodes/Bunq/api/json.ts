/** The value of a JSON text, or the reason why the text has none. */
export type ParsedJson =
	| { value: unknown; error?: undefined }
	| { value?: undefined; error: Error };

/**
 * Parses JSON without throwing. Anything but a text is serialized first, so that the value holds only what JSON can.
 * @param reviver as for `JSON.parse`
 */
export const parseJson = (
	raw: unknown,
	reviver?: (key: string, value: unknown) => unknown,
): ParsedJson => {
	try {
		return { value: JSON.parse(typeof raw === 'string' ? raw : JSON.stringify(raw), reviver) };
	} catch (error) {
		return { error: error as Error };
	}
};

/** Whether a value is an object with keys: neither null nor an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object inside bunq's wrapper: `{ Payment: {…} }` → `{…}`. Undefined where there is none. */
export const innerOf = (wrapper: unknown) => {
	const [inner] = isRecord(wrapper) ? Object.values(wrapper) : [];
	return isRecord(inner) ? inner : undefined;
};
