/** n8n's own Batching setting, as one more upper bound: so many calls of a run, then a pause. */

import type { Clock } from '../environment';

export interface BatchingLimits {
	/** Calls in one interval. */
	readonly batchSize: number;
	/** Milliseconds. */
	readonly batchInterval: number;
}

export interface Batching {
	/** Resolves when the next call of the run keeps within the limits, or when the signal is aborted. */
	wait(signal?: AbortSignal): Promise<void>;
	/** Notes that a call goes, now. */
	sent(): void;
	/** Milliseconds between two calls at most. */
	readonly longestGapMs: number;
}

/** Undefined limits, a size below 1 or an interval of 0 bound nothing. */
export function batchingOf(limits: BatchingLimits | undefined, clock: Clock): Batching {
	const { batchSize = 0, batchInterval = 0 } = limits ?? {};
	const longestGapMs = batchSize < 1 ? 0 : batchInterval;
	const size = Math.max(1, batchSize);
	const sent: number[] = [];
	return {
		longestGapMs,
		async wait(signal) {
			const free = (sent.at(-size) ?? Number.NEGATIVE_INFINITY) + longestGapMs;
			const ms = free - clock.monotonic();
			if (ms > 0) await clock.sleep(ms, signal);
		},
		sent() {
			sent.push(clock.monotonic());
			if (sent.length > 2 * size) sent.splice(0, sent.length - size);
		},
	};
}
