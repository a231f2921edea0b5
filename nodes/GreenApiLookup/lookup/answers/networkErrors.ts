/** What is known when a request ended without an HTTP answer. */

import type { Query } from '../query';
import { failure, type Failure } from './failures';
import { isObject, LONGEST_REASON } from './json';

/**
 * Node's network errors that people meet, by their code or, from n8n 1.101 to 1.123, which keep
 * nothing else, by their words; and what they mean. The first that fits decides.
 */
const NETWORK_ERRORS: ReadonlyArray<readonly [RegExp, 'network' | 'timeout', string?]> = [
	[/ECONNREFUSED/, 'network', 'nothing answers at its address (ECONNREFUSED)'],
	[/ECONNRESET/, 'network', 'the connection broke (ECONNRESET)'],
	[/ENOTFOUND/, 'network', 'there is no host of that name (ENOTFOUND)'],
	[/EAI_AGAIN/, 'network', 'the host name could not be looked up (EAI_AGAIN)'],
	[/EHOSTUNREACH/, 'network', 'there is no route to its host (EHOSTUNREACH)'],
	[/ENETUNREACH/, 'network', 'there is no route to its network (ENETUNREACH)'],
	[/CERT_HAS_EXPIRED|certificate has expired/, 'network', 'its TLS certificate has expired'],
	[/SELF_SIGNED_CERT|self-signed certificate/, 'network', 'its TLS certificate is self-signed'],
	[/ECONNABORTED|E(SOCKET)?TIMEDOUT|timeout of \d+ms exceeded|timed out/i, 'timeout'],
];

/** The failure of a query whose request ended without an HTTP answer. */
export function readNetworkError({ endpoint, value }: Query, error: unknown): Failure {
	const code = networkCodeOf(error);
	const known = NETWORK_ERRORS.find(([pattern]) => pattern.test(code ?? wordsOf(error)));
	// No words but our own: the text of such an error can hold the URL, and with it the token.
	const [, kind, detail] = known ?? [undefined, 'network' as const, code];
	return failure(kind, { endpoint, asked: true, value, detail });
}

/** Errors wrap each other (n8n's around axios's around Node's); the innermost code says most. */
function networkCodeOf(error: unknown): string | undefined {
	let code: string | undefined;
	for (let depth = 0, inner = error; isObject(inner) && depth < 5; depth++, inner = inner.cause) {
		if (typeof inner.code === 'string' && /^[A-Z][A-Z\d_]+$/.test(inner.code)) code = inner.code;
	}
	return code;
}

function wordsOf(error: unknown): string {
	if (!isObject(error)) return '';
	return [error.message, error.messages].flat().join(' ').slice(0, LONGEST_REASON);
}
