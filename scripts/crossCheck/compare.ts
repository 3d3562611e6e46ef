import type { Report, Seen } from './run';

const outcome = ({ status, notSent, failed }: Seen) => {
	if (notSent) return `not sent (${notSent})`;
	return failed ? `no answer (${failed})` : `status ${status}`;
};
const told = (words: string[] | undefined) =>
	words ? words.map((text) => `"${text}"`).join(' ') : 'nothing';
const isEmpty = (kinds: string[]) => kinds.every((kind) => kind === 'null' || kind === 'nothing');

/** Differences of the shapes; where one side is empty it may only be the data. */
const shapes = (one: Seen, other: Seen, [here, there]: string[]) => {
	const lines: string[] = [];
	const a = one.shape ?? {};
	const b = other.shape ?? {};
	for (const path of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
		// A list or object without content has other paths below it on the other side.
		const empty = (shape: typeof a) =>
			Object.entries(shape).some(
				([key, kinds]) => isEmpty(kinds) && path !== key && path.startsWith(key),
			);
		if (!a[path] || !b[path]) {
			if (!empty(a) && !empty(b)) lines.push(`${path} only in ${a[path] ? here : there}`);
		} else if (!isEmpty(a[path]) && !isEmpty(b[path]) && `${a[path]}` !== `${b[path]}`) {
			lines.push(
				`${path} is ${a[path].join(' or ')} in ${here}, ${b[path].join(' or ')} in ${there}`,
			);
		}
	}
	return lines;
};

/** How two reports differ, in plain words: a line for each difference, under the name of its exchange. */
export const compare = (
	one: Report,
	other: Report,
	[here, there] = [one.host, other.host],
): string[] => {
	const names = [...new Set([...Object.keys(one.exchanges), ...Object.keys(other.exchanges)])];
	return names.flatMap((name) => {
		const [a, b] = [one.exchanges[name], other.exchanges[name]];
		if (!a || !b) return [`${name}: only in ${a ? here : there}`];
		const lines: string[] = [];
		const differ = (what: string, left: string, right: string) => {
			if (left !== right) lines.push(`${what}${left} in ${here}, ${right} in ${there}`);
		};
		differ('', outcome(a), outcome(b));
		differ('says ', told(a.words), told(b.words));
		// A refusal and a result have no shape in common.
		if (a.status === b.status) {
			differ('content type ', a.contentType ?? 'none', b.contentType ?? 'none');
			differ('headers ', (a.headers ?? []).join(', '), (b.headers ?? []).join(', '));
			differ('signature ', a.signature ?? 'none', b.signature ?? 'none');
			if (a.order && b.order) differ('', a.order, b.order);
			lines.push(...shapes(a, b, [here, there]));
		}
		return lines.map((line) => `${name}: ${line}`);
	});
};
