/**
 * Every way in which a lookup can end without an answer, with the sentence that a person reads.
 * An AI agent is shown nothing but that sentence, so each says what happened and what to do now.
 */

import { MESSENGER_NAMES, type Endpoint, type Messenger } from '../endpoints';

/** What stands under `error` in a failed item's row. Holds no secret. */
export interface Failure {
	readonly code: FailureCode;
	/** What happened and what to change, for people and AI agents. */
	readonly message: string;
	/** Whether the same question, asked again soon, can be answered without a change. */
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

/** What is known about a failure besides its code; a sentence uses what it needs. */
export interface FailureFacts {
	readonly endpoint: Endpoint;
	/** Whether a call was made for this item. */
	readonly asked: boolean;
	/** The item's value as it came. */
	readonly value?: unknown;
	/** What exactly is wrong: a clause without a full stop. */
	readonly detail?: string | undefined;
	/** What to do about it, where the code's own advice does not fit. */
	readonly advice?: string | undefined;
	readonly httpStatus?: number;
	readonly retryAfter?: number;
	readonly used?: number;
	readonly total?: number;
	/** The messenger that the instance belongs to, where that is another one. */
	readonly owner?: Messenger;
	/** Milliseconds since 1970 at which it can be asked again. */
	readonly until?: number;
}

interface Kind {
	/** Two or three words, for counts. */
	readonly label: string;
	readonly retryable: boolean;
	/** Whether the run itself asks again, after a wait. */
	readonly repeated?: true;
	/** Where no further call makes sense after it. */
	readonly ends?: 'run' | 'execution';
	/** Seconds to wait where the service does not say. */
	readonly retryAfter?: number;
	readonly sentence: (facts: FailureFacts) => string;
}

const messenger = ({ endpoint }: FailureFacts) => MESSENGER_NAMES[endpoint.messenger];
const status = ({ httpStatus }: FailureFacts) =>
	httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`;
const because = ({ detail }: FailureFacts) =>
	detail === undefined ? '' : `: ${clip(detail, DETAIL_LENGTH)}`;

const KINDS = {
	invalidPhoneNumber: {
		label: 'unreadable number',
		retryable: false,
		sentence: (facts) =>
			isEmpty(facts.value)
				? 'Phone Number is empty for this item. Fill it in; if all items are empty, check the field name in the expression.'
				: `${quote(facts.value)} is not a phone number that can be looked up${because(facts)}. ` +
					(facts.advice ??
						'Write it in international format with the country code, e.g. +7 987 654-32-10, or ' +
							'choose a Default Country in the options of this node.'),
	},
	unsupportedCountry: {
		label: 'country not supported',
		retryable: false,
		sentence: (facts) =>
			`${messenger(facts)} cannot be asked about ${facts.detail ?? quote(facts.value)}: only numbers ` +
			'that begin with +7 (Russia, Kazakhstan) or +375 (Belarus) are supported. Choose another ' +
			'messenger for it.',
	},
	invalidChatId: {
		label: 'wrong chat ID',
		retryable: false,
		sentence: (facts) =>
			isEmpty(facts.value)
				? 'Chat ID is empty for this item. Fill it in; if all items are empty, check the field name in the expression.'
				: `${quote(facts.value)} is not the chat ID of a person on ${messenger(facts)}` +
					`${because(facts)}. Use the chatId that Check Account returns` +
					`${facts.endpoint.messenger === 'whatsapp' ? ', or a phone number with its country code' : ''}.`,
	},
	groupChat: {
		label: 'group',
		retryable: false,
		sentence: (facts) =>
			`${quote(facts.value)} is a group, and Get Contact Info knows people only. ` +
			"Use GREEN-API's GetGroupData method for groups.",
	},
	badRequest: {
		label: 'question refused',
		retryable: false,
		sentence: (facts) =>
			`GREEN-API refused the question${about(facts)}${status(facts)}${because(facts)}. ` +
			'Check the value of this item.',
	},
	unauthorized: {
		label: 'wrong token',
		retryable: false,
		ends: 'execution',
		sentence: (facts) =>
			`GREEN-API does not accept the API Token of the credential${status(facts)}. ` +
			'Copy apiTokenInstance from the GREEN-API console into the credential.',
	},
	wrongInstance: {
		label: 'wrong instance',
		retryable: false,
		ends: 'run',
		sentence: (facts) =>
			facts.owner === undefined
				? `GREEN-API knows no such ${messenger(facts)} instance at this address${status(facts)}. ` +
					'Check API URL and Instance ID in the credential, and that Messenger is the one that the ' +
					'instance belongs to.'
				: `The credential is that of a ${MESSENGER_NAMES[facts.owner]} instance, and Messenger is ` +
					`${messenger(facts)}. Choose ${MESSENGER_NAMES[facts.owner]} as Messenger, or the ` +
					`credential of a ${messenger(facts)} instance.`,
	},
	notAuthorized: {
		label: 'instance not linked',
		retryable: false,
		ends: 'run',
		sentence: (facts) =>
			`The GREEN-API instance is not linked to a ${messenger(facts)} account, or is still starting` +
			`${status(facts)}. Open the instance in the GREEN-API console, link the account if it is not, ` +
			'and run again.',
	},
	instanceStarting: {
		label: 'instance starting',
		retryable: true,
		retryAfter: 300,
		sentence: (facts) =>
			`The GREEN-API instance is starting${status(facts)}. Run again in up to 5 minutes.`,
	},
	instanceBlocked: {
		label: 'instance blocked',
		retryable: false,
		ends: 'run',
		sentence: (facts) =>
			`${messenger(facts)} has blocked or restricted the account of this GREEN-API instance` +
			`${status(facts)}. Look at the instance in the GREEN-API console, or use another one.`,
	},
	instanceExpired: {
		label: 'instance expired',
		retryable: false,
		ends: 'run',
		sentence: (facts) =>
			`This GREEN-API instance has expired or was deleted${status(facts)}. ` +
			'Renew it in the GREEN-API console, or use another instance.',
	},
	rateLimited: {
		label: 'asked too often',
		retryable: true,
		repeated: true,
		sentence: (facts) =>
			`This GREEN-API instance is being asked too often${status(facts)}. ` +
			'Run again in a few seconds, with fewer workflows on this instance at a time.',
	},
	quotaExceeded: {
		label: 'quota used up',
		retryable: false,
		ends: 'execution',
		sentence: (facts) =>
			`The month's quota of checks of this GREEN-API instance is used up${status(facts)}` +
			`${facts.total === undefined ? '' : `: ${facts.used ?? '?'} of ${facts.total}`}. ` +
			'Change the tariff in the GREEN-API console, or run the rest next month.',
	},
	contactLimit: {
		label: 'checks paused',
		retryable: false,
		ends: 'run',
		retryAfter: 7200,
		sentence: (facts) =>
			`${messenger(facts)} has stopped answering number checks of this instance, because too many ` +
			`different numbers were asked within minutes${status(facts)}. Pause number checks on this ` +
			`instance ${facts.until === undefined ? 'for 2 hours' : `until ${clockTime(facts.until)}`}.`,
	},
	callLimit: {
		label: 'Max Calls reached',
		retryable: false,
		sentence: (facts) =>
			`Not asked any more: this execution has made the ${facts.total} calls that Max Calls allows. ` +
			'Raise Max Calls in the options of this node (0 for no cap), or run the rest later.',
	},
	timeout: {
		label: 'timeout',
		retryable: true,
		repeated: true,
		sentence: (facts) => `No answer${about(facts)} in time${status(facts)}. Run this item again.`,
	},
	network: {
		label: 'network',
		retryable: true,
		repeated: true,
		sentence: (facts) =>
			`GREEN-API could not be reached${because(facts)}. ` +
			'Check API URL in the credential and the network of this n8n, then run again.',
	},
	serverError: {
		label: 'GREEN-API did not answer',
		retryable: true,
		repeated: true,
		sentence: (facts) =>
			`GREEN-API could not answer${status(facts)}. Run this item again in a few minutes.`,
	},
	badResponse: {
		label: 'no clear answer',
		retryable: true,
		repeated: true,
		sentence: (facts) =>
			`GREEN-API's answer${about(facts)} was no clear answer${status(facts)}` +
			`${because(facts)}. Nothing is known about this item; run it again.`,
	},
} satisfies Record<string, Kind>;

export type FailureCode = keyof typeof KINDS;

/** Whether a run asks again after such a failure. */
export function isRepeated(code: FailureCode): boolean {
	return (KINDS[code] as Kind).repeated === true;
}

/** The code in two or three words, for a person who reads counts. */
export function labelOf(code: FailureCode): string {
	return KINDS[code].label;
}

/** How far a failure reaches beyond its own item; undefined where it does not. */
export function endsWhat(code: FailureCode): 'run' | 'execution' | undefined {
	return (KINDS[code] as Kind).ends;
}

/** Builds the failure of one item from its code; facts that are not known are left out. */
export function failure(code: FailureCode, facts: FailureFacts): Failure {
	const { retryable, sentence, ...kind }: Kind = KINDS[code];
	const { asked, httpStatus, used, total } = facts;
	const retryAfter = facts.retryAfter ?? kind.retryAfter;
	return {
		code,
		message: sentence(facts),
		retryable,
		...(httpStatus !== undefined && { httpStatus }),
		...(retryAfter !== undefined && { retryAfter }),
		asked,
		...(used !== undefined && { used }),
		...(total !== undefined && { total }),
	};
}

/** The failure of an item whose parameters cannot be read, because an expression in them fails. */
export function unreadable(endpoint: Endpoint, why: string): Failure {
	const message =
		`The parameters of this item cannot be read: ${why || 'an expression fails'}. ` +
		'Mend the expression, or the item that it reads.';
	const codes = { phoneNumber: 'invalidPhoneNumber', chatId: 'invalidChatId' } as const;
	const code = endpoint.subject === null ? 'badRequest' : codes[endpoint.subject];
	return { code, message, retryable: false, asked: false };
}

/**
 * What a list that stopped says: the failure, and what becomes of the other items.
 * @param index position of the failed item
 * @param total items of the run
 * @param answered items that had been answered by then
 */
export function stoppedMessage(
	{ message }: Failure,
	index: number,
	total: number,
	answered: number,
): string {
	if (total === 1) return message;
	const lost =
		answered === 0
			? 'No item is passed on.'
			: answered === 1
				? 'The answer of 1 other item is not passed on.'
				: `The answers of ${answered} other items are not passed on.`;
	return (
		`${message} This is item ${index + 1} of ${total}. ${lost} To get a row for every item, set ` +
		'On Error in the settings of this node to "Continue (using error output)".'
	);
}

/**
 * The failure of every item of a run whose settings cannot be used; no call is made then.
 * @param message the sentence that names what to mend
 */
export function runFailure(code: FailureCode, message: string): Failure {
	return { code, message, retryable: false, asked: false };
}

function clockTime(ms: number): string {
	return new Date(ms).toISOString().replace(/^(.+)T(\d\d:\d\d).*$/, '$1 $2 UTC');
}

/** Characters of a value that a sentence shows; enough to find the item, too few to flood a log. */
const QUOTED_LENGTH = 40;

/** Characters of the service's own words that a sentence shows. */
const DETAIL_LENGTH = 200;

function isEmpty(value: unknown): boolean {
	return value === null || value === undefined || value === '';
}

/** What the question was about, where it was not about the instance itself. */
function about({ value }: FailureFacts): string {
	return isEmpty(value) ? '' : ` about ${quote(value)}`;
}

function quote(value: unknown): string {
	const hasText = typeof value !== 'object' && typeof value !== 'function';
	const shown = hasText ? String(value) : 'an object';
	return `"${clip(shown, QUOTED_LENGTH)}"`;
}

/** A piece of foreign text, without what a terminal or a browser would take for a command. */
function clip(text: string, length: number): string {
	const piece = text.length > length ? `${text.slice(0, length)}…` : text;
	return piece.replace(/\p{Cc}+/gu, ' ').replace(/[<>]/g, '');
}
