/**
 * The door for single items: n8n's declarative routing, with a pagination function around the
 * request. AI tools come this way, and so does an n8n that does not know customOperations.
 */

import type {
	DeclarativeRestApiSettings,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IN8nHttpFullResponse,
	INodeExecutionData,
} from 'n8n-workflow';

import type { Endpoint } from '../endpoints';
import type { Failure } from '../lookup/failures';
import { memoryOf } from '../lookup/memory';
import { isFailure } from '../lookup/outcome';
import { Session, type Clock, type Transport } from '../lookup/session';
import { CREDENTIAL, openCredential, toHttpRequest, toLookupResponse } from './exchange';
import { readInquiry, stopsOnFailure, toItems, type RequestOptions } from './item';

type Routed = DeclarativeRestApiSettings.ResultOptions;

/** The pagination function of one cell of Messenger × Operation. */
export function routingDoor(endpoint: Endpoint, clock: Clock) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: Routed,
	): Promise<INodeExecutionData[]> {
		const node = this.getNode();
		const index = this.getItemIndex();
		const inquiry = readInquiry(endpoint, index, this.getInputData(), (name, fallback) =>
			this.getNodeParameter(name, fallback),
		);
		const session = new Session({
			transport: await openTransport(this, routed),
			memory: memoryOf(this.getExecuteData()),
			clock,
			stopOnFailure: stopsOnFailure(node),
		});
		return toItems([inquiry], await session.run([inquiry.question]), node);
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

async function openTransport(
	context: IExecutePaginationFunctions,
	routed: Routed,
): Promise<Transport | Failure> {
	const credential = await openCredential(() => context.getCredentials(CREDENTIAL));
	if (isFailure(credential)) return credential;
	const { timeout } = context.getNodeParameter('requestOptions', {}) as RequestOptions;
	return async (request) => {
		const options = { ...routed.options, ...toHttpRequest(request, timeout) };
		const [answer] = await context.makeRoutingRequest({ ...routed, options });
		return toLookupResponse(answer?.json, credential.instance);
	};
}
