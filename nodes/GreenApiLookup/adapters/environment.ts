import { sleep } from 'n8n-workflow';

import type { Environment } from '../lookup/environment';

/** Time and randomness of this machine, through what n8n allows a community package to use. */
export const SYSTEM: Environment = {
	clock: {
		now: () => Date.now(),
		monotonic: () => performance.now(),
		sleep: sleepUntilAborted,
	},
	random: () => Math.random(),
};

/**
 * Milliseconds that n8n's sleep is asked for at once. Its timer cannot be cleared, so this is how
 * long a cancelled execution keeps one: an hour of it would keep `n8n execute` from ending.
 */
const SLICE_MS = 500;

/** Only the newest versions of n8n's sleep know a signal, so the two race. */
async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
	const until = performance.now() + ms;
	let wake = () => {};
	const aborted = new Promise<void>((resolve) => {
		wake = resolve;
		signal?.addEventListener('abort', wake, { once: true });
	});
	let remaining = ms;
	do {
		if (signal?.aborted) break;
		// Rounded up: a timer that fires early would have to be set once more.
		await Promise.race([sleep(Math.min(SLICE_MS, Math.ceil(remaining))), aborted]);
		remaining = until - performance.now();
	} while (remaining > 0);
	signal?.removeEventListener('abort', wake);
}
