/**
 * A client of bunq's API that others wrote, in a process of its own: its RSA takes seconds per signature inside Jest. Takes
 * `[name, ...arguments]` from its parent, such as `['api.payment.get', 1, 2, 3]`, and sends `{ result }` or `{ refusal }`.
 */
const { generateKeyPairSync } = require('node:crypto');
const { default: BunqJSClient } = require('@bunq-community/bunq-js-client');

const stored = new Map();
const store = {
	get: (name) => stored.get(name),
	set: (name, value) => void stored.set(name, value),
	remove: (name) => void stored.delete(name),
};
const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const client = new BunqJSClient(store, logger);
client.setKeepAlive(false);

/** It takes a key pair from here if `ENV_CI` is set; to find primes of its own takes it up to a minute. */
const runWithKeys = async (secret) => {
	const { publicKey, privateKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
	});
	const given = { ENV_CI: 'true', CI_PUBLIC_KEY_PEM: publicKey, CI_PRIVATE_KEY_PEM: privateKey };
	Object.assign(process.env, given);
	await client.run(secret, [], 'PRODUCTION', '3c7a4d431a846ed33a3bb1b1fa9b5c26');
	// With ENV_CI it would also accept answers that are not signed.
	for (const name of Object.keys(given)) delete process.env[name];
};

const call = async (name, values) => {
	if (name === 'run') return await runWithKeys(...values);
	const path = name.split('.');
	const method = path.pop();
	const owner = path.reduce((value, key) => value[key], client);
	return await owner[method](...values);
};

process.on('message', ([name, ...values]) => {
	call(name, values).then(
		(result) => process.send({ result }),
		({ message, response }) =>
			process.send({ refusal: `${message} ${response ? JSON.stringify(response.data) : ''}` }),
	);
});
