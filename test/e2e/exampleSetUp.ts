/** What several tests of the examples do with them before they are imported. */

import type { INode } from 'n8n-workflow';

import type { ImportedWorkflow } from '../../scripts/n8n/content';
import { chain, webhook } from './harness';

/** The trigger of the examples that are started by hand. */
export const MANUAL = 'When clicking ‘Execute workflow’';

/** The node without Checks per Minute: no test waits three seconds for each number. */
export function unpaced(node: INode): INode {
	const options = { ...(node.parameters.options as INode['parameters']) };
	delete options.checksPerMinute;
	return { ...node, parameters: { ...node.parameters, options } };
}

/** Webhook → the items of its body → Execute Sub-workflow → answer. Its id: `caller-<workflow>`. */
export function callerOf(workflow: string): ImportedWorkflow {
	const id = `caller-${workflow}`;
	return chain(id, ...webhook(id), {
		name: 'Call',
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		parameters: { workflowId: { __rl: true, mode: 'id', value: workflow }, options: {} },
	});
}

/** A copy of the workflow with a node behind one of its own that gives the contact of each row. */
export function withNodeBehind(workflow: ImportedWorkflow, name: string): ImportedWorkflow {
	const node = {
		...{ id: 'behind', name: 'Behind', type: 'n8n-nodes-base.code', typeVersion: 2 },
		position: [2000, 0] as [number, number],
		parameters: {
			mode: 'runOnceForEachItem',
			jsCode: "return { json: $('Contacts').item.json };",
		},
	};
	const connection = { main: [[{ node: 'Behind', type: 'main' as const, index: 0 }]] };
	return {
		...workflow,
		id: `${workflow.id}-behind`,
		nodes: [...workflow.nodes, node],
		connections: { ...workflow.connections, [name]: connection },
	};
}
