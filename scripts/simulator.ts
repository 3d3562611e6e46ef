import { parseArgs } from 'node:util';
import { startSimulator, type World } from '../test/simulator/index';

/** `npm run simulator -- --port 8080 --tls-port 8443`: starts a simulated bank. */
const USAGE = 'npm run simulator -- [--port <plain HTTP>] [--tls-port <TLS>]';

const readOptions = () => {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			'tls-port': { type: 'string' },
			help: { type: 'boolean' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		process.exit(0);
	}
	return { port: Number(values.port ?? 0), tlsPort: Number(values['tls-port'] ?? 0) };
};

const describe = ({ environment, person, apiKey, oauth, accounts }: World) => `
${environment}: ${person.displayName}, ${accounts.length} accounts
  API key        ${apiKey}
  access token   ${oauth.accessToken}
  client id      ${oauth.clientId}
  client secret  ${oauth.clientSecret}
  redirect URL   ${oauth.redirectUris.join(' ')}`;

const main = async () => {
	const simulator = await startSimulator(readOptions());
	console.log(`A bunq that lives on this machine. Ctrl+C stops it.

plain HTTP     ${simulator.url}/v1/…  (header X-Simulator-Environment: sandbox for the sandbox)
control        ${simulator.url}/_simulator/…
TLS            127.0.0.1:${simulator.tlsPort}
CA             ${simulator.caFile}

To send a Node process's calls for bunq here:
  BUNQ_SIMULATOR_TLS_PORT=${simulator.tlsPort} BUNQ_SIMULATOR_CA_FILE=${simulator.caFile} \\
    NODE_OPTIONS="--require ${require.resolve('../test/simulator/http/redirect.cjs')}" n8n`);
	for (const environment of ['production', 'sandbox'] as const) {
		console.log(describe(await simulator.control.world(environment)));
	}
	const stop = () => void simulator.stop().then(() => process.exit(0));
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
};

void main();
