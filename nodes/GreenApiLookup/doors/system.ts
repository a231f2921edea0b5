/** Time and chance of this machine, through what n8n allows a community package to use. */

import { sleep } from 'n8n-workflow';

import { Cancelled, type Platform } from '../lookup/platform';

export const SYSTEM: Platform = {
	clock: {
		now: () => Date.now(),
		monotonic: () => performance.now(),
		sleep: cancellableSleep,
	},
	random: () => Math.random(),
};

/**
 * Milliseconds that n8n's sleep is asked for at once. Its timer cannot be cleared, so this is what a
 * cancelled execution leaves behind: an hour of it would keep `n8n execute` from ending.
 */
const SLICE_MS = 500;

/** n8n's sleep knows a signal in its newest versions only; so the two race. */
async function cancellableSleep(ms: number, signal?: AbortSignal): Promise<void> {
	const until = performance.now() + ms;
	let cancel = () => {};
	const cancelled = new Promise<never>((_resolve, reject) => {
		cancel = () => reject(new Cancelled());
		signal?.addEventListener('abort', cancel, { once: true });
	});
	try {
		let left = ms;
		do {
			if (signal?.aborted) throw new Cancelled();
			// Rounded up: a timer that fires early would have to be set once more.
			await Promise.race([sleep(Math.min(SLICE_MS, Math.ceil(left))), cancelled]);
			left = until - performance.now();
		} while (left > 0);
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}
