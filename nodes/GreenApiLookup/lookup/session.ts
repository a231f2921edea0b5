/**
 * One run of the node: takes the items' questions and gives an outcome for each. When to ask, how
 * often and for whom is decided here; the doors only carry items in and out.
 */

import type { Failure } from './failures';
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

export class Session {
	/** @param transport a failure where the credential cannot be used: then it is every item's */
	constructor(
		private readonly transport: Transport | Failure,
		private readonly clock: Clock,
	) {}

	/** Never throws. What is known to fail is not asked. */
	async ask(question: Question | Failure): Promise<Outcome> {
		if (isFailure(this.transport)) return this.transport;
		if (isFailure(question)) return question;
		try {
			const response = await this.transport(requestOf(question));
			return readOutcome(question, response, this.clock.now());
		} catch (error) {
			return readNetworkError(question, error);
		}
	}
}
