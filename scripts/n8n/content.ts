/** What a fresh n8n is given: credentials of the simulator's instances, and the example workflows. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ICredentialDataDecryptedObject, INode, IWorkflowBase } from 'n8n-workflow';

import { messengerOf } from '../../test/endpoints';
import type { InstanceSettings, Messenger } from '../../simulator/instance';
import type { Simulator } from '../../simulator/server';
import type { RealN8n } from './process';

export const NODE_TYPE = 'n8n-nodes-green-api-lookup.greenApiLookup';
export const CREDENTIAL_TYPE = 'greenApiInstanceApi';

/** A workflow as n8n's command line imports it. */
export type ImportedWorkflow = Pick<IWorkflowBase, 'id' | 'name' | 'nodes' | 'connections'> &
	Partial<IWorkflowBase>;

/** A credential as n8n's command line imports it. */
export interface ImportedCredential {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly data: ICredentialDataDecryptedObject;
}

/** One credential for each messenger; its id is the messenger's name. */
export function credentialsOf(
	simulator: Simulator,
	fields: ICredentialDataDecryptedObject = {},
): ImportedCredential[] {
	return simulator.instances.map(({ messenger, idInstance, apiTokenInstance }) => ({
		id: messenger,
		name: nameOf(messenger),
		type: CREDENTIAL_TYPE,
		data: {
			apiUrl: `${simulator.url}${messenger === 'max' ? '/v3' : ''}`,
			idInstance,
			apiTokenInstance,
			...fields,
		},
	}));
}

/** Contacts of the examples that WhatsApp does not have, so that each messenger has somebody. */
export const FOUND_ELSEWHERE: Partial<Record<Messenger, InstanceSettings['contacts']>> = {
	telegram: { '79123456781': { name: 'Boris Ivanov', username: 'boris_ivanov' } },
	max: { '79123456783': { name: 'Irina Sokolova' } },
};

function nameOf(messenger: Messenger): string {
	return `GREEN-API ${messengerOf(messenger).name}`;
}

const EXAMPLES = path.resolve(__dirname, '../../examples');

/** The workflows of `examples/`, whose ids are their file names, with the credentials chosen. */
export function exampleWorkflows(): ImportedWorkflow[] {
	return readdirSync(EXAMPLES)
		.filter((file) => file.endsWith('.json'))
		.map((file) => {
			const workflow = JSON.parse(
				readFileSync(path.join(EXAMPLES, file), 'utf8'),
			) as ImportedWorkflow;
			const id = path.basename(file, '.json');
			return { ...workflow, id, active: false, nodes: workflow.nodes.map(withCredential) };
		});
}

/** One of them, its nodes set up as its sticky note asks for. */
export function exampleWorkflow(id: string, setUp = (node: INode) => node): ImportedWorkflow {
	const workflow = exampleWorkflows().find((each) => each.id === id);
	if (!workflow) throw new Error(`There is no example ${id}`);
	return { ...workflow, nodes: workflow.nodes.map(setUp) };
}

/** The node with the credential of its messenger, as a person would choose it. */
export function withCredential(node: INode): INode {
	if (node.type !== NODE_TYPE && node.type !== `${NODE_TYPE}Tool`) return node;
	const messenger = node.parameters.resource as Messenger;
	const credentials = { [CREDENTIAL_TYPE]: { id: messenger, name: nameOf(messenger) } };
	return { ...node, credentials };
}

/** Imports by n8n's command line, while it is not running. */
export async function importInto(
	n8n: RealN8n,
	credentials: readonly ImportedCredential[],
	workflows: readonly ImportedWorkflow[],
): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'import-'));
	try {
		for (const [what, content] of Object.entries({
			credentials,
			workflow: workflows.map((workflow) => ({ active: false, settings: {}, ...workflow })),
		})) {
			if (content.length === 0) continue;
			const file = path.join(folder, `${what}.json`);
			writeFileSync(file, JSON.stringify(content));
			await n8n.command(`import:${what}`, `--input=${file}`);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
