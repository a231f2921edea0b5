/**
 * One method of one instance in a run: a queue of tasks, and workers that take one task after the
 * other and follow it to its end.
 */

import { definitionOf } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Call, InstanceClient } from './calls/instanceClient';
import { Attempts } from './calls/retry';
import type { Clock } from './environment';
import type { KnownOutcomes } from './knownOutcomes';
import type { Query } from './query';
import type { RunContext } from './runOptions';

/** A query and what is to be done with its outcome. */
interface Task {
	readonly key: string;
	readonly query: Query;
	readonly attempts: Attempts;
	readonly then: Array<(outcome: Outcome) => void>;
	/** Whether it is what an item asks about, and not the other form of it. */
	readonly isFirst: boolean;
	/** Whether a call was made for it. */
	asked: boolean;
	outcome?: Outcome;
}

/** What all methods of an instance share in a run. */
export interface InstanceState {
	readonly known: KnownOutcomes;
	/** Whether the instance has answered in this run. */
	hasAnswers: boolean;
	/** The task that was refused after answers: it is asked once more, and nothing else meanwhile. */
	suspect: unknown;
	/** Those who wait look again whether their query is still to be asked. */
	readonly wake: () => void;
}

/** Milliseconds at least between two looks whether the run has to give up. */
const WATCH_MS = 100;

/** Tasks that no worker has taken yet, first in, first out. */
class Queue {
	private readonly tasks: Task[] = [];
	private taken = 0;

	push(task: Task): void {
		this.tasks.push(task);
	}

	/** Advances an index: `shift` moves all tasks that remain, which took 3 s for 70,000. */
	take(): Task | undefined {
		const task = this.tasks[this.taken];
		if (task) this.taken++;
		return task;
	}
}

export class MethodRun {
	/** Every task, by key: equal queries are one task. */
	private readonly tasks = new Map<string, Task>();
	private readonly queue = new Queue();
	/** Second forms: taken only when there are no others. */
	private readonly later = new Queue();
	/** One for each wait: aborted when those who wait have to look again. */
	private readonly waits = new Set<AbortController>();

	private readonly clock: Clock;

	/** Tasks that workers are busy with, and monotonic milliseconds since which there are none. */
	private inProgress = 0;
	private idleSince = 0;

	/** @param answered told of each query that got its answer by a call */
	constructor(
		private readonly state: InstanceState,
		readonly client: InstanceClient,
		private readonly run: RunContext,
		private readonly answered: (isFirst: boolean) => void,
	) {
		this.clock = run.options.state.environment.clock;
	}

	/**
	 * Queues a query, or joins an equal one, unless its outcome is known.
	 * @param then called once with the outcome
	 */
	add(query: Query, then: (outcome: Outcome) => void, form: 'first' | 'second' = 'first'): void {
		const key = this.state.known.keyOf(query);
		const equal = this.tasks.get(key);
		const known = equal ? equal.outcome : this.state.known.get(key, query);
		if (known) return then(known);
		if (equal) return void equal.then.push(then);
		const { maxWaitMs, state } = this.run.options;
		const attempts = new Attempts(maxWaitMs, state.environment.random);
		const isFirst = form === 'first';
		const task = { key, query, attempts, then: [then], isFirst, asked: false };
		this.tasks.set(key, task);
		(isFirst ? this.queue : this.later).push(task);
	}

	/**
	 * Works until no task remains.
	 * @param workers tasks in progress at a time
	 * @param more brings more tasks where the queue is empty; resolves with false where none remain
	 */
	async work(workers: number, more: () => Promise<boolean>): Promise<void> {
		const done = new AbortController();
		const watch = this.watchOutage(done.signal);
		try {
			await Promise.all(Array.from({ length: workers }, async () => await this.takeTasks(more)));
		} finally {
			done.abort();
		}
		await watch;
	}

	/** Wakes those who wait at the moment at which the run gives up. */
	private async watchOutage(signal: AbortSignal): Promise<void> {
		const { clock } = this;
		while (!signal.aborted) {
			const ms = this.client.outage.msUntilGivenUp(clock.monotonic());
			if (ms <= 0) this.wake();
			await clock.sleep(ms <= 0 ? this.run.options.maxWaitMs : Math.max(WATCH_MS, ms), signal);
		}
	}

	wake(): void {
		for (const wait of this.waits) wait.abort();
	}

	/** A wait that `wake` ends, with a signal of its own: Node warns of a leak where many listen to one. */
	private async untilWoken<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const controller = new AbortController();
		this.waits.add(controller);
		try {
			return await wait(controller.signal);
		} finally {
			this.waits.delete(controller);
		}
	}

	private async takeTasks(more: () => Promise<boolean>): Promise<void> {
		while (!this.run.isOver) {
			const task = this.queue.take();
			if (task) await this.finish(task);
			else if (!(await more())) {
				const last = this.queue.take() ?? this.later.take();
				if (!last) return;
				await this.finish(last);
			}
		}
	}

	private async finish(task: Task): Promise<void> {
		const { known } = this.state;
		if (this.inProgress++ === 0) this.client.outage.idle(this.clock.monotonic() - this.idleSince);
		const outcome = await known.singleFlight(task.key, () => this.resolve(task));
		if (--this.inProgress === 0) this.idleSince = this.clock.monotonic();
		if (this.state.suspect === task) this.clearSuspect();
		if (outcome === undefined) return;
		task.outcome = outcome;
		for (const then of task.then) {
			then(outcome);
			await this.run.endSlice();
		}
	}

	/** Asks until there is an outcome; undefined where the run is over before. */
	private async resolve(task: Task): Promise<Outcome | undefined> {
		const { clock } = this;
		const isOpen = () => !this.run.isOver && this.knownOutcome(task) === undefined;
		const isHeld = () => this.state.suspect !== undefined && this.state.suspect !== task;
		const sleep = async (ms: number) =>
			await this.untilWoken(async (signal) => await clock.sleep(ms, signal));
		while (isOpen()) {
			if (isHeld()) await sleep(this.run.options.maxWaitMs);
			const call = await this.untilWoken(
				async (signal) =>
					await this.client.ask(task.query, {
						signal,
						isWanted: () => isOpen() && !isHeld(),
						isAlone: () => this.state.suspect === task,
					}),
			);
			if (!call) continue;
			const concluded = this.conclude(task, call);
			// Not before it is known whether the next call is wanted.
			call.release();
			if (typeof concluded !== 'number') return concluded;
			const until = clock.monotonic() + concluded;
			for (let ms = concluded; ms > 0 && isOpen(); ms = until - clock.monotonic()) await sleep(ms);
		}
		return this.run.isOver ? undefined : this.knownOutcome(task);
	}

	/** What is known of a task without a call: its answer, or why it is not asked. */
	private knownOutcome({ key, query, asked }: Task): Outcome | undefined {
		const { known } = this.state;
		const now = this.clock.monotonic();
		return (
			known.get(key, query) ??
			known.blockedBy(query, asked) ??
			this.client.outage.failureOf(asked, now)
		);
	}

	/** What a call means for its task: the outcome, or milliseconds until it is asked again. */
	private conclude(task: Task, { outcome, sentAt, endedAt }: Call): Outcome | number {
		const { state } = this;
		task.asked = true;
		if (this.client.outage.msUntilGivenUp(endedAt) <= 0) this.wake();
		if (state.suspect === task) this.clearSuspect();
		else if (state.hasAnswers && isRefusal(outcome)) {
			state.suspect ??= task;
			state.wake();
			return 0;
		}
		const wait = task.attempts.waitAfter(outcome, sentAt, endedAt);
		return wait ?? this.store(task, outcome);
	}

	/** Those who were held go on. */
	private clearSuspect(): void {
		this.state.suspect = undefined;
		this.state.wake();
	}

	private store({ key, query, isFirst }: Task, outcome: Outcome): Outcome {
		const stored = this.state.known.store(key, query, outcome);
		if (!isFailure(stored)) {
			this.state.hasAnswers = true;
			this.answered(isFirst);
		} else if (definitionOf(stored.code).ends) {
			this.state.wake();
		}
		return stored;
	}
}

/** A refusal that a gateway also gives for a moment: believed at once only if nothing was answered. */
function isRefusal(outcome: Outcome): boolean {
	return isFailure(outcome) && ['unauthorized', 'wrongInstance'].includes(outcome.code);
}
