/**
 * How long a method of an instance has given no answer, so that a run gives up as a whole: item by
 * item, 100 numbers would keep asking a service that is down for hours.
 */

import { failure, type Failure } from '../answers/failures';
import { isFailure, type Outcome } from '../answers/response';
import type { Query } from '../query';
import { isTransient } from './retry';

/** Transient failures in a row after which one call goes at a time. */
const ONE_AT_A_TIME_AFTER = 20;

export class Outage {
	/** Monotonic milliseconds of the first failure since an answer. */
	private since: number | undefined;
	private last: Failure | undefined;
	private failuresInRow = 0;
	private inFlight = 0;
	/** Since when no call is in flight, in monotonic milliseconds. */
	private idleSince = 0;
	/** Milliseconds since the first failure in which only our own bounds delayed the next call. */
	private ownDelayMs = 0;

	/**
	 * @param maxWaitMs milliseconds without an answer after which nothing more is asked
	 * @param spacingMs milliseconds between calls that our own bounds ask for
	 */
	constructor(
		private readonly maxWaitMs: number,
		private readonly spacingMs: () => number,
	) {}

	/** Whether so much fails that calls should go one at a time. */
	get isSevere(): boolean {
		return this.failuresInRow >= ONE_AT_A_TIME_AFTER;
	}

	sent(now: number): void {
		this.ownDelayMs += this.currentDelay(now);
		this.inFlight++;
	}

	ended(outcome: Outcome, now: number): void {
		this.inFlight--;
		this.idleSince = now;
		if (!isFailure(outcome) || !isTransient(outcome)) {
			this.since = undefined;
			this.failuresInRow = 0;
			return;
		}
		if (this.since === undefined) this.ownDelayMs = 0;
		this.since ??= now;
		this.last = outcome;
		if (outcome.code !== 'rateLimited') this.failuresInRow++;
	}

	/** Milliseconds after which the run gives up, if no answer comes; 0 or less where it has. */
	msUntilGivenUp(now: number): number {
		if (this.since === undefined || !this.last) return this.maxWaitMs;
		// A told wait that is too long is not begun.
		if ((this.last.retryAfter ?? 0) * 1000 > this.maxWaitMs) return 0;
		const ownDelayMs = this.ownDelayMs + this.currentDelay(now);
		return this.maxWaitMs - (now - this.since - ownDelayMs);
	}

	/** The failure of a query that is not asked any more, because the run has given up. */
	blocks({ endpoint }: Query, asked: boolean, now: number): Failure | undefined {
		if (this.since === undefined || !this.last || this.msUntilGivenUp(now) > 0) return undefined;
		const { code, httpStatus, retryAfter } = this.last;
		const seconds = Math.round(this.maxWaitMs / 1000);
		const detail = `no answer within the ${seconds} s of Max Wait, so the run has given up`;
		return failure(code, { endpoint, asked, httpStatus, detail, retryAfter });
	}

	/** Milliseconds that our own bounds have delayed the next call so far. */
	private currentDelay(now: number): number {
		if (this.inFlight > 0 || this.since === undefined) return 0;
		return Math.min(now - this.idleSince, this.spacingMs());
	}
}
