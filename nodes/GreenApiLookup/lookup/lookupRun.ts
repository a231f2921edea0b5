/**
 * One run of the node: reads the items, hands each to the run of its instance and collects the
 * outcomes. The adapters only convert items and rows.
 */

import type { Failure } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Connection } from './calls/instanceClient';
import { DryRun } from './dryRun';
import { inSlices, type Clock } from './environment';
import { InstanceRun } from './instanceRun';
import { paceWarning, Report, Results, sentences } from './report';
import type { Query } from './query';
import type { RunContext, RunOptions, RunResult } from './runOptions';
import { namedFailure } from './wrongInstance';

/** An item that can be asked about. */
interface Item {
	readonly index: number;
	readonly query: Query;
	readonly instance: InstanceRun;
}

export class LookupRun implements RunContext {
	readonly report: Report;
	readonly endSlice: () => Promise<void>;
	reading: Promise<void> = Promise.resolve();

	private readonly clock: Clock;
	private readonly outcomes: Array<Outcome | undefined>;
	private readonly instances = new Map<Connection, InstanceRun>();
	private readonly instanceOfItem: InstanceRun[] = [];
	private readonly dryRun = new DryRun();
	/** What a run would cost: found before its clients leave the limiters, whose pace it needs. */
	private dryCost = '';
	private readonly lookups: Array<Promise<void>> = [];
	private allChecked: Promise<void> | undefined;
	private failed: { index: number; failure: Failure } | undefined;
	private crashed: unknown;

	constructor(readonly options: RunOptions) {
		this.clock = options.state.environment.clock;
		this.outcomes = new Array<Outcome | undefined>(options.count);
		this.report = new Report(this.clock.monotonic());
		this.endSlice = inSlices(this.clock);
	}

	/**
	 * What is known to fail is not asked, and nothing is asked twice. When the signal is aborted, every
	 * wait ends at once and no call goes out any more.
	 */
	async run(): Promise<RunResult> {
		const { count, batching, signal, dryRun } = this.options;
		const { execution } = this.options.memories;
		const cancel = () => this.endWaits();
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			this.reading = this.readAll().catch((error: unknown) => this.crash(error));
			await this.reading;
			if (dryRun) {
				const { callsLeft } = execution;
				this.dryCost = await this.dryRun.summary(count, callsLeft, batching, this.endSlice);
			}
			await this.checked;
			for (const lookup of this.lookups) await lookup;
			if (this.crashed !== undefined) throw this.crashed as Error;
			if (!signal?.aborted) await this.nameMessengers();
		} finally {
			signal?.removeEventListener('abort', cancel);
			for (const instance of this.instances.values()) instance.close();
		}
		if (!this.failed) return this.outcomes;
		const answered = this.outcomes.filter((outcome) => outcome && !isFailure(outcome)).length;
		return { ...this.failed, answered };
	}

	/** What the run did, or would do, for people; undefined where there is nothing to tell. */
	get hint(): { message: string; type: 'info' | 'warning' } | undefined {
		const { count, dryRun, endpoint, checksPerMinute } = this.options;
		const results = new Results(this.outcomes);
		if (!dryRun && count <= 1 && !results.hasFailures) return undefined;
		const pace = paceWarning(endpoint, count, checksPerMinute);
		const message = dryRun
			? sentences(pace, this.dryCost, results.failed.summary('Cannot be asked'))
			: sentences(pace, this.report.summary(results, this.clock.monotonic()));
		return { message, type: pace || results.hasFailures ? 'warning' : 'info' };
	}

	get isOver(): boolean {
		const isCancelled = this.options.signal?.aborted === true;
		return isCancelled || this.failed !== undefined || this.crashed !== undefined;
	}

	get checked(): Promise<void> {
		this.allChecked ??= this.reading.then(async () => {
			const checks = [...this.instances.values()].map(async (instance) => instance.checksDone());
			await Promise.all(checks);
		});
		return this.allChecked;
	}

	/** Reads the items and begins to look them up; with Stop not before all are read. */
	private async readAll(): Promise<void> {
		const { stopOnFailure, dryRun, hasManyInstances } = this.options;
		const items = stopOnFailure ? await collect(this.items()) : this.items();
		for await (const { index, query, instance } of items) {
			await this.endSlice();
			if (this.isOver) return;
			if (dryRun) this.outcomes[index] = this.dryRun.add(query, instance);
			else this.lookups.push(this.lookUp(index, query, instance));
			// Of one instance no more is begun than it can do; of several all, so that none starts late.
			if (!hasManyInstances) await instance.checks.needsMore();
		}
	}

	/** The items that can be asked about. The others get their failure. */
	private async *items(): AsyncGenerator<Item> {
		const { count, read, dryRun, stopOnFailure } = this.options;
		for (let index = 0; index < count && !this.isOver; index++) {
			await this.endSlice();
			const { connection, query } = await read(index);
			if (isFailure(connection)) this.settle(index, connection);
			// Never ends a dry run: finding what cannot be read is what it is for.
			else if (isFailure(query)) this.settle(index, query, !dryRun);
			else {
				const instance = (this.instanceOfItem[index] = this.instanceOf(connection));
				const failure = stopOnFailure && !dryRun && instance.knownFailure(query);
				if (failure) this.settle(index, failure);
				else yield { index, query, instance };
			}
		}
	}

	private instanceOf(connection: Connection): InstanceRun {
		const existing = this.instances.get(connection);
		if (existing) return existing;
		// Not before it is known that the settings can be used: a default must not take the cap's place.
		this.options.memories.execution.record.maxCalls ??= this.options.maxCalls;
		const instance = new InstanceRun(connection, this);
		this.instances.set(connection, instance);
		return instance;
	}

	private async lookUp(index: number, query: Query, instance: InstanceRun): Promise<void> {
		try {
			const outcome = await instance.lookUp(query);
			if (outcome) this.settle(index, outcome);
		} catch (error) {
			this.crash(error);
		}
	}

	private crash(error: unknown): void {
		this.crashed ??= error;
		this.endWaits();
	}

	/** Gives an item its outcome. With Stop the first failure ends the run; a cap is no failure. */
	private settle(index: number, outcome: Outcome, mayStop = true): void {
		this.outcomes[index] = outcome;
		if (!this.options.stopOnFailure || !mayStop) return;
		if (!isFailure(outcome) || outcome.code === 'callLimit') return;
		this.failed ??= { index, failure: outcome };
		this.endWaits();
	}

	/** Failures of a wrong instance name the messenger that the instance belongs to. */
	private async nameMessengers(): Promise<void> {
		const { endpoint } = this.options;
		for (const [index, outcome] of this.outcomes.entries()) {
			if (!outcome || !isFailure(outcome) || outcome.code !== 'wrongInstance') continue;
			await this.endSlice();
			const owner = await this.instanceOfItem[index]?.ownerIfWrong();
			if (!owner || owner === endpoint.messenger) continue;
			const named = namedFailure(outcome, endpoint, owner);
			this.outcomes[index] = named;
			if (this.failed?.index === index) this.failed.failure = named;
		}
	}

	/** Wakes all waiting tasks, which check whether to go on; a cancel also aborts calls in flight. */
	private endWaits(): void {
		const isCancelled = this.options.signal?.aborted;
		for (const instance of this.instances.values()) {
			instance.wake();
			if (isCancelled) instance.giveUp();
		}
	}
}

/** All of them, in an array. */
async function collect<T>(some: AsyncIterable<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const one of some) all.push(one);
	return all;
}
