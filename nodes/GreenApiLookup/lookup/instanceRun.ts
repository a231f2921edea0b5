/**
 * One instance in a run: its queue of tasks, and the workers that take one task after the other and
 * follow it to its end.
 */

import { definitionOf, type FailureCode } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { InstanceClient } from './calls/instanceClient';
import { Attempts } from './calls/retry';
import type { Environment } from './environment';
import type { KnownOutcomes } from './knownOutcomes';
import type { Query } from './query';

/** A query and the items that wait for its outcome. */
interface Task {
	readonly key: string;
	readonly query: Query;
	readonly indexes: number[];
	outcome?: Outcome;
}

/** What an instance needs of the run that it is part of. */
export interface RunPart {
	readonly environment: Environment;
	/** Milliseconds from a query's first call after which it is not asked again. */
	readonly maxWaitMs: number;
	/** Stopped or cancelled: nothing is asked any more. */
	readonly isOver: () => boolean;
	/** Reads one more item of the run. @returns false where none remains */
	readonly readNext: () => Promise<boolean>;
	/** Gives items their outcome. */
	readonly settle: (indexes: readonly number[], outcome: Outcome) => void;
	/** A query got its answer by a call. */
	readonly answered: () => void;
	/** Lets the rest of the process go first, where this one has worked for long. */
	readonly endSlice: () => Promise<void> | undefined;
}

/** Refusals that a gateway also gives for a moment: believed at once only if nothing was answered. */
const MAY_BE_STRAY: ReadonlySet<string> = new Set(['unauthorized', 'wrongInstance']);

/** Milliseconds between two looks at a service that is about to be given up. */
const WATCH_MS = 100;

export class InstanceRun {
	/** Every task, by key: equal queries are one task. */
	private readonly tasks = new Map<string, Task>();
	/** Tasks that no worker has taken yet. */
	private readonly queue: Task[] = [];
	/** Aborted, and replaced, when those who wait have to look again. */
	private waits = new AbortController();
	/** Whether the instance has answered in this run. */
	hasAnswers = false;

	constructor(
		readonly known: KnownOutcomes,
		private readonly client: InstanceClient,
		private readonly run: RunPart,
	) {}

	/** Queues the query of an item, or joins the item to an equal one. */
	add(index: number, query: Query): void {
		const key = this.known.keyOf(query);
		const equal = this.tasks.get(key);
		if (equal?.outcome) return this.run.settle([index], equal.outcome);
		if (equal) return void equal.indexes.push(index);
		const task: Task = { key, query, indexes: [index] };
		this.tasks.set(key, task);
		this.queue.push(task);
	}

	/** Works until no task and no unread item remains. @param workers tasks in progress at a time */
	async work(workers: number): Promise<void> {
		const done = new AbortController();
		const watch = this.watchOutage(done.signal);
		try {
			await Promise.all(Array.from({ length: workers }, async () => await this.takeTasks()));
		} finally {
			done.abort();
		}
		await watch;
	}

	/** Wakes those who wait at the moment at which the run gives up. */
	private async watchOutage(signal: AbortSignal): Promise<void> {
		const { clock } = this.run.environment;
		while (!signal.aborted) {
			const ms = this.client.outage.msUntilGivenUp(clock.monotonic());
			if (ms <= 0) this.wake();
			await clock.sleep(ms <= 0 ? this.run.maxWaitMs : Math.max(WATCH_MS, ms), signal);
		}
	}

	/** Positions of the items that ended with this failure. */
	indexesOf(code: FailureCode): number[] {
		return [...this.tasks.values()].flatMap(({ indexes, outcome }) =>
			outcome && isFailure(outcome) && outcome.code === code ? indexes : [],
		);
	}

	/** Those who wait look again whether their query is still to be asked. */
	wake(): void {
		const { waits } = this;
		this.waits = new AbortController();
		waits.abort();
	}

	private async takeTasks(): Promise<void> {
		while (!this.run.isOver()) {
			const task = this.queue.shift();
			if (task) await this.finish(task);
			else if (!(await this.run.readNext()) && this.queue.length === 0) return;
		}
	}

	private async finish(task: Task): Promise<void> {
		const outcome = await this.known.singleFlight(task.key, () => this.resolve(task));
		if (outcome === undefined) return;
		task.outcome = outcome;
		this.run.settle(task.indexes, outcome);
		await this.run.endSlice();
	}

	/** Asks until there is an outcome; undefined where the run is over before. */
	private async resolve({ key, query }: Task): Promise<Outcome | undefined> {
		const { clock, random } = this.run.environment;
		const attempts = new Attempts(this.run.maxWaitMs, random);
		let asked = false;
		let isAlone = false;
		const settled = () =>
			this.known.get(key) ??
			this.known.blockedBy(query, asked) ??
			this.client.outage.blocks(query, asked, clock.monotonic());
		const isWanted = () => !this.run.isOver() && settled() === undefined;
		while (!this.run.isOver()) {
			const outcome = settled();
			if (outcome) return outcome;
			const call = await this.client.ask(query, {
				signal: this.waits.signal,
				isWanted,
				isAlone: () => isAlone || this.client.outage.isSevere,
			});
			if (!call) continue;
			asked = true;
			if (this.client.outage.msUntilGivenUp(call.endedAt) <= 0) this.wake();
			if (!isAlone && this.hasAnswers && mayBeStray(call.outcome)) {
				isAlone = true;
				continue;
			}
			isAlone = false;
			const wait = attempts.waitAfter(call.outcome, call.sentAt, call.endedAt);
			if (wait === undefined) return this.store(key, query, call.outcome);
			const until = clock.monotonic() + wait;
			for (let ms = wait; ms > 0 && isWanted(); ms = until - clock.monotonic()) {
				await clock.sleep(ms, this.waits.signal);
			}
		}
		return undefined;
	}

	private store(key: string, query: Query, outcome: Outcome): Outcome {
		const stored = this.known.store(key, query, outcome);
		if (!isFailure(stored)) {
			this.hasAnswers = true;
			this.run.answered();
		} else if (definitionOf(stored.code).ends) {
			this.wake();
		}
		return stored;
	}
}

function mayBeStray(outcome: Outcome): boolean {
	return isFailure(outcome) && MAY_BE_STRAY.has(outcome.code);
}
