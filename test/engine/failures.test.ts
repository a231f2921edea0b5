/**
 * Failed items under each On Error setting, through both entry points. What each answer of GREEN-API
 * means is in test/unit/response.test.ts.
 */

import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { codesOf, ENTRY_POINTS, errorOf, lookUp, ONE_TRY, type Lookup } from './lookUp';

/** One way of failing, for the second of three items. */
interface Failing {
	readonly title: string;
	readonly lookup: Lookup;
	readonly fault: Fault;
	readonly code: string;
	/** Whether no further call of the run makes sense. */
	readonly isFinal?: true;
	/** Whether every item would fail so. */
	readonly isShared?: true;
}

const CHECK = { values: ['79876543210', '79876543212', '79876543214'] };
const TELEGRAM = { ...CHECK, messenger: 'telegram' } as const;
const CONTACT = {
	messenger: 'max',
	operation: 'getContactInfo',
	values: ['10000000', '10000002', '10000004'],
} as const;

const FAILING: readonly Failing[] = [
	{
		title: 'a refusal of one item',
		lookup: CHECK,
		fault: { status: 400, body: '{"message":"Validation failed"}' },
		code: 'badRequest',
	},
	{
		title: 'a chat ID of no person',
		lookup: CONTACT,
		fault: { status: 400, body: '{"message":"does not support group chats"}' },
		code: 'invalidChatId',
	},
	{
		title: 'a wrong token',
		lookup: CHECK,
		fault: { status: 401 },
		code: 'unauthorized',
		isFinal: true,
	},
	{
		title: 'a used-up quota',
		lookup: TELEGRAM,
		fault: { status: 466, body: '{"used":"100","total":"100"}' },
		code: 'quotaExceeded',
		isFinal: true,
	},
	{
		title: 'an instance that is not linked, under HTTP 200',
		lookup: TELEGRAM,
		fault: {
			status: 200,
			body: '{"status":false,"reason":"instance is starting or not authorized"}',
		},
		code: 'notAuthorized',
		isFinal: true,
	},
	{
		title: 'a limit that asks for more patience than Max Wait',
		lookup: CHECK,
		fault: { status: 429, headers: { 'retry-after': '7' } },
		code: 'rateLimited',
		isFinal: true,
	},
	{
		title: 'a page of a proxy',
		lookup: CHECK,
		fault: { status: 502, body: '<html>' },
		code: 'serverError',
	},
	{
		title: 'an answer in quotes',
		lookup: CHECK,
		fault: { status: 200, body: '{"existsWhatsapp":"false"}' },
		code: 'badResponse',
	},
	{
		title: 'a connection that breaks',
		lookup: CHECK,
		fault: { connection: 'reset' },
		code: 'network',
		isShared: true,
	},
	{ title: 'no answer at all', lookup: CHECK, fault: { connection: 'hang' }, code: 'timeout' },
];

describe.each(FAILING)('$title', ({ lookup, fault, code, isFinal = false, isShared = isFinal }) => {
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

	test('Stop: the run ends with what happened and what to do; only a failure of one item names it', async () => {
		const { error: thrown, rows } = await lookUp({ ...given, onError: 'stopWorkflow' });

		expect(rows).toEqual([]);
		expect(thrown?.name).toBe('NodeApiError');
		expect(thrown?.message).toMatch(/^\S.*\.$/);
		const description = isShared
			? expect.not.stringMatching(/item|On Error/)
			: expect.stringMatching(/This is item 2 of the list\..*"Continue \(using error output\)"/);
		expect(thrown).toMatchObject({ description });
		expect((thrown as { context?: IDataObject }).context?.itemIndex).toBe(isShared ? undefined : 1);
	});

	test('Stop through routing: the same for a single item', async () => {
		const { error: thrown } = await lookUp({
			...given,
			values: [value],
			entryPoint: 'routing',
			onError: 'stopWorkflow',
		});

		expect(thrown?.name).toBe('NodeApiError');
		expect(thrown).toMatchObject({ description: expect.not.stringContaining('On Error') });
	});
});

describe('bad input', () => {
	const good = '79876543210';

	test.each([
		['nothing', undefined],
		['an empty text', ''],
		['letters', 'nobody'],
		['null', null],
		['an object', { phone: good }],
		['a list of two', [good, '79876543212']],
		['a boolean', true],
		['40 digits', '7'.repeat(40)],
		['a fraction', 79876543210.5],
		['a group', '120363043968066561@g.us'],
	])('%s fails its item alone and makes no call', async (_title, bad) => {
		const { error, rows, calls } = await lookUp({ values: [good, bad, good] });

		expect(error).toBeUndefined();
		expect(rows.map(({ exists }) => exists)).toEqual([true, null, true]);
		expect(errorOf(rows[1])).toMatchObject({
			code: 'invalidPhoneNumber',
			asked: false,
			retryable: false,
		});
		expect(calls).toHaveLength(1);
	});

	test.each([
		['a group', '120363043968066561@g.us'],
		['letters', 'nobody'],
		['a boolean', true],
		['nothing', null],
		['40 digits', '7'.repeat(40)],
	])('%s is no chat ID and makes no call', async (_title, bad) => {
		const values = ['79876543210@c.us', bad];
		const { rows, calls } = await lookUp({ operation: 'getContactInfo', values });

		expect(codesOf(rows)).toEqual([undefined, 'invalidChatId']);
		expect(calls).toHaveLength(1);
	});

	test('an expression that fails for one item fails that item alone', async () => {
		const phoneNumber = '={{ $json.value ? $json.value : $("Nobody").item.json.phone }}';
		const { rows } = await lookUp({ values: [good, null], parameters: { phoneNumber } });

		expect(codesOf(rows)).toEqual([undefined, 'invalidPhoneNumber']);
		expect(errorOf(rows[1])).toMatchObject({
			message: expect.stringMatching(/cannot be read: \w/),
			advice: expect.stringContaining('expression'),
		});
	});

	test.each([
		{ maxCalls: -3 },
		{ maxCalls: 'many' },
		{ maxCalls: '={{ $("Nobody").item.json.x }}' },
	])('options that cannot be used fail every item and make no call: %j', async (options) => {
		const { error, rows, calls } = await lookUp({ values: [good, '79876543212'], options });

		expect(error).toBeUndefined();
		expect(rows.map((row) => errorOf(row)?.asked)).toEqual([false, false]);
		expect(calls).toEqual([]);
	});

	test('with Stop, a bad number at the end of a list costs no call', async () => {
		const { error, calls } = await lookUp({
			values: [good, good, 'nobody'],
			onError: 'stopWorkflow',
		});

		expect(error?.message).toMatch(/^"nobody" is not /);
		expect(error).toMatchObject({ description: expect.stringContaining('item 3 of the list') });
		expect(calls).toEqual([]);
	});
});
