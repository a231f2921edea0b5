/** What n8n hands to several nodes at once is kept apart: tools of an agent share one context. */

import type { IExecuteFunctions } from 'n8n-workflow';

import { bulkDoors } from '../../nodes/GreenApiLookup/doors/bulk';
import { Shared } from '../../nodes/GreenApiLookup/lookup/shared';
import { virtualClock } from './model';

const operations = bulkDoors(new Shared({ clock: virtualClock(), random: () => 0.5 }));

/** A node that asks one instance about one number, in a context that others share. */
function contextOf(name: string, idInstance: string, shared: object, answer: boolean) {
	const requests: unknown[] = [];
	const context = {
		getInputData: () => [{ json: {} }],
		getNodeParameter: (parameter: string, _index: number, fallback: unknown) =>
			parameter === 'phoneNumber' ? '79876543210' : fallback,
		getNode: () => ({ name, credentials: {} }),
		getContext: () => shared,
		getExecuteData: () => ({}),
		getExecutionCancelSignal: () => undefined,
		getCredentials: async () => ({
			apiUrl: 'https://api.example',
			idInstance,
			apiTokenInstance: 'd75b3a66',
		}),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, request: unknown) => {
				requests.push(request);
				return { statusCode: 200, headers: {}, body: `{"existsWhatsapp":${answer}}` };
			},
		},
		addExecutionHints: () => {},
		logger: { info: () => {} },
	} as unknown as IExecuteFunctions;
	return { context, requests };
}

test('two tools of one agent, on two instances: each has the answer of its own', async () => {
	const shared = {};
	const one = contextOf('One', '7103000001', shared, true);
	const two = contextOf('Two', '7103000002', shared, false);
	const sameNode = contextOf('One', '7103000002', shared, false);
	const checkAccount = operations.whatsapp?.checkAccount;
	const rows: unknown[] = [];
	for (const { context } of [one, two, sameNode]) rows.push(await checkAccount?.call(context));

	expect(rows).toEqual(
		[true, false, false].map((exists) => [
			[expect.objectContaining({ json: expect.objectContaining({ exists }) })],
		]),
	);
	expect([one, two, sameNode].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
	expect(JSON.stringify(shared)).not.toMatch(/7103|d75b/);
});

test('the same node and instance again: the answer is remembered', async () => {
	const shared = {};
	const first = contextOf('One', '7103000001', shared, true);
	const again = contextOf('One', '7103000001', shared, true);
	for (const { context } of [first, again]) await operations.whatsapp?.checkAccount?.call(context);

	expect([first, again].map(({ requests }) => requests.length)).toEqual([1, 0]);
});
