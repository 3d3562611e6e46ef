import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A secret with its kind, which a failing test prints instead. */
export interface Secret {
	what: string;
	value: string;
}

/** Signs of a private RSA key in clear text: its first line, and the beginning of its body (PKCS#8, PKCS#1). */
const PRIVATE_KEYS: Secret[] = [
	{ what: 'a private key', value: 'PRIVATE KEY-----' },
	{ what: 'the body of a private key', value: 'IBADANBgkqhkiG9w0BAQEFAASC' },
	{ what: 'the body of a private key', value: 'IBAAKCAQEA' },
];

/** Text or bytes, and their place. */
interface Place {
	where: string;
	bytes: Buffer;
}

/** All data that n8n has written: database with journal, logs, settings, binary data. */
const files = (userFolder: string): Place[] =>
	readdirSync(userFolder, { recursive: true, encoding: 'utf8' })
		// Files that n8n does not write: the installed package and the pages of its editor.
		.filter((name) => !name.startsWith(join('.n8n', 'nodes')) && !name.startsWith('.cache'))
		.map((name) => join(userFolder, name))
		.filter((file) => statSync(file).isFile())
		.map((where) => ({ where, bytes: readFileSync(where) }));

/** Every column of every table, as the file splits long values into pages. */
const columns = (userFolder: string): Place[] => {
	const database = new DatabaseSync(join(userFolder, '.n8n/database.sqlite'), { readOnly: true });
	const texts = new Map<string, string[]>();
	try {
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
		for (const { name } of tables)
			for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).iterate())
				for (const [column, value] of Object.entries(row)) {
					const where = `${String(name)}.${column}`;
					const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
					const known = texts.get(where);
					if (known) known.push(String(text));
					else texts.set(where, [String(text)]);
				}
	} finally {
		database.close();
	}
	return [...texts].map(([where, all]) => ({ where, bytes: Buffer.from(all.join('\n')) }));
};

/** Plain, in base64 (a Basic header), in JSON and in a URL. */
const spellings = (value: string) => {
	// For each offset of three bytes, as the text before the secret changes its encoding.
	const inBase64 = [0, 1, 2].map((skip) =>
		Buffer.from(value.slice(skip, skip + 3 * Math.floor((value.length - skip) / 3))).toString(
			'base64',
		),
	);
	const asText = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
	return [...new Set([...asText, ...inBase64])];
};

/** Where a secret is in clear, as "what: where". `said`: texts that a person has seen. */
export const findSecrets = (
	secrets: Secret[],
	userFolder: string,
	said: string[] = [],
): string[] => {
	const messages = said.map((text, index) => ({
		where: `message ${index}`,
		bytes: Buffer.from(text),
	}));
	const places = [...files(userFolder), ...columns(userFolder), ...messages];
	const wanted = [...secrets, ...PRIVATE_KEYS].map(({ what, value }) => ({
		what,
		ways: spellings(value),
	}));
	return places.flatMap(({ where, bytes }) =>
		wanted
			.filter(({ ways }) => ways.some((way) => bytes.includes(way)))
			.map(({ what }) => `${what}: ${where}`),
	);
};
