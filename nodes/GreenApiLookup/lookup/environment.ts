/** What the core takes from outside: time and randomness. Tests hand in their own. */

export interface Clock {
	/** Milliseconds since 1970, for people; may jump. */
	now(): number;
	/** Milliseconds since an arbitrary start; never goes back. */
	monotonic(): number;
	/**
	 * Resolves after at least this many milliseconds, or as soon as the signal is aborted; never
	 * rejects. 0 lets other work of the process go first.
	 */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Environment {
	readonly clock: Clock;
	/** From 0 to below 1. */
	readonly random: () => number;
}

/** Milliseconds that a list is worked on at most before the rest of the process goes first. */
const SLICE_MS = 15;

/** A function to await between pieces of work: it yields to the event loop when a slice is used up. */
export function inSlices(clock: Clock): () => Promise<void> {
	let begun = clock.monotonic();
	// One after the other: of thousands that look at the clock at once, none would find a slice used up.
	let last = Promise.resolve();
	const endSlice = async () => {
		if (clock.monotonic() - begun < SLICE_MS) return;
		await clock.sleep(0);
		begun = clock.monotonic();
	};
	return async () => await (last = last.then(endSlice));
}
