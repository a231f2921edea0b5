/**
 * Any items, parameters and answers: every item has one row, in its place, and no row says more than
 * GREEN-API did. A run of the tests sees 10,000 items; a failure prints its seed.
 */

import { createHash } from 'node:crypto';

import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import type { Messenger } from '../../simulator/instance';
import { lookUp, ON_ERROR, startService, unlimited } from './lookUp';
import { LOOKUP } from './workflows';

const ITEMS_A_RUN = 400;
const RUNS = 25;

/** What GREEN-API says about one number: its status and body. */
interface Answer {
	readonly status: number;
	readonly body: string;
}

const field = fc.constantFrom('exist', 'existsWhatsapp', 'chatId', 'status', 'reason', 'message');
const scalar = fc.oneof(
	fc.boolean(),
	fc.constantFrom(null, 0, 1, '', 'true', 'false', '10000000', 'instance is starting'),
	fc.integer(),
	fc.string({ maxLength: 8 }),
);
const answer = fc.record({
	status: fc.oneof(
		{ weight: 1, arbitrary: fc.constant(200) },
		{ weight: 2, arbitrary: fc.constantFrom(201, 204, 302, 400, 403, 404, 418, 499, 500, 502) },
	),
	body: fc.oneof(
		{
			weight: 4,
			arbitrary: fc.boolean().map((yes) => JSON.stringify({ exist: yes, chatId: '1' })),
		},
		{ weight: 4, arbitrary: fc.boolean().map((yes) => JSON.stringify({ existsWhatsapp: yes })) },
		{ weight: 4, arbitrary: fc.dictionary(field, scalar).map((body) => JSON.stringify(body)) },
		{ weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
		{ weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
		{ weight: 1, arbitrary: fc.constantFrom('', '{', '<html>', 'true', '[]', '{"exist":tru') },
	),
});

const number = fc.integer({ min: 79_000_000_000, max: 79_000_000_200 });
const cell: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 8, arbitrary: number },
	{ weight: 4, arbitrary: number.map((digits) => `+${digits}`) },
	{ weight: 2, arbitrary: fc.constantFrom('@durov', '10000000', '79000000001@c.us', '', 'nobody') },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown> },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

const option = fc.record(
	{
		defaultCountry: fc.constantFrom('', 'RU', 'DE', 'XX'),
		force: fc.boolean(),
		includeInputFields: fc.boolean(),
		maxCalls: fc.constantFrom(0, 0, 0, 7, -1, 'x', null) as fc.Arbitrary<unknown>,
	},
	{ requiredKeys: [] },
);

const lookup = fc.record({
	messenger: fc.constantFrom(...(MESSENGERS.map(({ id }) => id) as Messenger[])),
	operation: fc.constantFrom(
		'checkAccount',
		'checkAccount',
		'getContactInfo',
		'getAccountSettings',
	),
	simplify: fc.boolean(),
	options: option,
	onError: fc.constantFrom(...ON_ERROR),
	items: fc.array(cell, { minLength: ITEMS_A_RUN, maxLength: ITEMS_A_RUN }),
	answers: fc.array(answer, { minLength: 40, maxLength: 40 }),
});

type Lookup = typeof lookup extends fc.Arbitrary<infer Value> ? Value : never;

/** The same value always gets the same answer. */
function answerTo(value: string, answers: readonly Answer[]): Answer {
	const [byte = 0] = createHash('sha256').update(value).digest();
	return answers[byte % answers.length] as Answer;
}

/** What may be claimed of a number, read from the answer by other means than the node's. */
function claimOf({ status, body }: Answer, messenger: Messenger): unknown {
	if (status < 200 || status > 299) return null;
	try {
		const parsed = JSON.parse(body) as Record<string, unknown>;
		const exists = messenger === 'whatsapp' ? parsed.existsWhatsapp : parsed.exist;
		return typeof exists === 'boolean' && parsed.status !== false ? exists : null;
	} catch {
		return null;
	}
}

async function check(given: Lookup): Promise<void> {
	const { messenger, operation, simplify, options, onError, items, answers } = given;
	const service = await startService(unlimited(messenger));
	service.simulator.answerWith((value = '') => answerTo(value, answers));
	const { error, output } = await lookUp({
		service,
		messenger,
		operation,
		values: items,
		options: options as IDataObject,
		parameters: { simplify },
		onError,
	});
	await service.close();
	const rows = [...output(LOOKUP, 0), ...output(LOOKUP, 1)];
	if (onError === 'stopWorkflow' && error) {
		expect(['NodeApiError', 'NodeOperationError']).toContain(error.name);
		expect(error.message.length).toBeGreaterThan(20);
		expect(rows).toEqual([]);
	} else {
		expect(error).toBeUndefined();
		const paired = rows.map(({ pairedItem }) => (pairedItem as { item: number }).item);
		expect([...paired].sort((one, other) => one - other)).toEqual([...items.keys()]);
	}
	for (const { json } of rows) {
		if (operation !== 'checkAccount' || !simplify || json.exists === undefined) continue;
		if (json.exists === null) {
			expect(json.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
			continue;
		}
		expect([json.phoneNumber, json.exists]).toEqual([
			json.phoneNumber,
			claimOf(answerTo(json.phoneNumber as string, answers), messenger),
		]);
	}
}

test('every item has one row, and no row says more than the service did', async () => {
	await fc.assert(fc.asyncProperty(lookup, check), { numRuns: RUNS, endOnFailure: true });
}, 120_000);
