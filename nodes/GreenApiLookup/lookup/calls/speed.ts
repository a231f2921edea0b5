/**
 * What other users of an instance leave of its limit. Only a 429 slows down, and a single one does
 * not: several within a short time are other users. Then the speed falls by a factor, and comes back
 * slowly at first and faster the longer none of them is met.
 */

/**
 * Each 429 counts 1, each answered call takes off `forgiven`, and `many` are other users. A process at
 * full speed believes in strays for longer, so that 5 % of them do not slow it down.
 */
const AT_FULL_SPEED = { many: 6, forgiven: 0.12 };
const AMONG_OTHERS = { many: 2.5, forgiven: 0.06 };

/** Share of the speed that remains after a fall. */
const FALL = 0.9;

/** The lowest speed: whoever calls less often finds no gap between the calls of others. */
const LOWEST = 0.125;

/** Milliseconds in which it would come back from 0: with the cube of the time. */
const RECOVERY_MS = 220_000;

/** The share of its limit that a process uses. Every `now` is in monotonic milliseconds. */
export class Speed {
	/** 429s of late, less what answered calls took off. */
	private refusals = 0;
	/** The share from which it comes back, and since when. */
	private base = 1;
	private since = Number.NEGATIVE_INFINITY;

	/** Above 0, at most 1. */
	share(now: number): number {
		return Math.min(1, this.base + ((now - this.since) / RECOVERY_MS) ** 3);
	}

	/** Counts an answer to a call. @returns whether 429s repeat */
	isTooFast(tooMany: boolean, sentAt: number, now: number): boolean {
		// A call sent before the last change says nothing about the present speed.
		if (sentAt < this.since) return false;
		const { many, forgiven } = this.share(now) < 1 ? AMONG_OTHERS : AT_FULL_SPEED;
		this.refusals = tooMany ? this.refusals + 1 : Math.max(0, this.refusals - forgiven);
		return this.refusals >= many;
	}

	/** Leaves more to others. @param to the share at which it goes on */
	fall(now: number, to = Math.max(LOWEST, this.share(now) * FALL)): void {
		this.refusals = 0;
		this.base = to;
		this.since = now;
	}
}
