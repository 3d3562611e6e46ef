import { bunqJson } from '../http/json';
import { indexOf } from '../http/pagination';
import { isAbout } from './filters';
import { takeDue } from './orders';
import {
	type Bank,
	type BankEnvironment,
	type BankEvent,
	type Delivery,
	type Json,
	type NotificationFilter,
	now,
	timestamp,
} from './state';

/** What the bank tells about its objects: calls to the URLs of notification filters (§10.2), and events (§10.3). */

/** Something that happened to an object of a user. */
export interface Announcement {
	userId: number;
	/** Null if it is in no account. */
	accountId: number | null;
	/** The object's ID. */
	id: number;
	/** The object with its wrapper, as a GET shows it. A reset may move the environment to another bank. */
	show(bank: Bank, env: BankEnvironment): Json;
	/** What callbacks show instead. */
	showCalled?(bank: Bank, env: BankEnvironment): Json;
	/** Whether the user has to answer it. */
	awaitsReply?(): boolean;
	/** Pairs of category and event type. */
	callbacks: ReadonlyArray<readonly [category: string, eventType: string]>;
}

/** The fault for a call, if there is one. */
const takeFault = (bank: Bank, category: string, eventType: string) =>
	takeDue(
		bank.callbackFaults,
		(fault) =>
			new RegExp(`^(${fault.category})$`).test(category) &&
			new RegExp(`^(${fault.eventType})$`).test(eventType),
	);

/** Puts a call into the queue: at the next moment, or as a fault has it. */
export const enqueue = (
	bank: Bank,
	env: BankEnvironment,
	{
		filter,
		eventType,
		objectId,
		body,
	}: Pick<Delivery, 'filter' | 'eventType' | 'objectId' | 'body'>,
): void => {
	const fault = takeFault(bank, filter.category, eventType);
	const later = now(bank) + (fault?.delayMs ?? 0);
	if (fault?.kind === 'early') env.hidden.set(objectId, later);
	for (let copies = fault?.kind === 'doubled' ? 2 : 1; copies > 0; copies -= 1) {
		bank.deliveries.push({
			filter,
			eventType,
			objectId,
			body,
			id: bank.deliveries.length + 1,
			environment: env.name,
			state: fault?.kind === 'lost' ? 'lost' : 'waiting',
			due: fault?.kind === 'late' ? later : now(bank),
			afterNext: fault?.kind === 'out of order',
			tries: [],
			...(fault && { fault: fault.kind }),
		});
	}
};

/** §10.2: the body of a call. */
const bodyOf = ({ target, category }: NotificationFilter, eventType: string, object: Json) =>
	bunqJson({
		NotificationUrl: { target_url: target, category, event_type: eventType, object },
	});

/** IDs are three apart, so the next one is free for the object's event. */
export const eventIdOf = (objectId: number) => objectId + 1;

/** §10.3. Inferred: an object has one event, which is updated with it; a revoked app has none. */
const noteEvent = (bank: Bank, env: BankEnvironment, announcement: Announcement): void => {
	const { userId, accountId, show, awaitsReply = () => false } = announcement;
	if (accountId === null) return;
	const id = eventIdOf(announcement.id);
	const place = indexOf(env.events, id);
	const updated = timestamp(bank);
	if (env.events[place]?.id === id) {
		Object.assign(env.events[place], { updated, action: 'UPDATE' });
		return;
	}
	const event: BankEvent = {
		id,
		objectId: announcement.id,
		created: updated,
		updated,
		action: 'CREATE',
		userId,
		accountId,
		show,
		awaitsReply,
	};
	// Nearly always the newest: tests book 100,000 payments.
	if (place === env.events.length) env.events.push(event);
	else env.events.splice(place, 0, event);
};

/** Tells everybody who ordered it. Filters of the user and of the account call both. */
export const announce = (bank: Bank, env: BankEnvironment, announcement: Announcement): void => {
	noteEvent(bank, env, announcement);
	if (env.filters.length === 0) return;
	const { id, show, showCalled = show, callbacks, ...whose } = announcement;
	for (const [category, eventType] of callbacks) {
		for (const filter of env.filters) {
			if (filter.category !== category || !isAbout(bank, filter, whose)) continue;
			const body = bodyOf(filter, eventType, showCalled(bank, env));
			enqueue(bank, env, { filter, eventType, objectId: id, body });
		}
	}
};

/** Whether a GET shows an object already. A call that comes too early is about one that no GET shows yet. */
export const isShown = (bank: Bank, env: BankEnvironment, id: number): boolean =>
	(env.hidden.get(id) ?? 0) <= now(bank);

/** The objects that a GET shows already. */
export const shownOf = <T extends { id: number }>(
	bank: Bank,
	env: BankEnvironment,
	objects: readonly T[] = [],
): readonly T[] => {
	if (env.hidden.size === 0) return objects;
	return objects.filter(({ id }) => isShown(bank, env, id));
};
