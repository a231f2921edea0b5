/** Answers that no GREEN-API gives: a correct row or badResponse, and nothing polluted. */

import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import type { FaultyAnswer } from '../../simulator/faults';
import { lookUp, ONE_TRY } from './lookUp';

afterEach(() => {
	expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
	expect(([] as { polluted?: unknown }).polluted).toBeUndefined();
});

/** MAX's row for an answer. */
async function rowFor(
	operation: Operation,
	fault: FaultyAnswer,
	simplify = true,
): Promise<IDataObject> {
	const { error, rows } = await lookUp({
		messenger: 'max',
		operation,
		items: [{ name: 'Anna' }],
		parameters: { phoneNumber: '79876543210', chatId: '10000000', simplify },
		options: { ...ONE_TRY, includeInputFields: true },
		faults: [fault],
	});
	expect(error).toBeUndefined();
	expect(rows).toHaveLength(1);
	return rows[0] ?? {};
}

const BAD = { exists: null, error: expect.objectContaining({ code: 'badResponse' }) };
const YES = { exists: true, chatId: '1' };
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('MAX Check Account', () => {
	test.each<[string, string, object]>([
		['lists without an end', '['.repeat(200_000), BAD],
		['objects without an end', '{"a":'.repeat(100_000), BAD],
		['an answer and something very deep', `{"exist":true,"deep":${nested(50_000)}}`, BAD],
		['an answer and something large', `{"exist":true,"chatId":"1","x":"${'x'.repeat(5e5)}"}`, YES],
		['more than any answer', `{"exist":true,"chatId":"1","x":"${'x'.repeat(3e6)}"}`, BAD],
		['two answers, one of them escaped', '{"exist":false,"\\u0065xist":true,"chatId":"1"}', BAD],
		['a refusal that is taken back', '{"status":false,"exist":true,"status":true}', BAD],
		['many quotes', `{"exist":true,"chatId":"1","x":"${'\\"'.repeat(2e5)}"}`, YES],
		['__proto__ beside the answer', '{"__proto__":{"polluted":1},"exist":true,"chatId":"1"}', YES],
		[
			'constructor beside the answer',
			'{"constructor":{"prototype":{"polluted":1}},"exist":true,"chatId":"1"}',
			YES,
		],
	])('%s', async (_title, body, row) => {
		expect(await rowFor('checkAccount', { status: 200, body })).toMatchObject(row);
	});

	test.each(['text/html', 'application/octet-stream', 'text/plain; charset=utf-16', 'nonsense'])(
		'a clear answer of the type %s is an answer',
		async (contentType) => {
			const body = '{"exist":true,"chatId":"1"}';
			const row = await rowFor('checkAccount', { status: 200, body, contentType });

			expect(row).toMatchObject(YES);
		},
	);

	test('a body that is not what its encoding says is no answer', async () => {
		const fault = { status: 200, body: '{"exist":true}', headers: { 'content-encoding': 'gzip' } };

		expect(await rowFor('checkAccount', fault)).toMatchObject({
			exists: null,
			// n8n's older HTTP client never says that it cannot read it.
			error: { code: expect.stringMatching(/^(network|timeout)$/) },
		});
	});
});

test.each([
	['deep', `{"exist":true,"deep":${nested(60)}}`],
	['__proto__', '{"exist":true,"__proto__":{"polluted":1},"toString":1}'],
])("the service's own body, untouched: %s", async (_title, body) => {
	const row = await rowFor('checkAccount', { status: 200, body }, false);

	expect(row.error).toBeUndefined();
	expect(row.exist).toBe(true);
});
