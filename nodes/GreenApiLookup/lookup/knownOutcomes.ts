/**
 * What is known about an instance and what may still be asked, so that nothing is paid twice. Two
 * memories: one of the execution (all runs of the node, as in a loop), one of the run (with its Retry
 * On Fail tries, in which n8n gives the node all items again).
 */

import type { Endpoint } from '../messengers/definition';
import { definitionOf, failure, type Failure } from './answers/failures';
import { isFailure, type Answer, type Outcome } from './answers/response';
import { existsIn } from './answers/rows';
import type { Instance } from './calls/instance';
import { hashOf, keyOfInstance, type ProcessState } from './processState';
import { keyOf, otherFormOf, type Query } from './query';
import type { Report } from './report';

/** Plain data, which n8n keeps when it parks a waiting execution in its database. */
export interface ScopeRecord {
	/** Calls made in the scope. */
	calls: number;
	/** Most calls that may be made in it, 0 for no cap; read once. */
	maxCalls?: number;
	/** By hash of an instance or method: the failure after which it is not asked any more. */
	ends?: Record<string, Failure>;
}

/** What one scope knows, about all instances. */
export class Memory {
	readonly outcomes = new Map<string, Outcome>();
	/** Work that is in flight, by query. */
	readonly inFlight = new Map<string, Promise<Outcome | undefined>>();
	/** typeInstance of wrong instances, by instance: undefined where the service did not tell it. */
	readonly typeInstances = new Map<string, string | undefined>();

	constructor(readonly record: ScopeRecord = { calls: 0 }) {}

	/** Calls that Max Calls still allows. */
	get callsLeft(): number {
		const { calls, maxCalls = 0 } = this.record;
		return maxCalls === 0 ? Number.POSITIVE_INFINITY : Math.max(0, maxCalls - calls);
	}
}

/** The memories that a run sees. */
export interface Memories {
	readonly execution: Memory;
	readonly run: Memory;
}

export class KnownOutcomes {
	private readonly instanceKey: string;

	/** @param reuseMs milliseconds for which answers of earlier executions hold; 0 for never */
	constructor(
		private readonly memories: Memories,
		private readonly state: ProcessState,
		private readonly instance: Instance,
		private readonly reuseMs: number,
		private readonly report: Report,
	) {
		this.instanceKey = keyOfInstance(instance);
	}

	/** The key of a query, different for each instance. */
	keyOf(query: Query): string {
		return this.instanceKey + keyOf(query);
	}

	get(key: string, query: Query): Outcome | undefined {
		const { run, execution } = this.memories;
		const known = run.outcomes.get(key) ?? execution.outcomes.get(key);
		if (known || this.reuseMs === 0 || query.force) return known;
		const remembered = this.state.answers.get(this.rememberedKey(query), this.reuseMs);
		if (!remembered) return undefined;
		// From now on it is known in this execution, however old it gets.
		execution.outcomes.set(key, remembered);
		this.report.reused++;
		return remembered;
	}

	/** Keeps a final answer to these queries for later executions, whether it was forced or not. */
	remember(answer: Answer, ...queries: readonly Query[]): void {
		const { answers } = this.state;
		const isKept = this.reuseMs > 0 || answers.size > 0;
		if (answer.query.endpoint.subject === null || !isKept) return;
		for (const query of queries) {
			const key = this.rememberedKey(query);
			// A newer answer replaces an older one, also where this run itself reuses none.
			if (this.reuseMs > 0 || answers.has(key)) answers.set(key, answer);
		}
	}

	private rememberedKey(query: Query): string {
		return hashOf(this.instance.baseUrl, this.keyOf({ ...query, force: false }));
	}

	/** The failure of a query that is not worth a call any more; undefined if it is. */
	blockedBy({ endpoint }: Query, asked: boolean): Failure | undefined {
		const { run, execution } = this.memories;
		for (const { ends } of [run.record, execution.record]) {
			const ended = ends?.[this.instanceKey] ?? ends?.[this.instanceKey + endpoint.path];
			if (ended) return { ...ended, asked };
		}
		const pausedMs = this.state.pausedFor(this.instance, endpoint.path);
		if (pausedMs > 0) return this.pauseFailure(endpoint, pausedMs, { asked });
		if (execution.callsLeft > 0) return undefined;
		return failure('callLimit', { endpoint, asked, total: execution.record.maxCalls });
	}

	/** The failure of a method that is paused for so many milliseconds. */
	private pauseFailure(
		endpoint: Endpoint,
		ms: number,
		{ asked, httpStatus }: Partial<Failure>,
	): Failure {
		const until = this.state.environment.clock.now() + ms;
		const retryAfter = Math.ceil(ms / 1000);
		return failure('contactLimit', { endpoint, asked, httpStatus, until, retryAfter });
	}

	/**
	 * Keeps answers for the execution; forced ones and states of an instance, which are asked for
	 * because they change, for the run only. Failures are kept for the run, if asking again would not
	 * change them.
	 * @returns the outcome, which names the end of a pause that begins with it
	 */
	store(key: string, query: Query, outcome: Outcome): Outcome {
		const { run, execution } = this.memories;
		const { endpoint, force } = query;
		if (!isFailure(outcome)) {
			const { outcomes } = force || endpoint.subject === null ? run : execution;
			outcomes.set(key, outcome);
			const other = otherFormOf(query);
			if (!other) this.remember(outcome, query);
			else if (existsIn(outcome)) {
				// The account is found under both forms of its number; one that says no is no answer yet.
				outcomes.set(this.keyOf(other), outcome);
				this.remember(outcome, query, other);
			}
			return outcome;
		}
		const { ends, forExecution } = definitionOf(outcome.code);
		let told: Failure = outcome;
		if (outcome.code === 'contactLimit') {
			const ms = (outcome.retryAfter ?? 0) * 1000;
			this.state.pause(this.instance, endpoint.path, ms);
			told = this.pauseFailure(
				endpoint,
				this.state.pausedFor(this.instance, endpoint.path),
				outcome,
			);
		}
		if (!told.retryable) run.outcomes.set(key, told);
		if (ends !== undefined) {
			const scope = ends === 'instance' ? this.instanceKey : this.instanceKey + endpoint.path;
			const { record } = forExecution ? execution : run;
			record.ends = { ...record.ends, [scope]: told };
		}
		return told;
	}

	/** Does the work, unless the same query is in flight in another run of the execution: after that. */
	async singleFlight(
		key: string,
		work: () => Promise<Outcome | undefined>,
	): Promise<Outcome | undefined> {
		const { inFlight } = this.memories.execution;
		for (let other = inFlight.get(key); other; other = inFlight.get(key)) {
			const outcome = await other;
			// All tries of the other run have just failed.
			if (outcome && isFailure(outcome)) return outcome;
		}
		const own = work().finally(() => inFlight.delete(key));
		inFlight.set(key, own);
		return await own;
	}

	/** The messenger that the instance belongs to: asked once in a run and its Retry On Fail tries. */
	async typeInstance(ask: () => Promise<string | undefined>): Promise<string | undefined> {
		const { typeInstances } = this.memories.run;
		if (!typeInstances.has(this.instanceKey)) typeInstances.set(this.instanceKey, await ask());
		return typeInstances.get(this.instanceKey);
	}
}

const memories = new WeakMap<object, Map<string, Memory>>();

/**
 * The memory of a scope, which n8n names by an object; it goes when that object goes.
 * @param owner execution and node: n8n gives all tools of an agent the same object
 * @param record where n8n keeps one for the node
 */
export function memoryOf(scope: object, owner: string, record?: ScopeRecord): Memory {
	const ofScope = memories.get(scope) ?? new Map<string, Memory>();
	memories.set(scope, ofScope);
	const memory = ofScope.get(owner) ?? new Memory(record);
	ofScope.set(owner, memory);
	return memory;
}
