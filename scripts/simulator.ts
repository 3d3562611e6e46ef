import { parseArgs } from 'node:util';
import { type Simulator, startSimulator, type World } from '../test/simulator/index';
import { APP_PATH } from '../test/simulator/app';
import { hostsOf } from '../test/simulator/http/hosts';

/** `npm run simulator`: a simulated bank, and what a client in any language needs. docs/simulator.md has examples. */
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

/** The addresses, and how a client that knows only bunq's hosts gets here. */
const addresses = ({ url, tlsPort, caFile }: Simulator) => `
plain HTTP     ${url}/v1  (production)
               ${url.replace('127.0.0.1', 'sandbox.localhost')}/v1  (sandbox; or the header X-Simulator-Environment: sandbox)
TLS            127.0.0.1:${tlsPort}, for the hosts below
CA             ${caFile}
control        ${url}/_simulator/…
bunq app       ${url}${APP_PATH}  (a page for a person, with buttons)

A Node process whose calls for bunq come here:
  BUNQ_SIMULATOR_TLS_PORT=${tlsPort} BUNQ_SIMULATOR_CA_FILE=${caFile} \\
    NODE_OPTIONS="--require ${require.resolve('../test/simulator/http/redirect.cjs')}" n8n
curl, Python and other languages: docs/simulator.md.`;

/** What a client needs of one environment. */
const describe = ({ environment, person, apiKey, oauth, accounts }: World) => `
${environment}: ${person.displayName}, user ${person.id}, ${accounts.length} accounts
  hosts          ${hostsOf(environment).join(' ')}
  API key        ${apiKey}
  access token   ${oauth.accessToken}  (user ${oauth.userApiKeyId})
  client id      ${oauth.clientId}
  client secret  ${oauth.clientSecret}
  redirect URL   ${oauth.redirectUris.join(' ')}`;

/** The variables of a shell that the examples in docs/simulator.md use. */
const variables = ({ url, tlsPort, caFile }: Simulator, { apiKey, oauth }: World) => `
For the examples in docs/simulator.md:
export BUNQ_URL=${url} BUNQ_TLS_PORT=${tlsPort} BUNQ_CA=${caFile}
export BUNQ_KEY=${apiKey} BUNQ_TOKEN=${oauth.accessToken}
export BUNQ_CLIENT_ID=${oauth.clientId} BUNQ_CLIENT_SECRET=${oauth.clientSecret} BUNQ_REDIRECT_URL=${oauth.redirectUris[0]}`;

/** Says which port is taken, and what to do; any other error is not expected here. */
const explain = (error: NodeJS.ErrnoException & { port?: number }): never => {
	if (error.code !== 'EADDRINUSE') throw error;
	console.error(
		`Port ${error.port} is taken. Stop the program that uses it, or choose another port: ${USAGE}`,
	);
	process.exit(1);
};

const main = async () => {
	const simulator = await startSimulator(readOptions()).catch(explain);
	const production = await simulator.control.world('production');
	console.log('A simulated bunq on this machine. Ctrl+C stops it.');
	console.log(addresses(simulator));
	console.log(describe(production));
	console.log(describe(await simulator.control.world('sandbox')));
	console.log(variables(simulator, production));
	const stop = () => void simulator.stop().then(() => process.exit(0));
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
};

void main();
