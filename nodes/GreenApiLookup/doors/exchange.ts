/** How both doors reach GREEN-API: through n8n's request helper, signed by n8n's credential. */

import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { runFailure, type Failure } from '../lookup/failures';
import { InstanceError, parseInstance, type Instance } from '../lookup/instance';
import type { LookupResponse } from '../lookup/outcome';
import type { LookupRequest } from '../lookup/question';
import type { RequestOptions } from './session';

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
		if (error instanceof InstanceError) return runFailure('wrongInstance', `${error.message}.`);
		return runFailure(
			'wrongInstance',
			'The GREEN-API credential of this node could not be read. Choose one under Credential to ' +
				'connect with, and open it once to see that it is complete.',
		);
	}
}

/** The percentage of the instance's limits that this n8n process may use: 1 to 100. */
export function rateShareOf({ rateShare }: ICredentialDataDecryptedObject): number {
	const share = Number(rateShare ?? 100);
	return share > 0 && share <= 100 ? Math.max(1, share) : 100;
}

/** Milliseconds after which a call is given up. */
export function timeoutOf({ timeout }: RequestOptions): number {
	return timeout || CALL_TIMEOUT_MS;
}

/** Request Options as n8n's routing understands them: proxy, certificates, timeout. */
export function toConnectionOptions(options: RequestOptions): Partial<IHttpRequestOptions> {
	return {
		timeout: timeoutOf(options),
		...(options.allowUnauthorizedCerts && { skipSslCertificateValidation: true }),
		...(options.proxy && { proxy: toProxy(new URL(options.proxy)) }),
	};
}

/** Whether Request Options can be used; a failure of every item of the run if not. */
export function checkRequestOptions({ proxy }: RequestOptions): Failure | undefined {
	if (!proxy || isProxy(proxy)) return undefined;
	return runFailure(
		'network',
		'The proxy in the Request Options of this node is not a URL. Write it with scheme, host and ' +
			'port, e.g. http://127.0.0.1:3128.',
	);
}

function isProxy(proxy: string): boolean {
	try {
		return /^https?:\/\/[^/]/i.test(proxy) && toProxy(new URL(proxy)) !== undefined;
	} catch {
		return false;
	}
}

function toProxy(url: URL): NonNullable<IHttpRequestOptions['proxy']> {
	const { hostname: host, port, protocol, username, password } = url;
	return {
		host,
		port: Number(port || (protocol === 'https:' ? 443 : 80)),
		protocol: protocol.replace(/:$/, ''),
		...(username && {
			auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
		}),
	};
}

/** The request as n8n sends it; `authenticate` adds instance and token. */
export function toHttpRequest({ verb, path, body }: LookupRequest): IHttpRequestOptions {
	return {
		method: verb,
		url: path,
		headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
		...(body && { body }),
		// The core parses: n8n's client would turn a broken body into text without a word.
		encoding: 'text',
		// Else n8n stores the service's error body, in which the token stands.
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		// Else the token goes along to wherever a redirect points.
		disableFollowRedirect: true,
	};
}

/** Characters of a body that are read: a longer one is cut, and with that no JSON any more. */
const LONGEST_BODY = 1_000_000;

/**
 * n8n's full response, without the token.
 * @param redact takes the token out of a text
 */
export function toLookupResponse(
	response: unknown,
	redact: (text: string) => string,
): LookupResponse {
	const { statusCode, headers, body } = response as IN8nHttpFullResponse;
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	return { status: statusCode, headers, text: redact(text.slice(0, LONGEST_BODY)) };
}
