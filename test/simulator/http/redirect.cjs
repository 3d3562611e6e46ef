/**
 * Redirects TLS connections for bunq's hosts to the simulator, without any code in the package.
 *
 * As a preload: `node --require test/simulator/http/redirect.cjs`, with BUNQ_SIMULATOR_TLS_PORT (a port,
 * or `refuse`, or `nxdomain`) and BUNQ_SIMULATOR_CA_FILE, both read at each connection. BUNQ_SIMULATOR_PUBLIC_HOST is one more
 * host: that of the process itself, whose calls to its public address the simulator passes on.
 * In process: `redirectTo({ tlsPort, ca })`, `redirectTo('refuse')`, `redirectTo('nxdomain')`; `redirectTo({ httpPort })` does
 * without TLS, which is the business of n8n and takes a quarter of the time of a test;
 * `redirectTo(undefined)` goes back to the environment's variables.
 *
 * Without any of these a connection to bunq fails: no test ever reaches the real bank.
 */
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const tls = require('node:tls');

// Jest loads this file again for each test file, but `tls` and so this state exist once per process.
const STATE = Symbol.for('bunq simulator redirect');
const IS_BUNQ = /(^|\.)bunq\.com$/i;
const CLOSED_PORT = 1;

const targetOfEnvironment = () => {
	const { BUNQ_SIMULATOR_TLS_PORT: port, BUNQ_SIMULATOR_CA_FILE: caFile } = process.env;
	if (!port) return undefined;
	if (port === 'refuse' || port === 'nxdomain') return port;
	return { tlsPort: Number(port), ca: caFile ? fs.readFileSync(caFile, 'utf8') : undefined };
};

/** `tls.connect` takes (options), (port, options), (port, host, options) and a listener at the end. */
const readArguments = (args) => {
	const listener = typeof args.at(-1) === 'function' ? args.at(-1) : undefined;
	const options = {};
	for (const [index, value] of args.entries()) {
		if (typeof value === 'object' && value !== null) Object.assign(options, value);
		else if (index === 0 && value !== listener) options.port = value;
		else if (index === 1 && typeof value === 'string') options.host = value;
	}
	return { options, listener };
};

/** Fails as a DNS lookup does: with an `error` event on the socket. */
const failingLookup = (error) => (_host, _options, callback) => callback(error);

/** The bank's certificate authority, read once instead of for each connection. */
let trusted = {};

/** TLS settings that cannot be given beside a context. */
const OF_CONTEXTS = 'cert ciphers ecdhCurve key maxVersion minVersion pfx secureProtocol'.split(
	' ',
);

/**
 * Node's first choice is a post-quantum key exchange, which takes as long as the rest of the handshake, and TLS 1.3 exchanges
 * keys anew in each connection, also in one that resumes another.
 */
const CHEAP = { maxVersion: 'TLSv1.2', ecdhCurve: 'X25519:P-256' };

/** The simulator's CA, for a connection without TLS settings that belong to such a context. */
const trust = (ca, { secureOptions, ...options }) => {
	if (!ca || OF_CONTEXTS.some((name) => options[name] !== undefined)) return { ca };
	if (trusted.ca !== ca || trusted.secureOptions !== secureOptions) {
		const context = tls.createSecureContext({ ca, secureOptions, ...CHEAP });
		trusted = { ca, secureOptions, context, sessions: new Map() };
	}
	return { ca, secureContext: trusted.context };
};

/** Connects as a client that was connected to the host before: to check the certificate again costs most of a request. */
const resume = (connect, options) => {
	const { sessions } = trusted;
	const { servername, secureContext } = options;
	if (!secureContext || secureContext !== trusted.context) return connect(options);
	const socket = connect({ ...options, session: options.session ?? sessions.get(servername) });
	socket.once('session', (session) => sessions.set(servername, session));
	return socket;
};

const isDefaultPort = ({ port }) => Number(port ?? 443) === 443;

/** An open connection instead of an encrypted one. */
const connectPlainly = ({ socket }, { httpPort }, listener) => {
	socket?.destroy();
	return net.connect({ port: httpPort, host: '127.0.0.1' }, listener);
};

const divert = (options, host, target) => {
	const servername = options.servername || host;
	// A connection through a proxy brings its own socket, which leads to the real bank.
	options.socket?.destroy();
	const rest = { ...options };
	for (const name of ['socket', 'path', 'secureContext']) delete rest[name];
	if (target === 'nxdomain') {
		const error = new Error(`getaddrinfo ENOTFOUND ${host}`);
		const details = { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host };
		return { ...rest, servername, host, lookup: failingLookup(Object.assign(error, details)) };
	}
	const here = { ...rest, servername, host: '127.0.0.1' };
	if (target === 'refuse') return { ...here, port: CLOSED_PORT };
	if (target && isDefaultPort(options)) {
		return { ...here, port: target.tlsPort, ...trust(target.ca, options) };
	}
	const error = new Error(
		`No simulator is set for ${host}:${options.port ?? 443}, and tests never reach the real bunq`,
	);
	return {
		...rest,
		servername,
		host,
		lookup: failingLookup(Object.assign(error, { code: 'EBUNQ' })),
	};
};

if (!tls[STATE]) {
	const connect = tls.connect;
	tls[STATE] = { target: undefined };
	tls.connect = function connectToSimulator(...args) {
		const { options, listener } = readArguments(args);
		const host = options.host ?? options.servername ?? '';
		const isTheirs = (name) =>
			IS_BUNQ.test(name) || (name !== '' && name === process.env.BUNQ_SIMULATOR_PUBLIC_HOST);
		if (![host, options.servername ?? ''].some(isTheirs)) return connect.apply(this, args);
		const target = tls[STATE].target ?? targetOfEnvironment();
		if (target?.httpPort && isDefaultPort(options))
			return connectPlainly(options, target, listener);
		return resume(
			(diverted) => connect.call(this, diverted, listener),
			divert(options, host, target),
		);
	};
	syncBuiltinESMExports();
}

module.exports = {
	redirectTo(target) {
		tls[STATE].target = target;
	},
};
