/** n8n's own Batching setting, as one more upper bound: so many calls of a run, then a pause. */

import type { Clock } from './platform';

export interface BatchingLimits {
	/** Calls in one interval. */
	readonly batchSize: number;
	/** Milliseconds. */
	readonly batchInterval: number;
}

/** Waits until the next call of the run keeps within the limits. */
export type Batching = (signal?: AbortSignal) => Promise<void>;

/** Undefined limits, a size below 1 or an interval of 0 bound nothing. */
export function batchingOf(limits: BatchingLimits | undefined, clock: Clock): Batching {
	const { batchSize = 0, batchInterval = 0 } = limits ?? {};
	if (batchSize < 1 || batchInterval <= 0) return () => Promise.resolve();
	const sent: number[] = [];
	return async (signal) => {
		const free = (sent.at(-batchSize) ?? Number.NEGATIVE_INFINITY) + batchInterval;
		for (let wait = free - clock.monotonic(); wait > 0; wait = free - clock.monotonic()) {
			await clock.sleep(wait, signal);
		}
		sent.push(clock.monotonic());
		if (sent.length > 2 * batchSize) sent.splice(0, sent.length - batchSize);
	};
}
