/**
 * The two ways from n8n into a node without `execute`, and the one function behind them. Lists come
 * through customOperations, one call with all items. AI tools of some versions, and an n8n that does
 * not know customOperations, come through the description's routing, one item at a time.
 */

import type {
	DeclarativeRestApiSettings,
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	INodeParameters,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IN8nHttpFullResponse,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import {
	endpointOf,
	OPERATIONS,
	type Endpoint,
	type MessengerDefinition,
} from '../messengers/definition';
import { concernsAll, type Failure } from '../lookup/answers/failures';
import { batchingOf } from '../lookup/calls/batching';
import { memoryOf, type CallRecord, type Memories } from '../lookup/knownOutcomes';
import { LookupRun } from '../lookup/lookupRun';
import type { ProcessState } from '../lookup/processState';
import { Connections, CREDENTIAL, type Credential } from './connection';
import { readItem, toItems, type ReadItem } from './items';
import {
	isTool,
	readSettings,
	stopsOnFailure,
	type ReadParameter,
	type RunSettings,
} from './settings';

type CustomOperations = NonNullable<INodeType['customOperations']>;
type Routed = DeclarativeRestApiSettings.ResultOptions;

/** What all runs of a node type share. */
export interface LookupNode {
	readonly messengers: readonly MessengerDefinition[];
	readonly state: ProcessState;
}

/** The functions that n8n calls with all items, one for each cell of Messenger × Operation. */
export function customOperations(lookup: LookupNode): CustomOperations {
	const ofMessenger = (messenger: MessengerDefinition) =>
		OPERATIONS.map((operation) => {
			const endpoint = endpointOf(messenger, operation);
			return [
				operation,
				async function (this: IExecuteFunctions) {
					return [await lookUpAll(this, lookup, endpoint)];
				},
			] as const;
		});
	return Object.fromEntries(
		lookup.messengers.map((messenger) => [
			messenger.id,
			Object.fromEntries(ofMessenger(messenger)),
		]),
	);
}

async function lookUpAll(
	context: IExecuteFunctions,
	lookup: LookupNode,
	endpoint: Endpoint,
): Promise<INodeExecutionData[]> {
	return await lookUp(lookup, endpoint, {
		context,
		inputs: context.getInputData(),
		firstIndex: 0,
		read: (path, index) => context.getNodeParameter(path, index),
		// n8n's Retry On Fail gives the node the same object again.
		run: context.getExecuteData(),
		credential: async (index) => await context.getCredentials(CREDENTIAL, index),
		send: async (request, { fields, instance }, { http }) => {
			const { id, name = '' } = context.getNode().credentials?.[CREDENTIAL] ?? {};
			return await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{ ...http, ...request, baseURL: instance.baseUrl },
				// Handed along, so that n8n does not read and decrypt it again for every call.
				{ credentialsDecrypted: { id: id ?? '', name, type: CREDENTIAL, data: fields } },
			);
		},
		tell: (message, type) => context.addExecutionHints({ message, type, location: 'outputPane' }),
	});
}

/** The pagination function around each routed request of one cell of Messenger × Operation. */
export function routedOperation(lookup: LookupNode, endpoint: Endpoint) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: Routed,
	): Promise<INodeExecutionData[]> {
		const input = this.getInputData();
		return await lookUp(lookup, endpoint, {
			context: this,
			inputs: [input],
			firstIndex: this.getItemIndex(),
			read: (path) => this.getNodeParameter(path),
			// All calls of an agent's tools have one execute data: an agent that asks for the state of an
			// instance twice wants it twice. The arguments of a call are one object over its tries.
			run: isTool(this.getNode()) ? input.json : this.getExecuteData(),
			credential: async () => await this.getCredentials(CREDENTIAL),
			send: async (request, _credential, { timeoutMs }) => {
				// Proxy and certificates are n8n's part here; its default timeout is not ours.
				const options = { ...routed.options, ...request, timeout: timeoutMs };
				const [answer] = await this.makeRoutingRequest({ ...routed, options });
				return answer?.json;
			},
			tell: () => undefined,
		});
	};
}

/** Routing hands on the body alone; the core wants the HTTP status and headers beside it. */
export async function keepResponse(
	this: IExecuteSingleFunctions,
	_items: INodeExecutionData[],
	{ statusCode, headers, body }: IN8nHttpFullResponse,
): Promise<INodeExecutionData[]> {
	return [{ json: { statusCode, headers, body: body as string } }];
}

/** What an entry point brings: where items, parameters and the credential come from. */
interface EntryPoint {
	readonly context: IExecuteFunctions | IExecutePaginationFunctions;
	readonly inputs: readonly INodeExecutionData[];
	/** Position of the first input among n8n's items. */
	readonly firstIndex: number;
	/** A parameter of an item, its expression evaluated. */
	readonly read: (path: string, index: number) => unknown;
	/** The same object for all tries of a run, and for nothing else. */
	readonly run: object;
	readonly credential: (index: number) => Promise<ICredentialDataDecryptedObject>;
	readonly send: (
		request: IHttpRequestOptions,
		credential: Credential,
		settings: RunSettings,
	) => Promise<unknown>;
	/** Shows a sentence under the node's output. */
	readonly tell: (message: string, type: 'info' | 'warning') => void;
}

async function lookUp(
	{ messengers, state }: LookupNode,
	endpoint: Endpoint,
	entry: EntryPoint,
): Promise<INodeExecutionData[]> {
	const { context, inputs } = entry;
	const { clock } = state.environment;
	const node = context.getNode();
	const read =
		(index: number): ReadParameter =>
		(path) =>
			// Null where an expression gives nothing, so that it is not taken for "not set".
			isSet(node.parameters, path) ? (entry.read(path, index) ?? null) : undefined;
	const settings = settingsFor(endpoint, readSettings(read(0)));
	const connections = new Connections(
		entry.credential,
		inputs.length,
		async (request, credential) => await entry.send(request, credential, settings),
		settings.timeoutMs,
	);
	const shared = settings.failure ?? (await connections.shared());
	const items: ReadItem[] = [];
	const run = new LookupRun({
		...settings,
		endpoint,
		messengers,
		state,
		memories: memoriesOf(context, entry.run),
		count: inputs.length,
		read: async (index) => {
			const input = inputs[index] as INodeExecutionData;
			const item = readItem(endpoint, entry.firstIndex + index, input, read(index));
			items[index] = item;
			return { query: item.query, connection: shared ?? (await connections.of(index)) };
		},
		hasManyInstances: shared === undefined,
		batching: batchingOf(settings.batching, clock),
		stopOnFailure: stopsOnFailure(node),
		signal: context.getExecutionCancelSignal(),
	});
	try {
		const result = await run.run();
		const { hint } = run;
		if (hint) entry.tell(hint.message, hint.type);
		const isShared = (failure: Failure) => failure === shared || concernsAll(failure.code);
		const style = { ...settings, endpoint, node, count: inputs.length, isShared };
		return await toItems(items, result, style, clock);
	} finally {
		addCalls(context, run.report.calls);
	}
}

/** Name under which the execution's custom data holds the calls of all nodes and runs so far. */
const CALLS = 'greenApiCalls';

/** What a Code node reads as `$execution.customData`. */
interface CustomData {
	get(key: string): unknown;
	set(key: string, value: string): void;
}

function addCalls(context: EntryPoint['context'], calls: number): void {
	const { $execution } = context.getWorkflowDataProxy(0) as {
		$execution?: { customData?: CustomData };
	};
	const data = $execution?.customData;
	data?.set(CALLS, String((Number(data.get(CALLS)) || 0) + calls));
}

/** Options of Check Account are kept by n8n, and mean nothing, when another operation is chosen. */
function settingsFor({ operation }: Endpoint, settings: RunSettings): RunSettings {
	if (operation === 'checkAccount') return settings;
	return { ...settings, dryRun: false, includeContactInfo: false, checksPerMinute: 0 };
}

/** Whether a parameter is stored with the node. @param path names separated by dots */
function isSet(parameters: INodeParameters, path: string): boolean {
	const inner = path
		.split('.')
		.reduce<unknown>((value, name) => (value as INodeParameters | undefined)?.[name], parameters);
	return inner !== undefined;
}

/**
 * n8n writes a node's context into the database with an execution that waits, and back; "Retry
 * execution" copies it into a new execution, which begins anew.
 */
function memoriesOf(context: EntryPoint['context'], run: object): Memories {
	const kept = context.getContext('node');
	const owner = `${context.getExecutionId()} ${context.getNode().name}`;
	const record = (kept[`calls of ${owner}`] ??= { calls: 0 }) as CallRecord;
	return { execution: memoryOf(kept, owner, record), run: memoryOf(run, owner) };
}
