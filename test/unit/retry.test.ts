/** When a query is asked once more, and after which wait. */

import { failure, type FailureCode } from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { Attempts, mayBeRetried } from '../../nodes/GreenApiLookup/lookup/calls/retry';
import { findEndpoint } from '../endpoints';

const endpoint = findEndpoint('whatsapp', 'checkAccount');

interface Given {
	/** Seconds that the service tells. */
	readonly retryAfter?: number;
	/** How long each call takes. */
	readonly callMs?: number;
	readonly random?: number;
	readonly maxWaitMs?: number;
}

/** The waits after each of these failures in a row; queueing before a call takes no time. */
function waitsAfter(codes: readonly FailureCode[], given: Given = {}): Array<number | undefined> {
	const { retryAfter, callMs = 0, random = 0.5, maxWaitMs = 300_000 } = given;
	const attempts = new Attempts(maxWaitMs, () => random);
	let now = 0;
	return codes.map((code) => {
		const outcome = failure(code, { endpoint, retryAfter });
		const wait = attempts.waitAfter(outcome, now, now + callMs);
		now += callMs + (wait ?? 0);
		return wait;
	});
}

function times<Value>(count: number, value: Value): Value[] {
	return new Array<Value>(count).fill(value);
}

test.each<FailureCode>(['timeout', 'network', 'serverError', 'badResponse'])(
	'%s: asked up to five times, after up to 1, 2, 4 and 8 seconds',
	(code) => {
		const waits = [999, 1998, 3996, 7992, undefined];

		expect(waitsAfter(times(5, code), { random: 0.999 })).toEqual(waits);
		expect(waitsAfter([code], { random: 0 })).toEqual([0]);
	},
);

test('the service says when, if that is within Max Wait', () => {
	expect(waitsAfter(['serverError'], { retryAfter: 20 })).toEqual([20_000]);
	expect(waitsAfter(['serverError'], { retryAfter: 301 })).toEqual([undefined]);
});

test('Max Wait counts from the first call: calls and waits, not the queue before them', () => {
	const given = { callMs: 60_000, random: 0.5, maxWaitMs: 130_000 };

	expect(waitsAfter(times(3, 'timeout'), given)).toEqual([500, 1000, undefined]);
});

test('a 429 is no try and has no wait of its own: the rate limiter makes everybody wait', () => {
	expect(waitsAfter(times(50, 'rateLimited'), { retryAfter: 1 })).toEqual(times(50, 0));
	expect(waitsAfter([...times(9, 'rateLimited'), 'serverError'] as FailureCode[])).toEqual([
		...times(9, 0),
		500,
	]);
});

test('a query that is answered 429 alone ends after Max Wait, too', () => {
	const waits = waitsAfter(times(8, 'rateLimited'), { callMs: 50_000, maxWaitMs: 300_000 });

	expect(waits).toEqual([...times(6, 0), ...times(2, undefined)]);
});

test('an answer is not asked for again', () => {
	const answer = { query: { endpoint, value: '1', force: false }, body: {}, at: 0 };

	expect(mayBeRetried(answer)).toBe(false);
	expect(new Attempts(300_000, () => 0.5).waitAfter(answer, 0, 1)).toBeUndefined();
});
