/**
 * What has been found out already, so that nothing is paid twice. Two memories: one of the execution
 * (all runs of the node, as in a loop), one of the run (with its Retry On Fail tries, in which n8n
 * gives the node all items again).
 */

import { endsWhat, type Failure } from './failures';
import { isFailure, type Outcome } from './outcome';
import type { Question } from './question';

/** What a scope may not forget: plain data, which n8n keeps when it parks a waiting execution. */
export interface Account {
	/** Calls made in this scope. */
	calls: number;
	/** Most calls that may be made in this scope; read once. Undefined until then. */
	maxCalls?: number;
	/** The failure after which no further call makes sense in this scope. */
	end?: Failure;
}

/** What one scope knows. */
export class Memory {
	/** By question: see `keyOf`. */
	readonly outcomes = new Map<string, Outcome>();
	/** Calls that are under way, by question. */
	readonly flights = new Map<string, Promise<void>>();

	constructor(readonly account: Account = { calls: 0 }) {}
}

/** The memories that a run sees. */
export interface Memories {
	readonly execution: Memory;
	readonly run: Memory;
}

/** Two questions with the same key have the same answer. The key names no instance. */
export function keyOf(
	instanceKey: string,
	{ endpoint: { messenger, operation }, value, force }: Question,
): string {
	return JSON.stringify([instanceKey, messenger, operation, value, force]);
}

export function recall({ execution, run }: Memories, key: string): Outcome | undefined {
	return run.outcomes.get(key) ?? execution.outcomes.get(key);
}

/**
 * Keeps answers for the execution; forced ones and states of an instance, which are asked for because
 * they change, for the run only. Failures are kept for the run, if asking again would not change them.
 */
export function keep(
	{ execution, run }: Memories,
	key: string,
	question: Question,
	outcome: Outcome,
): void {
	if (isFailure(outcome)) {
		if (!outcome.retryable) run.outcomes.set(key, outcome);
		const ends = endsWhat(outcome.code);
		if (ends !== undefined) run.account.end = outcome;
		if (ends === 'execution') execution.account.end = outcome;
		return;
	}
	const changes = question.force || question.endpoint.subject === null;
	(changes ? run : execution).outcomes.set(key, outcome);
}

const memories = new WeakMap<object, Map<string, Memory>>();

/**
 * The memory of a scope, which n8n names by an object; it goes when that object goes.
 * @param owner whose it is within the scope: n8n gives all tools of an agent the same object
 * @param account the owner's account, where n8n keeps one
 */
export function memoryOf(scope: object, owner: string, account?: Account): Memory {
	const owners = memories.get(scope) ?? new Map<string, Memory>();
	memories.set(scope, owners);
	const memory = owners.get(owner) ?? new Memory(account);
	owners.set(owner, memory);
	return memory;
}
