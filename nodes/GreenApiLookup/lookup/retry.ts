/** Whether and when a question is asked once more within a run: pure, so that a table can test it. */

import { isRepeated, type Failure } from './failures';

export interface RetryLimits {
	/** Calls for one question; those answered 429 are not counted. */
	readonly maxTries: number;
	/** Milliseconds from a question's first call, queueing not counted. */
	readonly maxWaitMs: number;
}

/** What a question has cost so far. */
export interface Spent {
	/** Calls, those answered 429 not counted. */
	readonly tries: number;
	/** Milliseconds in calls and in the waits between them. */
	readonly ms: number;
}

/** Milliseconds: longest wait after the first failed call, and longest wait at all. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Milliseconds until the next call, or undefined where there is none: exponential backoff with full
 * jitter, unless the service says when. After a 429 there is no wait: the pacer makes everybody wait.
 * @param random from 0 to below 1
 */
export function nextTry(
	{ code, retryAfter }: Failure,
	spent: Spent,
	limits: RetryLimits,
	random: () => number,
): number | undefined {
	if (!isRepeated(code)) return undefined;
	const isPaced = code === 'rateLimited';
	if (!isPaced && spent.tries >= limits.maxTries) return undefined;
	// The pacer waits as long as the service asks; it is pointless where that is too long.
	if (isPaced) return spent.ms + (retryAfter ?? 0) * 1000 <= limits.maxWaitMs ? 0 : undefined;
	const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (spent.tries - 1));
	const wait = retryAfter === undefined ? random() * longest : retryAfter * 1000;
	return spent.ms + wait <= limits.maxWaitMs ? wait : undefined;
}
