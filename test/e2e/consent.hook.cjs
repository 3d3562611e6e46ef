/**
 * An external hook of n8n (EXTERNAL_HOOK_FILES) for the demo: a person's own browser would open the real bunq.com, so
 * Connect leads to the simulator's consent page by its address on this machine.
 */
const SIMULATOR = {
	'oauth.bunq.com': '127.0.0.1',
	// Browsers resolve every name below localhost to this machine; the simulator reads the environment from it.
	'oauth.sandbox.bunq.com': 'sandbox.localhost',
};

const authenticate = async (options) => {
	const host = SIMULATOR[new URL(options.authorizationUri).hostname];
	if (host) options.authorizationUri = `http://${host}:${process.env.BUNQ_SIMULATOR_PORT}/auth`;
};

module.exports = { oauth2: { authenticate: [authenticate] } };
