import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WORDS, inventedWords, say } from '../http/words';

/** The texts of the simulated bank: bunq's own, or invented until somebody records bunq's. */

/** It only falls: whoever finds bunq's own words lowers it. */
const INVENTED = 32;

test('no more words are invented than before', () => {
	expect(inventedWords()).toHaveLength(INVENTED);
});

test.each(Object.entries(WORDS))('%s names its source, or none', (_, words) => {
	expect('source' in words ? words.source : 'a/b, c').toMatch(/^[\w-]+\/[\w-]+(#\d+|, \S+)/);
});

test('fills in every value, and no other', () => {
	for (const [name, { text }] of Object.entries(WORDS)) {
		const values = Object.fromEntries([...text.matchAll(/\{(\w+)\}/g)].map(([, key]) => [key, 7]));
		expect(say(name as keyof typeof WORDS, values)).not.toMatch(/[{}]|undefined/);
	}
});

/** Those without values that no code contains by chance. */
const SENTENCES = Object.values(WORDS)
	.map(({ text }) => text)
	.filter((text) => /^[A-Z].* .*\.$/.test(text) && !text.includes('{'));

test('the bank refuses in no other words', () => {
	const root = join(__dirname, '..');
	const files = ['auth', 'bank', 'http', 'resources'].flatMap((folder) =>
		readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
	);
	// A text in the place of one of `words.ts`, or one of bunq's own sentences outside it.
	const own = (code: string) =>
		/\bnew Refusal\([^)]*\[\s*['"`]/.test(code) || SENTENCES.some((text) => code.includes(text));
	const elsewhere = files.filter(
		(file) => file !== 'http/words.ts' && own(readFileSync(join(root, file), 'utf8')),
	);
	expect({ 'put the text into words.ts': elsewhere }).toEqual({ 'put the text into words.ts': [] });
});
