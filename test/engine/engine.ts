/**
 * Runs a workflow JSON with the built package in n8n's own engine: n8n-core's loader, its
 * WorkflowExecute and its HTTP client. Only what n8n's server would bring (the database with the
 * credentials, the other node packages) is replaced at the edge.
 */
import 'reflect-metadata';

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Before n8n-core is loaded: it keeps a settings file in this folder. One for each process of Jest.
const USER_FOLDER = `node_modules/.cache/n8n-engine-${process.env.JEST_WORKER_ID ?? 'alone'}`;
mkdirSync((process.env.N8N_USER_FOLDER ??= path.resolve(USER_FOLDER)), { recursive: true });
process.env.N8N_ENCRYPTION_KEY ??= 'engine-harness';
process.env.N8N_LOG_LEVEL ??= 'silent';

import {
	ExecutionLifecycleHooks,
	PackageDirectoryLoader,
	RoutingNode,
	WorkflowExecute,
	type ExecuteContext,
} from 'n8n-core';
import {
	Workflow,
	type IBinaryKeyData,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IExecuteContextData,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import type { Environment } from '../../nodes/GreenApiLookup/lookup/environment';
import { CredentialsHelper } from './credentialsHelper';

export const PACKAGE_FOLDER = path.resolve(__dirname, '../..');
const PACKAGE = 'n8n-nodes-green-api-lookup';
export const NODE_TYPE = `${PACKAGE}.greenApiLookup`;
/** The node as n8n offers it to an agent. */
export const TOOL_TYPE = `${NODE_TYPE}Tool`;
export const CREDENTIAL_TYPE = 'greenApiInstanceApi';

/**
 * Which way n8n goes into the node: `customOperations` in a normal run, with all items at once;
 * `routing` for an MCP server, older AI agents and n8n before 1.85, item by item.
 */
export type EntryPoint = 'customOperations' | 'routing';

/** A workflow as n8n exports it. */
export type WorkflowJson = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

export interface RunOptions {
	readonly workflow: WorkflowJson;
	/** The credential's fields, also expressions of the item; undefined where n8n has no such credential. */
	readonly credential?: ICredentialDataDecryptedObject;
	/** Items that a node of the workflow gives instead of being run, by node name. */
	readonly pinned: Readonly<Record<string, readonly IDataObject[]>>;
	/** Binary data that all these items carry. */
	readonly binary?: IBinaryKeyData;
	readonly entryPoint?: EntryPoint;
	/** Cancels the execution as the editor's stop button does. */
	readonly signal?: AbortSignal;
	/** What the nodes kept before a Wait node suspended the execution: `contextData` of a run. */
	readonly contextData?: IExecuteContextData;
	/** A Wait node keeps it; "Retry execution" begins a new one, with the same `contextData`. */
	readonly executionId?: string;
	/** A node from `createNode`; a new one, on the system's clock, where none is given. */
	readonly node?: INodeType;
}

/** How an execution ended. */
export interface RunResult {
	readonly run: IRun;
	/** The error that stopped it, if one did. */
	readonly error: Error | undefined;
	/** The output items of a node: branch 0, or 1 for the error branch. */
	readonly output: (nodeName: string, branch?: number) => INodeExecutionData[];
	/** How often the credential was read and decrypted. */
	readonly credentialReads: number;
}

const loader = new PackageDirectoryLoader(PACKAGE_FOLDER);
const loaded = loader.loadAll();

/** The node as n8n's loader hands it to the editor: with icons, codex and Request Options. */
export async function loadNodeType(): Promise<INodeType> {
	await loaded;
	return loader.getNode('greenApiLookup').type as INodeType;
}

export async function loadCredentialType(): Promise<ICredentialType> {
	await loaded;
	return loader.getCredential(CREDENTIAL_TYPE).type;
}

export async function runWorkflow(options: RunOptions): Promise<RunResult> {
	const { workflow: json, pinned, entryPoint = 'customOperations', signal } = options;
	const nodeTypes = new NodeTypes(
		nodeFor(entryPoint, options.node ?? (await createNode(SYSTEM_ENVIRONMENT))),
	);
	const workflow = new Workflow({ ...json, id: 'harness', active: false, nodeTypes });
	const start = Object.keys(pinned).find((name) => workflow.getNode(name));
	if (start === undefined) throw new Error('Pin the items of one node of the workflow');

	// Written out, because n8n before 1.120 has no function that makes it.
	const runData = {
		startData: {},
		resultData: { runData: {}, pinData: toPinData(pinned, options.binary) },
		executionData: {
			contextData: options.contextData ?? {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
			nodeExecutionStack: [
				{ node: workflow.getNode(start) as INode, data: { main: [[{ json: {} }]] }, source: null },
			],
		},
	} as unknown as IRunExecutionData;
	const credentials = new CredentialsHelper(await loadCredentialType(), options.credential);
	const additionalData = additionalDataFor(json, credentials, options.executionId);
	const execution = new WorkflowExecute(additionalData, 'manual', runData);
	const running = execution.processRunExecutionData(workflow);
	const cancel = () => running.cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	try {
		const run = await running;
		return {
			run,
			error: run.data.resultData.error as Error | undefined,
			output: (nodeName, branch = 0) =>
				run.data.resultData.runData[nodeName]?.at(-1)?.data?.main?.[branch] ?? [],
			credentialReads: credentials.reads,
		};
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}

/** The environment of this machine, as a node without one would have it. */
export const SYSTEM_ENVIRONMENT: Environment = {
	clock: {
		now: () => Date.now(),
		monotonic: () => performance.now(),
		async sleep(ms, signal) {
			// Node's own sleep rejects when it is aborted.
			await sleep(Math.ceil(ms), undefined, signal && { signal }).catch(() => undefined);
		},
	},
	random: Math.random,
};

/**
 * A node of its own: its rate limiters and what it shares between executions are nobody else's.
 * @param environment undefined for the node as n8n makes it, which shares with all others
 */
export async function createNode(environment: Environment | undefined): Promise<INodeType> {
	const original = await loadNodeType();
	const Class = original.constructor as new (environment: Environment | undefined) => INodeType;
	const node = new Class(environment);
	const { properties } = node.description;
	// The loader added Request Options to the original, not to this one.
	properties.push(...original.description.properties.slice(properties.length));
	return node;
}

/** As n8n's own registry does it: a node without `execute` gets one that runs its routing. */
function nodeFor(entryPoint: EntryPoint, node: INodeType): INodeType {
	const nodeType = Object.create(node) as INodeType;
	nodeType.execute = async function (this: IExecuteFunctions) {
		return (await new RoutingNode(this as ExecuteContext, nodeType).runNode()) ?? [];
	};
	if (entryPoint === 'routing')
		Object.defineProperty(nodeType, 'customOperations', { value: undefined });
	return nodeType;
}

function toPinData(
	pinned: RunOptions['pinned'],
	binary?: IBinaryKeyData,
): Record<string, INodeExecutionData[]> {
	return Object.fromEntries(
		Object.entries(pinned).map(([name, rows]) => [
			name,
			rows.map((json, item) => ({ json, ...(binary && { binary }), pairedItem: { item } })),
		]),
	);
}

class NodeTypes implements INodeTypes {
	constructor(private readonly lookup: INodeType) {}

	getByName(name: string): INodeType {
		return this.getByNameAndVersion(name);
	}

	getByNameAndVersion(name: string): INodeType {
		return [NODE_TYPE, TOOL_TYPE].includes(name) ? this.lookup : foreignNode(name);
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

/** The description of a node that has nothing but a name. */
export function descriptionOf(name: string): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: '',
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};
}

/**
 * A node of another package. Its items are pinned, passed on, or the value of its parameter `value`;
 * it is never tested here.
 */
function foreignNode(name: string): INodeType {
	return {
		description: descriptionOf(name),
		async execute() {
			const items = this.getInputData();
			if (this.getNode().parameters.value === undefined) return [items];
			return [
				items.map((_, index) => ({ json: { value: this.getNodeParameter('value', index) } })),
			];
		},
	};
}

export function additionalDataFor(
	json: WorkflowJson,
	credentialsHelper: CredentialsHelper,
	executionId = 'harness',
): IWorkflowExecuteAdditionalData {
	const workflowData = { ...json, id: 'harness', active: false } as IWorkflowBase;
	return {
		credentialsHelper,
		hooks: new ExecutionLifecycleHooks('manual', executionId, workflowData),
		executionId,
		webhookWaitingBaseUrl: 'http://localhost/waiting',
		formWaitingBaseUrl: 'http://localhost/forms',
		variables: {},
		currentNodeExecutionIndex: 0,
		setExecutionStatus() {},
	} as unknown as IWorkflowExecuteAdditionalData;
}
