/**
 * The pace of whole lists over real sockets, on a clock that does not wait: whatever the headers say
 * about the limit, with slow answers, and with Checks per Minute.
 */

import fc from 'fast-check';

import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import type { Call } from '../../simulator/server';
import { codesOf, lookUp, phones, startService, type Lookup } from './lookUp';

const LIMIT = 10;
const LIST = phones(200);

const timesOf = (calls: readonly Call[]) => calls.map(({ at }) => at);

/** Looks a list up at a limit of 10 and gives its calls; every number has its answer. */
async function callsOf(changes: InstanceChanges, lookup: Lookup = {}): Promise<readonly Call[]> {
	const values = lookup.values ?? LIST;
	const { ratePerSecond } = instanceOf('whatsapp');
	const instance = { ratePerSecond, ...changes };
	const { rows, calls } = await lookUp({ ...lookup, values, instance });
	expect(codesOf(rows)).toEqual(values.map(() => undefined));
	return calls;
}

/** Time until the last call, in multiples of the floor. */
async function timesFloor(changes: InstanceChanges): Promise<number> {
	const last = timesOf(await callsOf(changes)).at(-1) ?? NaN;
	return last / ((LIST.length / LIMIT) * 1000);
}

/** Headers with these texts, both of them, in turn; undefined is none. */
function inTurn(texts: ReadonlyArray<string | undefined>): InstanceChanges['rateHeaders'] {
	let calls = 0;
	return () => {
		const text = texts[calls++ % texts.length];
		if (text === undefined) return {} as Record<string, string>;
		return { 'X-RateLimit-Remaining': text, 'X-RateLimit-Replenish-Rate': text };
	};
}

test.each<[string, InstanceChanges]>([
	['absent', { rateHeaders: inTurn([undefined]) }],
	['0', { rateHeaders: inTurn(['0']) }],
	['-1', { rateHeaders: inTurn(['-1']) }],
	['text', { rateHeaders: inTurn(['ten a second']) }],
	['1e9', { rateHeaders: inTurn(['1e9']) }],
	['1000000000', { rateHeaders: inTurn(['1000000000']) }],
	['20 where 10 is the limit', { rateHeaders: inTurn(['20']) }],
	[
		'a Remaining that is always 0',
		{ rateHeaders: () => ({ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Replenish-Rate': '10' }) },
	],
	['those of a bucket that is refilled at whole seconds', { seconds: 'whole' }],
])('headers %s: a list takes at most 1.10 times the floor', async (_title, changes) => {
	expect(await timesFloor(changes)).toBeLessThanOrEqual(1.1);
});

test('headers that say another thing each time change nothing either', async () => {
	const texts = fc.constantFrom(undefined, '', '0', '-1', 'ten', '1e9', '99999', '10', 'Infinity');
	const changes = fc.record({
		texts: fc.array(texts, { minLength: 1, maxLength: 20 }),
		seconds: fc.constantFrom('rolling' as const, 'whole' as const),
	});
	await fc.assert(
		fc.asyncProperty(changes, async ({ texts, seconds }) => {
			expect(await timesFloor({ rateHeaders: inTurn(texts), seconds })).toBeLessThanOrEqual(1.1);
		}),
		{ numRuns: 8 },
	);
});

/** Share of the limit (calls a second) in use between the first call and the last one. */
function used(calls: readonly Call[], limit: number): number {
	const at = timesOf(calls);
	return (at.length - 1) / limit / (((at.at(-1) ?? NaN) - (at[0] ?? NaN)) / 1000);
}

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
	const calls = await callsOf({ latencyMs: 150, faults }, { values: phones(1000) });

	expect(((timesOf(calls).at(-1) ?? NaN) + 150) / 100_000).toBeLessThanOrEqual(most);
	expect(faults.length > 0 || calls.every(({ status }) => status === 200)).toBe(true);
});

test.each([
	[5, 0.95],
	[10, 0.9],
])('answers that take %d s leave at least %d of the limit in use', async (seconds, least) => {
	const calls = await callsOf({ latencyMs: seconds * 1000 }, { values: phones(1000) });

	expect(used(calls, LIMIT)).toBeGreaterThanOrEqual(least);
	expect(calls.filter(({ status }) => status === 429)).toEqual([]);
});

test.each([20, 3])(
	'Checks per Minute %d: two executions at once are never above it, and use 95 %% of it',
	async (checksPerMinute) => {
		const service = await startService(instanceOf('whatsapp'));
		const numbers = phones(checksPerMinute * 4);
		const lists = [
			numbers.filter((_, index) => index % 2),
			numbers.filter((_, index) => index % 2 === 0),
		];

		await Promise.all(
			lists.map(
				async (values) => await callsOf({}, { service, values, options: { checksPerMinute } }),
			),
		);

		const calls = service.simulator.calls();
		const at = timesOf(calls);
		// Of any so many calls and one more, the last comes after the minute.
		for (const [index, time] of at.slice(checksPerMinute).entries()) {
			expect(time - (at[index] as number)).toBeGreaterThanOrEqual(60_000);
		}
		expect(used(calls, checksPerMinute / 60)).toBeGreaterThan(0.95);
	},
);
