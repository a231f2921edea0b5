/**
 * What an answer of GREEN-API means. Only what is clearly an answer counts as one: whatever else
 * comes back is a failure of the item, because unknown must never become "no account".
 */

import { isSameNumber } from '../phone/numberingPlans';
import type { Query } from '../query';
import { failure, type Failure, type FailureCode, type FailureFacts } from './failures';
import { namedNumber, numberOf } from './fields';
import {
	hasRepeatedField,
	isObject,
	isTooDeep,
	LONGEST_REASON,
	parseJson,
	textsIn,
	type JsonObject,
} from './json';
import { readNetworkError } from './networkErrors';

/** An HTTP answer without the token, its headers read. */
export interface LookupResponse {
	readonly status: number;
	readonly text: string;
	/** Seconds that the service asks to wait. */
	readonly retryAfter?: number | undefined;
	/** Calls per second that the service allows. */
	readonly limit?: number | undefined;
}

/** A clear answer of the service. */
export interface Answer {
	readonly query: Query;
	/** The service's own body. */
	readonly body: JsonObject;
	/** When the answer came: milliseconds since 1970; null where nothing was asked (a dry run). */
	readonly at: number | null;
	/** What the account's contact is, where that was asked too. */
	readonly contact?: Outcome;
}

/** How an item ends. */
export type Outcome = Answer | Failure;

export function isFailure(value: object): value is Failure {
	return 'code' in value;
}

/** A code, and what else is known then. */
type Meaning = Partial<FailureFacts> & { readonly code: FailureCode };

/** How long it lasts is told by no header and by no field: 2 hours, as GREEN-API's pages say. */
const CONTACT_LIMIT: Meaning = { code: 'contactLimit', retryAfter: 2 * 3600 };

/**
 * What the service says in words, under any HTTP status: green-api.com's pages give none for
 * `{"status": false}` bodies (read 2026-11-26). The first that fits decides.
 */
const REASONS: ReadonlyArray<readonly [RegExp, Meaning]> = [
	[/in starting process/i, { code: 'instanceStarting', retryAfter: 5 * 60 }],
	[/not ?authorized/i, { code: 'notAuthorized' }],
	[/(instance|account)\b.*\bblocked/i, { code: 'notAuthorized' }],
	[/contact info limit reached|rate_limit_exceeded/i, CONTACT_LIMIT],
	[/rate limited by messenger/i, { ...CONTACT_LIMIT, retryAfter: 15 * 60 }],
	[/temporarily unavailable/i, { code: 'serverError' }],
	[
		/CORRESPONDENTS_QUOT[EA]_EXCEEDED/i,
		{
			code: 'quotaExceeded',
			message: "The 3 chats a month of this GREEN-API instance's free plan are used up",
			detail: undefined,
			used: undefined,
			total: undefined,
		},
	],
	[/quota has been exceeded|QUOT[EA]_EXCEEDED/i, { code: 'quotaExceeded', detail: undefined }],
	[/timeout limit exceeded/i, { code: 'timeout' }],
	[/does not support group/i, { code: 'invalidChatId' }],
	[
		/bad phone number|'phoneNumber' must/i,
		{
			code: 'invalidPhoneNumber',
			// It was clean already: advice on how to write it would lead astray.
			advice: 'Check its country code and its length: GREEN-API does not accept it.',
		},
	],
	[/instance\b.*\b(expired|deleted)/i, { code: 'instanceExpired' }],
];

/** What a status means where the words do not say it. The first that fits decides. */
const STATUSES: ReadonlyArray<readonly [RegExp, Meaning]> = [
	[/400|413|414|422/, { code: 'badRequest' }],
	[/401/, { code: 'unauthorized' }],
	[/403|404/, { code: 'wrongInstance' }],
	[
		/407/,
		{
			code: 'network',
			retryable: false,
			detail: 'the proxy wants a user name and a password',
			advice:
				'Write them into the proxy under Request Options, e.g. http://user:password@host:3128.',
		},
	],
	[/408/, { code: 'timeout' }],
	[/429/, { code: 'rateLimited' }],
	[/466/, { code: 'quotaExceeded' }],
	[/469/, CONTACT_LIMIT],
	[/499|[5-9]../, { code: 'serverError' }],
	[/[12]../, { code: 'badResponse' }],
];

/** A redirect, or a 4xx that GREEN-API does not use: it says nothing about the item. */
const NOT_FROM_GREEN_API: Meaning = {
	code: 'badResponse',
	retryable: false,
	advice:
		'Nothing is known about this item; check API URL in the credential, and whether a proxy or a ' +
		'gateway answers in place of GREEN-API.',
};

/** The fields in which the service says what went wrong, at the top of the body and under `data`. */
const ERROR_FIELDS = ['reason', 'message', 'error', 'errors', 'errorMessage'] as const;
const STATUS_FIELDS = ['invokeStatus', 'correspondentsStatus', 'status'] as const;
const GOOD_STATUSES: readonly unknown[] = [undefined, null, true, 200, 'ok', 'success'];

/** Why a 200 body is no clear answer to the query; undefined where it is one. */
function whyUnclear(query: Query, body: JsonObject, text: string): string | undefined {
	if (isTooDeep(body)) return 'it is nested too deeply';
	const { operation, messenger } = query.endpoint;
	if (operation === 'getAccountSettings') {
		return typeof body.stateInstance === 'string' ? undefined : 'it names no state';
	}
	if (operation === 'getContactInfo') {
		const hasContact = typeof body.chatId === 'string' || typeof body.name === 'string';
		return isGood(body.status) && hasContact ? undefined : 'it names no contact';
	}
	if (hasErrorSign(body) || (isObject(body.data) && hasErrorSign(body.data))) {
		return 'it says that something went wrong';
	}
	if (typeof body[messenger.existsField] !== 'boolean') return 'it says neither true nor false';
	if (hasRepeatedField(text)) return 'it has a field twice';
	if (typeof body.chatId === 'number' && !Number.isSafeInteger(body.chatId)) {
		return 'its chat ID is not a whole number';
	}
	return aboutAnotherNumber(query, body);
}

function aboutAnotherNumber({ value }: Query, body: JsonObject): string | undefined {
	const named = namedNumber(body);
	if (named === undefined || value === null || !/^\d+$/.test(value)) return undefined;
	return isSameNumber(named, value) ? undefined : `it is about another number, +${named}`;
}

function hasErrorSign(body: JsonObject): boolean {
	if (!isGood(body.status)) return true;
	if ('statusCode' in body || 'invokeStatus' in body) return true;
	return ERROR_FIELDS.some((field) => !isNothing(body[field]));
}

function isGood(status: unknown): boolean {
	return GOOD_STATUSES.includes(status);
}

/** Absent, null, '', false, [] and {} say nothing. */
function isNothing(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return value === undefined || value === null || value === '' || value === false;
}

/**
 * What came of a call: its answer, or its failure.
 * @param response an error where there was no HTTP answer
 * @param at when it came: milliseconds since 1970
 */
export function readResponse(query: Query, response: LookupResponse | Error, at: number): Outcome {
	if (response instanceof Error) return readNetworkError(query, response);
	const { status: httpStatus, text, retryAfter } = response;
	const json = parseJson(text);
	const body = isObject(json) ? json : {};
	const detail = reasonOf(body);
	const facts = { ...query, asked: true, httpStatus, retryAfter, detail, ...quotaOf(body) };
	const fail = (meaning: Meaning) => failure(meaning.code, { ...facts, ...meaning });
	const known = REASONS.find(([words]) => words.test(detail ?? ''));
	if (known && !isAnswerOfState(query, httpStatus, body)) return fail(known[1]);
	const byStatus = STATUSES.find(([statuses]) => statuses.test(String(httpStatus)));
	if (httpStatus !== 200) return fail(byStatus?.[1] ?? NOT_FROM_GREEN_API);
	const why = isObject(json) ? whyUnclear(query, json, text) : 'it is not a JSON object';
	if (why === undefined) return { query, body, at };
	return fail({ code: 'badResponse', detail: detail ?? why });
}

/** Watching states is what Get Account Settings is for: each of them is an answer. */
function isAnswerOfState({ endpoint }: Query, status: number, body: JsonObject): boolean {
	const isState = endpoint.operation === 'getAccountSettings' && status === 200;
	return isState && typeof body.stateInstance === 'string';
}

/** The service's own words for what went wrong. */
function reasonOf(body: JsonObject): string | undefined {
	const texts = [body, body.data].flatMap((part) =>
		isObject(part)
			? [...ERROR_FIELDS, ...STATUS_FIELDS].flatMap((field) =>
					isGood(part[field]) ? [] : textsIn(part[field]),
				)
			: [],
	);
	return texts.length > 0 ? texts.join('; ').slice(0, LONGEST_REASON) : undefined;
}

/** Calls used and allowed this month, where the service told: numbers or strings, nested or not. */
function quotaOf(body: JsonObject): { used?: number; total?: number } {
	const { used, total } = isObject(body.invokeStatus) ? body.invokeStatus : body;
	return { used: numberOf(used) ?? undefined, total: numberOf(total) ?? undefined };
}
