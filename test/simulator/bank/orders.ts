/** A fault that a test ordered. */
interface Order {
	/** How many matching ones pass before it. */
	skip: number;
	/** How often it still happens. */
	times: number;
}

/** Takes the first due one of those that match, and counts; removes those that are used up. */
export const takeDue = <T extends Order>(
	orders: T[],
	matches: (order: T) => boolean,
): T | undefined => {
	const matching = orders.filter(matches);
	const due = matching.find(({ skip }) => skip === 0);
	for (const order of matching) if (order.skip > 0) order.skip -= 1;
	if (!due) return undefined;
	due.times -= 1;
	if (due.times <= 0) orders.splice(orders.indexOf(due), 1);
	return due;
};
