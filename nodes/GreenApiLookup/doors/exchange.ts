/** How both doors reach GREEN-API: through n8n's request helper, signed by n8n's credential. */

import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { credentialFailure, type Failure } from '../lookup/failures';
import { InstanceError, parseInstance, type Instance } from '../lookup/instance';
import type { LookupResponse } from '../lookup/outcome';
import type { LookupRequest } from '../lookup/question';
import { redact } from '../lookup/redact';

/** Name of the credential type that signs every request. */
export const CREDENTIAL = 'greenApiInstanceApi';

/** How long one call may take before it is given up, unless Request Options → Timeout says else. */
const CALL_TIMEOUT_MS = 60_000;

/** A credential that can be used, or the failure of every item of the run. */
export async function openCredential(
	read: () => Promise<ICredentialDataDecryptedObject>,
): Promise<{ fields: ICredentialDataDecryptedObject; instance: Instance } | Failure> {
	try {
		const fields = await read();
		return { fields, instance: parseInstance(fields) };
	} catch (error) {
		if (error instanceof InstanceError) return credentialFailure(`${error.message}.`);
		return credentialFailure(
			'The GREEN-API credential of this node could not be read. Choose one under Credential to ' +
				'connect with, and open it once to see that it is complete.',
		);
	}
}

/**
 * The request as n8n sends it; `authenticate` adds instance and token.
 * @param timeout milliseconds; undefined or 0 for the default of 60 s
 */
export function toHttpRequest(
	{ verb, path, body }: LookupRequest,
	timeout: number | undefined,
): IHttpRequestOptions {
	return {
		method: verb,
		url: path,
		headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
		...(body && { body }),
		timeout: timeout || CALL_TIMEOUT_MS,
		// The core parses: n8n's client would turn a broken body into text without a word.
		encoding: 'text',
		// Else n8n stores the service's error body, in which the token stands.
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		// Else the token goes along to wherever a redirect points.
		disableFollowRedirect: true,
	};
}

/** n8n's full response, without the token. */
export function toLookupResponse(response: unknown, instance: Instance): LookupResponse {
	const { statusCode, headers, body } = response as IN8nHttpFullResponse;
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	return { status: statusCode, headers, text: redact(text, instance.apiTokenInstance) };
}
