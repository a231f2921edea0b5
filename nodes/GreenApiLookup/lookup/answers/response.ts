/**
 * What an answer of GREEN-API means. Only what is clearly an answer counts as one: whatever else
 * comes back is a failure of the item, because unknown must never become "no account".
 */

import type { Operation } from '../../messengers/definition';
import { isSameNumber } from '../phone/numberingPlans';
import type { Query } from '../query';
import { failure, type Failure, type FailureCode, type FailureFacts } from './failures';
import { namedNumber } from './fields';
import { hasRepeatedField, isObject, isTooDeep, parseJson, textsIn, type JsonObject } from './json';

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

const QUARTER_HOUR_S = 900;

/**
 * What the service says in words, under any HTTP status: green-api.com's pages give none for
 * `{"status": false}` bodies (read 2026-11-26). The first that fits decides.
 */
const REASONS: ReadonlyArray<readonly [RegExp, Meaning]> = [
	[/in starting process/i, { code: 'instanceStarting' }],
	[/not ?authorized/i, { code: 'notAuthorized' }],
	[/(instance|account)\b.*\bblocked/i, { code: 'notAuthorized' }],
	[/contact info limit reached|rate_limit_exceeded/i, { code: 'contactLimit' }],
	[/rate limited by messenger/i, { code: 'contactLimit', retryAfter: QUARTER_HOUR_S }],
	[/temporarily unavailable/i, { code: 'serverError' }],
	[
		/CORRESPONDENTS_QUOT[EA]_EXCEEDED/i,
		{
			code: 'quotaExceeded',
			message: "The 3 chats a month of this GREEN-API instance's free plan are used up",
			used: undefined,
			total: undefined,
		},
	],
	[/quota has been exceeded|QUOT[EA]_EXCEEDED/i, { code: 'quotaExceeded' }],
	[/timeout limit exceeded/i, { code: 'timeout' }],
	[/does not support group/i, { code: 'invalidChatId' }],
	[
		/bad phone number|'phoneNumber' must/i,
		{
			code: 'invalidPhoneNumber',
			// It was clean already: advice on how to write it would lead astray.
			advice: 'Check its country code and its length: GREEN-API does not take it as it is.',
		},
	],
	[/instance\b.*\b(expired|deleted)/i, { code: 'instanceExpired' }],
];

/** What a status means where the words do not say it. Another 4xx says nothing about the item. */
const STATUSES: Readonly<Record<number, FailureCode>> = {
	400: 'badRequest',
	401: 'unauthorized',
	403: 'wrongInstance',
	404: 'wrongInstance',
	408: 'timeout',
	413: 'badRequest',
	414: 'badRequest',
	422: 'badRequest',
	429: 'rateLimited',
	466: 'quotaExceeded',
	469: 'contactLimit',
	499: 'serverError',
};

const PROXY_PASSWORD = {
	detail: 'the proxy wants a user name and a password (HTTP 407)',
	advice: 'Write them into the proxy under Request Options, e.g. http://user:password@host:3128.',
};

/** The fields in which the service says what went wrong, at the top of the body and under `data`. */
const ERROR_FIELDS = ['reason', 'message', 'error', 'errors', 'errorMessage'] as const;
const QUOTA_FIELDS = ['invokeStatus', 'correspondentsStatus', 'status'] as const;
const GOOD_STATUSES: readonly unknown[] = [undefined, null, true, 200, 'ok', 'success'];

/** Why a 200 body is no clear answer to the query; undefined where it is one. */
const UNCLEAR: Readonly<
	Record<Operation, (query: Query, body: JsonObject, text: string) => string | undefined>
> = {
	checkAccount(query, body, text) {
		const { existsField } = query.endpoint.messenger;
		if (hasErrorSign(body) || (isObject(body.data) && hasErrorSign(body.data))) {
			return 'it says that something went wrong';
		}
		if (typeof body[existsField] !== 'boolean') return 'it says neither true nor false';
		if (hasRepeatedField(text)) return 'it says something twice';
		if (typeof body.chatId === 'number' && !Number.isSafeInteger(body.chatId)) {
			return 'its chat ID is no whole number';
		}
		return aboutAnotherNumber(query, body);
	},
	getAccountSettings: (_query, { stateInstance }) =>
		typeof stateInstance === 'string' ? undefined : 'it names no state',
	getContactInfo: (_query, body) =>
		isGood(body.status) && (typeof body.chatId === 'string' || typeof body.name === 'string')
			? undefined
			: 'it names no contact',
};

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

/** @param at when the answer came: milliseconds since 1970 */
export function readResponse(query: Query, response: LookupResponse, at: number): Outcome {
	const { status, text, retryAfter } = response;
	const body = parseJson(text);
	const reason = reasonOf(body);
	const facts = { ...query, asked: true, httpStatus: status, detail: reason, ...quotaOf(body) };
	const fail = (code: FailureCode, words: Partial<FailureFacts> = {}) =>
		// How long a messenger's own limit lasts is not told in a header.
		failure(code, { ...facts, ...(code !== 'contactLimit' && { retryAfter }), ...words });

	const known = REASONS.find(([words]) => reason !== undefined && words.test(reason));
	if (known && !isAnswerOfState(query, status, body)) {
		return fail(known[1].code, known[1]);
	}
	if (status === 407) return fail('network', PROXY_PASSWORD);
	if (status >= 500) return fail('serverError');
	if (status !== 200) return fail(STATUSES[status] ?? 'badResponse');
	if (!isObject(body)) return fail('badResponse', { detail: 'it is not a JSON object' });
	const why = isTooDeep(body)
		? 'it is nested too deep'
		: UNCLEAR[query.endpoint.operation](query, body, text);
	return why === undefined ? { query, body, at } : fail('badResponse', { detail: reason ?? why });
}

/** Watching states is what Get Account Settings is for: each of them is an answer. */
function isAnswerOfState({ endpoint }: Query, status: number, body: unknown): boolean {
	return (
		endpoint.operation === 'getAccountSettings' &&
		status === 200 &&
		isObject(body) &&
		typeof body.stateInstance === 'string'
	);
}

/** The service's own words for what went wrong. */
function reasonOf(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	const fields = [...ERROR_FIELDS, ...QUOTA_FIELDS];
	const texts = [body, body.data].flatMap((part) =>
		isObject(part) ? fields.flatMap((field) => textsIn(part[field])) : [],
	);
	return texts.length > 0 ? texts.join('; ') : undefined;
}

/** Calls used and allowed this month, where the service told: numbers or strings, nested or not. */
function quotaOf(body: unknown): { used?: number; total?: number } {
	if (!isObject(body)) return {};
	const { used, total } = isObject(body.invokeStatus) ? body.invokeStatus : body;
	return { used: countOf(used), total: countOf(total) };
}

function countOf(value: unknown): number | undefined {
	const count = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof count === 'number' && Number.isSafeInteger(count) ? count : undefined;
}
