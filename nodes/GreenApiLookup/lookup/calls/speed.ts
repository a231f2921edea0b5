/**
 * How fast a process may call: the limit of the method, the bounds of its runs, and what other users
 * of the instance leave of it. Only a 429 slows down, and a single one does not: several within a
 * short time are other users. Then the speed falls by a factor, and comes back slowly at first and
 * faster the longer none of them is met.
 */

/**
 * Each 429 adds 1, each answered call subtracts `forgiven`, and `many` mean other users. At full speed
 * more are tolerated, so that 5 % of stray 429s slow nothing down.
 */
const AT_FULL_SPEED = { many: 6, forgiven: 0.12 };
const AMONG_OTHERS = { many: 2.5, forgiven: 0.06 };

/** Share of the speed that remains after a fall. */
const FALL = 0.9;

/** The lowest speed: whoever calls less often finds no gap between the calls of others. */
const LOWEST = 0.125;

/** Milliseconds in which it would come back from 0; the speed grows with the cube of the time. */
const RECOVERY_MS = 220_000;

/** Calls per second: a higher figure in a header is no limit. */
export const HIGHEST_LIMIT = 1000;

/** For shares below one call a second: each process uses so much of its share, always. */
const FRACTION_USED = 0.94;

/** What one run allows: a percentage of the limit (1 to 100), and calls per minute (0 for no bound). */
export interface RateBounds {
	readonly share: number;
	readonly callsPerMinute?: number;
}

/** How fast a process may call. */
export interface Pace {
	readonly perSecond: number;
	/** Whether its part of the limit is less than one call a second (two workers at 1 a second). */
	readonly isFraction: boolean;
}

/** The limit, and the share of it that a process uses. Every `now` is in monotonic milliseconds. */
export class Speed {
	/** Calls per second: the definition's, or what the service said last. */
	private limit: number;
	/** Calls per second: the highest figure of a header that is believed. */
	private highestLimit = HIGHEST_LIMIT;
	/** 429s of late, less what answered calls took off. */
	private refusals = 0;
	/** The share from which it comes back, and since when. */
	private base = 1;
	private since = Number.NEGATIVE_INFINITY;

	/** @param definedLimit calls per second of the messenger definition */
	constructor(private readonly definedLimit: number) {
		this.limit = definedLimit;
	}

	/** The pace that all of these runs allow. */
	pace(runs: readonly RateBounds[], now: number): Pace {
		const share = Math.min(100, ...runs.map((bounds) => bounds.share));
		const perMinute = Math.min(...runs.map(({ callsPerMinute }) => callsPerMinute || Infinity));
		const part = (this.limit * share) / 100;
		const isFraction = part < Math.min(1, this.limit);
		// Whole calls: four processes with 2.5 each could meet in one second with three each.
		const whole = part < 1 ? part : Math.floor(part);
		const perSecond = whole * (isFraction ? FRACTION_USED : this.share(now));
		return { perSecond: Math.min(perSecond, perMinute / 60), isFraction };
	}

	/** Takes over a limit that the service says, if it can be one. */
	setLimit(limit: number): void {
		if (limit > 0 && limit <= this.highestLimit) this.limit = limit;
	}

	/** Counts an answer to a call, and slows down where 429s repeat. */
	countAnswer(tooMany: boolean, sentAt: number, now: number): void {
		// A call sent before the last change says nothing about the present speed.
		if (sentAt < this.since) return;
		const { many, forgiven } = this.share(now) < 1 ? AMONG_OTHERS : AT_FULL_SPEED;
		this.refusals = tooMany ? this.refusals + 1 : Math.max(0, this.refusals - forgiven);
		if (this.refusals < many) return;
		this.refusals = 0;
		// A header's figure above the definition's is not what the service does.
		const isOverstated = this.limit > this.definedLimit;
		this.base = isOverstated ? 1 : Math.max(LOWEST, this.share(now) * FALL);
		this.since = now;
		if (isOverstated) this.limit = this.highestLimit = this.definedLimit;
	}

	/** Above 0, at most 1. */
	private share(now: number): number {
		return Math.min(1, this.base + ((now - this.since) / RECOVERY_MS) ** 3);
	}
}
