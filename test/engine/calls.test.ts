/** Which calls a list costs: no more than needed, at the limit, none after a final answer. */

import type { Fault } from '../../simulator/faults';
import type { InstanceChanges } from '../../simulator/instance';
import { createNode } from './engine';
import { codesOf, lookUp, phones, startService, unlimited, type Lookup } from './lookUp';

const LIST = phones(60);

/** Looks a list up; checks that each row is in its place and claims nothing untrue. */
async function counts(lookup: Lookup) {
	const values = lookup.values ?? LIST;
	const { error, rows, calls } = await lookUp({ ...lookup, values });
	expect(error).toBeUndefined();
	expect(rows.map(({ phoneNumber }) => phoneNumber)).toEqual(values);
	const answered = rows.filter(({ exists }) => exists !== null);
	for (const { phoneNumber, exists } of answered) {
		expect([phoneNumber, exists]).toEqual([phoneNumber, Number(phoneNumber) % 2 === 0]);
	}
	const codes = new Set(codesOf(rows).filter((code) => code !== undefined));
	return { answered: answered.length, codes: [...codes], calls: calls.length };
}

test.each<[string, Fault, number]>([
	['every 4th connection is reset', { every: 4, connection: 'reset' }, 79],
	['every 6th body is cut in half', { every: 6, connection: 'half' }, 71],
	['every 5th answer is an empty 200', { every: 5, status: 200 }, 74],
	['every 15th call hangs', { every: 15, connection: 'hang' }, 64],
	['every second call is answered 429', { every: 2, status: 429 }, 119],
])(
	'%s: every item is answered in its place, with one more call for each that failed',
	async (_title, fault, calls) => {
		expect(await counts({ faults: [fault] })).toEqual({ answered: 60, codes: [], calls });
	},
);

const LIMIT_REACHED = '{"reason":"User get contact info limit reached"}';
const NOT_AUTHORIZED = '{"message":"instance is starting or not authorized"}';
const EXPIRED = '{"message":"Instance account is expired"}';

/** The fault that every call from the 26th on meets. */
const later = (status: number, body: string) => ({
	faults: [{ calls: Array.from({ length: 60 }, (_, index) => 26 + index), status, body }],
});

test.each<[string, string, InstanceChanges]>([
	['the quota is used up', 'quotaExceeded', { quota: { used: 75, total: 100 } }],
	['the messenger stops answering', 'contactLimit', later(469, LIMIT_REACHED)],
	['the instance loses its authorization', 'notAuthorized', later(400, NOT_AUTHORIZED)],
	['the instance expires', 'instanceExpired', later(400, EXPIRED)],
])(
	'%s during the run: answers are kept, and no further call is made',
	async (_title, code, instance) => {
		expect(await counts({ instance })).toEqual({ answered: 25, codes: [code], calls: 26 });
	},
);

test('a date in Retry-After is a wait until then', async () => {
	// The clock of the tests begins at noon.
	const headers = { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' };
	const { calls } = await lookUp({
		values: LIST.slice(0, 1),
		faults: [{ calls: [1], status: 429, headers }],
	});

	expect(calls.map(({ at }) => Math.round(at / 1000))).toEqual([0, 30]);
});

test('Max Calls caps a run', async () => {
	expect(await counts({ options: { maxCalls: 12 } })).toEqual({
		answered: 12,
		codes: ['callLimit'],
		calls: 12,
	});
});

test('a cancelled execution ends at once, and no call goes out after it', async () => {
	const service = await startService(unlimited('whatsapp'));
	const cancel = new AbortController();
	const running = lookUp({
		service,
		// A clock that waits: after the first call nothing is due for an hour.
		node: await createNode(undefined),
		values: LIST,
		parameters: {
			requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 3600_000 } } },
		},
		signal: cancel.signal,
	});
	while (service.simulator.calls().length < 1) await new Promise(setImmediate);

	cancel.abort();
	const { run, calls } = await running;

	expect(run.status).toBe('canceled');
	expect(calls).toHaveLength(1);
});
