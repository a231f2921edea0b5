/**
 * One run of the node: reads the items and finds an outcome for each. Workers take one task after the
 * other and follow it to its end; the adapters only carry items in and out.
 */

import type { Endpoint, MessengerDefinition } from '../messengers/definition';
import { definitionOf, failure, type Failure } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Batching } from './calls/batching';
import { InstanceClient, type Connection } from './calls/instanceClient';
import { nextTry } from './calls/retry';
import { inSlices, type Clock } from './environment';
import { KnownOutcomes, type Memories } from './knownOutcomes';
import type { ProcessState } from './processState';
import type { Query } from './query';
import { Report } from './report';
import { readTypeInstance, settingsRequest, SETTINGS_CALLS_PER_SECOND } from './wrongInstance';

/** One item as it was read: failures where its parameters or its credential cannot be used. */
export interface LookupItem {
	readonly query: Query | Failure;
	/** The same object for all items of an instance. */
	readonly connection: Connection | Failure;
}

export interface RunOptions {
	readonly endpoint: Endpoint;
	readonly messengers: readonly MessengerDefinition[];
	readonly state: ProcessState;
	readonly memories: Memories;
	/** How many items there are, and what each is; read in order, once each. */
	readonly count: number;
	readonly read: (index: number) => LookupItem;
	readonly batching: Batching;
	/** Most calls of the execution, retries included; 0 for no cap. Read once in an execution. */
	readonly maxCalls: number;
	/** Milliseconds from a query's first call after which it is not asked again. */
	readonly maxWaitMs: number;
	/** Whether the first failure ends the run (On Error: Stop Workflow). */
	readonly stopOnFailure: boolean;
	/** Ends the run at once when it is aborted. */
	readonly signal: AbortSignal | undefined;
}

/** A run that ended at its first failure. */
export interface Stopped {
	/** Position of the item that failed. */
	readonly index: number;
	readonly failure: Failure;
	/** Items that had been answered by then. */
	readonly answered: number;
}

/**
 * How a run ended: an outcome for each item in their order, unless a failure stopped it. Undefined
 * only where the execution was cancelled before the item had its outcome.
 */
export type RunResult = ReadonlyArray<Outcome | undefined> | Stopped;

/** A query and the items that wait for its outcome. */
interface Task {
	readonly key: string;
	readonly query: Query;
	readonly indexes: number[];
	outcome?: Outcome;
}

/** One instance of the run: what its workers share. */
interface InstanceWork {
	readonly connection: Connection;
	readonly client: InstanceClient;
	readonly known: KnownOutcomes;
	/** Every task, by key; equal queries are one task. */
	readonly tasks: Map<string, Task>;
	/** Tasks that no worker has taken yet. */
	readonly queue: Task[];
	/** Aborted, and replaced, when those who wait have to look again. */
	waits: AbortController;
	hasAnswers: boolean;
}

/**
 * Tasks that are worked on at a time, for each instance. What is in flight follows from the limit and
 * the latency (10 a second at 150 ms are 1.5, at 3 s they are 30); this bounds what a service that
 * hangs can hold open, and how many answers come at once: with 100 everybody else in n8n waited 290 ms.
 */
const WORKERS = 30;

export class LookupRun {
	readonly report: Report;

	private readonly clock: Clock;
	private readonly outcomes: Array<Outcome | undefined>;
	private readonly instances = new Map<Connection, InstanceWork>();
	private readonly workers: Array<Promise<void>> = [];
	private readonly endSlice: () => Promise<void> | undefined;
	/** The item that is read next. */
	private next = 0;
	private failed: { index: number; failure: Failure } | undefined;
	private crashed: unknown;

	constructor(private readonly options: RunOptions) {
		this.clock = options.state.environment.clock;
		this.outcomes = new Array<Outcome | undefined>(options.count);
		this.report = new Report(options.count, this.clock.monotonic());
		this.endSlice = inSlices(this.clock);
	}

	/**
	 * What is known to fail is not asked, and nothing is asked twice. When the signal is aborted, every
	 * wait ends at once and no call goes out any more.
	 */
	async run(): Promise<RunResult> {
		const { memories, maxCalls, signal } = this.options;
		memories.execution.record.maxCalls ??= maxCalls;
		const cancel = () => this.wakeAll();
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			// Ahead of calling: a bad number at the end of a list must not cost the list first.
			while (await this.readNext());
			for (const work of this.instances.values()) this.startWorkers(work);
			await Promise.all(this.workers);
			if (this.crashed !== undefined) throw this.crashed as Error;
			for (const work of this.instances.values()) await this.nameMessenger(work);
		} finally {
			signal?.removeEventListener('abort', cancel);
			for (const { client } of this.instances.values()) client.close();
		}
		if (!this.failed) return this.outcomes;
		const answered = this.outcomes.filter((outcome) => outcome && !isFailure(outcome)).length;
		return { ...this.failed, answered };
	}

	/** Stopped, cancelled or crashed: nothing is asked any more. */
	private get isOver(): boolean {
		const { signal } = this.options;
		return this.failed !== undefined || this.crashed !== undefined || signal?.aborted === true;
	}

	/** Reads one item. @returns false where none remains */
	private async readNext(): Promise<boolean> {
		if (this.isOver || this.next >= this.options.count) return false;
		await this.endSlice();
		this.take(this.next++);
		return true;
	}

	private take(index: number): void {
		const { connection, query } = this.options.read(index);
		if (isFailure(connection)) return this.settle([index], connection);
		if (isFailure(query)) return this.settle([index], query);
		const work = this.workOf(connection);
		const key = work.known.keyOf(query);
		const equal = work.tasks.get(key);
		if (equal?.outcome) return this.settle([index], equal.outcome);
		if (equal) return void equal.indexes.push(index);
		const task: Task = { key, query, indexes: [index] };
		work.tasks.set(key, task);
		work.queue.push(task);
	}

	private workOf(connection: Connection): InstanceWork {
		const known = this.instances.get(connection);
		if (known) return known;
		const { endpoint } = this.options;
		const work: InstanceWork = {
			connection,
			client: this.clientOf(connection, endpoint.path, endpoint.callsPerSecond),
			known: new KnownOutcomes(this.options.memories, this.options.state, connection.instance),
			tasks: new Map(),
			queue: [],
			waits: new AbortController(),
			hasAnswers: false,
		};
		this.instances.set(connection, work);
		return work;
	}

	private clientOf(connection: Connection, path: string, callsPerSecond: number): InstanceClient {
		const { state, batching, memories } = this.options;
		const limiter = state.limiterOf(connection.instance, path, callsPerSecond);
		return new InstanceClient(connection, limiter, batching, this.clock, () => {
			memories.execution.record.calls++;
			this.report.called();
		});
	}

	private startWorkers(work: InstanceWork): void {
		for (let count = 0; count < WORKERS; count++) {
			const worker = this.work(work).catch((error: unknown) => {
				this.crashed ??= error;
				this.wakeAll();
			});
			this.workers.push(worker);
		}
	}

	/** Takes one task after the other to its end. */
	private async work(work: InstanceWork): Promise<void> {
		for (let task = work.queue.shift(); task && !this.isOver; task = work.queue.shift()) {
			const { key, query } = task;
			const outcome = await work.known.singleFlight(key, () => this.resolve(key, query, work));
			if (outcome === undefined) return;
			task.outcome = outcome;
			this.settle(task.indexes, outcome);
			await this.endSlice();
		}
	}

	/** Asks until there is an outcome; undefined where the run is over before. */
	private async resolve(
		key: string,
		query: Query,
		work: InstanceWork,
	): Promise<Outcome | undefined> {
		const { client, known } = work;
		const { maxWaitMs, state } = this.options;
		const spent = { tries: 0, ms: 0 };
		let asked = false;
		let refusedAt: number | undefined;
		const isWanted = () => !this.isOver && !known.get(key) && !known.blockedBy(query, asked);
		while (!this.isOver) {
			const settled = known.get(key) ?? known.blockedBy(query, asked);
			if (settled) return settled;
			const answered = await client.ask(query, work.waits.signal, isWanted);
			if (!answered) continue;
			if (this.options.signal?.aborted) return undefined;
			const { result: outcome, sentAt, endedAt } = answered;
			const isRefused = isFailure(outcome) && outcome.code === 'rateLimited';
			asked = true;
			spent.ms += endedAt - (refusedAt ?? sentAt);
			spent.tries += isRefused ? 0 : 1;
			refusedAt = isRefused ? endedAt : undefined;
			const wait = nextTry(outcome, spent, maxWaitMs, state.environment.random);
			if (wait === undefined) return this.store(key, query, outcome, work);
			spent.ms += wait;
			const until = this.clock.monotonic() + wait;
			for (let ms = wait; ms > 0 && isWanted(); ms = until - this.clock.monotonic()) {
				await this.clock.sleep(ms, work.waits.signal);
			}
		}
		return undefined;
	}

	private store(key: string, query: Query, outcome: Outcome, work: InstanceWork): Outcome {
		const stored = work.known.store(key, query, outcome);
		if (!isFailure(stored)) {
			work.hasAnswers = true;
			this.report.answeredByCall();
		} else if (definitionOf(stored.code).ends) {
			wake(work);
		}
		return stored;
	}

	/** Gives items their outcome. With Stop the first failure ends the run; a cap is no failure. */
	private settle(indexes: readonly number[], outcome: Outcome): void {
		for (const index of indexes) this.outcomes[index] = outcome;
		this.report.settled(outcome, indexes.length);
		if (!this.options.stopOnFailure || !isFailure(outcome) || outcome.code === 'callLimit') return;
		this.failed ??= { index: indexes[0] as number, failure: outcome };
		this.wakeAll();
	}

	/** Tells failures of a wrong instance again, with the messenger that the instance belongs to. */
	private async nameMessenger({ connection, known, hasAnswers }: InstanceWork): Promise<void> {
		const { endpoint, messengers, signal } = this.options;
		if (known.ended?.code !== 'wrongInstance' || hasAnswers || signal?.aborted) return;
		const type = await known.typeInstance(async () => {
			if (!known.mayCall()) return undefined;
			const request = settingsRequest(connection.instance);
			const client = this.clientOf(connection, request.path, SETTINGS_CALLS_PER_SECOND);
			const sent = await client.send(request, signal, () => true, readTypeInstance);
			client.close();
			return sent?.result;
		});
		const owner = messengers.find(({ typeInstance }) => typeInstance === type);
		if (!owner || owner === endpoint.messenger) return;
		const tell = <Result extends Outcome | undefined>(outcome: Result) =>
			outcome && isFailure(outcome) && outcome.code === 'wrongInstance'
				? failure('wrongInstance', {
						...outcome,
						endpoint,
						belongsTo: owner.name,
						advice: undefined,
					})
				: outcome;
		for (const [index, outcome] of this.outcomes.entries()) this.outcomes[index] = tell(outcome);
		if (this.failed) this.failed = { ...this.failed, failure: tell(this.failed.failure) };
	}

	private wakeAll(): void {
		for (const work of this.instances.values()) wake(work);
	}
}

/** Who waits on the instance looks again whether its query is still to be asked. */
function wake(work: InstanceWork): void {
	const { waits } = work;
	work.waits = new AbortController();
	waits.abort();
}
