/** Counts events in a window that moves with time: the way in which GREEN-API limits its callers. */

/** Milliseconds in the window of GREEN-API's limits, which are calls per second. */
export const WINDOW_MS = 1000;

/** Lets at most a number of events into any rolling second. Times are milliseconds and never fall. */
export class RollingWindow {
	private readonly times: number[] = [];

	/** Events inside the second that ends now. An event exactly one second old has left it. */
	count(now: number): number {
		while (this.times.length > 0 && now - (this.times[0] as number) >= WINDOW_MS) {
			this.times.shift();
		}
		return this.times.length;
	}

	add(now: number): void {
		this.times.push(now);
	}
}

/** A bucket that is refilled at whole seconds, as other services limit their callers. */
export class WholeSeconds {
	private second = Number.NEGATIVE_INFINITY;
	private events = 0;

	/** Events since the last whole second. */
	count(now: number): number {
		const second = Math.floor(now / WINDOW_MS);
		if (second > this.second) this.events = 0;
		this.second = second;
		return this.events;
	}

	add(): void {
		this.events++;
	}
}

/** The highest number of events in any rolling second. Takes times in any order. */
export function highestCount(times: readonly number[]): number {
	const sorted = [...times].sort((a, b) => a - b);
	let highest = 0;
	let first = 0;
	sorted.forEach((time, last) => {
		while (time - (sorted[first] as number) >= WINDOW_MS) first++;
		highest = Math.max(highest, last - first + 1);
	});
	return highest;
}
