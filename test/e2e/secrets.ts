import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A secret, by what it is: a failing test must not print it. */
export interface Secret {
	what: string;
	value: string;
}

/** Signs of any private RSA key in clear: its first line, and how its body begins (PKCS#8, PKCS#1). */
const PRIVATE_KEYS: Secret[] = [
	{ what: 'a private key', value: 'PRIVATE KEY-----' },
	{ what: 'the body of a private key', value: 'IBADANBgkqhkiG9w0BAQEFAASC' },
	{ what: 'the body of a private key', value: 'IBAAKCAQEA' },
];

/** Text or bytes, and where it is. */
interface Place {
	where: string;
	bytes: Buffer;
}

/** Everything that n8n has written: its database with the journal, its logs, its settings, binary data. */
const files = (userFolder: string): Place[] =>
	readdirSync(userFolder, { recursive: true, encoding: 'utf8' })
		// What n8n brings along: the package as it was installed, and the pages of its editor.
		.filter((name) => !name.startsWith(join('.n8n', 'nodes')) && !name.startsWith('.cache'))
		.map((name) => join(userFolder, name))
		.filter((file) => statSync(file).isFile())
		.map((where) => ({ where, bytes: readFileSync(where) }));

/** Every column of every table: in the file a long value is cut into pages, and what lies on a cut is found in no piece. */
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

/** As it is, as base64 (a Basic header), and as JSON or a URL would write it. */
const spellings = (value: string) => {
	// Of three bytes each, so that the text before the secret does not change its spelling.
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
