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
import type { LookupItem, RunContext, RunOptions, RunResult } from './runOptions';
import { namedFailure } from './wrongInstance';

/** Items that are read before calls may go again: after the first item, the first call. */
const READ_AT_ONCE = 50;

export class LookupRun implements RunContext {
	readonly report: Report;
	readonly endSlice: () => Promise<void>;
	reading: Promise<void> = Promise.resolve();

	private readonly clock: Clock;
	private readonly outcomes: Array<Outcome | undefined>;
	private readonly instances = new Map<Connection, InstanceRun>();
	private readonly dryRun = new DryRun();
	/** What a run would cost: found before its clients leave the limiters, whose pace it needs. */
	private dryCost = '';
	/** The items that were read. */
	private readonly lookups: Array<Promise<void>> = [];
	private allChecked: Promise<unknown> | undefined;
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
			if (dryRun) this.dryCost = this.dryRun.summary(count, execution.callsLeft, batching);
			else await this.finishAll();
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

	/** With Stop a bad number at the end of a list must not cost the list first. */
	private get readsFirst(): boolean {
		return this.options.stopOnFailure || this.options.dryRun;
	}

	get checked(): Promise<unknown> {
		this.allChecked ??= this.reading.then(async () => {
			const instances = [...this.instances.values()];
			await Promise.all(instances.map(async (instance) => await instance.endChecks()));
		});
		return this.allChecked;
	}

	private async finishAll(): Promise<void> {
		if (this.readsFirst) for (const instance of this.instances.values()) instance.open();
		await this.checked;
		for (const lookup of this.lookups) await lookup;
	}

	private async readAll(): Promise<void> {
		for (let index = 0; index < this.options.count && !this.isOver; index++) {
			await this.endSlice();
			if (index % READ_AT_ONCE === 1 && !this.readsFirst) await this.clock.sleep(0);
			this.take(index, await this.options.read(index));
		}
	}

	private take(index: number, { connection, query }: LookupItem): void {
		if (isFailure(connection)) return this.settle(index, connection);
		if (this.options.dryRun) {
			// Never ends the run: finding what cannot be read is what a dry run is for.
			this.outcomes[index] = isFailure(query)
				? query
				: this.dryRun.add(query, this.instanceOf(connection));
		} else if (isFailure(query)) this.settle(index, query);
		else this.lookups.push(this.lookUp(index, query, this.instanceOf(connection)));
	}

	private instanceOf(connection: Connection): InstanceRun {
		const existing = this.instances.get(connection);
		if (existing) return existing;
		// Not before it is known that the settings can be used: a default must not take the cap's place.
		this.options.memories.execution.record.maxCalls ??= this.options.maxCalls;
		const instance = new InstanceRun(connection, this);
		this.instances.set(connection, instance);
		if (!this.readsFirst) instance.open();
		return instance;
	}

	private async lookUp(index: number, query: Query, instance: InstanceRun): Promise<void> {
		try {
			const outcome = await instance.lookUp(query);
			if (!outcome) return;
			const isWrong = isFailure(outcome) && outcome.code === 'wrongInstance';
			if (isWrong) instance.ofWrongInstance.push(index);
			this.settle(index, outcome);
		} catch (error) {
			this.crash(error);
		}
	}

	private crash(error: unknown): void {
		this.crashed ??= error;
		this.endWaits();
	}

	/** Gives an item its outcome. With Stop the first failure ends the run; a cap is no failure. */
	private settle(index: number, outcome: Outcome): void {
		this.outcomes[index] = outcome;
		if (!this.options.stopOnFailure) return;
		if (!isFailure(outcome) || outcome.code === 'callLimit') return;
		this.failed ??= { index, failure: outcome };
		this.endWaits();
	}

	/** Failures of a wrong instance name the messenger that the instance belongs to. */
	private async nameMessengers(): Promise<void> {
		const { endpoint } = this.options;
		for (const instance of this.instances.values()) {
			const owner = await instance.ownerIfWrong();
			if (!owner || owner === endpoint.messenger) continue;
			for (const index of instance.ofWrongInstance) {
				const named = namedFailure(this.outcomes[index] as Failure, endpoint, owner);
				this.outcomes[index] = named;
				if (this.failed?.index === index) this.failed.failure = named;
			}
		}
	}

	/** Ends every wait; where the execution was cancelled, also aborts the calls in flight. */
	private endWaits(): void {
		const isCancelled = this.options.signal?.aborted;
		for (const instance of this.instances.values()) {
			instance.wake();
			if (isCancelled) instance.giveUp();
		}
	}
}
