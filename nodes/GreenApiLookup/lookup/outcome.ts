/**
 * What an answer of GREEN-API means. Only what is clearly an answer counts as one: whatever else
 * comes back is a failure of the item, because unknown must never become "no account".
 */

import type { Endpoint, Messenger, Operation } from '../endpoints';
import { failure, type Failure, type FailureCode } from './failures';
import type { RateNews } from './pacer';
import type { Question } from './question';

export interface JsonObject {
	readonly [key: string]: unknown;
}

/** An HTTP answer as it came, but for the token. */
export interface LookupResponse {
	readonly status: number;
	/** By name in lower case. */
	readonly headers: Readonly<Record<string, unknown>>;
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
	[/(instance|account)\b.*\b(blocked|suspended)/i, 'instanceBlocked'],
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

/** Where each messenger's answer says whether the account exists. */
const EXISTS: Readonly<Record<Messenger, string>> = {
	max: 'exist',
	telegram: 'exist',
	whatsapp: 'existsWhatsapp',
};

/** Whether the account exists, in the words of the messenger's own endpoint. */
export function existsOf({ messenger }: Endpoint, body: JsonObject): unknown {
	return body[EXISTS[messenger]];
}

/** Why a 200 body is no clear answer to the endpoint's question; undefined where it is one. */
const UNCLEAR: Readonly<
	Record<Operation, (body: JsonObject, endpoint: Endpoint, text: string) => string | undefined>
> = {
	checkAccount(body, endpoint, text) {
		if (typeof existsOf(endpoint, body) !== 'boolean') return 'it says neither true nor false';
		return saysTwice(text) ? 'it says something twice' : undefined;
	},
	getAccountSettings: ({ stateInstance }) =>
		typeof stateInstance === 'string' ? undefined : 'it names no state',
	getContactInfo: ({ chatId, name }) =>
		typeof chatId === 'string' || typeof name === 'string' ? undefined : 'it names no contact',
};

/** Whether a field stands there more than once: JSON.parse would take the last one without a word. */
function saysTwice(text: string): boolean {
	const fields: unknown[] = [];
	let depth = 0;
	// Whole strings at a time: the search cannot begin again inside of one.
	for (const [token, name, colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"\s*(:?)|[{}[\]]/gs)) {
		if (token === '{' || token === '[') depth++;
		else if (token === '}' || token === ']') depth--;
		else if (depth === 1 && colon) fields.push(unescaped(name));
	}
	return new Set(fields).size < fields.length;
}

function unescaped(name = ''): unknown {
	return name.includes('\\') ? parseJson(`"${name}"`) : name;
}

/** Deeper than any answer; n8n, which walks rows by recursion, would not survive much more. */
const DEEPEST = 100;

function isTooDeep(body: JsonObject): boolean {
	let level: unknown[] = [body];
	for (let depth = 0; depth < DEEPEST; depth++) {
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
		if (level.length === 0) return false;
	}
	return true;
}

/** @param at when the answer came: milliseconds since 1970 */
export function readOutcome(question: Question, response: LookupResponse, at: number): Outcome {
	const { endpoint, value } = question;
	const { status, headers } = response;
	const body = parseJson(response.text);
	const reason = reasonOf(body);
	const fail = (code: FailureCode, detail = reason) =>
		failure(code, {
			endpoint,
			asked: true,
			value,
			detail,
			httpStatus: status,
			retryAfter: retryAfterOf(headers, at),
			// It was clean already: advice on how to write it would lead astray.
			advice: 'Check its country code and its length: GREEN-API does not take it as it is.',
			...quotaOf(body),
		});

	const known = REASONS.find(([words]) => reason !== undefined && words.test(reason));
	if (known) return fail(known[1]);
	if (status < 200 || status > 299) return fail(codeOfStatus(status));
	if (!isObject(body)) return fail('badResponse', 'it is not a JSON object');
	if (reason !== undefined || body.status === false) return fail('badResponse');
	const why = isTooDeep(body)
		? 'it is nested too deep'
		: UNCLEAR[endpoint.operation](body, endpoint, response.text);
	return why === undefined ? { question, body, at } : fail('badResponse', why);
}

/** The failure of a question whose request ended without an HTTP answer. */
export function readNetworkError({ endpoint, value }: Question, error: unknown): Failure {
	const code = networkCodeOf(error);
	return failure(code !== undefined && TIMEOUTS.has(code) ? 'timeout' : 'network', {
		endpoint,
		asked: true,
		value,
		// Only what the code says: the text of such an error can hold the URL, and with it the token.
		detail: code && (NETWORK_ERRORS[code] ?? code),
	});
}

/** The codes of Node's network errors that people meet, in their words. */
const NETWORK_ERRORS: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nothing answers at its address (ECONNREFUSED)',
	ECONNRESET: 'the connection broke (ECONNRESET)',
	ENOTFOUND: 'there is no host of that name (ENOTFOUND)',
	EAI_AGAIN: 'the host name could not be looked up (EAI_AGAIN)',
	EHOSTUNREACH: 'there is no way to its host (EHOSTUNREACH)',
	ENETUNREACH: 'there is no way to its network (ENETUNREACH)',
	CERT_HAS_EXPIRED: 'its TLS certificate has expired',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
};

const TIMEOUTS: ReadonlySet<string> = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Errors wrap each other (n8n's around axios's around Node's); the innermost code says most. */
function networkCodeOf(error: unknown): string | undefined {
	let code: string | undefined;
	for (let depth = 0, inner = error; isObject(inner) && depth < 5; depth++, inner = inner.cause) {
		if (typeof inner.code === 'string' && /^[A-Z][A-Z\d_]+$/.test(inner.code)) code = inner.code;
	}
	return code ?? networkCodeInWords(error);
}

/** n8n 1.101 to 1.123 keep nothing of the error but its words. Only a code is taken from them. */
function networkCodeInWords(error: unknown): string | undefined {
	if (!isObject(error)) return undefined;
	const words = [error.message, error.messages].flat().join(' ').slice(0, LONGEST_REASON);
	const known = [...Object.keys(NETWORK_ERRORS), ...TIMEOUTS].find((code) => words.includes(code));
	return known ?? WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
	[/self-signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
	[/certificate has expired/, 'CERT_HAS_EXPIRED'],
	[/timeout of \d+ms exceeded|timed out/i, 'ETIMEDOUT'],
];

/** Characters of the service's words that are read: enough for its own, too few to hang on. */
const LONGEST_REASON = 1000;

/** The service's own words for what went wrong; it has three places for them. */
function reasonOf(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	const { status } = isObject(body.invokeStatus) ? body.invokeStatus : body;
	const said = [body.reason, body.message, status];
	return said
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

/** What the headers of an answer say about the limit. */
export function rateNewsOf({ status, headers }: LookupResponse, now: number): RateNews {
	return {
		limit: countOf(headers['x-ratelimit-replenish-rate']),
		remaining: countOf(headers['x-ratelimit-remaining']),
		tooMany: status === 429,
		waitMs: (retryAfterOf(headers, now) ?? 0) * 1000,
	};
}

/** Retry-After in seconds, from its seconds or its date (RFC 9110, 10.2.3). */
function retryAfterOf(headers: LookupResponse['headers'], now: number): number | undefined {
	const header = headers['retry-after'];
	if (typeof header !== 'string') return undefined;
	const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** Undefined where the text is no JSON: an nginx page, an empty or a half body. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
