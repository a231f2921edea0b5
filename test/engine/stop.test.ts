/**
 * On Error: Stop Workflow. `message` says what happened, `description` what to do; only a failure of one
 * item of a list names the item and the error output. As a tool the same words are a row: n8n's panel of
 * a tool has no On Error, and the agent is shown one text (in a real n8n: test/e2e/ai.e2e.ts).
 */

import type { Fault } from '../../simulator/faults';
import { TOOL_TYPE } from './engine';
import { ENTRY_POINTS, errorOf, LIMITED, lookUp, ONE_TRY, phones, type Lookup } from './lookUp';

const VALUES = phones(3);
const ofAll = (fault: Fault): Lookup => ({ faults: [fault] });
const ofSecond = (fault: Fault): Lookup => ({ faults: [{ ...fault, values: [VALUES[1] ?? ''] }] });

/** What happened, what to do, and whether it concerns one item only. */
const FAILURES: ReadonlyArray<[string, Lookup, RegExp, RegExp, 'one' | 'all']> = [
	[
		'an unreadable number',
		{ values: [VALUES[0], 'nobody'] },
		/^"nobody" is not/,
		/^Fill in a/,
		'one',
	],
	['a refused number', ofSecond({ status: 400, body: '{}' }), /refused/, /^Check the value/, 'one'],
	[
		'a failing expression',
		{ parameters: { phoneNumber: '={{ $("No").item.json.a }}' } },
		/cannot be read: Refer/,
		/^Correct the expression/,
		'one',
	],
	['an outage', ofSecond({ status: 503 }), /could not answer/, /^Run this item again/, 'one'],
	[
		'a limit beyond Max Wait',
		ofSecond({ status: 429, headers: { 'retry-after': '7' } }),
		/too often/,
		/^Run again in 7 s/,
		'all',
	],
	[
		'no clear answer',
		ofSecond({ status: 200, body: '{}' }),
		/no clear answer/,
		/run it again/,
		'one',
	],
	['a wrong token', ofAll({ status: 401 }), /API Token/, /^Copy apiTokenInstance/, 'all'],
	[
		'an unlinked instance',
		{ instance: { state: 'notAuthorized' } },
		/not linked/,
		/^Open the/,
		'all',
	],
	["a messenger's own limit", ofAll({ status: 469 }), /has stopped/, /^Wait until/, 'all'],
	['a used-up quota', ofAll({ status: 466, body: '{}' }), /quota/, /plan/, 'all'],
	['no such instance', { credential: { idInstance: '1' } }, /no such/, /^Check API URL/, 'all'],
	['no host', { credential: { apiUrl: 'http://127.0.0.1:1' } }, /reached/, /^Check API URL/, 'all'],
	['no API URL', { credential: { apiUrl: '' } }, /^API URL is empty/, /\w/, 'all'],
	['no credential', { credential: null }, /could not be read: \w/, /^Choose one/, 'all'],
	['a wrong setting', { options: { maxCalls: 0.5 } }, /^Max Calls is/, /whole number from/, 'all'],
	['a wrong Rate Share', { credential: { rateShare: 0 } }, /^Rate Share is/, /1 to 100/, 'all'],
];

/** A list of which one item or all fail. */
const listOf = (lookup: Lookup): Lookup => ({
	values: VALUES,
	...lookup,
	options: { ...ONE_TRY, ...lookup.options },
});

/** The second item of the list alone. */
const singleOf = (lookup: Lookup): Lookup => ({
	...listOf(lookup),
	values: (lookup.values ?? VALUES).slice(1, 2),
});

test.each(FAILURES)(
	'%s ends a list in words; it names the item only where it is its own',
	async (_title, lookup, message, advice, concerned) => {
		const { error } = await lookUp({ ...listOf(lookup), onError: 'stopWorkflow' });
		const { description = '', context } = error as Error & {
			description?: string;
			context?: { itemIndex?: number };
		};

		expect([error?.name, error?.message]).toEqual(['NodeApiError', expect.stringMatching(message)]);
		expect(error?.message).not.toMatch(/item \d|On Error/);
		expect(description).toMatch(advice);
		const isOfOne = concerned === 'one';
		expect(/This is item \d of the list/.test(description)).toBe(isOfOne);
		expect(/"Continue \(using error output\)"/.test(description)).toBe(isOfOne);
		expect(context?.itemIndex !== undefined).toBe(isOfOne);
	},
);

test.each(FAILURES.filter(([, { credential }]) => credential !== null))(
	'%s ends a single item in the same words, without an item to name',
	async (_title, lookup, message, advice) => {
		for (const entryPoint of ENTRY_POINTS) {
			const { error } = await lookUp({ ...singleOf(lookup), entryPoint, onError: 'stopWorkflow' });

			// An expression that fails is told by n8n's routing itself.
			if (entryPoint === 'routing' && lookup.parameters) continue;
			expect(error?.message).toMatch(message);
			expect(error).toMatchObject({ description: expect.stringMatching(advice) as unknown });
			expect(error).toMatchObject({ description: expect.not.stringMatching(/item \d|On Error/) });
		}
	},
);

test('the other answers of the list are counted in the advice', async () => {
	const values = phones(5);
	const { error } = await lookUp({
		values,
		instance: LIMITED,
		faults: [{ values: [values[3] ?? ''], status: 400, body: '{}' }],
		onError: 'stopWorkflow',
	});

	const description = expect.stringMatching(
		/item 4 of the list.* The answers to 3 of the other items are lost/,
	) as unknown;
	expect(error).toMatchObject({ description });
});

describe.each(ENTRY_POINTS)('as a tool, through %s', (entryPoint) => {
	// Where there is no credential or an expression fails, n8n's routing itself says so.
	const told = FAILURES.filter(
		([, { credential, parameters }]) => credential !== null && !parameters,
	);

	test.each(told)(
		'%s is a row with what happened and what to do; with Stop it is thrown',
		async (_title, lookup, message, advice) => {
			const asTool = (onError?: 'stopWorkflow') =>
				lookUp({ ...singleOf(lookup), entryPoint, settings: { type: TOOL_TYPE, onError } });
			const { error, rows } = await asTool();
			const stopped = await asTool('stopWorkflow');

			expect([error, rows.length, rows[0]?.exists]).toEqual([undefined, 1, null]);
			const { message: happened, advice: toDo } = errorOf(rows[0]) as Record<string, string>;
			expect(happened).toMatch(message);
			expect(toDo).toMatch(advice);
			expect(happened?.endsWith(` ${toDo}`)).toBe(true);
			expect([stopped.rows, stopped.error?.message]).toEqual([[], expect.stringMatching(message)]);
		},
	);
});
