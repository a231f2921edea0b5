/** Items are read while calls go, unless the first failure would end the list anyway. */

import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

import { lookUp, ON_ERROR, phones, startService, unlimited } from './lookUp';

const LIST = phones(150);

/** A node that notes which items are read, and how many calls had been made by then. */
async function watched() {
	const service = await startService(unlimited('whatsapp'));
	const reads: Array<{ item: number; calls: number }> = [];
	const node = Object.create(service.node) as INodeType;
	const checkAccount = service.node.customOperations?.whatsapp?.checkAccount;
	if (!checkAccount) throw new Error('Check Account of WhatsApp takes lists');
	const check = async function (this: IExecuteFunctions) {
		const getNodeParameter = (path: string, index: number) => {
			const calls = service.simulator.calls().length;
			if (path === 'phoneNumber') reads.push({ item: index, calls });
			return this.getNodeParameter(path, index);
		};
		const watching = Object.create(this) as IExecuteFunctions;
		return await checkAccount.call(Object.assign(watching, { getNodeParameter }));
	};
	Object.defineProperty(node, 'customOperations', { value: { whatsapp: { checkAccount: check } } });
	return { service, node, reads };
}

test.each(ON_ERROR.slice(1))('%s: calls go before the last item is read', async (onError) => {
	const { service, node, reads } = await watched();
	const { items, calls } = await lookUp({ service, node, values: LIST, onError });

	expect([items.length, calls.length]).toEqual([150, 150]);
	expect(reads.map(({ item }) => item)).toEqual(LIST.map((_, item) => item));
	expect(reads.at(-1)?.calls).toBeGreaterThan(0);
});

test('Stop: every item is read before the first call', async () => {
	const { service, node, reads } = await watched();
	await lookUp({ service, node, values: LIST, onError: 'stopWorkflow' });

	expect(reads).toHaveLength(150);
	expect(new Set(reads.map(({ calls }) => calls))).toEqual(new Set([0]));
});
