/**
 * One run of the node: reads the items, hands each to the run of its instance and keeps what becomes
 * of it. The adapters only carry items in and out.
 */

import type { Endpoint, MessengerDefinition } from '../messengers/definition';
import type { Failure } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Batching } from './calls/batching';
import { InstanceClient, type Connection } from './calls/instanceClient';
import { Outage } from './calls/outage';
import { inSlices } from './environment';
import { InstanceRun, type RunPart } from './instanceRun';
import { KnownOutcomes, type Memories } from './knownOutcomes';
import type { ProcessState } from './processState';
import type { Query } from './query';
import { Report } from './report';
import {
	namedFailure,
	readTypeInstance,
	settingsRequest,
	SETTINGS_CALLS_PER_SECOND,
} from './wrongInstance';

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
	/** How many items there are, and what each is: read in order, once each. */
	readonly count: number;
	readonly read: (index: number) => Promise<LookupItem>;
	readonly batching: Batching;
	/** Most calls of the execution, retries included; 0 for no cap. Read once in an execution. */
	readonly maxCalls: number;
	/** Milliseconds without an answer after which a query, or the whole run, gives up. */
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

/**
 * Tasks in progress at a time, for each instance. What is in flight follows from the limit and the
 * latency (10 a second at 150 ms are 1.5, at 3 s they are 30); this bounds what a service that hangs
 * can hold open, and how many answers come at once: with 100 everybody else in n8n waited 290 ms.
 */
const WORKERS = 30;

export class LookupRun {
	readonly report: Report;

	private readonly outcomes: Array<Outcome | undefined>;
	private readonly instances = new Map<Connection, InstanceRun>();
	private readonly clients: InstanceClient[] = [];
	private readonly part: RunPart;
	/** Work of the instances that are asked, once calling has begun. */
	private working: Array<Promise<void>> | undefined;
	private next = 0;
	private reading: Promise<boolean> = Promise.resolve(true);
	private failed: { index: number; failure: Failure } | undefined;
	private crashed: unknown;

	constructor(private readonly options: RunOptions) {
		const { environment } = options.state;
		this.outcomes = new Array<Outcome | undefined>(options.count);
		this.report = new Report(options.count, environment.clock.monotonic());
		this.part = {
			environment,
			maxWaitMs: options.maxWaitMs,
			isOver: () => this.isOver,
			readNext: async () => await this.readNext(),
			settle: (indexes, outcome) => this.settle(indexes, outcome),
			answered: () => this.report.answeredByCall(),
			endSlice: inSlices(environment.clock),
		};
	}

	/**
	 * What is known to fail is not asked, and nothing is asked twice. When the signal is aborted, every
	 * wait ends at once and no call goes out any more.
	 */
	async run(): Promise<RunResult> {
		const { memories, maxCalls, signal, stopOnFailure } = this.options;
		memories.execution.record.maxCalls ??= maxCalls;
		const cancel = () => {
			for (const client of this.clients) client.giveUp();
			this.wakeAll();
		};
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			// With Stop a bad number at the end of a list must not cost the list first.
			if (stopOnFailure) await this.readAll();
			await this.askAll();
			if (!signal?.aborted) await this.nameMessengers();
		} finally {
			signal?.removeEventListener('abort', cancel);
			for (const client of this.clients) client.close();
		}
		if (!this.failed) return this.outcomes;
		const answered = this.outcomes.filter((outcome) => outcome && !isFailure(outcome)).length;
		return { ...this.failed, answered };
	}

	private get isOver(): boolean {
		const isCancelled = this.options.signal?.aborted === true;
		return isCancelled || this.failed !== undefined || this.crashed !== undefined;
	}

	/** Lets all instances work, side by side; those that are found while reading goes on join in. */
	private async askAll(): Promise<void> {
		this.working = [];
		for (const instance of this.instances.values()) this.start(instance.work(WORKERS));
		// Whoever comes late in the list is asked from the beginning, too.
		this.start(this.readAll());
		for (const work of this.working) await work;
		if (this.crashed !== undefined) throw this.crashed as Error;
	}

	private async readAll(): Promise<void> {
		while (await this.readNext());
	}

	private start(work: Promise<void>): void {
		const crash = (error: unknown) => {
			this.crashed ??= error;
			this.wakeAll();
		};
		this.working?.push(work.catch(crash));
	}

	/** Reads one item, after those before it. @returns false where none remains */
	private async readNext(): Promise<boolean> {
		this.reading = this.reading.then(async () => {
			if (this.isOver || this.next >= this.options.count) return false;
			await this.part.endSlice();
			await this.take(this.next++);
			return true;
		});
		return await this.reading;
	}

	private async take(index: number): Promise<void> {
		const { connection, query } = await this.options.read(index);
		if (isFailure(connection)) this.settle([index], connection);
		else if (isFailure(query)) this.settle([index], query);
		else this.instanceOf(connection).add(index, query);
	}

	private instanceOf(connection: Connection): InstanceRun {
		const known = this.instances.get(connection);
		if (known) return known;
		const { endpoint, memories, state } = this.options;
		const instance = new InstanceRun(
			new KnownOutcomes(memories, state, connection.instance),
			this.clientOf(connection, endpoint.path, endpoint.callsPerSecond),
			this.part,
		);
		this.instances.set(connection, instance);
		if (this.working) this.start(instance.work(WORKERS));
		return instance;
	}

	private clientOf(connection: Connection, path: string, callsPerSecond: number): InstanceClient {
		const { state, batching, memories, maxWaitMs } = this.options;
		const { clock } = state.environment;
		const limiter = state.limiterOf(connection.instance, path, callsPerSecond);
		const outage = new Outage(maxWaitMs, () => Math.max(limiter.spacingMs, batching.longestGapMs));
		const client = new InstanceClient(connection, limiter, batching, outage, clock, () => {
			memories.execution.record.calls++;
			this.report.called();
		});
		this.clients.push(client);
		return client;
	}

	/** Gives items their outcome. With Stop the first failure ends the run; a cap is no failure. */
	private settle(indexes: readonly number[], outcome: Outcome): void {
		for (const index of indexes) this.outcomes[index] = outcome;
		this.report.settled(outcome, indexes.length);
		if (!this.options.stopOnFailure || !isFailure(outcome) || outcome.code === 'callLimit') return;
		this.failed ??= { index: indexes[0] as number, failure: outcome };
		this.wakeAll();
	}

	/** Failures of a wrong instance name the messenger that the instance belongs to. */
	private async nameMessengers(): Promise<void> {
		const { endpoint, messengers } = this.options;
		for (const [connection, instance] of this.instances) {
			const { known, hasAnswers } = instance;
			if (known.ended?.code !== 'wrongInstance' || hasAnswers) continue;
			const type = await known.typeInstance(async () => await this.askType(connection, known));
			const owner = messengers.find(({ typeInstance }) => typeInstance === type);
			if (!owner || owner === endpoint.messenger) continue;
			for (const index of instance.indexesOf('wrongInstance')) {
				const named = namedFailure(this.outcomes[index] as Failure, endpoint, owner);
				this.outcomes[index] = named;
				if (this.failed?.index === index) this.failed.failure = named;
			}
		}
	}

	private async askType(connection: Connection, known: KnownOutcomes) {
		if (!known.mayCall()) return undefined;
		const { signal } = this.options;
		const request = settingsRequest(connection.instance);
		const client = this.clientOf(connection, request.path, SETTINGS_CALLS_PER_SECOND);
		const conditions = { signal, isWanted: () => true, isConfirmation: false };
		const sent = await client.send(request, conditions);
		sent?.release();
		return sent && readTypeInstance(sent.response);
	}

	private wakeAll(): void {
		for (const instance of this.instances.values()) instance.wake();
	}
}
