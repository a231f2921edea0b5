/**
 * The two ways from n8n into a node without `execute`, and the one function behind them. Lists come
 * through customOperations, one call with all items. AI tools of some versions, and an n8n that does
 * not know customOperations, come through the description's routing, one item at a time.
 */

import type {
	DeclarativeRestApiSettings,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IN8nHttpFullResponse,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import { concernsAll, type Failure } from '../lookup/answers/failures';
import { Batching } from '../lookup/calls/batching';
import { LookupRun } from '../lookup/lookupRun';
import type { ProcessState } from '../lookup/processState';
import {
	endpointOf,
	OPERATIONS,
	type Endpoint,
	type MessengerDefinition,
} from '../messengers/definition';
import { Connections, CREDENTIAL, type ReadCredential, type Send } from './connection';
import { addCalls, memoriesOf, type Context } from './execution';
import { readItem, toItems, type ReadItem } from './items';
import { isTool, readerOf, readSettings, stopsOnFailure } from './settings';

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** What all runs of a node type share. */
export interface LookupNode {
	readonly messengers: readonly MessengerDefinition[];
	readonly state: ProcessState;
}

/** The functions that n8n calls with all items, one for each cell of Messenger × Operation. */
export function customOperations(lookup: LookupNode): CustomOperations {
	const operations: CustomOperations = {};
	for (const messenger of lookup.messengers) {
		const ofMessenger = (operations[messenger.id] ??= {});
		for (const operation of OPERATIONS) {
			ofMessenger[operation] = listOperation(lookup, endpointOf(messenger, operation));
		}
	}
	return operations;
}

function listOperation(lookup: LookupNode, endpoint: Endpoint) {
	return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const rows = await lookUp(lookup, endpoint, {
			context: this,
			inputs: this.getInputData(),
			firstIndex: 0,
			read: (path, index) => this.getNodeParameter(path, index),
			// n8n's Retry On Fail gives the node the same object again.
			runKey: this.getExecuteData(),
			credential: async (index) => await this.getCredentials(CREDENTIAL, index),
			send: async (request, data) => {
				const { id, name = '' } = this.getNode().credentials?.[CREDENTIAL] ?? {};
				// Handed along, so that n8n does not read and decrypt it again for every call.
				const decrypted = { id: id ?? '', name, type: CREDENTIAL, data };
				return await this.helpers.httpRequestWithAuthentication.call(this, CREDENTIAL, request, {
					credentialsDecrypted: decrypted,
				});
			},
			tell: (message, type) => this.addExecutionHints({ message, type, location: 'outputPane' }),
		});
		return [rows];
	};
}

/** The pagination function around each routed request of one cell of Messenger × Operation. */
export function routedOperation(lookup: LookupNode, endpoint: Endpoint) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const input = this.getInputData();
		return await lookUp(lookup, endpoint, {
			context: this,
			inputs: [input],
			firstIndex: this.getItemIndex(),
			read: (path) => this.getNodeParameter(path),
			// All calls of an agent's tools have one execute data: an agent that asks for the state of an
			// instance twice wants it twice. The arguments of a call are one object over its tries.
			runKey: isTool(this.getNode()) ? input.json : this.getExecuteData(),
			credential: async () => await this.getCredentials(CREDENTIAL),
			send: async (request) => {
				const options = { ...routed.options, ...request };
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
	readonly context: Context;
	readonly inputs: readonly INodeExecutionData[];
	/** Position of the first input among n8n's items. */
	readonly firstIndex: number;
	/** A parameter of an item, its expression evaluated. */
	readonly read: (path: string, index: number) => unknown;
	/** Identifies the run: the same object for all its Retry On Fail tries, and for nothing else. */
	readonly runKey: object;
	readonly credential: ReadCredential;
	readonly send: Send;
	/** Shows a sentence under the node's output. */
	readonly tell: (message: string, type: 'info' | 'warning') => void;
}

async function lookUp(
	{ messengers, state }: LookupNode,
	endpoint: Endpoint,
	{ context, inputs, firstIndex, ...entry }: EntryPoint,
): Promise<INodeExecutionData[]> {
	const { clock } = state.environment;
	const node = context.getNode();
	const reader = (index: number) => readerOf(node, (path) => entry.read(path, index));
	const settings = readSettings(reader(0));
	const connections = new Connections(entry.credential, entry.send, settings, clock);
	const shared = settings.failure ?? (await connections.shared(inputs.length));
	const items: ReadItem[] = [];
	const run = new LookupRun({
		...settings,
		endpoint,
		messengers,
		state,
		memories: memoriesOf(context, entry.runKey),
		count: inputs.length,
		read: async (index) => {
			const input = inputs[index] as INodeExecutionData;
			const item = readItem(endpoint, firstIndex + index, input, reader(index));
			items[index] = item;
			return { query: item.query, connection: shared ?? (await connections.of(index)) };
		},
		hasManyInstances: shared === undefined,
		batching: new Batching(settings.batching, clock),
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
