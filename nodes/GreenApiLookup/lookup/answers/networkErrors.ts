/** What is known when a request ended without an HTTP answer. */

import type { Query } from '../query';
import { failure, type Failure } from './failures';
import { isObject, LONGEST_REASON } from './json';

/** The failure of a query whose request ended without an HTTP answer. */
export function readNetworkError({ endpoint, value }: Query, error: unknown): Failure {
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
