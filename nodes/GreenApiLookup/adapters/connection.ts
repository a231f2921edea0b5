/** How the node reaches GREEN-API: through n8n's request helper, signed by n8n's credential. */

import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { settingFailure, type Failure } from '../lookup/answers/failures';
import type { LookupResponse } from '../lookup/answers/response';
import { InstanceError, parseInstance, type Instance } from '../lookup/calls/instance';
import type { Connection } from '../lookup/calls/instanceClient';
import type { LookupRequest } from '../lookup/query';
import { timeoutOf, type RequestOptions } from './settings';

/** Name of the credential type that signs every request. */
export const CREDENTIAL = 'greenApiInstanceApi';

/** A credential that can be used. */
export interface Credential {
	readonly fields: ICredentialDataDecryptedObject;
	readonly instance: Instance;
}

/** Sends a request of the node and gives n8n's full response. */
export type Send = (request: IHttpRequestOptions, credential: Credential) => Promise<unknown>;

/** The connection of a credential, or the failure of every item that uses it. */
export async function openConnection(
	readCredential: () => Promise<ICredentialDataDecryptedObject>,
	send: Send,
	options: RequestOptions,
): Promise<Connection | Failure> {
	try {
		const fields = await readCredential();
		const credential = { fields, instance: parseInstance(fields) };
		return {
			instance: credential.instance,
			rateShare: rateShareOf(fields),
			timeoutMs: timeoutOf(options),
			send: async (request) =>
				toLookupResponse(await send(toHttpRequest(request), credential), credential.instance),
		};
	} catch (error) {
		if (error instanceof InstanceError) {
			return settingFailure('wrongInstance', error.what, error.advice);
		}
		return settingFailure(
			'wrongInstance',
			'The GREEN-API credential of this node could not be read.',
			'Choose one under Credential to connect with, and open it once to see that it is complete.',
		);
	}
}

/** The percentage of the instance's limits that this n8n process may use: 1 to 100. */
function rateShareOf({ rateShare }: ICredentialDataDecryptedObject): number {
	const share = Number(rateShare ?? 100);
	return share > 0 && share <= 100 ? Math.max(1, share) : 100;
}

/** The request as n8n sends it; `authenticate` adds instance and token. */
function toHttpRequest({ verb, path, body }: LookupRequest): IHttpRequestOptions {
	return {
		method: verb,
		url: path,
		headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
		...(body && { body }),
		// The core parses: n8n's client would turn a broken body into text silently.
		encoding: 'text',
		// Otherwise n8n stores the service's error body, which repeats the token.
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		// Otherwise the token goes along to wherever a redirect points.
		disableFollowRedirect: true,
	};
}

/** Characters of a body that are read: a longer one is cut, and then it is no JSON any more. */
const LONGEST_BODY = 1_000_000;

/** n8n's full response with its headers read and without the token, which error bodies repeat. */
function toLookupResponse(response: unknown, { apiTokenInstance }: Instance): LookupResponse {
	const { statusCode, headers, body } = response as IN8nHttpFullResponse;
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	return {
		status: statusCode,
		text: text.slice(0, LONGEST_BODY).replaceAll(apiTokenInstance, '***'),
		retryAfter: retryAfterOf(headers['retry-after']),
		limit: countOf(headers['x-ratelimit-replenish-rate']),
		remaining: countOf(headers['x-ratelimit-remaining']),
	};
}

/** Retry-After in seconds, from its seconds or its date (RFC 9110, 10.2.3). */
function retryAfterOf(header: unknown): number | undefined {
	if (typeof header !== 'string') return undefined;
	const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

function countOf(header: unknown): number | undefined {
	return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined;
}
