/** The door for lists: n8n's customOperations, one call of the node with all items at once. */

import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { ENDPOINTS, type Endpoint } from '../endpoints';
import type { Failure } from '../lookup/failures';
import { isFailure } from '../lookup/outcome';
import { inSlices } from '../lookup/platform';
import { redactor } from '../lookup/redact';
import type { Line } from '../lookup/session';
import type { Shared } from '../lookup/shared';
import {
	CREDENTIAL,
	openCredential,
	rateShareOf,
	timeoutOf,
	toConnectionOptions,
	toHttpRequest,
	toLookupResponse,
} from './exchange';
import { readInquiry, toItems, type Inquiry, type ReadParameter } from './item';
import { openSession, readSettings, type RequestOptions } from './session';

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** The functions that n8n calls, one for each cell of Messenger × Operation. */
export function bulkDoors(shared: Shared): CustomOperations {
	const doors: CustomOperations = {};
	for (const endpoint of ENDPOINTS) {
		(doors[endpoint.messenger] ??= {})[endpoint.operation] = bulkDoor(endpoint, shared);
	}
	return doors;
}

function bulkDoor(endpoint: Endpoint, shared: Shared) {
	return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { clock } = shared.platform;
		const read =
			(index: number): ReadParameter =>
			(name, fallback) =>
				this.getNodeParameter(name, index, fallback);
		const inquiries: Inquiry[] = [];
		const breathe = inSlices(clock);
		for (const [index, input] of this.getInputData().entries()) {
			await breathe();
			inquiries.push(readInquiry(endpoint, index, input, read(index)));
		}
		const settings = readSettings(read(0));
		const line = settings.failure ?? (await openLine(this, settings.requestOptions));
		// n8n's Retry On Fail gives the node the same object again.
		const run = this.getExecuteData();
		const session = openSession(this, endpoint, shared, line, settings, run, inquiries);
		const ending = await session.run();
		const items = await toItems(inquiries, ending, this.getNode(), clock);
		if (session.report.isWorthTelling) {
			const message = session.report.summary(clock.monotonic());
			this.addExecutionHints({ message, location: 'outputPane' });
		}
		return [items];
	};
}

async function openLine(
	context: IExecuteFunctions,
	requestOptions: RequestOptions,
): Promise<Line | Failure> {
	const credential = await openCredential(() => context.getCredentials(CREDENTIAL));
	if (isFailure(credential)) return credential;
	const { fields, instance } = credential;
	const { id, name = '' } = context.getNode().credentials?.[CREDENTIAL] ?? {};
	// Handed along, so that n8n does not read and decrypt it again for every call.
	const credentialsDecrypted = { id: id ?? '', name, type: CREDENTIAL, data: fields };
	const connection = toConnectionOptions(requestOptions);
	const redact = redactor(instance.apiTokenInstance);
	return {
		instance,
		rateShare: rateShareOf(fields),
		timeoutMs: timeoutOf(requestOptions),
		send: async (request) => {
			const response: unknown = await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{ ...connection, ...toHttpRequest(request), baseURL: instance.baseUrl },
				{ credentialsDecrypted },
			);
			return toLookupResponse(response, redact);
		},
	};
}
