/** The door for lists: n8n's customOperations, one call of the node with all items at once. */

import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { ENDPOINTS, type Endpoint } from '../endpoints';
import type { Failure } from '../lookup/failures';
import { memoryOf } from '../lookup/memory';
import { isFailure } from '../lookup/outcome';
import { Session, type Clock, type Transport } from '../lookup/session';
import { CREDENTIAL, openCredential, toHttpRequest, toLookupResponse } from './exchange';
import { readInquiry, stopsOnFailure, toItems, type RequestOptions } from './item';

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** The functions that n8n calls, one for each cell of Messenger × Operation. */
export function bulkDoors(clock: Clock): CustomOperations {
	const doors: CustomOperations = {};
	for (const endpoint of ENDPOINTS) {
		(doors[endpoint.messenger] ??= {})[endpoint.operation] = bulkDoor(endpoint, clock);
	}
	return doors;
}

function bulkDoor(endpoint: Endpoint, clock: Clock) {
	return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const node = this.getNode();
		const inquiries = this.getInputData().map((input, index) =>
			readInquiry(endpoint, index, input, (name, fallback) =>
				this.getNodeParameter(name, index, fallback),
			),
		);
		const session = new Session({
			transport: await openTransport(this),
			memory: memoryOf(this.getExecuteData()),
			clock,
			stopOnFailure: stopsOnFailure(node),
		});
		const ending = await session.run(inquiries.map(({ question }) => question));
		return [toItems(inquiries, ending, node)];
	};
}

async function openTransport(context: IExecuteFunctions): Promise<Transport | Failure> {
	const credential = await openCredential(() => context.getCredentials(CREDENTIAL));
	if (isFailure(credential)) return credential;
	const { fields, instance } = credential;
	const { timeout } = context.getNodeParameter('requestOptions', 0, {}) as RequestOptions;
	const { id, name = '' } = context.getNode().credentials?.[CREDENTIAL] ?? {};
	// Handed along, so that n8n does not read and decrypt it again for every call.
	const credentialsDecrypted = { id: id ?? '', name, type: CREDENTIAL, data: fields };
	return async (request) => {
		const response: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			{ ...toHttpRequest(request, timeout), baseURL: instance.baseUrl },
			{ credentialsDecrypted },
		);
		return toLookupResponse(response, instance);
	};
}
