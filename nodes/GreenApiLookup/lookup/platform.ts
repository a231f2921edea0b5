/** What the core takes from outside: time and chance. Tests hand in their own. */

export interface Clock {
	/** Milliseconds since 1970, for people; may jump. */
	now(): number;
	/** Milliseconds from any start; never falls. */
	monotonic(): number;
	/**
	 * Lets at least this many milliseconds pass; 0 lets other work of the process go first.
	 * @throws Cancelled as soon as the signal is aborted
	 */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Platform {
	readonly clock: Clock;
	/** From 0 to below 1. */
	readonly random: () => number;
}

/** The execution was cancelled: no call goes out any more, and nobody waits for the rows. */
export class Cancelled extends Error {
	constructor() {
		super('The execution was cancelled.');
	}
}

/** Longest time that a list is worked on without letting the rest of the process go first. */
const SLICE_MS = 15;

/** Call it between pieces of work: it yields to the event loop whenever a slice is used up. */
export function inSlices(clock: Clock): () => Promise<void> | undefined {
	let begun = clock.monotonic();
	return () => {
		if (clock.monotonic() - begun < SLICE_MS) return undefined;
		return clock.sleep(0).then(() => {
			begun = clock.monotonic();
		});
	};
}

/** Something took too long. Its code is that of Node's network errors. */
export class TimedOut extends Error {
	readonly code = 'ETIMEDOUT';
}

/**
 * What comes of work, if it comes in time; else the work is left alone.
 * @throws TimedOut after so many milliseconds
 */
export async function inTime<Result>(
	work: Promise<Result>,
	ms: number,
	clock: Clock,
): Promise<Result> {
	const done = new AbortController();
	const late = clock.sleep(ms, done.signal).then(() => {
		throw new TimedOut();
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		done.abort();
		late.catch(() => undefined);
	}
}
