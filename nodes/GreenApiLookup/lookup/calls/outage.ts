/**
 * How long a method of an instance has given no answer, so that a run gives up as a whole: item by
 * item, 100 numbers would keep asking a service that is down for hours.
 */

import type { Failure } from '../answers/failures';
import type { Outcome } from '../answers/response';
import { duration } from '../answers/text';
import { isTransient } from './retry';

/** Transient failures in a row after which one call goes at a time. */
const ONE_AT_A_TIME_AFTER = 20;

export class Outage {
	/** The latest failure, and monotonic milliseconds since which no answer came. */
	private failing:
		| { readonly since: number; readonly last: Failure; readonly gapMs: number }
		| undefined;
	private answeredAt = Number.NEGATIVE_INFINITY;
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
	callEnded(outcome: Outcome, sentAt: number, endedAt: number): void {
		if (!isTransient(outcome)) {
			this.failing = undefined;
			this.answeredAt = endedAt;
			this.failuresInRow = 0;
			return;
		}
		const since = this.failing?.since ?? Math.max(sentAt, this.answeredAt);
		const gapMs = Math.max(this.failing?.gapMs ?? 0, this.longestGapMs());
		this.failing = { since, last: outcome, gapMs };
		if (outcome.code !== 'rateLimited') this.failuresInRow++;
	}

	/** For so many milliseconds there was nothing to ask: that is no outage. */
	idle(ms: number): void {
		if (this.failing) this.failing = { ...this.failing, since: this.failing.since + ms };
	}

	/** Milliseconds after which the run gives up, if no answer comes; 0 or less where it has. */
	msUntilGivenUp(now: number): number {
		if (!this.failing) return this.maxWaitMs;
		const { since, last, gapMs } = this.failing;
		// A told wait that is too long is not begun.
		if (this.isTooLong(last)) return 0;
		// What our own bounds delay for longer has to have its chance, and time for its answer.
		return since + Math.max(this.maxWaitMs, 2 * gapMs) - now;
	}

	/** The failure of a query that is not asked any more, because the run has given up. */
	failureOf(asked: boolean, now: number): Failure | undefined {
		if (!this.failing || this.msUntilGivenUp(now) > 0) return undefined;
		const { last } = this.failing;
		const maxWait = `Max Wait (${duration(this.maxWaitMs / 1000)})`;
		const why = this.isTooLong(last)
			? `GREEN-API asks to wait ${duration(last.retryAfter ?? 0)}, longer than ${maxWait}`
			: `no answer came within ${maxWait}`;
		const happened = last.message.replace(/\.$/, '');
		return { ...last, asked, message: `${happened}; ${why}, so the run has given up.` };
	}

	private isTooLong({ retryAfter = 0 }: Failure): boolean {
		return retryAfter * 1000 > this.maxWaitMs;
	}
}
