/** So many pieces of work at a time: the others wait, and some of them behind all the rest. */

/** Those who wait, first in, first out. An array's `shift` moves all that remain: 3 s for 70,000. */
class Queue {
	private arrived: Array<() => void> = [];
	/** The last one is the next. */
	private ordered: Array<() => void> = [];

	push(enter: () => void): void {
		this.arrived.push(enter);
	}

	take(): (() => void) | undefined {
		if (this.ordered.length === 0) {
			this.ordered = this.arrived.reverse();
			this.arrived = [];
		}
		return this.ordered.pop();
	}
}

/** When a piece of work gets its slot: in the order of arrival, or only when nobody else waits. */
export type Order = 'inOrder' | 'last';

export class Slots {
	private readonly queues: Readonly<Record<Order, Queue>> = {
		inOrder: new Queue(),
		last: new Queue(),
	};

	/** @param free how many there are; without any, everybody waits */
	constructor(private free = 0) {}

	/** Adds so many slots. */
	open(count: number): void {
		for (let slot = 0; slot < count; slot++) this.leave();
	}

	/** Resolves when a slot is free; it is taken then. */
	async enter(order: Order = 'inOrder'): Promise<void> {
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
