import { sleep } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { canBeNamed, isElsewhere, progressOf, READ, readCall, type Call } from './calls';
import type { Event } from './event';
import type { PollState } from './pollState';

/** Wakes a trigger when bunq calls. Whoever calls, however often: bunq is asked seldom, and memory is bounded. */

/** Between two polls because of calls, milliseconds: calls in the meantime share a poll. */
const CALL_PAUSE_MS = 1_000;
/** bunq's lists may lack what bunq calls about: after so many milliseconds the trigger reads again. */
const AGAIN_AFTER_MS = [1_000, 3_000, 9_000];
/** After so many polls in a row that found nothing of what the calls said, calls are ignored until `onClock`. */
const MAX_FRUITLESS = 20;
/** How many calls may wait. More of them would not make the next poll earlier. */
const MAX_CALLS = 1_000;
/**
 * A call about an account that the trigger does not know makes it read everything, so often at most; milliseconds. One that
 * comes earlier, or whose account bunq does not list yet, does so when it is over.
 */
const EVERYTHING_EVERY_MS = 60_000;

const EVERYTHING: ReadonlySet<number> = new Set();

/** The trigger that is woken. */
export interface WokenTrigger {
	event: Event;
	/** Whether n8n has stopped it. */
	isOver(): boolean;
	/** Whether bunq seems to be down, so that a call makes it read everything, seldom. */
	isPaused(): boolean;
	/** The newest state, if there is one. */
	state(): PollState | undefined;
	/** Runs when no poll of the trigger is in progress, and keeps others waiting. */
	inTurn(work: () => Promise<void>): Promise<void>;
	/** Reads these accounts, or everything if there are none. */
	poll(accounts: ReadonlySet<number>): Promise<void>;
}

interface WaitingCall extends Call {
	/** How many polls did not find it. */
	tries: number;
}

const keyOf = ({ account, object, id }: Call) => `${account} ${object} ${id}`;

export class Waker {
	/** By account and object: those that wait for a poll, and those that are looked for again later. */
	private readonly calls = new Map<string, WaitingCall>();
	/** Those that wait for a poll. */
	private readonly ready = new Map<string, WaitingCall>();
	/** Balances: calls that a poll has confirmed, so that their repetition wakes nobody. */
	private readonly confirmed = new Set<string>();
	private nextPoll = 0;
	private nextOfEverything = 0;
	/** The newest call that came too early to read everything for it. */
	private tooEarly?: WaitingCall;
	private fruitless = 0;
	private isWorking = false;

	constructor(private readonly trigger: WokenTrigger) {}

	/** Takes a call, if it may say something new. Returns at once. */
	receive(body: unknown) {
		const { event, state } = this.trigger;
		if (this.fruitless >= MAX_FRUITLESS) return;
		const call = readCall(body, event.callback);
		if (!call || isElsewhere(state(), call.account)) return;
		const key = keyOf(call);
		if (this.isKnown(call) || this.confirmed.has(key)) return;
		const waiting = { ...call, tries: 0 };
		if (this.isTooEarly(call)) void this.everythingLater(waiting);
		else if (this.calls.size < MAX_CALLS) this.add(waiting);
	}

	/** The clock polls: calls count again. */
	onClock() {
		this.fruitless = 0;
	}

	private progress(call: Call) {
		return progressOf(this.trigger.event, this.trigger.state(), call);
	}

	private isKnown(call: Call) {
		return this.progress(call) === READ;
	}

	private isNamed({ account }: Call) {
		return !this.trigger.isPaused() && canBeNamed(this.trigger.state(), account);
	}

	private isTooEarly(call: Call) {
		return !this.isNamed(call) && monotonicNow() < this.nextOfEverything;
	}

	private add(call: WaitingCall) {
		this.calls.set(keyOf(call), call);
		this.ready.set(keyOf(call), call);
		if (this.isWorking) return;
		this.isWorking = true;
		void this.work();
	}

	private async everythingLater(call: WaitingCall) {
		const isComing = this.tooEarly !== undefined;
		this.tooEarly = { ...call, tries: AGAIN_AFTER_MS.length };
		if (isComing) return;
		await sleep(Math.max(this.nextOfEverything - monotonicNow(), 0));
		const newest = this.tooEarly;
		this.tooEarly = undefined;
		this.add(newest);
	}

	private async work() {
		const { isOver, inTurn } = this.trigger;
		while (this.ready.size > 0 && !isOver()) {
			await sleep(Math.max(this.nextPoll - monotonicNow(), 0));
			// What keeps failing, the polls by the clock report.
			await inTurn(async () => await this.pollForCalls()).catch(() => undefined);
		}
		// In one step with the last look at what is ready: a call in between would find nobody who works, and wake nobody.
		this.isWorking = false;
	}

	private async pollForCalls() {
		const batch = [...this.ready.values()];
		this.ready.clear();
		const open = batch.filter((call) => !this.isKnown(call) && !this.isTooEarly(call));
		for (const call of batch) if (!open.includes(call)) this.forget(call);
		if (open.length === 0) return;
		const before = new Map(open.map((call) => [call, this.progress(call)]));
		this.nextPoll = monotonicNow() + CALL_PAUSE_MS;
		await this.pollAccounts(open).finally(() => {
			const found = open.filter((call) => this.progress(call) !== before.get(call));
			this.fruitless = found.length > 0 ? 0 : this.fruitless + 1;
			for (const call of found) this.confirm(call);
			for (const call of open) if (!found.includes(call)) void this.repeatLater(call);
		});
	}

	private async pollAccounts(open: Call[]) {
		const named = open.filter((call) => this.isNamed(call));
		if (named.length > 0) await this.trigger.poll(new Set(named.map(({ account }) => account)));
		if (named.length === open.length || this.trigger.isOver()) return;
		this.nextOfEverything = monotonicNow() + EVERYTHING_EVERY_MS;
		await this.trigger.poll(EVERYTHING);
	}

	/** Forgets a call, unless the same has come again. */
	private forget(call: WaitingCall) {
		if (this.calls.get(keyOf(call)) === call) this.calls.delete(keyOf(call));
	}

	private confirm(call: WaitingCall) {
		this.forget(call);
		if ('path' in this.trigger.event) return;
		this.confirmed.add(keyOf(call));
		for (const oldest of this.confirmed)
			if (this.confirmed.size > MAX_CALLS) this.confirmed.delete(oldest);
	}

	private async repeatLater(call: WaitingCall) {
		if (call.tries >= AGAIN_AFTER_MS.length) return this.forget(call);
		await sleep(AGAIN_AFTER_MS[call.tries]);
		if (this.calls.get(keyOf(call)) !== call) return;
		if (this.fruitless >= MAX_FRUITLESS) return this.forget(call);
		if (!this.isTooEarly(call)) return this.add({ ...call, tries: call.tries + 1 });
		this.forget(call);
		await this.everythingLater(call);
	}
}
