/** When a run gives up as a whole, and what the items that are not asked any more say then. */

import { failure, type FailureCode } from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { Outage } from '../../nodes/GreenApiLookup/lookup/calls/outage';
import { findEndpoint } from '../endpoints';

const endpoint = findEndpoint('whatsapp', 'checkAccount');
const REFUSED = { detail: 'nothing answers at its address (ECONNREFUSED)' };

/** What an item says that is not asked after such a failure and Max Wait. */
function saidAfter(code: FailureCode, facts: object, maxWaitMs: number) {
	const outage = new Outage(maxWaitMs, () => 0);
	outage.callEnded(failure(code, { endpoint, asked: true, ...facts }), 0, 10);
	return outage.failureOf(false, maxWaitMs);
}

test.each([
	[500, '0.5 s'],
	[30_000, '30 s'],
	[300_000, '5 min'],
	[7_200_000, '2 h'],
])('after %d ms without an answer it names the last failure and "%s"', (maxWaitMs, time) => {
	expect(saidAfter('network', REFUSED, maxWaitMs)).toEqual({
		...failure('network', { endpoint, ...REFUSED }),
		message:
			'GREEN-API could not be reached: nothing answers at its address (ECONNREFUSED); no answer came ' +
			`within Max Wait (${time}), so the run has given up.`,
	});
});

test('where GREEN-API asks for a longer wait, it names that one, and says to come back then', () => {
	expect(saidAfter('rateLimited', { httpStatus: 429, retryAfter: 3600 }, 30_000)).toMatchObject({
		message:
			'This GREEN-API instance is being asked too often (HTTP 429); GREEN-API asks to wait 60 min, ' +
			'longer than Max Wait (30 s), so the run has given up.',
		advice: 'Run again in 60 min, with fewer workflows on this instance at a time.',
		asked: false,
		retryable: true,
		retryAfter: 3600,
	});
});

test('an answer ends it, and until Max Wait nothing is given up', () => {
	const outage = new Outage(1000, () => 0);
	outage.callEnded(failure('timeout', { endpoint, asked: true }), 0, 10);
	expect(outage.failureOf(false, 999)).toBeUndefined();
	expect(outage.failureOf(false, 1000)).toMatchObject({ code: 'timeout' });

	outage.callEnded({ query: { endpoint, value: '1', force: false }, body: {}, at: 0 }, 0, 1001);

	expect(outage.failureOf(false, 5000)).toBeUndefined();
});
