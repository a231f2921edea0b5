/**
 * The pace of whole lists over real sockets, on a clock that does not wait: whatever the headers say
 * about the limit, with slow answers, and with Checks per Minute.
 */

import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import { highestCount } from '../../simulator/rollingWindow';
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
	...[undefined, '0', '-1', 'ten a second', '1e9', '1000000000', '20'].map(
		(text): [string, InstanceChanges] => [String(text), { rateHeaders: inTurn([text]) }],
	),
	['another one each time', { rateHeaders: inTurn([undefined, '', '0', 'ten', '99999', '10']) }],
	[
		'a Remaining that is always 0',
		{ rateHeaders: () => ({ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Replenish-Rate': '10' }) },
	],
	['those of a bucket that is refilled at whole seconds', { seconds: 'whole' }],
])('headers %s: a list takes at most 1.10 times the floor', async (_title, changes) => {
	expect(await timesFloor(changes)).toBeLessThanOrEqual(1.1);
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

test('a Rate Share of 50 uses half of the limit', async () => {
	const calls = await callsOf({}, { values: phones(50), credential: { rateShare: 50 } });

	expect(highestCount(timesOf(calls))).toBe(LIMIT / 2);
	expect(used(calls, LIMIT / 2)).toBeGreaterThan(0.95);
});

test('Checks per Minute: two executions at once are never above it, and use 95 % of it', async () => {
	const checksPerMinute = 20;
	const service = await startService(instanceOf('whatsapp'));
	const lists = [LIST.slice(0, 40), LIST.slice(40, 80)];

	const options = { checksPerMinute };
	await Promise.all(lists.map(async (values) => await callsOf({}, { service, values, options })));

	const calls = service.simulator.calls();
	const at = timesOf(calls);
	// Of any so many calls and one more, the last comes after the minute.
	for (const [index, time] of at.slice(checksPerMinute).entries()) {
		expect(time - (at[index] as number)).toBeGreaterThanOrEqual(60_000);
	}
	expect(used(calls, checksPerMinute / 60)).toBeGreaterThan(0.95);
});
