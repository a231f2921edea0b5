/**
 * One run of the node: takes the items' questions and gives an outcome for each. When to ask, how
 * often and for whom is decided here; the doors only carry items in and out.
 */

import type { Failure } from './failures';
import type { Memory } from './memory';
import {
	isFailure,
	readNetworkError,
	readOutcome,
	type LookupResponse,
	type Outcome,
} from './outcome';
import { requestOf, type LookupRequest, type Question } from './question';

/** Where time comes from; tests hand in their own. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
}

/** Sends one request to the instance; rejects only where there is no HTTP answer at all. */
export type Transport = (request: LookupRequest) => Promise<LookupResponse>;

export interface SessionOptions {
	/** A failure where the credential cannot be used: then it is every item's. */
	readonly transport: Transport | Failure;
	readonly memory: Memory;
	readonly clock: Clock;
	/** Whether the first failure ends the run (On Error: Stop Workflow). */
	readonly stopOnFailure: boolean;
}

/** A run that ended at its first failure. */
export interface Stopped {
	/** Position of the item that failed. */
	readonly index: number;
	readonly failure: Failure;
	/** Items that had been answered by then. */
	readonly answered: number;
}

/** How a run ended: an outcome for each item in their order, unless a failure stopped it. */
export type Ending = readonly Outcome[] | Stopped;

export class Session {
	constructor(private readonly options: SessionOptions) {}

	/** Never throws. What is known to fail is not asked, and nothing is asked twice. */
	async run(questions: ReadonlyArray<Question | Failure>): Promise<Ending> {
		const { transport, stopOnFailure } = this.options;
		// Looked at ahead of calling: a bad number at the end of a list must not cost the list first.
		const hopeless = questions.findIndex((question) => isFailure(transport) || isFailure(question));
		if (stopOnFailure && hopeless >= 0) {
			const failure = isFailure(transport) ? transport : (questions[hopeless] as Failure);
			return { index: hopeless, failure, answered: 0 };
		}
		const outcomes: Outcome[] = [];
		for (const [index, question] of questions.entries()) {
			const outcome = await this.ask(question);
			if (stopOnFailure && isFailure(outcome)) {
				return { index, failure: outcome, answered: outcomes.length };
			}
			outcomes.push(outcome);
		}
		return outcomes;
	}

	private async ask(question: Question | Failure): Promise<Outcome> {
		const { transport, memory, clock } = this.options;
		if (isFailure(transport)) return transport;
		if (isFailure(question)) return question;
		const known = memory.recall(question);
		if (known) return known;
		const outcome = await this.call(question, transport, clock);
		memory.keep(question, outcome);
		return outcome;
	}

	private async call(question: Question, send: Transport, clock: Clock): Promise<Outcome> {
		try {
			const response = await send(requestOf(question));
			return readOutcome(question, response, clock.now());
		} catch (error) {
			return readNetworkError(question, error);
		}
	}
}
