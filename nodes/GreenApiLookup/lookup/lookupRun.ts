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
import type { RunOptions, RunContext, RunResult } from './runOptions';
import { namedFailure } from './wrongInstance';

export class LookupRun implements RunContext {
	readonly report: Report;
	readonly endSlice: () => Promise<void> | undefined;

	private readonly clock: Clock;
	private readonly outcomes: Array<Outcome | undefined>;
	private readonly instances = new Map<Connection, InstanceRun>();
	private readonly dryRun = new DryRun();
	/** What a run would cost: found before its clients leave the limiters, whose pace it needs. */
	private dryCost = '';
	/** Work that has begun; undefined until calling begins. */
	private working: Array<Promise<void>> | undefined;
	private next = 0;
	private reading: Promise<boolean> = Promise.resolve(true);
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
		const { count, batching, signal, stopOnFailure, dryRun } = this.options;
		const { execution } = this.options.memories;
		const cancel = () => this.endWaits();
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			// With Stop a bad number at the end of a list must not cost the list first.
			if (stopOnFailure || dryRun) await this.readAll();
			if (dryRun) this.dryCost = this.dryRun.summary(count, execution.callsLeft, batching);
			else await this.askAll();
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

	/** Lets all instances work, side by side; those that are found while reading goes on join in. */
	private async askAll(): Promise<void> {
		this.working = [];
		for (const instance of this.instances.values()) this.begin(instance);
		// One instance reads the rest itself; with several, all items are read at once, so that none starts late.
		this.start(this.readAll(() => !this.options.hasManyInstances && this.instances.size > 0));
		for (const work of this.working) await work;
		// With Max Calls, contacts wait for all checks: a contact must not use up the call of a check.
		const waiting = this.isCapped ? this.instances.values() : [];
		for (const instance of waiting) this.start(instance.askContacts());
		for (const work of this.working) await work;
		if (this.crashed !== undefined) throw this.crashed as Error;
	}

	private async readAll(isEnough = () => false): Promise<void> {
		while (!isEnough() && (await this.readNext()));
	}

	private get isCapped(): boolean {
		return (this.options.memories.execution.record.maxCalls ?? 0) > 0;
	}

	private begin(instance: InstanceRun): void {
		this.start(instance.check());
		if (!this.isCapped) this.start(instance.askContacts());
	}

	private start(work: Promise<void>): void {
		const crash = (error: unknown) => {
			this.crashed ??= error;
			this.endWaits();
		};
		this.working?.push(work.catch(crash));
	}

	async readNext(): Promise<boolean> {
		this.reading = this.reading.then(async () => {
			if (this.isOver || this.next >= this.options.count) return false;
			await this.endSlice();
			await this.take(this.next++);
			return true;
		});
		return await this.reading;
	}

	private async take(index: number): Promise<void> {
		const { connection, query } = await this.options.read(index);
		if (isFailure(connection)) return this.settle(index, connection);
		if (this.options.dryRun) {
			// Never ends the run: finding what cannot be read is what a dry run is for.
			this.outcomes[index] = isFailure(query)
				? query
				: this.dryRun.add(query, this.instanceOf(connection));
		} else if (isFailure(query)) this.settle(index, query);
		else this.instanceOf(connection).add(index, query);
	}

	private instanceOf(connection: Connection): InstanceRun {
		const existing = this.instances.get(connection);
		if (existing) return existing;
		// Not before it is known that the settings can be used: a default must not take the cap's place.
		this.options.memories.execution.record.maxCalls ??= this.options.maxCalls;
		const instance = new InstanceRun(connection, this);
		this.instances.set(connection, instance);
		if (this.working) this.begin(instance);
		return instance;
	}

	/** Gives an item its outcome. With Stop the first failure ends the run; a cap is no failure. */
	settle(index: number, outcome: Outcome): void {
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
