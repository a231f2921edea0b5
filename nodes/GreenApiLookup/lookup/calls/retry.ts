/** Whether and when a query is asked once more within a run: pure, so that a table can test it. */

import { definitionOf } from '../answers/failures';
import { isFailure, type Outcome } from '../answers/response';

/** What a query has cost so far. */
export interface Spent {
	/** Calls, those answered 429 not counted. */
	readonly tries: number;
	/** Milliseconds in calls and in the waits between them. */
	readonly ms: number;
}

/** Calls for one query; those answered 429 are not counted. */
export const MOST_TRIES = 5;

/** Milliseconds: longest wait after the first failed call, and longest wait at all. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Milliseconds until the next call, or undefined where there is none (an answer, or a failure that asking again would not change): exponential backoff with full
 * jitter, unless the service says when. After a 429 there is no wait: the rate limiter makes
 * everybody wait.
 * @param maxWaitMs milliseconds from a query's first call, queueing not counted
 * @param random from 0 to below 1
 */
export function nextTry(
	outcome: Outcome,
	spent: Spent,
	maxWaitMs: number,
	random: () => number,
): number | undefined {
	if (!isFailure(outcome) || !definitionOf(outcome.code).transient) return undefined;
	const { code, retryAfter } = outcome;
	// The limiter waits as long as the service asks; it is pointless where that is too long.
	if (code === 'rateLimited') {
		return spent.ms + (retryAfter ?? 0) * 1000 <= maxWaitMs ? 0 : undefined;
	}
	if (spent.tries >= MOST_TRIES) return undefined;
	const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (spent.tries - 1));
	const wait = retryAfter === undefined ? random() * longest : retryAfter * 1000;
	return spent.ms + wait <= maxWaitMs ? wait : undefined;
}
