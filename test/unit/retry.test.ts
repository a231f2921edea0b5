/** When a question is asked once more. */

import { ENDPOINTS, type Endpoint } from '../../nodes/GreenApiLookup/endpoints';
import { failure, type FailureCode } from '../../nodes/GreenApiLookup/lookup/failures';
import { nextTry } from '../../nodes/GreenApiLookup/lookup/retry';

const endpoint = ENDPOINTS[0] as Endpoint;
const limits = { maxTries: 5, maxWaitMs: 300_000 };

function waitAfter(code: FailureCode, tries: number, ms = 0, retryAfter?: number, random = 0.5) {
	return nextTry(
		failure(code, { endpoint, asked: true, retryAfter }),
		{ tries, ms },
		limits,
		() => random,
	);
}

test.each<FailureCode>(['timeout', 'network', 'serverError', 'badResponse'])(
	'%s: up to 1, 2, 4, 8 seconds, then no more',
	(code) => {
		expect([1, 2, 3, 4, 5].map((tries) => waitAfter(code, tries, 0, undefined, 0.999))).toEqual([
			999,
			1998,
			3996,
			7992,
			undefined,
		]);
		expect(waitAfter(code, 1, 0, undefined, 0)).toBe(0);
	},
);

test('no wait is longer than 30 seconds', () => {
	const wait = nextTry(
		failure('serverError', { endpoint, asked: true }),
		{ tries: 20, ms: 0 },
		{ maxTries: 100, maxWaitMs: 300_000 },
		() => 0.999,
	);

	expect(wait).toBe(29_970);
});

test('the service says when, if that is within Max Wait', () => {
	expect(waitAfter('serverError', 1, 0, 20)).toBe(20_000);
	expect(waitAfter('serverError', 1, 290_000, 20)).toBeUndefined();
});

test('a 429 is no try and has no wait of its own: the rate limiter makes all calls wait', () => {
	expect(waitAfter('rateLimited', 0)).toBe(0);
	expect(waitAfter('rateLimited', 50, 299_000)).toBe(0);
	expect(waitAfter('rateLimited', 0, 300_001)).toBeUndefined();
});

test.each<FailureCode>([
	'badRequest',
	'unauthorized',
	'wrongInstance',
	'notAuthorized',
	'instanceStarting',
	'quotaExceeded',
	'contactLimit',
	'invalidPhoneNumber',
])('%s is not asked again', (code) => {
	expect(waitAfter(code, 1)).toBeUndefined();
});
