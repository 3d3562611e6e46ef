import type { CallbackEntry } from '../../nodes/Bunq/api/callbackEntries';
import {
	planUrls,
	type LiveTrigger,
	type Situation,
} from '../../nodes/Bunq/trigger/registrationPlan';

/** What a list of callbacks is changed to: trigger/registrationPlan.ts. Here an entry is `category url`. */

const urlOf = (number: number) =>
	`https://n8n.example.com/webhook/${number}1111111-2222-4333-8444-555555555555/bunq`;
const [A, B, C] = [urlOf(1), urlOf(2), urlOf(3)];
const FOREIGN = 'https://other.example.com/hook';

const entry = (text: string): CallbackEntry => {
	const [category, url] = text.split(' ');
	return { category, url, users: [], accounts: [], verifications: [], unknownFields: [] };
};
const trigger = (url: string, ...categories: string[]): LiveTrigger => ({
	key: url,
	url,
	categories,
	user: 'anna',
	list: 'anna',
});
const textOf = ({ category, url }: { category: string; url: string }) => `${category} ${url}`;

const plan = (triggers: LiveTrigger[], texts: string[], more: Partial<Situation> = {}) => {
	const situation = {
		triggers,
		list: 'anna',
		isGivenUp: () => false,
		isStarting: false,
		...more,
	};
	const { change, full } = planUrls(situation, texts.map(entry));
	return {
		remove: change.remove.map(textOf),
		add: change.add.map(textOf),
		full: Object.fromEntries(full),
	};
};
const NOTHING = { remove: [], add: [], full: {} };

test('of several triggers, the first one that wants a category gets its URL there', () => {
	const triggers = [trigger(B, 'REQUEST'), trigger(A, 'REQUEST', 'OAUTH')];
	expect(plan(triggers, [])).toEqual({ ...NOTHING, add: [`REQUEST ${B}`, `OAUTH ${A}`] });
});

describe('own URLs that are not needed', () => {
	const triggers = [trigger(C, 'REQUEST'), trigger(A, 'REQUEST'), trigger(B, 'REQUEST')];

	test('of one category go, but for the first in the alphabet', () => {
		const there = [`REQUEST ${C}`, `REQUEST ${A}`, `REQUEST ${B}`, `REQUEST ${FOREIGN}`];
		expect(plan(triggers, there)).toEqual({
			...NOTHING,
			remove: [`REQUEST ${C}`, `REQUEST ${B}`],
		});
	});

	test('of a category that no trigger wants go', () => {
		const there = [`REQUEST ${A}`, `OAUTH ${A}`, `OAUTH ${FOREIGN}`];
		expect(plan(triggers, there)).toEqual({ ...NOTHING, remove: [`OAUTH ${A}`] });
	});

	test('stay while triggers may be about to start', () => {
		const there = [`REQUEST ${B}`, `REQUEST ${A}`, `OAUTH ${A}`];
		expect(plan(triggers, there, { isStarting: true })).toEqual(NOTHING);
	});

	test('of a trigger that was given up go at any time', () => {
		const isGivenUp = (url: string) => url === B;
		for (const isStarting of [true, false])
			expect(
				plan([trigger(A, 'REQUEST')], [`OAUTH ${B}`, `REQUEST ${A}`], { isGivenUp, isStarting }),
			).toEqual({ ...NOTHING, remove: [`OAUTH ${B}`] });
	});
});

test.each([true, false])(
	'the place of a trigger that was given up goes to a live one; others may start: %s',
	(isStarting) => {
		const isGivenUp = (url: string) => url === B;
		const there = [`REQUEST ${B}`, `REQUEST ${FOREIGN}`];
		expect(plan([trigger(A, 'REQUEST')], there, { isGivenUp, isStarting })).toEqual({
			...NOTHING,
			remove: [`REQUEST ${B}`],
			add: [`REQUEST ${A}`],
		});
	},
);

describe('room in a category', () => {
	const triggers = [trigger(A, 'REQUEST')];
	const add = [`REQUEST ${A}`];

	test('is made by one URL of a dead trigger, with all its entries', () => {
		const there = [`REQUEST ${B}`, `REQUEST ${C}`, `REQUEST ${B}`];
		expect(plan(triggers, there)).toEqual({
			...NOTHING,
			remove: [`REQUEST ${B}`, `REQUEST ${B}`],
			add,
		});
	});

	test('is counted by URLs: two entries of one URL leave some', () => {
		expect(plan(triggers, [`REQUEST ${FOREIGN}`, `REQUEST ${FOREIGN}`])).toEqual({
			...NOTHING,
			add,
		});
	});

	test('is not made for a URL of an unknown form: every other one could be a dead one', () => {
		const strange = [trigger('https://n8n.example.com/hooks/bunq', 'REQUEST')];
		expect(plan(strange, [`REQUEST ${FOREIGN}`, `REQUEST ${FOREIGN}/2`])).toEqual({
			...NOTHING,
			full: { REQUEST: ['other.example.com', 'other.example.com'] },
		});
	});
});

test('a trigger whose URL is in the list of an app is called from there, and counts as live here', () => {
	const ofApp = { ...trigger(B, 'REQUEST'), list: 'app' };
	expect(plan([ofApp], [`REQUEST ${FOREIGN}`, `REQUEST ${FOREIGN}/2`])).toEqual(NOTHING);
});
