/**
 * As a tool of an agent or an MCP server: n8n's panel of a tool has no On Error, and the agent is shown
 * one text. What agents and MCP clients see in a whole n8n is in test/e2e/ai.e2e.ts.
 */

import type { Fault } from '../../simulator/faults';
import { TOOL_TYPE } from './engine';
import { ENTRY_POINTS, errorOf, lookUp, ONE_TRY, ON_ERROR, type Lookup } from './lookUp';

const NUMBER = '79876543210';

const FAILURES: ReadonlyArray<[string, Lookup, RegExp]> = [
	['a bad number', { values: ['nobody'] }, /"nobody" is not a phone number.*Put a phone number/],
	['a wrong token', failing({ status: 401 }), /does not accept.*Copy apiTokenInstance/],
	['a refused number', failing({ status: 400, body: '{}' }), /refused.*Check the value/],
	['an outage', failing({ status: 503 }), /could not answer.*Run this item again/],
	['a setting', { values: [NUMBER], options: { maxCalls: 'x' } }, /Max Calls.*must be a whole/],
	['no credential', { values: [NUMBER], credential: { apiUrl: '' } }, /API URL is empty.*/],
];

function failing(fault: Fault): Lookup {
	return { values: [NUMBER], faults: [fault], options: ONE_TRY };
}

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	const asTool = (lookup: Lookup, onError?: (typeof ON_ERROR)[number]) =>
		lookUp({ ...lookup, entryPoint, settings: { type: TOOL_TYPE, onError } });

	test.each(FAILURES)(
		'%s: a row with what happened and what to do',
		async (_title, lookup, text) => {
			const { error, rows } = await asTool(lookup);

			expect(error).toBeUndefined();
			expect(rows).toEqual([
				expect.objectContaining({ exists: null, error: expect.anything() as unknown }),
			]);
			expect(errorOf(rows[0])?.message).toMatch(text);
		},
	);

	test.each(FAILURES)('%s: with On Error: Stop it is thrown', async (_title, lookup, text) => {
		const { error, rows } = await asTool(lookup, 'stopWorkflow');

		expect(rows).toEqual([]);
		expect(`${error?.message} ${(error as { description?: string }).description}`).toMatch(text);
	});
});
