/**
 * How fast the calls of one instance and method may go: the service's limit, the bounds of the runs,
 * and what other users of the instance leave. Only a 429 slows down, and a single one does not:
 * several within a short time are other users. Then the speed falls by a factor and comes back by a
 * step a second (additive increase, multiplicative decrease).
 */

import type { Clock } from '../environment';

/**
 * Milliseconds that a rolling second or minute of the service is taken for longer: two calls can come
 * 15 nearer to each other on the network, and 1 is for the clock.
 */
const JITTER_MS = 16;
const SECOND_MS = 1000 + JITTER_MS;
const MINUTE_MS = 60_000 + JITTER_MS;

/** Calls per second: a higher figure in a header is no limit. */
export const HIGHEST_LIMIT = 1000;

/**
 * Each 429 counts 1, each answered call takes off `forgiven`, and `many` are other users. A process at
 * full speed believes in strays for longer, so that 5 % of them do not slow it down.
 */
const AT_FULL_SPEED = { many: 6, forgiven: 0.12 };
const AMONG_OTHERS = { many: 2.5, forgiven: 0.06 };

/** Share of the speed that remains after a decrease. */
const DECREASE = 0.85;

/**
 * The lowest speed, as a share of the limit: of a process that gets answers, and of one that gets
 * none. Others leave it no place, and it finds one only while it tries often enough.
 */
const LOWEST_SPEED = 0.02;
const LOWEST_UNANSWERED = 0.2;

/**
 * Share of the limit that comes back in a second: up to 1.05 times the speed that was too much, and
 * beyond it, where others must have left.
 */
const INCREASE = 0.0007;
const OTHERS_LEFT = 1.05;
const INCREASE_BEYOND = 0.01;

/** Share of the spacing by which the next call goes later after a 429 at most: finds a free place. */
const SHIFT = 0.5;

/**
 * For shares below one call a second (two workers at 1 a second): each process uses so much of its
 * share, always, and goes later by so much of its spacing after a 429, until all have a free place.
 */
const FRACTION_USED = 0.94;
const FRACTION_SHIFT = 0.02;

/** What one run allows: a percentage of the limit (1 to 100), and calls per minute. */
export interface RateBounds {
	readonly share: number;
	readonly callsPerMinute?: number;
}

/** What an answer says about the limit. */
export interface RateInfo {
	/** Calls per second, from X-RateLimit-Replenish-Rate: any number; undefined where there is none. */
	readonly limit?: number;
	/** Whether it is a 429. */
	readonly tooMany: boolean;
	/** Milliseconds that the service asks to wait; 0 where it does not. */
	readonly retryAfterMs: number;
}

/** The rate that the answers so far allow. */
export class AllowedRate {
	/** The bounds of the runs that have joined; the lowest hold. */
	readonly runs = new Map<object, RateBounds>();
	/** Calls per second: the definition's, or what the service said last. */
	private limit: number;
	/** Calls per second: the highest figure of a header that is believed. */
	private highestLimit = HIGHEST_LIMIT;
	/** 429s of late, less what answered calls took off. */
	private refusals = 0;
	/** Whether a call was answered, not refused, since the last decrease. */
	private wasAnswered = false;
	/** Calls sent before this (monotonic milliseconds) say nothing about the present rate. */
	private since = Number.NEGATIVE_INFINITY;
	/** The last decrease: speed before and after it, and when it was (monotonic milliseconds). */
	private decrease = { from: 1, to: 1, at: Number.NEGATIVE_INFINITY };

	/**
	 * @param definedLimit calls per second of the messenger definition
	 * @param random from 0 to below 1
	 */
	constructor(
		private readonly definedLimit: number,
		private readonly clock: Clock,
		private readonly random: () => number,
	) {
		this.limit = definedLimit;
	}

	/** Calls per second of this process. */
	perSecond(): number {
		const own = this.ownLimit();
		if (this.isFraction()) return own * FRACTION_USED;
		// Whole calls: four processes with 2.5 each could meet in one second with three each.
		return (own < 1 ? own : Math.floor(own)) * this.speed();
	}

	/** Milliseconds from one call to the next. */
	spacing(): number {
		return SECOND_MS / this.perSecond();
	}

	/** Milliseconds between two calls that the runs' calls per minute ask for; 0 without. */
	spacingOfMinute(): number {
		return MINUTE_MS / this.lowest('callsPerMinute');
	}

	/** Milliseconds by which the next call goes later after a 429. */
	shift(): number {
		return this.spacing() * (this.isFraction() ? FRACTION_SHIFT : SHIFT * this.random());
	}

	/** Takes in the answer to a call. @returns whether the rate has fallen because of 429s */
	update({ limit = 0, tooMany }: RateInfo, sentAt: number): boolean {
		if (limit > 0 && limit <= this.highestLimit) this.setLimit(limit);
		if (this.isFraction() || sentAt < this.since) return false;
		const { many, forgiven } = this.speed() < 1 ? AMONG_OTHERS : AT_FULL_SPEED;
		this.refusals = tooMany ? this.refusals + 1 : Math.max(0, this.refusals - forgiven);
		this.wasAnswered ||= !tooMany;
		if (this.refusals < many) return false;
		if (this.limit > this.definedLimit) {
			// The header's figure is not what the service does.
			this.highestLimit = this.definedLimit;
			this.setLimit(this.definedLimit);
		} else {
			const from = this.speed();
			const lowest = this.wasAnswered ? LOWEST_SPEED : LOWEST_UNANSWERED;
			const to = Math.max(lowest, from * DECREASE);
			this.decrease = { from, to, at: this.clock.monotonic() };
			this.wasAnswered = false;
			this.countAnew();
		}
		return true;
	}

	private setLimit(limit: number): void {
		// The 429s of calls in flight are explained by a lower limit.
		if (limit < this.limit) this.countAnew();
		this.limit = limit;
	}

	private countAnew(): void {
		this.refusals = 0;
		this.since = this.clock.monotonic();
	}

	/** The lowest bound of the runs; infinite where none has one. */
	private lowest(bound: keyof RateBounds): number {
		return Math.min(...[...this.runs.values()].map((bounds) => bounds[bound] ?? Infinity));
	}

	/** Calls per second that this process may make while nobody else is in the way. */
	private ownLimit(): number {
		return (this.limit * Math.min(100, this.lowest('share'))) / 100;
	}

	/** Whether the process has only a part of the limit, and that is less than one call a second. */
	private isFraction(): boolean {
		return this.ownLimit() < Math.min(1, this.limit);
	}

	/** Share of the own limit in use: above 0, at most 1. */
	private speed(): number {
		const { from, to, at } = this.decrease;
		const seconds = (this.clock.monotonic() - at) / 1000;
		const slowly = Math.min(seconds, Math.max(0, from * OTHERS_LEFT - to) / INCREASE);
		return Math.min(1, to + slowly * INCREASE + (seconds - slowly) * INCREASE_BEYOND);
	}
}
