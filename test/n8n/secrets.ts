import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A secret, by what it is: a failing test must not print it. */
export interface Secret {
	what: string;
	value: string;
}

/** What a private key looks like in clear, whatever the key. */
const PRIVATE_KEY: Secret = { what: 'a private key', value: 'PRIVATE KEY-----' };

/** Everything that n8n has written: its database with the journal, its logs, its settings, binary data. */
const written = (userFolder: string) =>
	readdirSync(userFolder, { recursive: true, encoding: 'utf8' })
		// What n8n brings along: the package as it was installed, and the pages of its editor.
		.filter((name) => !name.startsWith(join('.n8n', 'nodes')) && !name.startsWith('.cache'))
		.map((name) => join(userFolder, name))
		.filter((file) => statSync(file).isFile());

/** As it is, as base64 (a Basic header), and as JSON or a URL would write it. */
const spellings = (value: string) => {
	// Of three bytes each, so that what stands before the secret does not change how it is spelled.
	const inBase64 = [0, 1, 2].map((skip) =>
		Buffer.from(value.slice(skip, skip + 3 * Math.floor((value.length - skip) / 3))).toString(
			'base64',
		),
	);
	return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...inBase64];
};

const holds = (bytes: Buffer, { value }: Secret) =>
	spellings(value).some((spelling) => bytes.includes(spelling));

/** Where a secret stands in clear, as "what: where". `said`: texts that a person or a log has seen. */
export function findSecrets(secrets: Secret[], userFolder: string, said: string[] = []): string[] {
	const places = [
		...written(userFolder).map((file) => ({ where: file, bytes: readFileSync(file) })),
		...said.map((text, index) => ({ where: `message ${index}`, bytes: Buffer.from(text) })),
	];
	return places.flatMap(({ where, bytes }) =>
		[...secrets, PRIVATE_KEY]
			.filter((secret) => holds(bytes, secret))
			.map(({ what }) => `${what}: ${where}`),
	);
}
