/** Keys of bunq's objects that give access to money or to an account (bunq's OpenAPI file). */
const SECRET_KEYS = new Set(
	(
		'card_generated_cvc2 cvc cvc2 cvv cvv2 pin pin_code activation_code secret client_secret token session_token ' +
		'access_token refresh_token token_value api_key private_key password oauth_code'
	).split(' '),
);

/**
 * Removes secrets from an answer, at any depth and in place, so that none comes into execution data: codes of cards, PINs,
 * client secrets, tokens, keys.
 */
export const removeSecrets = (answer: object) => {
	const pending: object[] = [answer];
	// A stack instead of recursion: bunq's answer may be nested to any depth.
	while (pending.length > 0) {
		const part = pending.pop() as Record<string, unknown>;
		for (const key of Object.keys(part)) {
			const value = part[key];
			if (SECRET_KEYS.has(key)) delete part[key];
			else if (typeof value === 'object' && value !== null) pending.push(value);
		}
	}
};
