/** Retry On Fail: n8n runs the whole node again, and only what can end otherwise is asked again. */

import type { INode } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { TOOL_TYPE } from './engine';
import { ENTRY_POINTS, lookUp, ON_ERROR, ONE_TRY, phones } from './lookUp';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const NUMBER = '79876543210';

const REFUSED = '{"message":"Validation failed"}';
const USED_UP = '{"used":1,"total":1}';

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	const given = { entryPoint, settings: RETRY, values: [NUMBER] };

	const asTool = { ...RETRY, type: TOOL_TYPE };

	test.each<[string, Fault, readonly string[], Partial<INode>]>([
		['a refused number', { status: 400, body: REFUSED }, ['checkwhatsapp'], RETRY],
		['a wrong token', { status: 401 }, ['checkwhatsapp'], RETRY],
		['a wrong address', { status: 403 }, ['checkwhatsapp', 'getsettings'], RETRY],
		['a wrong address, as a tool', { status: 403 }, ['checkwhatsapp', 'getsettings'], asTool],
		['a used-up quota', { status: 466, body: USED_UP }, ['checkwhatsapp'], RETRY],
	])('%s is asked once, whatever On Error says', async (_title, fault, methods, settings) => {
		for (const onError of ON_ERROR) {
			const faults = [{ ...fault, calls: [1, 2, 3] }];
			const { calls } = await lookUp({ ...given, settings, onError, faults });

			expect([onError, ...calls.map(({ method }) => method)]).toEqual([onError, ...methods]);
		}
	});

	test.each(ON_ERROR)('%s: a failure that passes is asked again', async (onError) => {
		const faults = [{ calls: [1, 2], status: 502 }];
		const { calls } = await lookUp({ ...given, onError, faults, options: ONE_TRY });

		expect(calls.map(({ status }) => status)).toEqual([502, 502, 200]);
	});

	test('a try takes no second budget of Max Calls', async () => {
		const faults = [{ status: 502 }];
		const options = { ...ONE_TRY, maxCalls: 2 };
		const { calls } = await lookUp({ ...given, faults, options });

		expect(calls).toHaveLength(2);
	});

	test.each(ON_ERROR.slice(1))(
		'%s: a list asks again only for the items that failed for the moment',
		async (onError) => {
			const values = phones(4);
			const faults: Fault[] = [
				{ values: [values[1] as string], status: 400, body: REFUSED },
				{ calls: [1], status: 502 },
			];
			const given = { entryPoint, settings: RETRY, values: [...values, 'nobody'], faults };
			const { asked } = await lookUp({ ...given, onError, options: ONE_TRY });

			// Only calls are looked at: n8n-core 1.84 throws the rows of the later tries away.
			expect(asked).toEqual([...values, values[0]]);
		},
	);
});

test.each([{}, { force: true }])(
	'with Stop, answers of the first try are kept: %j',
	async (force) => {
		const { error, rows, calls } = await lookUp({
			values: phones(3),
			settings: RETRY,
			onError: 'stopWorkflow',
			faults: [{ calls: [2], status: 502 }],
			options: { ...ONE_TRY, ...force },
		});

		expect([error, rows.length, calls.length]).toEqual([undefined, 3, 4]);
	},
);

test.each([
	['as a tool, two calls for the settings of an account are two', TOOL_TYPE, 2],
	['in a workflow, two items share one call for the settings of an account', undefined, 1],
])('%s', async (_title, type, calls) => {
	const looked = await lookUp({
		entryPoint: 'routing',
		operation: 'getAccountSettings',
		values: [1, 2],
		settings: { ...RETRY, ...(type && { type }) },
	});

	expect([looked.rows.length, looked.calls.length]).toEqual([2, calls]);
});
