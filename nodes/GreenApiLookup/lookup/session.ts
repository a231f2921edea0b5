/**
 * One run of the node: takes the items' questions and gives an outcome for each. When to ask, how
 * often, for whom and when to stop is decided here; the doors only carry items in and out.
 */

import type { Batching } from './batching';
import type { Endpoint, Messenger } from '../endpoints';
import { failure, type Failure } from './failures';
import type { Instance } from './instance';
import { keep, keyOf, recall, type Memories } from './memory';
import { ownerRequest, readOwner } from './owner';
import {
	isFailure,
	rateNewsOf,
	readNetworkError,
	readOutcome,
	type LookupResponse,
	type Outcome,
} from './outcome';
import type { Pacer, Turn } from './pacer';
import { inSlices, inTime, type Clock } from './platform';
import { requestOf, type LookupRequest, type Question } from './question';
import { Report } from './report';
import { nextTry, type RetryLimits } from './retry';
import { CONTACT_LIMIT_PAUSE_MS, keyOfInstance, type Shared } from './shared';

/** Sends one request to the instance; rejects only where there is no HTTP answer at all. */
export type Transport = (request: LookupRequest) => Promise<LookupResponse>;

/** An instance that can be asked. */
export interface Line {
	readonly instance: Instance;
	readonly send: Transport;
	/** Milliseconds after which a call is given up, even where an answer drips in. */
	readonly timeoutMs: number;
	/** Percentage of the instance's limits that this process may use: 1 to 100. */
	readonly rateShare: number;
}

export interface SessionOptions {
	readonly endpoint: Endpoint;
	/** A failure where the credential cannot be used: then it is every item's. */
	readonly line: Line | Failure;
	readonly shared: Shared;
	readonly memories: Memories;
	readonly batching: Batching;
	readonly retry: RetryLimits;
	/** Most calls of the execution, retries included; 0 for no cap. Read once in an execution. */
	readonly maxCalls: number;
	/** Whether the first failure ends the run (On Error: Stop Workflow). */
	readonly stopOnFailure: boolean;
	/** Ends the run at once when it is aborted. */
	readonly signal: AbortSignal | undefined;
	/** Told every few seconds while a long run goes on. */
	readonly onProgress: (line: string) => void;
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
 * stands only where the execution was cancelled before the item had its outcome.
 */
export type Ending = ReadonlyArray<Outcome | undefined> | Stopped;

/** A question and the items that wait for its answer. */
interface Job {
	readonly key: string;
	readonly question: Question;
	readonly indexes: number[];
	/** Calls, those answered 429 not counted. */
	tries: number;
	calls: number;
	/** Milliseconds in calls and in the waits between them. */
	ms: number;
	/** When its last call was answered 429: the wait for the next turn counts then. */
	refusedAt: number | undefined;
}

const UNASKED = { tries: 0, calls: 0, ms: 0, refusedAt: undefined };

/**
 * Calls that one run has under way at most. What is under way follows from the limit and the latency
 * (10 a second at 150 ms are 1.5, at 3 s they are 30); this bounds what a service that hangs can hold
 * open, and how many answers are worked on at a time: with 100 everybody else in n8n waited for 290 ms.
 */
const MOST_UNDER_WAY = 30;

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 5000;

export class Session {
	readonly report: Report;

	private readonly clock: Clock;
	private readonly outcomes: Array<Outcome | undefined>;
	/** Jobs that wait for their next try, the next one first. */
	private readonly retries: Array<{ readonly job: Job; readonly due: number }> = [];
	private underWay = 0;
	private stopped: { index: number; failure: Failure } | undefined;
	private crashed: unknown;
	/** The first call that the instance refused: no other goes out before it is known why. */
	private refused: Promise<void> | undefined;
	private owner: Promise<Messenger | undefined> | undefined;
	/** Aborted as soon as waiting is pointless: cancelled, stopped, or nothing is asked any more. */
	private readonly halt = new AbortController();
	private toldAt: number;
	private wake: () => void = () => undefined;

	constructor(
		private readonly options: SessionOptions,
		private readonly questions: ReadonlyArray<Question | Failure>,
	) {
		this.clock = options.shared.platform.clock;
		this.outcomes = new Array<Outcome | undefined>(questions.length);
		this.toldAt = this.clock.monotonic();
		this.report = new Report(questions.length, this.toldAt);
	}

	/**
	 * What is known to fail is not asked, and nothing is asked twice. When the signal is aborted, every
	 * wait ends at once and no call goes out any more.
	 */
	async run(): Promise<Ending> {
		const { line, memories, stopOnFailure, maxCalls } = this.options;
		memories.execution.account.maxCalls ??= maxCalls;
		// Looked at ahead of calling: a bad number at the end of a list must not cost the list first.
		const hopeless = this.questions.findIndex((item) => isFailure(line) || isFailure(item));
		if (stopOnFailure && hopeless >= 0) {
			this.settle([hopeless], isFailure(line) ? line : (this.questions[hopeless] as Failure));
		} else {
			const jobs = await this.plan();
			if (!isFailure(line)) await this.work(jobs, line);
		}
		if (!this.stopped) return this.outcomes;
		const answered = this.outcomes.filter((outcome) => outcome && !isFailure(outcome)).length;
		return { ...this.stopped, answered };
	}

	/** Groups equal questions; what is known already gets its outcome at once. */
	private async plan(): Promise<Job[]> {
		const { line, memories } = this.options;
		const jobs = new Map<string, Job>();
		const instanceKey = isFailure(line) ? '' : keyOfInstance(line.instance);
		const breathe = inSlices(this.clock);
		for (const [index, question] of this.questions.entries()) {
			await breathe();
			if (isFailure(line) || isFailure(question)) {
				this.settle([index], isFailure(line) ? line : (question as Failure));
				continue;
			}
			const key = keyOf(instanceKey, question);
			const known = recall(memories, key);
			if (known) {
				this.settle([index], known);
				continue;
			}
			const job = jobs.get(key);
			if (job) job.indexes.push(index);
			else jobs.set(key, { key, question, indexes: [index], ...UNASKED });
		}
		return [...jobs.values()];
	}

	private async work(jobs: readonly Job[], line: Line): Promise<void> {
		const { shared, endpoint, signal } = this.options;
		const pacer = shared.pacerOf(line.instance, endpoint);
		const cancel = () => this.haltWaits();
		pacer.join(this, line.rateShare);
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			await this.dispatch(jobs[Symbol.iterator](), line, pacer);
		} finally {
			signal?.removeEventListener('abort', cancel);
			pacer.leave(this);
		}
		if (this.crashed !== undefined) throw this.crashed as Error;
	}

	/**
	 * Starts one call after the other as the pacer lets it, and does not wait for their answers. So the
	 * run has one place in the pacer's queue, and what is under way follows from limit and latency.
	 */
	private async dispatch(jobs: Iterator<Job>, line: Line, pacer: Pacer): Promise<void> {
		const breathe = inSlices(this.clock);
		while (!this.options.signal?.aborted && this.crashed === undefined) {
			const isFree = !this.stopped && this.underWay < MOST_UNDER_WAY;
			const job = isFree ? (this.dueRetry() ?? nextOf(jobs)) : undefined;
			if (job) {
				if (!this.settleUnasked(job, line) && !this.joins(job)) {
					const turn = await this.turn(pacer);
					// Looked at again: an answer may have come in while it was waiting.
					if (!turn) this.retryIn(0, job);
					else if (this.settleUnasked(job, line) || this.joins(job)) pacer.ended();
					else this.start(job, line, pacer, turn);
				}
				await breathe();
				this.tellProgress();
			} else if (this.underWay > 0 || (this.retries.length > 0 && !this.stopped)) {
				await this.pause(isFree);
			} else {
				return;
			}
		}
	}

	/** Until something happens: an answer, a halt, or, if it could be begun, a retry that is due. */
	private async pause(isFree: boolean): Promise<void> {
		const [next] = this.retries;
		const happened = new Promise<void>((resolve) => {
			this.wake = resolve;
		});
		if (!isFree || !next) return await happened;
		const pause = new AbortController();
		const due = this.clock.sleep(next.due - this.clock.monotonic(), pause.signal);
		const ended = due.catch((error: unknown) => {
			if (!pause.signal.aborted) this.crashed = error;
		});
		await Promise.race([happened, ended]);
		pause.abort();
	}

	private tellProgress(): void {
		const now = this.clock.monotonic();
		if (now - this.toldAt < PROGRESS_MS) return;
		this.toldAt = now;
		this.options.onProgress(this.report.progressLine(now));
	}

	/** Ends the run's waits: what they were for will not be asked. */
	private haltWaits(): void {
		this.halt.abort();
		this.wake();
	}

	/** The next call may go, now; undefined where the wait for it was halted. */
	private async turn(pacer: Pacer): Promise<Turn | undefined> {
		const { batching } = this.options;
		const { signal } = this.halt;
		try {
			await batching.wait(signal);
			const turn = await pacer.turn(signal);
			batching.sent();
			return turn;
		} catch (error) {
			if (!signal.aborted) this.crashed = error;
			return undefined;
		}
	}

	/** Whether a call under way decides about the job too; the job comes back at its end. */
	private joins(job: Job): boolean {
		// That of another run of the execution, which asks the same.
		const flight = this.options.memories.execution.flights.get(job.key) ?? this.refused;
		if (!flight) return false;
		this.underWay++;
		void flight.then(() => {
			this.underWay--;
			this.retryIn(0, job);
			this.wake();
		});
		return true;
	}

	private start(job: Job, line: Line, pacer: Pacer, turn: Turn): void {
		const { flights } = this.options.memories.execution;
		const flight = this.call(job, line, pacer, turn).finally(() => flights.delete(job.key));
		flights.set(job.key, flight);
	}

	/** Whether the job gets no call any more; then it has its outcome. */
	private settleUnasked(job: Job, line: Line): boolean {
		if (this.stopped) return true;
		const known = recall(this.options.memories, job.key);
		if (known) {
			this.settle(job.indexes, known);
			return true;
		}
		const reason = this.whyNotAsk(job, line);
		if (reason) this.settle(job.indexes, { ...reason, asked: job.calls > 0 });
		return reason !== undefined;
	}

	/** The failure after which this question is not worth a call; undefined if it is. */
	private whyNotAsk({ question }: Job, { instance }: Line): Failure | undefined {
		const { execution, run } = this.options.memories;
		const { endpoint } = question;
		const ended = run.account.end ?? execution.account.end;
		if (ended) return ended;
		const until =
			endpoint.operation === 'checkAccount' ? this.options.shared.heldUntil(instance) : undefined;
		if (until !== undefined) {
			const retryAfter = Math.ceil((until - this.clock.now()) / 1000);
			return failure('contactLimit', { endpoint, asked: false, until, retryAfter });
		}
		const { calls, maxCalls = 0 } = execution.account;
		if (maxCalls === 0 || calls < maxCalls) return undefined;
		return failure('callLimit', { endpoint, asked: false, total: maxCalls });
	}

	/** One call for a job, and what follows from its outcome. Never rejects. */
	private async call(job: Job, line: Line, pacer: Pacer, turn: Turn): Promise<void> {
		const { memories, retry, shared, signal } = this.options;
		this.underWay++;
		if (job.refusedAt !== undefined) job.ms += turn.at - job.refusedAt;
		try {
			const outcome = await this.understood(await this.ask(job, line, pacer, turn), job, line);
			if (signal?.aborted) return;
			const now = this.clock.monotonic();
			const isRefused = isFailure(outcome) && outcome.code === 'rateLimited';
			job.ms += now - turn.at;
			job.refusedAt = isRefused ? now : undefined;
			if (!isRefused) job.tries++;
			const wait = isFailure(outcome)
				? nextTry(outcome, job, retry, shared.platform.random)
				: undefined;
			if (wait !== undefined && !this.stopped) {
				job.ms += wait;
				this.retryIn(wait, job);
				return;
			}
			keep(memories, job.key, job.question, outcome);
			this.report.answeredByCall(outcome);
			this.settle(job.indexes, outcome);
			if (memories.run.account.end) this.haltWaits();
		} catch (error) {
			this.crashed = error;
		} finally {
			pacer.ended();
			this.underWay--;
			this.wake();
		}
	}

	/** What an outcome means beyond its own question. */
	private async understood(outcome: Outcome, job: Job, line: Line): Promise<Outcome> {
		if (!isFailure(outcome)) return outcome;
		const { endpoint, shared, memories } = this.options;
		if (outcome.code === 'contactLimit') {
			// The instance is left alone, in all executions of the process, until a given time.
			const until = shared.hold(line.instance, CONTACT_LIMIT_PAUSE_MS);
			return failure('contactLimit', { ...outcome, endpoint, until });
		}
		if (outcome.code === 'wrongInstance' && !this.report.hasAnswers) {
			this.refused ??= memories.execution.flights.get(job.key);
			const owner = await (this.owner ??= this.askOwner(line));
			if (owner === undefined || owner === endpoint.messenger) return outcome;
			return failure('wrongInstance', { ...outcome, endpoint, owner });
		}
		return outcome;
	}

	/** The messenger that the instance belongs to; undefined where that does not come to light. */
	private async askOwner(line: Line): Promise<Messenger | undefined> {
		const { calls, maxCalls = 0 } = this.options.memories.execution.account;
		if (maxCalls > 0 && calls >= maxCalls) return undefined;
		const request = ownerRequest(line.instance);
		const pacer = this.options.shared.pacerOf(line.instance, request);
		pacer.join(this, line.rateShare);
		try {
			const turn = await pacer.turn(this.halt.signal);
			const response = await this.exchange(request, line, pacer, turn).finally(() => pacer.ended());
			return readOwner(response);
		} catch {
			return undefined;
		} finally {
			pacer.leave(this);
		}
	}

	private async ask(job: Job, line: Line, pacer: Pacer, turn: Turn): Promise<Outcome> {
		job.calls++;
		try {
			const response = await this.exchange(requestOf(job.question), line, pacer, turn);
			return readOutcome(job.question, response, this.clock.now());
		} catch (error) {
			return readNetworkError(job.question, error);
		}
	}

	/** One call, which has its turn. @throws what the transport throws, and TimedOut */
	private async exchange(
		request: LookupRequest,
		line: Line,
		pacer: Pacer,
		turn: Turn,
	): Promise<LookupResponse> {
		this.options.memories.execution.account.calls++;
		this.report.called();
		const response = await inTime(line.send(request), line.timeoutMs, this.clock);
		pacer.learn(rateNewsOf(response, this.clock.now()), turn);
		return response;
	}

	private retryIn(ms: number, job: Job): void {
		const due = this.clock.monotonic() + ms;
		const before = this.retries.findLastIndex((retry) => retry.due <= due);
		this.retries.splice(before + 1, 0, { job, due });
	}

	private dueRetry(): Job | undefined {
		const [next] = this.retries;
		if (!next || (next.due > this.clock.monotonic() && !this.halt.signal.aborted)) return undefined;
		this.retries.shift();
		return next.job;
	}

	/** Gives items their outcome. With Stop the first failure ends the run; a cap is no failure. */
	private settle(indexes: readonly number[], outcome: Outcome): void {
		for (const index of indexes) this.outcomes[index] = outcome;
		this.report.settled(outcome, indexes.length);
		if (!this.options.stopOnFailure || !isFailure(outcome) || outcome.code === 'callLimit') return;
		this.stopped ??= { index: indexes[0] as number, failure: outcome };
		this.haltWaits();
	}
}

function nextOf(jobs: Iterator<Job>): Job | undefined {
	const { done, value } = jobs.next() as IteratorResult<Job, undefined>;
	return done ? undefined : value;
}
