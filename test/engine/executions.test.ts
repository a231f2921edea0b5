/**
 * What an execution remembers is its own: n8n's "Retry execution" copies the context data of the failed
 * one into a new execution, which begins anew. A Wait node keeps the execution, and what it remembers.
 */

import type { IDataObject, IExecuteContextData } from 'n8n-workflow';

import type { InstanceChanges } from '../../simulator/instance';
import { codesOf, errorOf, lookUp, phones, type Looked } from './lookUp';

const VALUES = phones(3);

/** What n8n stores of a run, which names no instance, and hands to a later one. */
function contextOf({ run }: Looked): IExecuteContextData {
	const saved = JSON.stringify(run.data.executionData?.contextData);
	expect(saved).not.toContain('7103');
	return JSON.parse(saved) as IExecuteContextData;
}

const ENDS: ReadonlyArray<[string, IDataObject, InstanceChanges, string]> = [
	['Max Calls', { maxCalls: 1 }, {}, 'callLimit'],
	['a used-up quota', {}, { quota: { used: 30_000, total: 30_000 } }, 'quotaExceeded'],
	['a wrong token', {}, { faults: [{ status: 401 }] }, 'unauthorized'],
];

describe.each(ENDS)('after %s', (_title, options, instance, code) => {
	const given = { values: VALUES, options, executionId: '1' };

	test('"Retry execution" asks again', async () => {
		const failed = await lookUp({ ...given, instance });
		const retried = await lookUp({
			...given,
			options: {},
			executionId: '2',
			contextData: contextOf(failed),
		});

		expect(codesOf(failed.rows)).toContain(code);
		expect(retried.calls).toHaveLength(3);
		expect(codesOf(retried.rows)).toEqual([undefined, undefined, undefined]);
	});

	test('the same execution goes on behind a Wait node', async () => {
		const waiting = await lookUp({ ...given, instance });
		const resumed = await lookUp({ ...given, contextData: contextOf(waiting) });

		expect(resumed.calls).toEqual([]);
		expect(resumed.rows.map(errorOf)).toEqual(
			VALUES.map(() => expect.objectContaining({ code, asked: false }) as unknown),
		);
	});
});

test('a retried execution has a budget of its own, with the same Max Calls', async () => {
	const given = { values: phones(6), options: { maxCalls: 2 } };
	const first = await lookUp({ ...given, executionId: '1' });
	const contextData = contextOf(first);
	const retried = await lookUp({ ...given, executionId: '2', contextData });

	expect([first.calls.length, retried.calls.length]).toEqual([2, 2]);
});
