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
import { isFailure } from '../lookup/outcome';
import { Session, type Clock, type Transport } from '../lookup/session';
import { CREDENTIAL, openCredential, toHttpRequest, toLookupResponse } from './exchange';
import { readInquiry, toItem, type RequestOptions } from './item';

type Routed = DeclarativeRestApiSettings.ResultOptions;

/** The pagination function of one cell of Messenger × Operation. */
export function routingDoor(endpoint: Endpoint, clock: Clock) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: Routed,
	): Promise<INodeExecutionData[]> {
		const session = new Session(await openTransport(this, routed), clock);
		const index = this.getItemIndex();
		const inquiry = readInquiry(endpoint, index, this.getInputData(), (name, fallback) =>
			this.getNodeParameter(name, fallback),
		);
		return [toItem(inquiry, await session.ask(inquiry.question), this.getNode())];
	};
}

/** Routing hands on the body alone; the core wants the HTTP status beside it. */
export async function keepStatus(
	this: IExecuteSingleFunctions,
	_items: INodeExecutionData[],
	{ statusCode, body }: IN8nHttpFullResponse,
): Promise<INodeExecutionData[]> {
	return [{ json: { statusCode, body: body as string } }];
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
