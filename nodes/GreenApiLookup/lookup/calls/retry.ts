/** Whether and when a query is asked once more within a run: no clock and no randomness of its own. */

import { definitionOf, type Failure } from '../answers/failures';
import { isFailure, type Outcome } from '../answers/response';

/** Calls for one query; those answered 429 are not counted. */
export const MOST_TRIES = 5;

/** Milliseconds: longest wait after the first failed call, and longest wait at all. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** Whether the same query may well be answered a moment later. */
export function mayBeRetried(outcome: Outcome): outcome is Failure {
	return isFailure(outcome) && outcome.retryable && isTransient(outcome);
}

/** Whether it says nothing but that the service, or the way to it, does not work. */
export function isTransient(outcome: Outcome): outcome is Failure {
	return isFailure(outcome) && definitionOf(outcome.code).transient === true;
}

/** What one query has cost so far. */
export class Attempts {
	/** Calls, those answered 429 not counted. */
	private tries = 0;
	/** Milliseconds in calls and in the waits between them, queueing not counted. */
	private ms = 0;
	/** Monotonic milliseconds of the last call's end, if it was answered 429: waiting counts then. */
	private refusedAt: number | undefined;

	/**
	 * @param maxWaitMs milliseconds from the first call after which the query is not asked again
	 * @param random from 0 to below 1
	 */
	constructor(
		private readonly maxWaitMs: number,
		private readonly random: () => number,
	) {}

	/**
	 * Milliseconds until the next call, or undefined where there is none: exponential backoff with
	 * full jitter, unless the service says when. After a 429 there is no wait: the rate limiter makes
	 * everybody wait.
	 */
	waitAfter(outcome: Outcome, sentAt: number, endedAt: number): number | undefined {
		const isRefused = isFailure(outcome) && outcome.code === 'rateLimited';
		this.ms += endedAt - (this.refusedAt ?? sentAt);
		this.refusedAt = isRefused ? endedAt : undefined;
		if (!isRefused) this.tries++;
		if (!mayBeRetried(outcome)) return undefined;
		if (!isRefused && this.tries >= MOST_TRIES) return undefined;
		const told = outcome.retryAfter === undefined ? undefined : outcome.retryAfter * 1000;
		const wait = told ?? (isRefused ? 0 : this.random() * this.longestWait());
		if (this.ms + wait > this.maxWaitMs) return undefined;
		// The limiter keeps what a 429 tells.
		if (isRefused) return 0;
		this.ms += wait;
		return wait;
	}

	private longestWait(): number {
		return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.tries - 1));
	}
}
