/**
 * The two ways from n8n into a node without `execute`, and the one function behind them. Lists come
 * through customOperations, one call with all items. AI tools of some versions, and an n8n that does
 * not know customOperations, come through the description's routing, one item at a time.
 */

import type {
	DeclarativeRestApiSettings,
	ICredentialDataDecryptedObject,
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
import { batchingOf } from '../lookup/calls/batching';
import { memoryOf, type CallRecord } from '../lookup/knownOutcomes';
import { LookupRun } from '../lookup/lookupRun';
import type { ProcessState } from '../lookup/processState';
import { CREDENTIAL, openConnection, type Send } from './connection';
import { readItem, toItems } from './items';
import {
	readSettings,
	stopsOnFailure,
	timeoutOf,
	toHttpOptions,
	type ReadParameter,
	type RequestOptions,
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
		read: (index) => (name, fallback) => context.getNodeParameter(name, index, fallback),
		indexOf: (index) => index,
		// n8n's Retry On Fail gives the node the same object again.
		run: context.getExecuteData(),
		credential: async () => await context.getCredentials(CREDENTIAL),
		sender:
			(requestOptions) =>
			async (request, { fields, instance }) => {
				const { id, name = '' } = context.getNode().credentials?.[CREDENTIAL] ?? {};
				return await context.helpers.httpRequestWithAuthentication.call(
					context,
					CREDENTIAL,
					{ ...toHttpOptions(requestOptions), ...request, baseURL: instance.baseUrl },
					// Handed along, so that n8n does not read and decrypt it again for every call.
					{ credentialsDecrypted: { id: id ?? '', name, type: CREDENTIAL, data: fields } },
				);
			},
		tell: (message) => context.addExecutionHints({ message, location: 'outputPane' }),
	});
}

/** The pagination function around each routed request of one cell of Messenger × Operation. */
export function routedOperation(lookup: LookupNode, endpoint: Endpoint) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: Routed,
	): Promise<INodeExecutionData[]> {
		return await lookUp(lookup, endpoint, {
			context: this,
			inputs: [this.getInputData()],
			read: () => (name, fallback) => this.getNodeParameter(name, fallback),
			indexOf: () => this.getItemIndex(),
			// A run of its own: an agent that asks for the state of an instance twice wants it twice.
			run: routed,
			credential: async () => await this.getCredentials(CREDENTIAL),
			sender: (requestOptions) => async (request) => {
				// Proxy and certificates are n8n's part here; its default timeout is not ours.
				const timeout = timeoutOf(requestOptions);
				const options = { ...routed.options, ...request, timeout };
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
	readonly read: (index: number) => ReadParameter;
	/** Position of an input among n8n's items. */
	readonly indexOf: (index: number) => number;
	/** The same object for all tries of a run, and for nothing else. */
	readonly run: object;
	readonly credential: () => Promise<ICredentialDataDecryptedObject>;
	readonly sender: (options: RequestOptions) => Send;
	/** Shows a sentence under the node's output. */
	readonly tell: (message: string) => void;
}

async function lookUp(
	{ messengers, state }: LookupNode,
	endpoint: Endpoint,
	entry: EntryPoint,
): Promise<INodeExecutionData[]> {
	const { context, inputs } = entry;
	const { clock } = state.environment;
	const node = context.getNode();
	const settings = readSettings(entry.read(0));
	const { requestOptions, maxCalls, maxWaitMs } = settings;
	const connection =
		settings.failure ??
		(await openConnection(entry.credential, entry.sender(requestOptions), requestOptions));
	const items = new Array<ReturnType<typeof readItem>>();
	const run = new LookupRun({
		endpoint,
		messengers,
		state,
		memories: {
			execution: memoryOf(context.getContext('node'), node.name, recordOf(context, node.name)),
			run: memoryOf(entry.run, node.name),
		},
		count: inputs.length,
		read: async (index) => {
			const input = inputs[index] as INodeExecutionData;
			const item = readItem(endpoint, entry.indexOf(index), input, entry.read(index));
			items[index] = item;
			return { query: item.query, connection };
		},
		batching: batchingOf(requestOptions.batching?.batch, clock),
		maxCalls,
		maxWaitMs,
		stopOnFailure: stopsOnFailure(node),
		signal: context.getExecutionCancelSignal(),
	});
	const rows = await toItems(endpoint, items, await run.run(), node, clock);
	if (run.report.isWorthTelling) entry.tell(run.report.summary(clock.monotonic()));
	return rows;
}

/** n8n writes a node's context into the database with an execution that waits, and back. */
function recordOf(context: EntryPoint['context'], node: string): CallRecord {
	const kept = context.getContext('node');
	return (kept[`calls of ${node}`] ??= { calls: 0 }) as CallRecord;
}
