/**
 * Failed items under Continue and on the error output, through both entry points; Stop is in
 * stop.test.ts. What each answer of GREEN-API means is in test/unit/response.test.ts.
 */

import type { Fault } from '../../simulator/faults';
import { codesOf, ENTRY_POINTS, errorOf, lookUp, ONE_TRY, type Lookup } from './lookUp';

const CHECK = { values: ['79876543210', '79876543212', '79876543214'] };
const TELEGRAM = { ...CHECK, messenger: 'telegram' } as const;
const CONTACT = {
	messenger: 'max',
	operation: 'getContactInfo',
	values: ['10000000', '10000002', '10000004'],
} as const;

/** The second of three items fails. */
const FAILING: ReadonlyArray<[string, string, Lookup, Fault]> = [
	['a refused item', 'badRequest', CHECK, { status: 400, body: '{"message":"Validation failed"}' }],
	[
		'a chat ID of no person',
		'invalidChatId',
		CONTACT,
		{ status: 400, body: '{"message":"does not support group chats"}' },
	],
	['a wrong token', 'unauthorized', CHECK, { status: 401 }],
	[
		'a used-up quota',
		'quotaExceeded',
		TELEGRAM,
		{ status: 466, body: '{"used":"100","total":"100"}' },
	],
	[
		'a limit that asks for more patience than Max Wait',
		'rateLimited',
		CHECK,
		{ status: 429, headers: { 'retry-after': '7' } },
	],
	[
		'an answer in quotes',
		'badResponse',
		CHECK,
		{ status: 200, body: '{"existsWhatsapp":"false"}' },
	],
	['a connection that breaks', 'network', CHECK, { connection: 'reset' }],
	['no answer at all', 'timeout', CHECK, { connection: 'hang' }],
];

/** After these no further call of the run makes sense. */
const FINAL = new Set(['unauthorized', 'quotaExceeded', 'rateLimited']);

describe.each(FAILING)('%s', (_title, code, lookup, fault) => {
	const isFinal = FINAL.has(code);
	const values = lookup.values as readonly string[];
	const [, value] = values;
	const error = expect.objectContaining({
		code,
		message: expect.stringMatching(/\w{3}.*\.$/),
		retryable: expect.any(Boolean),
		asked: true,
	}) as unknown;
	const given = {
		...lookup,
		// One call after the other, so that none is in flight when the list ends.
		instance: { ratePerSecond: { check: 10, contact: 10, account: 1 } },
		options: ONE_TRY,
		faults: [{ ...fault, values: [value as string] }],
	};
	const subject = lookup.operation === 'getContactInfo' ? 'chatId' : 'phoneNumber';

	test('Continue: a row in its place that claims nothing, with the code in both entry points', async () => {
		const list = await lookUp(given);
		const single = await lookUp({ ...given, values: [value], entryPoint: 'routing' });

		expect(list.error).toBeUndefined();
		expect(list.items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
		expect(codesOf(list.rows)).toEqual([undefined, code, isFinal ? code : undefined]);
		expect(errorOf(list.rows[2])?.asked).toBe(isFinal ? false : undefined);
		const confirmed = code === 'unauthorized' ? 1 : 0;
		expect(list.calls).toHaveLength(isFinal ? 2 + confirmed : 3);
		for (const row of [list.rows[1], single.rows[0]]) {
			expect(row).toMatchObject({
				messenger: lookup.messenger ?? 'whatsapp',
				[subject]: value,
				error,
			});
			expect(row?.exists ?? null).toBeNull();
		}
	});

	test.each(ENTRY_POINTS)(
		'Continue (using error output): the item and its error, %s',
		async (entryPoint) => {
			const items = values.map((text, index) => ({ value: text, name: `Person ${index}` }));
			const { error: thrown, ...split } = await lookUp({
				...given,
				items: entryPoint === 'routing' ? items.slice(0, 2) : items,
				entryPoint,
				onError: 'continueErrorOutput',
			});

			expect(thrown).toBeUndefined();
			expect(split.rows[0]).not.toHaveProperty('error');
			expect(split.failedRows[0]).toEqual({ ...items[1], error });
			expect(split.output('Lookup', 1)[0]?.pairedItem).toEqual({ item: 1 });
		},
	);
});
