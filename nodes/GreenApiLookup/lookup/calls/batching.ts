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
	/** Notes that a call went, now. */
	sent(): void;
	/** Milliseconds between two calls at most. */
	readonly longestGapMs: number;
}

const UNBOUNDED: Batching = { wait: () => Promise.resolve(), sent() {}, longestGapMs: 0 };

/** Undefined limits, a size below 1 or an interval of 0 bound nothing. */
export function batchingOf(limits: BatchingLimits | undefined, clock: Clock): Batching {
	const { batchSize = 0, batchInterval = 0 } = limits ?? {};
	if (batchSize < 1 || batchInterval <= 0) return UNBOUNDED;
	const sent: number[] = [];
	return {
		longestGapMs: batchInterval,
		async wait(signal) {
			const free = (sent.at(-batchSize) ?? Number.NEGATIVE_INFINITY) + batchInterval;
			for (let ms = free - clock.monotonic(); ms > 0 && !signal?.aborted; ) {
				await clock.sleep(ms, signal);
				ms = free - clock.monotonic();
			}
		},
		sent() {
			sent.push(clock.monotonic());
			if (sent.length > 2 * batchSize) sent.splice(0, sent.length - batchSize);
		},
	};
}
