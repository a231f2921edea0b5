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

/** n8n's sleep knows a signal in its newest versions only; so the two race. */
async function cancellableSleep(ms: number, signal?: AbortSignal): Promise<void> {
	// Rounded up: a timer that fires early would have to be set once more.
	const slept = sleep(Math.ceil(ms));
	if (!signal) return await slept;
	if (signal.aborted) throw new Cancelled();
	let cancel = () => {};
	const cancelled = new Promise<never>((_resolve, reject) => {
		cancel = () => reject(new Cancelled());
		signal.addEventListener('abort', cancel, { once: true });
	});
	try {
		await Promise.race([slept, cancelled]);
	} finally {
		signal.removeEventListener('abort', cancel);
	}
}
