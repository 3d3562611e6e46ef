/** Items in messages: counted from 1, at most five by name. */

const MAX_NAMED = 5;

const SUFFIXES = ['th', 'st', 'nd', 'rd'];

/** An item by its index: 0 → `1st`. */
export const ordinal = (item: number) => {
	const count = item + 1;
	const isTeen = Math.floor(count / 10) % 10 === 1;
	return `${count}${(!isTeen && SUFFIXES[count % 10]) || 'th'}`;
};

/** The first five, and how many more: `a, b and 3 more`. */
export const listFirst = (texts: string[], separator = ', ') => {
	const named = texts.slice(0, MAX_NAMED);
	if (texts.length > MAX_NAMED) named.push(`${texts.length - MAX_NAMED} more`);
	const last = named.pop();
	return named.length > 0 ? `${named.join(separator)} and ${last}` : String(last);
};

/** Items by their indexes: `the 1st item`, `the 1st, 2nd and 4th items`. */
export const describeItems = (items: number[]) =>
	`the ${listFirst(items.map(ordinal))} item${items.length > 1 ? 's' : ''}`;
