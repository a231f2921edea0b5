/**
 * One instance in a run: its queue of tasks, and the workers that take one task after the other and
 * follow it to its end.
 */

import { definitionOf, type FailureCode } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Call, InstanceClient } from './calls/instanceClient';
import { Attempts } from './calls/retry';
import type { Environment } from './environment';
import type { KnownOutcomes } from './knownOutcomes';
import type { Query } from './query';

/** A query and the items that wait for its outcome. */
interface Task {
	readonly key: string;
	readonly query: Query;
	readonly indexes: number[];
	readonly attempts: Attempts;
	/** Whether a call was made for it. */
	asked: boolean;
	/** Whether the next call confirms a refusal: it goes first, and alone. */
	isConfirmation: boolean;
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

/** Milliseconds between two looks at a service that is about to be given up. */
const WATCH_MS = 100;

export class InstanceRun {
	/** Every task, by key: equal queries are one task. */
	private readonly tasks = new Map<string, Task>();
	/** Tasks that no worker has taken yet. */
	private readonly queue: Task[] = [];
	/** One for each wait: aborted when those who wait have to look again. */
	private readonly waits = new Set<AbortController>();
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
		const attempts = new Attempts(this.run.maxWaitMs, this.run.environment.random);
		const task = { key, query, indexes: [index], attempts, asked: false, isConfirmation: false };
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
		for (const wait of this.waits) wait.abort();
	}

	/** Does something that a `wake` ends. Many listeners on one signal would be a leak to Node. */
	private async untilWoken<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const controller = new AbortController();
		this.waits.add(controller);
		try {
			return await wait(controller.signal);
		} finally {
			this.waits.delete(controller);
		}
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
	private async resolve(task: Task): Promise<Outcome | undefined> {
		const { clock } = this.run.environment;
		const isWanted = () => !this.run.isOver() && this.settled(task) === undefined;
		while (isWanted()) {
			const { query, isConfirmation } = task;
			const call = await this.untilWoken(
				async (signal) => await this.client.ask(query, { signal, isWanted, isConfirmation }),
			);
			if (!call) continue;
			const concluded = this.conclude(task, call);
			// Not before it is known whether the next call is wanted.
			call.release();
			if (typeof concluded !== 'number') return concluded;
			const until = clock.monotonic() + concluded;
			for (let ms = concluded; ms > 0 && isWanted(); ms = until - clock.monotonic()) {
				await this.untilWoken(async (signal) => await clock.sleep(ms, signal));
			}
		}
		return this.run.isOver() ? undefined : this.settled(task);
	}

	/** What is known of a task without a call: its answer, or why it is not asked. */
	private settled({ key, query, asked }: Task): Outcome | undefined {
		const now = this.run.environment.clock.monotonic();
		return (
			this.known.get(key) ??
			this.known.blockedBy(query, asked) ??
			this.client.outage.blocks(query, asked, now)
		);
	}

	/** What a call means for its task: the outcome, or milliseconds until it is asked again. */
	private conclude(task: Task, { outcome, sentAt, endedAt }: Call): Outcome | number {
		task.asked = true;
		if (this.client.outage.msUntilGivenUp(endedAt) <= 0) this.wake();
		const mayBeStray = this.hasAnswers && !task.isConfirmation && isRefusal(outcome);
		task.isConfirmation = mayBeStray;
		if (mayBeStray) return 0;
		const wait = task.attempts.waitAfter(outcome, sentAt, endedAt);
		return wait ?? this.store(task, outcome);
	}

	private store({ key, query }: Task, outcome: Outcome): Outcome {
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

/** A refusal that a gateway also gives for a moment: believed at once only if nothing was answered. */
function isRefusal(outcome: Outcome): boolean {
	return isFailure(outcome) && ['unauthorized', 'wrongInstance'].includes(outcome.code);
}
