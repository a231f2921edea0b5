/** Ways to check a list of numbers in n8n, each as the workflow that a person would build. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { IDataObject, INode } from 'n8n-workflow';

import type { ImportedCredential, ImportedWorkflow } from '../../scripts/n8n/content';
import { instanceOf } from '../../simulator/instance';
import type { Simulator } from '../../simulator/server';
import { chain, to, webhook, type Piece } from '../e2e/harness';

export const WAY_IDS = ['node', 'http', 'http-10', 'http-1', 'loop', 'credential'] as const;

/** A way to check a list: the nodes that a person has to wire for it. */
export interface Way {
	readonly id: (typeof WAY_IDS)[number];
	readonly title: string;
	readonly nodes: readonly Piece[];
	/** Whether the nodes are in a loop whose first node is Loop Over Items. */
	readonly isLoop?: true;
}

const BENCH_CREDENTIAL = 'benchInstanceApi';

/** The credential that the last way uses. */
export const BENCH: ImportedCredential = {
	id: 'bench',
	name: 'Bench',
	type: BENCH_CREDENTIAL,
	data: { token: instanceOf('whatsapp').apiTokenInstance },
};

/** Ways to check a list, for the WhatsApp instance of a simulator. */
export function waysFor({ url }: Simulator): Way[] {
	const { idInstance, apiTokenInstance } = instanceOf('whatsapp');
	const http = (options: IDataObject, more: IDataObject = {}): Piece => ({
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: `${url}/waInstance${idInstance}/checkWhatsapp/${apiTokenInstance}`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={ "phoneNumber": {{ $json.phone }} }',
			options,
			...more,
		} as INode['parameters'],
		onError: 'continueRegularOutput',
	});
	const batching = (batchSize: number, batchInterval: number) => ({
		batching: { batch: { batchSize, batchInterval } },
	});
	return [
		{
			id: 'node',
			title: 'GREEN-API Lookup',
			nodes: [
				{
					name: 'Lookup',
					type: 'n8n-nodes-green-api-lookup.greenApiLookup',
					typeVersion: 1,
					parameters: {
						resource: 'whatsapp',
						operation: 'checkAccount',
						phoneNumber: '={{ $json.phone }}',
					},
					onError: 'continueRegularOutput',
				},
			],
		},
		{ id: 'http', title: 'HTTP Request, default settings', nodes: [http({})] },
		{
			id: 'http-10',
			title: 'HTTP Request, Batching 10 per 1,000 ms',
			nodes: [http(batching(10, 1000))],
		},
		{ id: 'http-1', title: 'HTTP Request, Batching 1 per 100 ms', nodes: [http(batching(1, 100))] },
		{
			id: 'loop',
			title: 'Loop Over Items 10 + HTTP Request + Wait 1 s',
			isLoop: true,
			nodes: [
				{
					name: 'Loop Over Items',
					type: 'n8n-nodes-base.splitInBatches',
					typeVersion: 3,
					parameters: { batchSize: 10, options: {} },
				},
				http({}),
				{
					name: 'Wait',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: { amount: 1 },
					webhookId: 'wait',
				},
			],
		},
		{
			id: 'credential',
			title: 'HTTP Request with a credential of the same kind',
			nodes: [
				{
					...http(
						{},
						{
							url: `${url}/waInstance${idInstance}/checkWhatsapp/{apiTokenInstance}`,
							authentication: 'predefinedCredentialType',
							nodeCredentialType: BENCH_CREDENTIAL,
						},
					),
					credentials: { [BENCH_CREDENTIAL]: { id: 'bench', name: 'Bench' } },
				},
			],
		},
	];
}

const RESULT: Piece = { name: 'Result', type: 'n8n-nodes-base.noOp' };

/** Webhook → Items → the way's nodes → Result, whose rows the webhook answers with. */
export function workflowOf({ id, title, nodes, isLoop }: Way): ImportedWorkflow {
	const workflow = chain(id, ...webhook(id), ...nodes, RESULT);
	if (isLoop) {
		const [loop = '', first = ''] = nodes.map(({ name }) => name);
		const last = nodes.at(-1)?.name ?? '';
		Object.assign(workflow.connections, { [loop]: to(RESULT.name, first), [last]: to(loop) });
	}
	return { ...workflow, name: title };
}

/** A credential as this package's, for the HTTP Request node, which may not use ours. */
export function installBenchCredential(userFolder: string): void {
	const folder = path.join(userFolder, '.n8n/nodes/node_modules/n8n-nodes-bench');
	mkdirSync(folder, { recursive: true });
	const manifest = {
		name: 'n8n-nodes-bench',
		version: '1.0.0',
		n8n: { n8nNodesApiVersion: 1, credentials: ['BenchInstanceApi.credentials.js'], nodes: [] },
	};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
	writeFileSync(
		path.join(folder, 'BenchInstanceApi.credentials.js'),
		`exports.BenchInstanceApi = class {
			name = '${BENCH_CREDENTIAL}';
			displayName = 'Bench';
			properties = [{ displayName: 'Token', name: 'token', type: 'string', typeOptions: { password: true }, default: '' }];
			authenticate = async ({ token }, options) => {
				const fill = (url) => url && url.replace('{apiTokenInstance}', token).replace('%7BapiTokenInstance%7D', token);
				return { ...options, ...(options.url && { url: fill(options.url) }), ...(options.uri && { uri: fill(options.uri) }) };
			};
		};`,
	);
}
