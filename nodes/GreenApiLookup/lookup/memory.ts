/**
 * What a run of the node has already found out. n8n's Retry On Fail runs the whole node again, all
 * items, so without a memory it would pay for every answer once more.
 */

import { isFailure, type Outcome } from './outcome';
import type { Question } from './question';

export class Memory {
	private readonly outcomes = new Map<string, Outcome>();

	recall(question: Question): Outcome | undefined {
		return this.outcomes.get(keyOf(question));
	}

	/** Keeps answers, and failures that asking again would not change. */
	keep(question: Question, outcome: Outcome): void {
		if (isFailure(outcome) && outcome.retryable) return;
		this.outcomes.set(keyOf(question), outcome);
	}
}

function keyOf({ endpoint: { messenger, operation }, value, force }: Question): string {
	return JSON.stringify([messenger, operation, value, force]);
}

const memories = new WeakMap<object, Memory>();

/**
 * The memory of one run, shared by its tries.
 * @param run an object that is the same for all tries of a run; the memory goes when it goes
 */
export function memoryOf(run: object): Memory {
	const memory = memories.get(run) ?? new Memory();
	memories.set(run, memory);
	return memory;
}
