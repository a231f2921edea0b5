/**
 * Every way in which a lookup can end without an answer, one row each. `message` says what happened,
 * `advice` what to do now.
 */

import type { Endpoint } from '../../messengers/definition';
import { clip, clockTime, quote } from './text';

/** What is known about a failure besides its code; a sentence uses what it needs. */
export interface FailureFacts {
	readonly endpoint: Endpoint;
	/** Whether a call was made for this item; false where it is left out. */
	readonly asked?: boolean;
	/** The item's value, raw. */
	readonly value?: unknown;
	/** What exactly is wrong: a clause without a full stop. */
	readonly detail?: string | undefined;
	/** What happened and what to do, where the code's own words do not fit. */
	readonly message?: string | undefined;
	readonly advice?: string | undefined;
	readonly httpStatus?: number;
	readonly retryAfter?: number;
	readonly used?: number;
	readonly total?: number;
	/** Name of the messenger that the instance belongs to, where that is another one. */
	readonly belongsTo?: string;
	/** Milliseconds since 1970 at which it can be asked again. */
	readonly until?: number;
}

/** What a code means for a run, and what it says. */
export interface Definition {
	/** Two or three words, for counts. */
	readonly label: string;
	readonly retryable?: true;
	/** Whether the run itself asks again, after a wait. */
	readonly transient?: true;
	/** What is not worth a further call after it: the method, or the whole instance. */
	readonly ends?: 'method' | 'instance';
	/** Whether that holds for the execution, and not for the run alone. */
	readonly forExecution?: true;
	/** Seconds to wait where the service does not say. */
	readonly retryAfter?: number;
	readonly message: (facts: FailureFacts) => string;
	readonly advice: (facts: FailureFacts) => string;
}

const nameOf = ({ endpoint }: FailureFacts) => endpoint.messenger.name;
/** The HTTP status, in brackets. */
export const statusOf = ({ httpStatus }: FailureFacts) =>
	httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`;
/** Characters of the service's own words that a sentence shows. */
const DETAIL_LENGTH = 200;
const because = ({ detail }: FailureFacts) =>
	detail === undefined ? '' : `: ${clip(detail, DETAIL_LENGTH)}`;
const isEmpty = ({ value }: FailureFacts) => value === null || value === undefined || value === '';
/** What the query was about, where it was not about the instance itself. */
const about = (facts: FailureFacts) => (isEmpty(facts) ? '' : ` about ${quote(facts.value)}`);
const FILL_IN = 'Fill it in; if all items are empty, check the field name in the expression.';

export const DEFINITIONS = {
	invalidPhoneNumber: {
		label: 'unreadable number',
		message: (facts) =>
			isEmpty(facts)
				? 'Phone Number is empty for this item.'
				: `${quote(facts.value)} is not a phone number that can be looked up${because(facts)}.`,
		advice: (facts) =>
			isEmpty(facts)
				? FILL_IN
				: 'Write it in international format with the country code, e.g. +7 987 654-32-10, or ' +
					'choose a Default Country in the options of this node.',
	},
	unsupportedCountry: {
		label: 'country not supported',
		message: (facts) =>
			`${nameOf(facts)} cannot be asked about ${facts.detail ?? quote(facts.value)}: only numbers ` +
			'that begin with +7 (Russia, Kazakhstan) or +375 (Belarus) are supported.',
		advice: () => 'Choose another messenger for it.',
	},
	invalidChatId: {
		label: 'wrong chat ID',
		message: (facts) =>
			isEmpty(facts)
				? 'Chat ID is empty for this item.'
				: `${quote(facts.value)} is not the chat ID of a person on ${nameOf(facts)}${because(facts)}.`,
		advice: (facts) =>
			isEmpty(facts)
				? FILL_IN
				: 'Use the chatId that Check Account returns' +
					(facts.endpoint.messenger.chatIds.numberSuffix === undefined
						? '.'
						: ', or a phone number with its country code.'),
	},
	badRequest: {
		label: 'query refused',
		message: (facts) =>
			`GREEN-API refused the query${about(facts)}${statusOf(facts)}${because(facts)}.`,
		advice: () => 'Check the value of this item.',
	},
	invalidSettings: {
		label: 'unusable setting',
		message: (facts) => `A setting of this node cannot be used${because(facts)}.`,
		advice: () => 'Correct it in the options of this node.',
	},
	unauthorized: {
		label: 'wrong token',
		ends: 'instance',
		forExecution: true,
		message: (facts) =>
			`GREEN-API does not accept the API Token of the credential${statusOf(facts)}.`,
		advice: () => 'Copy apiTokenInstance from the GREEN-API console into the credential.',
	},
	wrongInstance: {
		label: 'wrong instance',
		ends: 'instance',
		message: (facts) =>
			facts.belongsTo === undefined
				? `GREEN-API knows no such ${nameOf(facts)} instance at this address${statusOf(facts)}.`
				: `The credential is that of a ${facts.belongsTo} instance, and Messenger is ${nameOf(facts)}.`,
		advice: (facts) =>
			facts.belongsTo === undefined
				? 'Check API URL and Instance ID in the credential, and that Messenger is the one that the ' +
					'instance belongs to.'
				: `Choose ${facts.belongsTo} as Messenger, or the credential of a ${nameOf(facts)} instance.`,
	},
	notAuthorized: {
		label: 'instance not linked',
		ends: 'instance',
		message: (facts) =>
			`The GREEN-API instance is not linked to a ${nameOf(facts)} account, is blocked or is still ` +
			`starting${statusOf(facts)}.`,
		advice: () =>
			'Open the instance in the GREEN-API console, link the account if it is not, and run again.',
	},
	instanceStarting: {
		label: 'instance starting',
		retryable: true,
		retryAfter: 300,
		message: (facts) => `The GREEN-API instance is starting${statusOf(facts)}.`,
		advice: () => 'Run again in up to 5 minutes.',
	},
	instanceExpired: {
		label: 'instance expired',
		ends: 'instance',
		message: (facts) => `This GREEN-API instance has expired or was deleted${statusOf(facts)}.`,
		advice: () => 'Renew it in the GREEN-API console, or use another instance.',
	},
	rateLimited: {
		label: 'asked too often',
		retryable: true,
		transient: true,
		message: (facts) => `This GREEN-API instance is being asked too often${statusOf(facts)}.`,
		advice: () => 'Run again in a few seconds, with fewer workflows on this instance at a time.',
	},
	quotaExceeded: {
		label: 'quota used up',
		ends: 'method',
		forExecution: true,
		message: (facts) =>
			`The month's quota of checks of this GREEN-API instance is used up${statusOf(facts)}` +
			`${facts.total === undefined ? '' : `: ${facts.used ?? '?'} of ${facts.total}`}.`,
		advice: () => 'Change the tariff in the GREEN-API console, or run the rest next month.',
	},
	contactLimit: {
		label: 'checks paused',
		ends: 'method',
		retryAfter: 7200,
		message: (facts) =>
			`${nameOf(facts)} has stopped answering such queries of this instance, because too many ` +
			`different ones were asked within minutes${statusOf(facts)}.`,
		advice: (facts) =>
			'Pause them on this instance ' +
			(facts.until === undefined ? 'for 2 hours' : `until ${clockTime(facts.until)}`) +
			'; a restart of n8n ends the pause earlier.',
	},
	callLimit: {
		label: 'Max Calls reached',
		message: (facts) => `This execution has made the ${facts.total} calls that Max Calls allows.`,
		advice: () =>
			'Raise Max Calls in the options of this node (0 for no cap), or run the rest later.',
	},
	timeout: {
		label: 'timeout',
		retryable: true,
		transient: true,
		message: (facts) => `No answer${about(facts)} in time${statusOf(facts)}.`,
		advice: () => 'Run this item again.',
	},
	network: {
		label: 'network',
		retryable: true,
		transient: true,
		message: (facts) => `GREEN-API could not be reached${because(facts)}.`,
		advice: () => 'Check API URL in the credential and the network of this n8n, then run again.',
	},
	serverError: {
		label: 'GREEN-API did not answer',
		retryable: true,
		transient: true,
		message: (facts) => `GREEN-API could not answer${statusOf(facts)}.`,
		advice: () => 'Run this item again in a few minutes.',
	},
	badResponse: {
		label: 'no clear answer',
		retryable: true,
		transient: true,
		message: (facts) =>
			`GREEN-API's answer${about(facts)} was no clear answer${statusOf(facts)}${because(facts)}.`,
		advice: () => 'Nothing is known about this item; run it again.',
	},
} satisfies Record<string, Definition>;

export type FailureCode = keyof typeof DEFINITIONS;
