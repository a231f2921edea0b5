/**
 * How long a method of an instance has given no answer, so that a run gives up as a whole: item by
 * item, 100 numbers would keep asking a service that is down for hours.
 */

import { failure, type Failure } from '../answers/failures';
import { isFailure, type Outcome } from '../answers/response';
import type { Query } from '../query';
import { isNoAnswer } from './retry';

/** Transient failures in a row after which one call goes at a time. */
const ONE_AT_A_TIME_AFTER = 20;

export class Outage {
	/** Monotonic milliseconds since which no answer came; undefined where nothing has failed since. */
	private since: number | undefined;
	private answeredAt = Number.NEGATIVE_INFINITY;
	private last: Failure | undefined;
	private failuresInRow = 0;

	/**
	 * @param maxWaitMs milliseconds without an answer after which nothing more is asked
	 * @param longestGapMs milliseconds by which our own bounds delay a call at most
	 */
	constructor(
		readonly maxWaitMs: number,
		private readonly longestGapMs: () => number,
	) {}

	/** Whether so much fails that calls should go one at a time. */
	get isSevere(): boolean {
		return this.failuresInRow >= ONE_AT_A_TIME_AFTER;
	}

	/** A call ended. Times are monotonic milliseconds. */
	ended(outcome: Outcome, sentAt: number, endedAt: number): void {
		if (!isFailure(outcome) || !isNoAnswer(outcome)) {
			this.since = undefined;
			this.answeredAt = endedAt;
			this.failuresInRow = 0;
			return;
		}
		this.since ??= Math.max(sentAt, this.answeredAt);
		this.last = outcome;
		if (outcome.code !== 'rateLimited') this.failuresInRow++;
	}

	/** Milliseconds after which the run gives up, if no answer comes; 0 or less where it has. */
	msUntilGivenUp(now: number): number {
		if (this.since === undefined || !this.last) return this.maxWaitMs;
		// A told wait that is too long is not begun.
		if ((this.last.retryAfter ?? 0) * 1000 > this.maxWaitMs) return 0;
		// What our own bounds delay for longer has to have its chance, and time for its answer.
		return this.since + Math.max(this.maxWaitMs, 2 * this.longestGapMs()) - now;
	}

	/** The failure of a query that is not asked any more, because the run has given up. */
	blocks({ endpoint }: Query, asked: boolean, now: number): Failure | undefined {
		if (this.since === undefined || !this.last || this.msUntilGivenUp(now) > 0) return undefined;
		const { code, httpStatus, retryAfter } = this.last;
		const seconds = Math.round(this.maxWaitMs / 1000);
		const message = `GREEN-API has not answered for the ${seconds} s of Max Wait, so the run has given up`;
		return failure(code, { endpoint, asked, httpStatus, message, retryAfter });
	}
}
