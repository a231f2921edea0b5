/**
 * The pace of whole lists over real sockets, on a clock that does not wait. What each header does to
 * the pace is in test/unit/rateLimiter.test.ts.
 */

import type { Fault } from '../../simulator/faults';
import type { InstanceChanges } from '../../simulator/instance';
import { codesOf, LIMITED, lookUp, phones } from './lookUp';

/** Looks a list up at a limit of 10 a second: when the last call came, and what all of them got. */
async function paceOf(count: number, changes: InstanceChanges) {
	const instance = { ...LIMITED, ...changes };
	const { rows, calls } = await lookUp({ values: phones(count), instance });
	expect(codesOf(rows)).toEqual(rows.map(() => undefined));
	return { lastAt: calls.at(-1)?.at ?? NaN, statuses: new Set(calls.map(({ status }) => status)) };
}

/** Headers with one of these texts each time, both of them; undefined is none. */
function inTurn(texts: ReadonlyArray<string | undefined>): InstanceChanges['rateHeaders'] {
	let calls = 0;
	return () => {
		const text = texts[calls++ % texts.length];
		if (text === undefined) return {} as Record<string, string>;
		return { 'X-RateLimit-Remaining': text, 'X-RateLimit-Replenish-Rate': text };
	};
}

test.each<[string, InstanceChanges]>([
	['none', { rateHeaders: inTurn([undefined]) }],
	['a text', { rateHeaders: inTurn(['ten a second']) }],
	['1e9', { rateHeaders: inTurn(['1e9']) }],
	['another one each time', { rateHeaders: inTurn([undefined, '', '0', 'ten', '99999', '10']) }],
	['those of a bucket that is refilled at whole seconds', { seconds: 'whole' }],
])('headers %s: a list takes at most 1.10 times the floor', async (_title, changes) => {
	const { lastAt } = await paceOf(200, changes);

	expect(lastAt / 20_000).toBeLessThanOrEqual(1.1);
});

test.each<[string, number, readonly Fault[]]>([
	['without a fault', 1.025, []],
	[
		'with two of a hundred calls answered 429, 502 or with a reset',
		1.1,
		[
			{ every: 149, status: 429 },
			{ every: 150, status: 502 },
			{ every: 151, connection: 'reset' },
		],
	],
])('1,000 numbers %s take at most %d times the floor', async (_title, most, faults) => {
	const { lastAt, statuses } = await paceOf(1000, { latencyMs: 150, faults });

	expect((lastAt + 150) / 100_000).toBeLessThanOrEqual(most);
	expect(statuses.has(429)).toBe(faults.length > 0);
});
