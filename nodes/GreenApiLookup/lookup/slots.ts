/** So many pieces of work at a time: the others wait, and some of them behind all the rest. */

/** Those who wait, first in, first out. */
class Queue {
	private readonly waiting: Array<() => void> = [];
	private taken = 0;

	push(enter: () => void): void {
		this.waiting.push(enter);
	}

	/** Advances an index: `shift` moves all that remain, which took 3 s for 70,000. */
	take(): (() => void) | undefined {
		const first = this.waiting[this.taken];
		if (first) this.taken++;
		return first;
	}
}

/** When a piece of work gets its slot: in the order of arrival, or only when nobody else waits. */
export type Order = 'inOrder' | 'last';

export class Slots {
	private readonly queues: Readonly<Record<Order, Queue>> = {
		inOrder: new Queue(),
		last: new Queue(),
	};
	private free = 0;

	/** Adds so many slots; without any, everybody waits. */
	open(count: number): void {
		for (let slot = 0; slot < count; slot++) this.leave();
	}

	/** Resolves when a slot is free; it is taken then. */
	async enter(order: Order): Promise<void> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.queues[order].push(resolve));
	}

	/** Gives a slot back, or on to the next one. */
	leave(): void {
		const next = this.queues.inOrder.take() ?? this.queues.last.take();
		if (next) next();
		else this.free++;
	}
}
