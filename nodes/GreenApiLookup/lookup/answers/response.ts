/**
 * What an answer of GREEN-API means. Only what is clearly an answer counts as one: whatever else
 * comes back is a failure of the item, because unknown must never become "no account".
 */

import type { Endpoint, Operation } from '../../messengers/definition';
import type { Query } from '../query';
import { failure, type Failure, type FailureCode } from './failures';
import {
	hasRepeatedField,
	isObject,
	isTooDeep,
	LONGEST_REASON,
	parseJson,
	type JsonObject,
} from './json';

/** An HTTP answer without the token, its headers read. */
export interface LookupResponse {
	readonly status: number;
	readonly text: string;
	/** Seconds that the service asks to wait. */
	readonly retryAfter?: number | undefined;
	/** Calls per second that the service allows. */
	readonly limit?: number | undefined;
	/** Calls that it would still take in this second. */
	readonly remaining?: number | undefined;
}

/** A clear answer of the service. */
export interface Answer {
	readonly query: Query;
	/** The service's own body. */
	readonly body: JsonObject;
	/** When the answer came: milliseconds since 1970. */
	readonly at: number;
}

/** How an item ends. */
export type Outcome = Answer | Failure;

export function isFailure(value: object): value is Failure {
	return 'code' in value;
}

/**
 * What the service says in words, under any HTTP status and 200 too: GREEN-API's pages give no
 * status for its `{"status": false}` bodies. The first that fits decides.
 */
const REASONS: ReadonlyArray<readonly [RegExp, FailureCode]> = [
	[/in starting process/i, 'instanceStarting'],
	[/not ?authorized/i, 'notAuthorized'],
	[/contact info limit reached/i, 'contactLimit'],
	[/quota has been exceeded|QUOTE_EXCEEDED/i, 'quotaExceeded'],
	[/timeout limit exceeded/i, 'timeout'],
	[/does not support group/i, 'invalidChatId'],
	[/bad phone number|'phoneNumber' must/i, 'invalidPhoneNumber'],
	[/(instance|account)\b.*\b(blocked|suspended)/i, 'notAuthorized'],
	[/instance\b.*\b(expired|deleted)/i, 'instanceExpired'],
];

/** What a status means where the words do not say it. */
const STATUSES: Readonly<Record<number, FailureCode>> = {
	401: 'unauthorized',
	403: 'wrongInstance',
	404: 'wrongInstance',
	408: 'timeout',
	429: 'rateLimited',
	466: 'quotaExceeded',
	469: 'contactLimit',
	499: 'serverError',
};

function codeOfStatus(status: number): FailureCode {
	if (status >= 500) return 'serverError';
	return STATUSES[status] ?? (status >= 400 ? 'badRequest' : 'badResponse');
}

/** Why a 200 body is no clear answer to the endpoint's query; undefined where it is one. */
const UNCLEAR: Readonly<
	Record<Operation, (body: JsonObject, endpoint: Endpoint, text: string) => string | undefined>
> = {
	checkAccount(body, { messenger }, text) {
		if (typeof body[messenger.existsField] !== 'boolean') return 'it says neither true nor false';
		return hasRepeatedField(text) ? 'it says something twice' : undefined;
	},
	getAccountSettings: ({ stateInstance }) =>
		typeof stateInstance === 'string' ? undefined : 'it names no state',
	getContactInfo: ({ chatId, name }) =>
		typeof chatId === 'string' || typeof name === 'string' ? undefined : 'it names no contact',
};

/** @param at when the answer came: milliseconds since 1970 */
export function readResponse(query: Query, response: LookupResponse, at: number): Outcome {
	const { endpoint, value } = query;
	const { status, text, retryAfter } = response;
	const body = parseJson(text);
	const reason = reasonOf(body);
	const fail = (code: FailureCode, detail = reason) =>
		failure(code, {
			endpoint,
			asked: true,
			value,
			detail,
			httpStatus: status,
			retryAfter,
			// It was clean already: advice on how to write it would lead astray.
			advice:
				code === 'invalidPhoneNumber'
					? 'Check its country code and its length: GREEN-API does not take it as it is.'
					: undefined,
			...quotaOf(body),
		});

	const known = REASONS.find(([words]) => reason !== undefined && words.test(reason));
	if (known) return fail(known[1]);
	if (status < 200 || status > 299) return fail(codeOfStatus(status));
	if (!isObject(body)) return fail('badResponse', 'it is not a JSON object');
	if (reason !== undefined || body.status === false) return fail('badResponse');
	const why = isTooDeep(body)
		? 'it is nested too deep'
		: UNCLEAR[endpoint.operation](body, endpoint, text);
	return why === undefined ? { query, body, at } : fail('badResponse', why);
}

/** The service's own words for what went wrong; it has three places for them. */
function reasonOf(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	const { status } = isObject(body.invokeStatus) ? body.invokeStatus : body;
	return [body.reason, body.message, status]
		.find((text): text is string => typeof text === 'string' && text !== '')
		?.slice(0, LONGEST_REASON);
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
