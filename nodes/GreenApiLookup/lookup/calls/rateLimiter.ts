/**
 * Lets calls of one instance and method go at exactly the limit of the service. All executions of
 * the process queue here, first in, first out; a run takes one place at a time, so that three items
 * do not wait behind ten thousand.
 *
 * In one process the limit is kept by arithmetic alone. Several processes on one instance see each
 * other in the calls that the service says are left, and share by additive increase and
 * multiplicative decrease; a 429 is the last resort.
 */

import type { Clock } from '../environment';

/** Milliseconds of the service's window: its limits are calls per second. */
const WINDOW_MS = 1000;

/**
 * Milliseconds by which two calls may come nearer to each other on their way to the service. 15 for
 * the network, 1 for the clock.
 */
const JITTER_MS = 16;

/** Milliseconds in which a process makes as many calls as it may in a second. */
const PERIOD_MS = WINDOW_MS + JITTER_MS;

/** Milliseconds in which a call that has its permit has left the process, unless that is held up. */
const LEAVING_MS = 5;

/** Milliseconds of lateness (of a timer, of a busy process) that are made up for. */
const CATCH_UP_MS = 100;

/** Share of the speed that is left after a 429, and after the service says that nothing is left. */
const AFTER_TOO_MANY = 0.7;
const AFTER_NOTHING_LEFT = 0.9;

/**
 * For shares below one call a second (two processes at 1 a second): each keeps to so much of its
 * share, and one whose call is refused goes later by so much of its spacing, until all fit.
 */
const FRACTION_USED = 0.94;
const FRACTION_NUDGE = 0.03;
const FRACTION_AFTER_TOO_MANY = 0.98;

/** Milliseconds in which the speed falls at most once: what comes in meanwhile tells the same. */
const DECREASE_EVERY_MS = 1000;

/** Share of the full speed that comes back in a second: beside other processes, and alone. */
const INCREASE_PER_SECOND = 0.01;
const INCREASE_ALONE_PER_SECOND = 0.1;

/** Milliseconds without a reason to slow down, after which a process that is alone hurries up. */
const CALM_AFTER_MS = 3000;

/** Share of the spacing by which the next call goes later when nothing is left for it. */
const NUDGE = 0.2;

/** The slowest that it gets, as a share of the limit. */
const SLOWEST = 0.02;

/** Weight of the newest answer in the estimate of what other processes call. */
const ESTIMATE_WEIGHT = 0.2;

/** What an answer tells about the limit; undefined where it does not. */
export interface RateInfo {
	/** Calls per second that the service allows. */
	readonly limit: number | undefined;
	/** Calls that it would still take in this second. */
	readonly remaining: number | undefined;
	readonly tooMany: boolean;
	/** Milliseconds that the service asks to wait. */
	readonly retryAfterMs: number;
}

/** One call's right to go. */
export interface Permit {
	/** When it went, in monotonic milliseconds; put later where the process kept it from leaving. */
	readonly at: number;
}

interface Waiter {
	readonly go: (permit: Permit) => void;
}

export class RateLimiter {
	private readonly queue: Waiter[] = [];
	private pumping = false;
	/** The latest calls, oldest first; as many as the window can hold. */
	private sent: Array<{ at: number }> = [];
	/** Those that may not have left the process yet. */
	private leaving: Array<{ at: number }> = [];
	/** When the next call is due. */
	private due = Number.NEGATIVE_INFINITY;
	private pausedUntil = Number.NEGATIVE_INFINITY;
	/** Share of the limit that is used at the moment: above 0, at most 1. */
	private speed = 1;
	private speedSetAt = 0;
	private decreasedAt = Number.NEGATIVE_INFINITY;
	/** Calls per second of other processes, as the answers let guess; undefined until they do. */
	private others: number | undefined;
	/** While the very first call is under way: it tells the limit, and is often late on its way. */
	private probe: 'none' | 'underWay' | 'done' = 'none';
	private readonly shares = new Map<object, number>();

	/** @param limit calls per second, until the service tells */
	constructor(
		private limit: number,
		private readonly clock: Clock,
	) {}

	/** A run begins: this process may use no more of the limit than the smallest share, in percent. */
	join(run: object, share: number): void {
		this.shares.set(run, share);
	}

	leave(run: object): void {
		this.shares.delete(run);
	}

	/** Whether it can be forgotten: nobody uses it, and nobody did for so many milliseconds. */
	isIdle(forMs: number): boolean {
		const last = this.sent.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
		const now = this.clock.monotonic();
		return this.shares.size === 0 && now - last > forMs && now > this.pausedUntil;
	}

	/**
	 * Resolves with the permit of one call, which has to be sent at once then and released when it has
	 * ended; with undefined as soon as the signal is aborted: the place in the queue is given up then.
	 */
	async acquire(signal?: AbortSignal): Promise<Permit | undefined> {
		if (signal?.aborted) return undefined;
		return await new Promise<Permit | undefined>((resolve) => {
			const waiter: Waiter = {
				go: (permit) => {
					signal?.removeEventListener('abort', leave);
					resolve(permit);
				},
			};
			const leave = () => {
				this.queue.splice(this.queue.indexOf(waiter), 1);
				resolve(undefined);
			};
			signal?.addEventListener('abort', leave, { once: true });
			this.queue.push(waiter);
			if (!this.pumping) void this.pump();
		});
	}

	/** A call ended, with an answer or without one. Each permit has to be released. */
	release(_permit: Permit): void {
		if (this.probe !== 'underWay') return;
		this.probe = 'done';
		// It may have arrived as late as now, so the second that it counts in begins now.
		const now = this.clock.monotonic();
		for (const permit of this.sent) permit.at = now;
		if (!this.pumping) void this.pump();
	}

	/** Milliseconds between two calls at the full limit of this process. */
	get spacingMs(): number {
		return PERIOD_MS / this.ownLimit();
	}

	/** Takes in what an answer says about the limit. */
	update(info: RateInfo, permit: Permit): void {
		const now = this.clock.monotonic();
		if (info.limit !== undefined && info.limit > 0) this.limit = info.limit;
		if (info.remaining !== undefined) {
			const others = Math.max(0, this.limit - info.remaining - this.sentUntil(permit.at));
			const known = this.others ?? others;
			this.others = known + ESTIMATE_WEIGHT * (others - known);
		}
		this.increase(now);
		if (info.tooMany) {
			const isFraction = this.ownLimit() < 1;
			const pause = Math.max(info.retryAfterMs, isFraction ? 0 : this.spacing());
			this.pausedUntil = Math.max(this.pausedUntil, now + pause);
			if (isFraction) this.due += this.spacing() * FRACTION_NUDGE;
			this.decrease(now, isFraction ? FRACTION_AFTER_TOO_MANY : AFTER_TOO_MANY);
		} else if (info.remaining === 0 && (this.others ?? 0) >= 1 && this.share() === 100) {
			// Away from the calls of the others, so that theirs and ours spread over the second.
			this.due += this.spacing() * NUDGE;
			this.decrease(now, AFTER_NOTHING_LEFT);
		}
	}

	/** Percentage of the limit that this process may use. */
	private share(): number {
		return Math.min(100, ...this.shares.values());
	}

	/** Calls per second that this process may make. */
	private ownLimit(): number {
		const share = (this.limit * this.share()) / 100;
		// Whole calls: four processes with 2.5 each could meet in one second with three each.
		if (share >= 1) return Math.floor(share);
		return this.share() === 100 ? share : share * FRACTION_USED;
	}

	/** Calls that may go in one period, and how long a period is. */
	private period(): { calls: number; ms: number } {
		const allowed = this.ownLimit() * this.speed;
		const calls = Math.max(1, Math.ceil(allowed));
		return { calls, ms: (calls / allowed) * PERIOD_MS };
	}

	/** Milliseconds from one call to the next at the present speed. */
	private spacing(): number {
		const { calls, ms } = this.period();
		return ms / calls;
	}

	private async pump(): Promise<void> {
		this.pumping = true;
		while (this.queue.length > 0 && this.probe !== 'underWay') {
			const wait = this.earliest() - this.clock.monotonic();
			// Looked at again after the wait: the limit may have changed, a timer may be early.
			if (wait > 0) await this.clock.sleep(wait);
			else this.send();
		}
		this.pumping = false;
	}

	private earliest(): number {
		const { calls, ms } = this.period();
		const windowFree = (this.sent.at(-calls)?.at ?? Number.NEGATIVE_INFINITY) + ms;
		return Math.max(windowFree, this.due, this.pausedUntil);
	}

	private send(): void {
		const now = this.clock.monotonic();
		const spacing = this.spacing();
		this.due = Math.max(this.due, now - Math.max(spacing, CATCH_UP_MS)) + spacing;
		const permit = { at: now };
		this.sent.push(permit);
		if (this.leaving.push(permit) === 1) void this.watchLeaving();
		const { calls } = this.period();
		// Trimmed rarely, because trimming moves the whole list.
		if (this.sent.length > 2 * calls + 100) this.sent = this.sent.slice(-calls);
		if (this.probe === 'none') this.probe = 'underWay';
		this.queue.shift()?.go(permit);
	}

	/**
	 * A process that is held up (a garbage collection, somebody's long loop) keeps calls that have
	 * had their permit from leaving. The service counts from when they come, so this has to as well.
	 */
	private async watchLeaving(): Promise<void> {
		const due = this.clock.monotonic() + LEAVING_MS;
		await this.clock.sleep(LEAVING_MS);
		const now = this.clock.monotonic();
		for (const permit of this.leaving) permit.at = Math.min(now, permit.at + now - due);
		this.leaving = [];
	}

	/** Own calls in the second that ended then, the one of that moment among them. */
	private sentUntil(end: number): number {
		let count = 0;
		for (let index = this.sent.length - 1; index >= 0; index--) {
			const { at } = this.sent[index] as Permit;
			if (at <= end - WINDOW_MS) break;
			if (at <= end) count++;
		}
		return count;
	}

	private increase(now: number): void {
		const seconds = (now - this.speedSetAt) / 1000;
		const isCalm = now - this.decreasedAt > CALM_AFTER_MS;
		// What is not this process's share is the others' by right, and no reason to go slowly.
		const theirs = this.limit - this.ownLimit();
		const isAlone = isCalm && this.others !== undefined && this.others < theirs + 1;
		const increase = isAlone ? INCREASE_ALONE_PER_SECOND : INCREASE_PER_SECOND;
		this.speed = Math.min(1, this.speed + increase * seconds);
		this.speedSetAt = now;
	}

	private decrease(now: number, factor: number): void {
		if (now - this.decreasedAt < DECREASE_EVERY_MS) return;
		this.decreasedAt = now;
		this.speed = Math.max(SLOWEST, this.speed * factor);
	}
}
