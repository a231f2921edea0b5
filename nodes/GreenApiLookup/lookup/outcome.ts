/**
 * What an answer of GREEN-API means. Only what is clearly an answer counts as one: whatever else
 * comes back is a failure of the item, because unknown must never become "no account".
 */

import type { Operation } from '../endpoints';
import { failure, type Failure, type FailureCode } from './failures';
import type { Question } from './question';

export interface JsonObject {
	readonly [key: string]: unknown;
}

/** An HTTP answer as it came, but for the token. */
export interface LookupResponse {
	readonly status: number;
	readonly text: string;
}

/** A clear answer of the service. */
export interface Answer {
	readonly question: Question;
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

/** Texts that mean a failure under any HTTP status, 200 included: GREEN-API's pages give none. */
const REASONS: ReadonlyArray<readonly [RegExp, FailureCode]> = [
	[/in starting process/i, 'instanceStarting'],
	[/not ?authorized/i, 'notAuthorized'],
	[/contact info limit reached/i, 'contactLimit'],
	[/timeout limit exceeded/i, 'timeout'],
	[/does not support group/i, 'invalidChatId'],
	[/bad phone number|'phoneNumber' must/i, 'invalidPhoneNumber'],
	[/(instance|account)\b.*\bblocked/i, 'instanceBlocked'],
	[/instance\b.*\b(expired|deleted)/i, 'instanceExpired'],
];

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

const IS_CLEAR: Readonly<Record<Operation, (body: JsonObject) => boolean>> = {
	checkAccount: (body) => typeof existsOf(body) === 'boolean',
	getAccountSettings: (body) => typeof body.stateInstance === 'string',
	getContactInfo: (body) => 'chatId' in body || 'name' in body,
};

/** Whether the account exists as the service says it; WhatsApp and the others name it differently. */
export function existsOf(body: JsonObject): unknown {
	return 'existsWhatsapp' in body ? body.existsWhatsapp : body.exist;
}

/** @param at when the answer came: milliseconds since 1970 */
export function readOutcome(question: Question, response: LookupResponse, at: number): Outcome {
	const { endpoint, value } = question;
	const { status } = response;
	const body = parseJson(response.text);
	const reason = reasonOf(body);
	const fail = (code: FailureCode, detail = reason) =>
		failure(code, { endpoint, asked: true, value, detail, httpStatus: status, ...quotaOf(body) });

	const known = REASONS.find(([pattern]) => reason !== undefined && pattern.test(reason));
	if (known) return fail(known[1]);
	if (status < 200 || status > 299) return fail(STATUSES[status] ?? codeOfStatus(status));
	if (!isObject(body)) return fail('badResponse', 'it is not a JSON object');
	if (body.status === false || reason !== undefined || !IS_CLEAR[endpoint.operation](body)) {
		return fail('badResponse');
	}
	return { question, body, at };
}

/** Failure of a question whose request ended without an HTTP answer. */
export function readNetworkError(question: Question, error: unknown): Failure {
	const { endpoint, value } = question;
	const code = networkCodeOf(error);
	return failure(code !== undefined && TIMEOUTS.has(code) ? 'timeout' : 'network', {
		endpoint,
		asked: true,
		value,
		// Only the code: the text of such an error can hold the URL, and with it the token.
		detail: code,
	});
}

const TIMEOUTS: ReadonlySet<string> = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Errors wrap each other (n8n's around axios's around Node's); the innermost code says most. */
function networkCodeOf(error: unknown): string | undefined {
	let code: string | undefined;
	for (let depth = 0; isObject(error) && depth < 5; depth++, error = error.cause) {
		if (typeof error.code === 'string' && /^[A-Z][A-Z\d_]+$/.test(error.code)) code = error.code;
	}
	return code;
}

function codeOfStatus(status: number): FailureCode {
	if (status >= 500) return 'serverError';
	return status >= 400 ? 'badRequest' : 'badResponse';
}

/** The service's own words for what went wrong; it has three places for them. */
function reasonOf(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	const said = [body.reason, body.message, isObject(body.invokeStatus) && body.invokeStatus.status];
	return said.find((text): text is string => typeof text === 'string' && text !== '');
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

/** Undefined where the text is no JSON: an nginx page, an empty or a half body. */
function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
