/**
 * Lets the calls of one instance and method go one after the other, evenly spaced, first in, first
 * out, for all executions of the process. How fast is decided in allowedRate.ts, when is decided here.
 * Where the figures come from: docs/decisions/0004-rate-limiter.md.
 */

import type { Clock } from '../environment';
import { AllowedRate, HIGHEST_LIMIT, type RateBounds, type RateInfo } from './allowedRate';

/** Milliseconds after which the first call counts as sent, even if it hangs. */
const FIRST_CALL_MS = 2000;

/** Milliseconds of lateness (of a timer, of a busy process) that are made up for. */
const CATCH_UP_MS = 100;

/** The nearest that two calls come to each other meanwhile, as a share of the spacing. */
const NEAREST = 0.5;

/** Milliseconds in which a call leaves the process; so much later, the process stood still. */
const LEAVING_MS = 5;
const STALL_MS = 10;

/** Permits that are kept: those of one second at the highest limit. */
const KEPT_PERMITS = HIGHEST_LIMIT;

export type { RateBounds, RateInfo };

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
	/** Monotonic milliseconds when the next call is due by the spacing. */
	private dueAt = Number.NEGATIVE_INFINITY;
	/** Monotonic milliseconds until which everybody waits after 429s. */
	private pausedUntil = Number.NEGATIVE_INFINITY;
	/** How fast calls may go. */
	private readonly rate: AllowedRate;

	/**
	 * @param definedLimit calls per second of the messenger definition, until the service says another
	 * @param random from 0 to below 1; keeps processes from meeting again and again
	 */
	constructor(
		definedLimit: number,
		private readonly clock: Clock,
		random: () => number,
	) {
		this.rate = new AllowedRate(definedLimit, clock, random);
	}

	/** A run begins; the lowest bounds of the runs that have joined hold. */
	join(run: object, bounds: RateBounds): void {
		this.rate.runs.set(run, bounds);
	}

	/** A run ended, and its bounds with it. */
	leave(run: object): void {
		this.rate.runs.delete(run);
		this.lookAgain();
	}

	/** Milliseconds between two calls at the present pace. */
	get spacingMs(): number {
		return Math.max(this.rate.spacing(), this.rate.spacingOfMinute());
	}

	/** Whether it can be forgotten: nobody uses it, and nobody did for so many milliseconds. */
	isIdle(forMs: number): boolean {
		const now = this.clock.monotonic();
		return this.rate.runs.size === 0 && now - this.lastAt() > forMs && now > this.pausedUntil;
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
				this.lookAgain();
				resolve(undefined);
			};
			signal?.addEventListener('abort', giveUp, { once: true });
			this.queue.push(grant);
			if (!this.isGranting) void this.grantInOrder();
		});
	}

	/** The call ended, with or without an answer. Every permit is released exactly once. */
	release(permit: Permit): void {
		const now = this.clock.monotonic();
		// Only the first call is dated ahead. It came to the service by now, so its second begins now.
		if (permit.at <= now) return;
		permit.at = now;
		this.dueAt = now + this.rate.spacing();
		this.lookAgain();
	}

	/** Takes in what the answer to a call says about the limit. */
	update(info: RateInfo, permit: Permit): void {
		const spacing = this.rate.spacing();
		const hasFallen = this.rate.update(info, permit.at);
		if (info.tooMany) this.dueAt += this.rate.shift();
		this.pause(info.retryAfterMs);
		if (hasFallen) this.pause(this.rate.spacing());
		if (this.rate.spacing() < spacing) this.lookAgain();
	}

	private pause(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.monotonic() + ms);
	}

	private lastAt(): number {
		return this.granted.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
	}

	private lookAgain(): void {
		this.changed.abort();
		this.changed = new AbortController();
	}

	private async grantInOrder(): Promise<void> {
		this.isGranting = true;
		// Nobody was waiting until now, so there is no lateness to make up for.
		this.dueAt = Math.max(this.dueAt, this.clock.monotonic());
		while (this.queue.length > 0) {
			const wait = this.earliest() - this.clock.monotonic();
			// Looked at again after the wait: the rate may have changed, a timer may be early.
			if (wait > 0) await this.clock.sleep(wait, this.changed.signal);
			else this.grant();
		}
		this.isGranting = false;
	}

	private earliest(): number {
		const spacing = this.rate.spacing();
		const calls = Math.ceil(this.rate.perSecond());
		const windowFree = (this.granted.at(-calls)?.at ?? Number.NEGATIVE_INFINITY) + calls * spacing;
		const gap = Math.max(spacing * NEAREST, this.rate.spacingOfMinute());
		return Math.max(windowFree, this.lastAt() + gap, this.dueAt, this.pausedUntil);
	}

	private grant(): void {
		const now = this.clock.monotonic();
		const isFirst = this.granted.length === 0;
		// The first call is often late on its way (name look-up, TLS), and its answer says the limit.
		const permit = { at: isFirst ? now + FIRST_CALL_MS : now };
		const counted = isFirst ? permit.at : now - CATCH_UP_MS;
		this.dueAt = Math.max(this.dueAt, counted) + this.rate.spacing();
		this.granted.push(permit);
		// Trimmed rarely, because trimming moves the whole list.
		if (this.granted.length > 2 * KEPT_PERMITS) this.granted = this.granted.slice(-KEPT_PERMITS);
		void this.dateAfterStall(permit, now + LEAVING_MS);
		this.queue.shift()?.(permit);
	}

	/**
	 * A process that stands still (a garbage collection, somebody's long loop) keeps a call from
	 * leaving. The service counts from when it comes, so its permit is dated to the end of the gap.
	 */
	private async dateAfterStall(permit: Permit, due: number): Promise<void> {
		await this.clock.sleep(LEAVING_MS);
		const now = this.clock.monotonic();
		if (now - due >= STALL_MS) permit.at = Math.max(permit.at, now);
	}
}
