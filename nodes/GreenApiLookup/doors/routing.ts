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
import { redactor } from '../lookup/redact';
import type { Line } from '../lookup/session';
import type { Shared } from '../lookup/shared';
import {
	CREDENTIAL,
	openCredential,
	rateShareOf,
	timeoutOf,
	toHttpRequest,
	toLookupResponse,
} from './exchange';
import { readInquiry, toItems, type ReadParameter } from './item';
import { openSession, readSettings, type RequestOptions } from './session';

type Routed = DeclarativeRestApiSettings.ResultOptions;

/** The pagination function of one cell of Messenger × Operation. */
export function routingDoor(endpoint: Endpoint, shared: Shared) {
	return async function (
		this: IExecutePaginationFunctions,
		routed: Routed,
	): Promise<INodeExecutionData[]> {
		const read: ReadParameter = (name, fallback) => this.getNodeParameter(name, fallback);
		const inquiries = [readInquiry(endpoint, this.getItemIndex(), this.getInputData(), read)];
		const settings = readSettings(read);
		const line = settings.failure ?? (await openLine(this, routed, settings.requestOptions));
		// A run of its own: an agent that asks for the state of an instance twice wants it twice.
		const session = openSession(this, endpoint, shared, line, settings, routed, inquiries);
		return await toItems(inquiries, await session.run(), this.getNode(), shared.platform.clock);
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

async function openLine(
	context: IExecutePaginationFunctions,
	routed: Routed,
	requestOptions: RequestOptions,
): Promise<Line | Failure> {
	const credential = await openCredential(() => context.getCredentials(CREDENTIAL));
	if (isFailure(credential)) return credential;
	const { fields, instance } = credential;
	const timeoutMs = timeoutOf(requestOptions);
	const redact = redactor(instance.apiTokenInstance);
	return {
		instance,
		rateShare: rateShareOf(fields),
		timeoutMs,
		send: async (request) => {
			// Proxy and certificates are n8n's part here; its default timeout is not ours.
			const options = { ...routed.options, ...toHttpRequest(request), timeout: timeoutMs };
			const [answer] = await context.makeRoutingRequest({ ...routed, options });
			return toLookupResponse(answer?.json, redact);
		},
	};
}
