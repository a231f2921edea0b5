/**
 * Lets the calls of one instance and method go evenly spaced, first in, first out, for all executions
 * of the process. Where the figures come from: docs/decisions/0004-rate-limiter.md.
 */

import type { Clock } from '../environment';
import { HIGHEST_LIMIT, Speed, type Pace, type RateBounds } from './speed';

/** Milliseconds for the service's rolling second: 15 more for network jitter, 1 for the clock. */
const SECOND_MS = 1016;

/** Milliseconds after which the first call counts as sent, even if it hangs. */
const FIRST_CALL_MS = 2000;
/** The same for the first one after a pause: it may be late as well, but the limit is known. */
const AFTER_PAUSE_MS = 100;

/** Milliseconds of lateness (of a timer, of a busy process) that are made up for. */
const CATCH_UP_MS = 100;

/** The nearest that two calls come to each other meanwhile, as a share of the spacing. */
const NEAREST = 0.5;

/** Milliseconds in which a call leaves the process; after twice as many, it was held up. */
const LEAVING_MS = 5;

/** After a 429 the next call is delayed by at most this share of the spacing, to find a free place. */
const SHIFT = 0.5;

/** Less of it where the share is below one call a second, until all processes have a free place. */
const FRACTION_SHIFT = 0.02;

/** What an answer says about the limit. */
export interface RateInfo {
	/** Calls per second, from X-RateLimit-Replenish-Rate, unchecked; undefined where there is none. */
	readonly limit?: number;
	/** Whether it is a 429. */
	readonly tooMany: boolean;
	/** Milliseconds that the service asks to wait; 0 where it does not. */
	readonly retryAfterMs: number;
}

/** The right to send one call, at once. */
export interface Permit {
	/** Monotonic milliseconds when the call counts as sent; may be dated anew until it ends. */
	at: number;
}

/** Paces the calls of one instance and method for the whole process. Nothing here ever rejects. */
export class RateLimiter {
	/** Those who wait for a permit, first in, first out. */
	private readonly queue: Array<(permit: Permit) => void> = [];
	/** Whether the queue is being worked on. */
	private isGranting = false;
	/** Aborted when a wait may have become shorter. */
	private changed = new AbortController();
	/** The latest permits, oldest first. */
	private granted: Permit[] = [];
	/** Monotonic milliseconds from which the spacing to the next call counts. */
	private spacedFrom = Number.NEGATIVE_INFINITY;
	/** Monotonic milliseconds until which everybody waits because the service asks for it. */
	private pausedUntil = Number.NEGATIVE_INFINITY;
	/** The bounds of the runs that have joined; the lowest hold. */
	private readonly runs = new Map<object, RateBounds>();
	private readonly speed: Speed;

	/**
	 * @param definedLimit calls per second of the messenger definition, until the service says another
	 * @param random from 0 to below 1; keeps processes from meeting again and again
	 */
	constructor(
		definedLimit: number,
		private readonly clock: Clock,
		private readonly random: () => number,
	) {
		this.speed = new Speed(definedLimit);
	}

	/** A run begins. */
	join(run: object, bounds: RateBounds): void {
		this.runs.set(run, bounds);
	}

	/** A run ended, and its bounds with it. */
	leave(run: object): void {
		this.runs.delete(run);
		this.recomputeWait();
	}

	/** Milliseconds between two calls at the present pace. */
	get spacingMs(): number {
		return SECOND_MS / this.pace().perSecond;
	}

	/** Milliseconds between two calls of one run: every run has one place in the queue. */
	get longestGapMs(): number {
		return this.spacingMs * Math.max(1, this.runs.size);
	}

	/** Whether it can be forgotten: nobody uses it, and nobody did for so many milliseconds. */
	isIdle(forMs: number): boolean {
		const now = this.clock.monotonic();
		return this.runs.size === 0 && now - this.spacedFrom > forMs && now > this.pausedUntil;
	}

	/** Waits in the queue for a permit; undefined as soon as the signal is aborted. */
	async acquire(signal?: AbortSignal): Promise<Permit | undefined> {
		if (signal?.aborted) return undefined;
		return await new Promise((resolve) => {
			const grant = (permit: Permit) => {
				signal?.removeEventListener('abort', giveUp);
				resolve(permit);
			};
			const giveUp = () => {
				this.queue.splice(this.queue.indexOf(grant), 1);
				this.recomputeWait();
				resolve(undefined);
			};
			signal?.addEventListener('abort', giveUp, { once: true });
			this.queue.push(grant);
			if (!this.isGranting) void this.grantInOrder();
		});
	}

	/**
	 * The call ended, and its answer, if one came, is taken in. Every permit is released exactly once,
	 * as soon as it is known whether the next call is wanted.
	 */
	release(permit: Permit, info?: RateInfo): void {
		const now = this.clock.monotonic();
		if (info) this.applyInfo(info, permit.at, now);
		// It was dated ahead, and came to the service by now: its second begins now.
		if (permit.at <= now) return;
		permit.at = now;
		this.spacedFrom = now;
		this.recomputeWait();
	}

	private applyInfo(info: RateInfo, sentAt: number, now: number): void {
		const { limit = 0, tooMany, retryAfterMs } = info;
		this.pausedUntil = Math.max(this.pausedUntil, now + retryAfterMs);
		this.speed.setLimit(limit);
		const { isFraction } = this.pace();
		const shift = isFraction ? FRACTION_SHIFT : SHIFT * this.random();
		if (tooMany) this.spacedFrom += this.spacingMs * shift;
		if (!isFraction) this.speed.countAnswer(tooMany, sentAt, now);
	}

	private pace(): Pace {
		return this.speed.pace([...this.runs.values()], this.clock.monotonic());
	}

	private recomputeWait(): void {
		this.changed.abort();
		this.changed = new AbortController();
	}

	private async grantInOrder(): Promise<void> {
		this.isGranting = true;
		// Nobody was waiting until now, so there is no lateness to make up for.
		this.spacedFrom = Math.max(this.spacedFrom, this.clock.monotonic() - this.spacingMs);
		while (this.queue.length > 0) {
			const wait = this.nextAllowedAt() - this.clock.monotonic();
			// Looked at again after the wait: the rate may have changed, a timer may be early.
			if (wait > 0) await this.clock.sleep(wait, this.changed.signal);
			else this.grant();
		}
		this.isGranting = false;
	}

	private nextAllowedAt(): number {
		const spacing = this.spacingMs;
		const calls = Math.ceil(this.pace().perSecond);
		const sentAt = (back: number) => this.granted.at(-back)?.at ?? Number.NEGATIVE_INFINITY;
		const windowFree = sentAt(calls) + calls * spacing;
		const nearest = sentAt(1) + spacing * NEAREST;
		return Math.max(windowFree, nearest, this.spacedFrom + spacing, this.pausedUntil);
	}

	private grant(): void {
		const now = this.clock.monotonic();
		const lastAt = this.granted.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
		// Often late on its way: name look-up, TLS, a list that is being read.
		const isAfterPause = now - lastAt > SECOND_MS + this.spacingMs;
		const aheadMs = this.granted.length === 0 ? FIRST_CALL_MS : isAfterPause ? AFTER_PAUSE_MS : 0;
		const permit = { at: now + aheadMs };
		const earliest = aheadMs > 0 ? permit.at : now - CATCH_UP_MS;
		this.spacedFrom = Math.max(this.spacedFrom + this.spacingMs, earliest);
		this.granted = [...this.granted.slice(-HIGHEST_LIMIT), permit];
		void this.dateAfterStall(permit);
		this.queue.shift()?.(permit);
	}

	/** Dates a permit to when its call leaves a busy process: the service counts from then on. */
	private async dateAfterStall(permit: Permit): Promise<void> {
		const grantedAt = this.clock.monotonic();
		await this.clock.sleep(LEAVING_MS);
		const now = this.clock.monotonic();
		if (now - grantedAt >= 2 * LEAVING_MS) permit.at = Math.max(permit.at, now);
	}
}
