/** n8n's own Batching setting, as one more upper bound: so many calls of a run, then a pause. */

import type { Clock } from '../environment';

/** A size below 1 or an interval of 0 bounds nothing. */
export interface BatchingLimits {
	/** Calls in one interval. */
	readonly batchSize: number;
	/** Milliseconds. */
	readonly batchInterval: number;
}

export class Batching {
	/** The longest pause between two calls, in milliseconds. */
	readonly longestGapMs: number;
	/** The pace that it allows; infinite where it bounds nothing. */
	readonly callsPerSecond: number;
	private readonly size: number;
	/** Monotonic milliseconds of the latest calls. */
	private readonly sentAt: number[] = [];

	constructor(
		{ batchSize, batchInterval }: BatchingLimits,
		private readonly clock: Clock,
	) {
		this.longestGapMs = batchSize < 1 ? 0 : batchInterval;
		this.size = Math.max(1, batchSize);
		this.callsPerSecond = (1000 * this.size) / this.longestGapMs;
	}

	/** Milliseconds until the next call of the run may go; 0 or less where it may go now. */
	get waitMs(): number {
		const free = (this.sentAt.at(-this.size) ?? Number.NEGATIVE_INFINITY) + this.longestGapMs;
		return free - this.clock.monotonic();
	}

	/** Notes that a call goes, now. */
	sent(): void {
		this.sentAt.push(this.clock.monotonic());
		if (this.sentAt.length > 2 * this.size) this.sentAt.splice(0, this.sentAt.length - this.size);
	}
}
