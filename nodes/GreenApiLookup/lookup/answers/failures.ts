/**
 * Every way in which a lookup can end without an answer, one row each: what it means for a run, what
 * happened and what to do now.
 */

import type { Endpoint } from '../../messengers/definition';
import { clip, clockTime, duration, quote } from './text';

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
	/** Calls in the month's quota, where the service told; for callLimit, Max Calls. */
	readonly total?: number;
}

/** What is known about a failure besides its code. */
export interface FailureFacts extends Partial<Omit<Failure, 'code' | 'retryable'>> {
	readonly endpoint: Endpoint;
	/** The item's value, raw. */
	readonly value?: unknown;
	/** What exactly is wrong: a clause without a full stop, perhaps the service's own. */
	readonly detail?: string | undefined;
	/** What happened, where the code's own words do not fit: a clause without a full stop. */
	readonly message?: string | undefined;
	/** What to do, where the code's own words do not fit. */
	readonly advice?: string | undefined;
	/** Set where the answer will be the same the next time, although others of its code may not. */
	readonly retryable?: false;
	/** Milliseconds since 1970 at which it can be asked again. */
	readonly until?: number;
}

type Words = string | ((facts: FailureFacts) => string);

/** What a code means for a run, and what it says. */
export interface Definition {
	/** Whether the run itself asks again, after a wait. */
	readonly transient?: true;
	/** Whether a later run may get an answer without a change, although this one does not ask again. */
	readonly retryable?: true;
	/** What is not called any more after it: the method, or the whole instance. */
	readonly ends?: 'method' | 'instance';
	/** Whether that holds for the execution, and not for the run alone. */
	readonly forExecution?: true;
	/** A clause without a full stop. */
	readonly message: Words;
	readonly advice: Words;
}

const nameOf = ({ endpoint }: FailureFacts) => endpoint.messenger.name;
const isEmpty = ({ value }: FailureFacts) => value === null || value === undefined || value === '';
const soon = ({ retryAfter }: FailureFacts) =>
	retryAfter ? `in ${duration(retryAfter)}` : 'in a few minutes';
const pauseOf = ({ until }: FailureFacts) =>
	until === undefined ? 'for 2 hours' : `until ${clockTime(until)}`;
const FILL_IN = 'Fill it in; if all items are empty, check the field name in the expression.';

export const DEFINITIONS = {
	invalidPhoneNumber: {
		message: (facts) =>
			isEmpty(facts)
				? 'Phone Number is empty for this item'
				: `${quote(facts.value)} is not a phone number that can be looked up`,
		advice: (facts) =>
			isEmpty(facts)
				? FILL_IN
				: 'Write it in international format with the country code, e.g. +7 987 654-32-10.',
	},
	unsupportedCountry: {
		message: (facts) =>
			`${nameOf(facts)} can be asked only about numbers that begin with +7 (Russia, Kazakhstan) or ` +
			'+375 (Belarus), not about this one',
		advice: 'Choose another messenger for it.',
	},
	invalidChatId: {
		message: (facts) =>
			isEmpty(facts)
				? 'Chat ID is empty for this item'
				: `${quote(facts.value)} is not the chat ID of a person on ${nameOf(facts)}`,
		advice: (facts) =>
			isEmpty(facts)
				? FILL_IN
				: 'Use the chatId that Check Account returns' +
					(facts.endpoint.messenger.chatIds.numberSuffix === undefined
						? '.'
						: ', or a phone number with its country code.'),
	},
	badRequest: {
		message: (facts) =>
			`GREEN-API refused the query${isEmpty(facts) ? '' : ` about ${quote(facts.value)}`}`,
		advice: (facts) =>
			isEmpty(facts)
				? 'Check in the GREEN-API console whether the instance works.'
				: 'Check the value of this item.',
	},
	invalidSettings: {
		message: 'A setting of this node cannot be used',
		advice: 'Correct it in the options of this node.',
	},
	unauthorized: {
		ends: 'instance',
		forExecution: true,
		message: 'GREEN-API does not accept the API Token of the credential',
		advice: 'Copy apiTokenInstance from the GREEN-API console into the credential.',
	},
	wrongInstance: {
		ends: 'instance',
		message: (facts) => `GREEN-API knows no such ${nameOf(facts)} instance at this address`,
		advice:
			'Check API URL and Instance ID in the credential, and that Messenger is the one that the ' +
			'instance belongs to.',
	},
	notAuthorized: {
		ends: 'instance',
		message: (facts) =>
			`The GREEN-API instance is not linked to a ${nameOf(facts)} account, is blocked or is still ` +
			'starting',
		advice:
			'Open the instance in the GREEN-API console, link the account if it is not, and run again.',
	},
	instanceStarting: {
		retryable: true,
		message: 'The GREEN-API instance is starting',
		advice: 'Run again in 5 minutes.',
	},
	instanceExpired: {
		ends: 'instance',
		message: 'This GREEN-API instance has expired or was deleted',
		advice: 'Renew it in the GREEN-API console, or use another instance.',
	},
	rateLimited: {
		transient: true,
		message: 'This GREEN-API instance is being asked too often',
		advice: (facts) => `Run again ${soon(facts)}, with fewer workflows on this instance at a time.`,
	},
	quotaExceeded: {
		ends: 'method',
		forExecution: true,
		message: ({ used, total }) =>
			"This GREEN-API instance has used up the month's quota of checks" +
			(total === undefined ? '' : `, ${used ?? '?'} of ${total}`),
		advice: 'Upgrade the plan in the GREEN-API console, or run the rest next month.',
	},
	contactLimit: {
		ends: 'method',
		message: (facts) =>
			`${nameOf(facts)} has stopped answering such queries of this instance, probably ${pauseOf(facts)}, because ` +
			'too many different ones came within minutes',
		advice: (facts) =>
			`Wait ${pauseOf(facts)} and run the rest then; a restart of n8n ends only the pause of this node.`,
	},
	callLimit: {
		message: ({ total }) => `This execution may make no more calls: Max Calls is ${total}`,
		advice: 'Raise Max Calls in the options of this node (0 for no cap), or run the rest later.',
	},
	timeout: {
		transient: true,
		message: 'GREEN-API gave no answer in time',
		advice: 'Run this item again.',
	},
	network: {
		transient: true,
		message: 'GREEN-API could not be reached',
		advice: 'Check API URL in the credential and the network of this n8n, then run again.',
	},
	serverError: {
		transient: true,
		message: 'GREEN-API could not answer',
		advice: (facts) => `Run this item again ${soon(facts)}.`,
	},
	badResponse: {
		transient: true,
		message: 'GREEN-API gave no clear answer',
		advice: 'Nothing is known about this item; run it again.',
	},
} satisfies Record<string, Definition>;

export type FailureCode = keyof typeof DEFINITIONS;

/** What a code means for a run. */
export function definitionOf(code: FailureCode): Definition {
	return DEFINITIONS[code];
}

/** A code in two or three words, for counts: "invalid phone number". */
export function labelOf(code: FailureCode): string {
	return code.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

/** Whether every item of a list would fail in the same way. */
export function concernsAll(code: FailureCode): boolean {
	const { ends } = definitionOf(code);
	return ends !== undefined || ['instanceStarting', 'rateLimited', 'network'].includes(code);
}

/** Characters of a detail that a message shows. */
const DETAIL_LENGTH = 200;

/** Builds the failure of one item from its code; facts that are not known are left out. */
export function failure(code: FailureCode, facts: FailureFacts): Failure {
	const { message, advice, transient, retryable }: Definition = DEFINITIONS[code];
	const { asked = false, httpStatus, retryAfter, used, total, detail } = facts;
	const say = (words: Words) => (typeof words === 'string' ? words : words(facts));
	const status = httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`;
	const because = detail === undefined ? '' : `: ${clip(detail, DETAIL_LENGTH).replace(/\.$/, '')}`;
	return {
		code,
		message: `${say(facts.message ?? message)}${status}${because}.`,
		advice: say(facts.advice ?? advice),
		retryable: facts.retryable ?? (transient ?? retryable) === true,
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
