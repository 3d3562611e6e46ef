import type { ITriggerFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { toNodeError } from '../nodeError';
import type { Event } from './event';
import { pollFromN8n, type PollContext } from './n8nPoll';
import { isUnavailable } from './poll';
import { keepUrl, warningError } from './n8nRegistration';
import { memoryOf } from './triggerMemory';
import { Waker } from './wake';

/** After so many polls in a row in which bunq answered nothing, the polls by the clock pause. */
const MAX_DOWN = 4;
/** The longest pause; minutes. */
const MAX_PAUSE = 15;
/** n8n's clock and this one may differ a little. */
const CLOCK_TOLERANCE_MS = 5_000;

/** How long to ask bunq nothing after so many polls in a row in which it answered nothing; milliseconds. */
const pauseAfter = (down: number) =>
	down <= MAX_DOWN ? 0 : Math.min(2 ** (down - MAX_DOWN), MAX_PAUSE) * 60_000 - CLOCK_TOLERANCE_MS;

/** A trigger while n8n runs it: it polls by the clock and for calls, one poll after another, and reports what fails. */
export class RunningTrigger {
	private readonly context: PollContext;
	private readonly waker: Waker;
	/** Whether bunq is to call. */
	readonly isInstant: boolean;
	private turn: Promise<unknown> = Promise.resolve();
	private isTickWaiting = false;
	/** How many polls in a row bunq answered nothing. */
	private down = 0;
	private pausedUntil = 0;

	/** @param key identifies the trigger in this process */
	constructor(
		private readonly ctx: ITriggerFunctions,
		event: Event,
		key: string,
	) {
		const memory = memoryOf(key);
		this.context = { ctx, event, memory, isOver: false, hasPolled: false };
		this.isInstant = ctx.getNodeParameter('instant', true) === true;
		this.waker = new Waker({
			event,
			isOver: () => this.context.isOver,
			isPaused: () => monotonicNow() < this.pausedUntil,
			state: () => memory.state,
			inTurn: async (work) => await this.inTurn(work),
			poll: async (accounts) => {
				const { isDown } = await pollFromN8n(this.context, accounts);
				if (!isDown) this.countDown(false, 0);
			},
		});
	}

	/** Polls by the clock, after the poll in progress. Rejects if the poll fails. */
	async poll() {
		await this.inTurn(async () => await this.pollByClock());
	}

	/** A poll at one of the Poll Times. While one waits for its turn, another would read the same. */
	readonly tick = async () => {
		if (this.isTickWaiting || monotonicNow() < this.pausedUntil) return;
		this.isTickWaiting = true;
		const poll = async () => {
			this.isTickWaiting = false;
			await this.pollByClock();
		};
		await this.inTurn(poll).catch((error: unknown) => this.report(error));
		await this.keepUrl();
	};

	/** Between two polls, which may be a day apart: calls count again, and the URL is kept, unless bunq seems to be down. */
	readonly checkUrl = async () => {
		this.waker.onClock();
		if (monotonicNow() >= this.pausedUntil) await this.keepUrl();
	};

	/**
	 * Keeps the trigger's URL at bunq. What is wrong for long is reported once, also across restarts: n8n stores it with the
	 * trigger's state.
	 */
	async keepUrl() {
		if (!this.isInstant) return;
		// A poll that could not reach bunq has said so, and the next one tries this again. Until then the last warning holds.
		const check = await keepUrl(this.ctx, () => this.context.isOver).catch(() => undefined);
		const stored = this.ctx.getWorkflowStaticData('node');
		const message = check?.warning?.message;
		if (!check || stored.warning === message) return;
		if (check.warning) this.report(warningError(check.warning));
		stored.warning = message;
	}

	/** bunq, or anybody, has called. */
	receive(body: unknown) {
		if (this.isInstant) this.waker.receive(body);
	}

	/** From now on it neither stores nor emits anything. */
	stop() {
		this.context.isOver = true;
		this.context.endPoll?.();
	}

	private async inTurn(work: () => Promise<void>) {
		const mine = this.turn.then(async () => {
			if (!this.context.isOver) await work();
		});
		this.turn = mine.catch(() => undefined);
		await mine;
	}

	private async pollByClock() {
		const startedAt = monotonicNow();
		this.waker.onClock();
		try {
			const { isDown } = await pollFromN8n(this.context);
			this.countDown(isDown, startedAt);
		} catch (error) {
			this.countDown(isUnavailable(error as { kind?: string }), startedAt);
			await Promise.reject(error as Error);
		} finally {
			this.context.hasPolled = true;
		}
	}

	private countDown(isDown: boolean, startedAt: number) {
		this.down = isDown ? this.down + 1 : 0;
		this.pausedUntil = startedAt + pauseAfter(this.down);
	}

	private report(error: unknown) {
		if (this.context.isOver) return;
		const node = this.ctx.getNode();
		const shown = toNodeError(node, error);
		// Versions before 2 cannot show it as a failed execution (docs/design.md, How n8n runs the trigger).
		if (typeof this.ctx.saveFailedExecution === 'function') this.ctx.saveFailedExecution(shown);
		else this.ctx.logger.error(`${node.name}: ${shown.message}. ${shown.description ?? ''}`);
	}
}
