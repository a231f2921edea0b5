/** Small workflows for tests: pinned items, then the lookup node. */

import type { IDataObject, INode } from 'n8n-workflow';

import { CREDENTIAL_TYPE, NODE_TYPE, type WorkflowJson } from './engine';

/** Name of the node that gives the items. */
export const ITEMS = 'Items';
/** Name of the lookup node. */
export const LOOKUP = 'Lookup';

/** Items → Lookup. `node` overrides what is not a parameter, such as onError. */
export function lookupWorkflow(parameters: IDataObject, node: Partial<INode> = {}): WorkflowJson {
	return {
		name: 'Lookup',
		nodes: [
			{
				id: 'items',
				name: ITEMS,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'lookup',
				name: LOOKUP,
				type: NODE_TYPE,
				typeVersion: 1,
				position: [200, 0],
				parameters: parameters as INode['parameters'],
				credentials: { [CREDENTIAL_TYPE]: { id: '1', name: 'GREEN-API' } },
				...node,
			},
		],
		connections: { [ITEMS]: { main: [[{ node: LOOKUP, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

const toLookup = (node = LOOKUP) => ({ node, type: 'main' as const, index: 0 });

/** The lookup runs twice, as in a loop: with the pinned items, then with those pinned to `More`. */
export function runTwice({ nodes, connections }: WorkflowJson): void {
	const [items] = nodes;
	if (items) nodes.push({ ...items, id: 'more', name: 'More', position: [0, 400] });
	connections[ITEMS] = { main: [[toLookup(), toLookup('More')]] };
	connections.More = { main: [[toLookup()]] };
}

/** The lookup is there twice, side by side, for the same items; the other one is `Second`. */
export function addSecond({ nodes, connections }: WorkflowJson): void {
	const lookup = nodes.find(({ name }) => name === LOOKUP);
	if (lookup) nodes.push({ ...lookup, id: 'second', name: 'Second' });
	connections[ITEMS] = { main: [[toLookup(), toLookup('Second')]] };
}
