/** One method of one instance in a run: tasks, each followed to its end, so many of them at a time. */

import { definitionOf } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import type { Call, InstanceClient } from './calls/instanceClient';
import { Attempts } from './calls/retry';
import { Slots } from './calls/slots';
import type { Clock } from './environment';
import type { KnownOutcomes } from './knownOutcomes';
import type { Query } from './query';
import type { Step } from './report';
import type { RunContext } from './runOptions';

/** A query on its way to its outcome. */
interface Task {
	readonly key: string;
	readonly query: Query;
	readonly attempts: Attempts;
	readonly step: Step;
	/** Whether a call was made for it. */
	asked: boolean;
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

export class MethodRun {
	/** Every query that was asked for, by key: equal ones share the outcome. */
	private readonly asked = new Map<string, Promise<Outcome | undefined>>();
	/** For tasks in progress: a task keeps its slot until its end. */
	private readonly slots: Slots;
	/** One for each wait: aborted when those who wait have to look again. */
	private readonly waits = new Set<AbortController>();
	private readonly clock: Clock;

	/** Tasks that have a slot, and monotonic milliseconds since which there are none. */
	private inProgress = 0;
	private idleSince = 0;

	/** @param slots tasks in progress at a time */
	constructor(
		private readonly state: InstanceState,
		readonly client: InstanceClient,
		private readonly run: RunContext,
		slots: number,
	) {
		this.clock = run.options.state.environment.clock;
		this.slots = new Slots(slots);
		void this.watchOutage(client.closed);
	}

	/** Resolves when no task waits for a slot. */
	async needsMore(): Promise<void> {
		await this.slots.nobodyWaits();
	}

	/** The outcome of a query; undefined where the run is over before. */
	ask(query: Query, step: Step): Promise<Outcome | undefined> {
		const { known } = this.state;
		const key = known.keyOf(query);
		const asked = this.asked.get(key);
		if (asked) return asked;
		const outcome = known.get(key, query);
		if (outcome) return Promise.resolve(outcome);
		const { maxWaitMs, state } = this.run.options;
		const attempts = new Attempts(maxWaitMs, state.environment.random);
		const task = this.finish({ key, query, attempts, step, asked: false });
		this.asked.set(key, task);
		return task;
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

	private async finish(task: Task): Promise<Outcome | undefined> {
		await this.slots.enter();
		await this.run.endSlice();
		if (this.inProgress++ === 0) this.client.outage.idle(this.clock.monotonic() - this.idleSince);
		try {
			if (this.run.isOver) return undefined;
			return await this.state.known.singleFlight(task.key, () => this.resolve(task));
		} finally {
			if (--this.inProgress === 0) this.idleSince = this.clock.monotonic();
			if (this.state.suspect === task) this.clearSuspect();
			this.slots.leave();
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

	private store({ key, query, step }: Task, outcome: Outcome): Outcome {
		const stored = this.state.known.store(key, query, outcome);
		if (!isFailure(stored)) {
			this.state.hasAnswers = true;
			this.run.report.answered[step]++;
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
