/** The failures of items: built from a code and what else is known, and what they mean for a run. */

import {
	DEFINITIONS,
	statusOf,
	type Definition,
	type FailureCode,
	type FailureFacts,
} from './failureCodes';

export type { FailureCode, FailureFacts };

/** The value under `error` in a failed item's row. Holds no secret. */
export interface Failure {
	readonly code: FailureCode;
	/** What happened, in one sentence. */
	readonly message: string;
	/** What to do about it. */
	readonly advice: string;
	/** Whether the same query, asked again soon, can be answered without a change. */
	readonly retryable: boolean;
	readonly httpStatus?: number;
	/** Seconds after which the service can be asked again, where that is known. */
	readonly retryAfter?: number;
	/** Whether a call was made for this item. */
	readonly asked: boolean;
	/** Calls used of the month's quota, where the service told. */
	readonly used?: number;
	/** Calls in the month's quota, where the service told. */
	readonly total?: number;
}

/** What a code means for the run. */
export function definitionOf(code: FailureCode): Omit<Definition, 'message' | 'advice'> {
	return DEFINITIONS[code];
}

/** Whether every item of a list would fail so. */
export function concernsAll(code: FailureCode): boolean {
	const { ends }: Definition = DEFINITIONS[code];
	return ends !== undefined || ['instanceStarting', 'rateLimited', 'network'].includes(code);
}

/** Builds the failure of one item from its code; facts that are not known are left out. */
export function failure(code: FailureCode, facts: FailureFacts): Failure {
	const definition: Definition = DEFINITIONS[code];
	const { asked = false, httpStatus, used, total } = facts;
	const retryAfter = facts.retryAfter ?? definition.retryAfter;
	return {
		code,
		message: facts.message ? `${facts.message}${statusOf(facts)}.` : definition.message(facts),
		advice: facts.advice ?? definition.advice(facts),
		retryable: definition.retryable === true && !isFinal(code, httpStatus),
		...(httpStatus !== undefined && { httpStatus }),
		...(retryAfter !== undefined && { retryAfter }),
		asked,
		...(used !== undefined && { used }),
		...(total !== undefined && { total }),
	};
}

/** A failure in words of its own, about a setting or the credential: no call was made. */
export function settingFailure(code: FailureCode, message: string, advice: string): Failure {
	return { code, message, advice, retryable: false, asked: false };
}

/** A redirect, or a 4xx that is not the service's own: it is the same the next time. */
function isFinal(code: FailureCode, httpStatus = 200): boolean {
	const isForeign = code === 'badResponse' || code === 'network';
	return isForeign && httpStatus >= 300 && httpStatus < 500;
}
