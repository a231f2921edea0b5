/** What n8n hands to several nodes at once is kept apart: tools of an agent share one context. */

import type { IExecuteFunctions } from 'n8n-workflow';

import { customOperations } from '../../nodes/GreenApiLookup/adapters/entryPoints';
import { ProcessState } from '../../nodes/GreenApiLookup/lookup/processState';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import { VirtualClock } from '../virtualClock';

const state = new ProcessState({ clock: new VirtualClock(), random: () => 0.5 });
const { checkAccount } = customOperations({ messengers: MESSENGERS, state }).whatsapp ?? {};

/** A node that asks one instance about one number, in a context that others share. */
function contextOf(name: string, idInstance: string, shared: object, exists: boolean) {
	const requests: unknown[] = [];
	const response = { statusCode: 200, body: `{"existsWhatsapp":${exists}}`, headers: {} };
	const context = {
		getInputData: () => [{ json: {} }],
		getNodeParameter: () => '79876543210',
		getNode: () => ({
			name,
			type: 'greenApiLookup',
			onError: 'continueRegularOutput',
			parameters: { phoneNumber: '79876543210' },
		}),
		getContext: () => shared,
		getExecutionId: () => '1',
		getExecuteData: () => ({}),
		getExecutionCancelSignal: () => undefined,
		getCredentials: async () => ({
			apiUrl: 'https://api.example',
			idInstance,
			apiTokenInstance: 'd75b3a66d75b3a66',
		}),
		helpers: {
			httpRequestWithAuthentication: async (_type: string, request: unknown) => {
				requests.push(request);
				return response;
			},
		},
		addExecutionHints: () => {},
		getWorkflowDataProxy: () => ({}),
	} as unknown as IExecuteFunctions;
	return { context, requests };
}

test('two tools of one agent, on two instances: each has the answer of its own', async () => {
	const shared = {};
	const one = contextOf('One', '7103000001', shared, true);
	const two = contextOf('Two', '7103000002', shared, false);
	const sameNode = contextOf('One', '7103000002', shared, false);
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
