/** How the node reaches GREEN-API: through n8n's request helper, signed by n8n's credential. */

import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { settingFailure, type Failure } from '../lookup/answers/failures';
import { numberOf } from '../lookup/answers/fields';
import type { LookupResponse } from '../lookup/answers/response';
import { parseInstance, type Instance, type InstanceError } from '../lookup/calls/instance';
import type { Connection } from '../lookup/calls/instanceClient';
import type { Clock } from '../lookup/environment';
import type { LookupRequest } from '../lookup/query';
import { RATE_SHARE, readSetting, reasonOf, type NodeSettings } from './settings';

/** Name of the credential type that signs every request. */
export const CREDENTIAL = 'greenApiInstanceApi';

/** Reads the credential's fields as item `index` gives them. */
export type ReadCredential = (index: number) => Promise<ICredentialDataDecryptedObject>;

/** Sends a request, signed with these fields of the credential, and gives n8n's full response. */
export type Send = (
	request: IHttpRequestOptions,
	fields: ICredentialDataDecryptedObject,
) => Promise<unknown>;

/**
 * An index that no item has: a credential that gives the same fields for it as for the first item
 * depends on no item. Neither `$itemIndex % n` (n up to 1,000) nor `Math.floor($itemIndex / n) % 2` (n
 * into which people cut lists) is that of the first item.
 */
const NO_ITEM = 2_073_599_999;

/** The connections of a run's items, each to the instance that the item's credential names. */
export class Connections {
	private readonly opened = new Map<string, Connection | Failure>();

	constructor(
		private readonly read: ReadCredential,
		private readonly send: Send,
		private readonly settings: NodeSettings,
		private readonly clock: Clock,
	) {}

	/** The connection of an item, or why there is none: the same object for the same fields. */
	async of(index: number): Promise<Connection | Failure> {
		const fields = await this.read(index).catch(toError);
		const key = fields instanceof Error ? fields.message : JSON.stringify(fields);
		const connection = this.opened.get(key) ?? this.open(fields);
		this.opened.set(key, connection);
		return connection;
	}

	/** The connection that all items share, found with two reads; undefined where each has its own. */
	async shared(count: number): Promise<Connection | Failure | undefined> {
		const first = await this.of(0);
		return count <= 1 || first === (await this.of(NO_ITEM)) ? first : undefined;
	}

	private open(fields: ICredentialDataDecryptedObject | Error): Connection | Failure {
		if (fields instanceof Error) {
			return settingFailure(
				'wrongInstance',
				`The GREEN-API credential of this node could not be read: ${reasonOf(fields)}.`,
				'Choose one under Credential to connect with, and open it once to see that it is complete.',
			);
		}
		let instance: Instance;
		try {
			instance = parseInstance(fields);
		} catch (error) {
			const { what, advice } = error as InstanceError;
			return settingFailure('wrongInstance', what, advice);
		}
		const rateShare = readSetting(RATE_SHARE, () => fields.rateShare);
		if (typeof rateShare === 'object') return rateShare;
		const send = async (request: LookupRequest) => {
			const response = await this.send(toHttpRequest(request, instance, this.settings), fields);
			return toLookupResponse(response as IN8nHttpFullResponse, instance, this.clock.now());
		};
		return { instance, rateShare, timeoutMs: this.settings.timeoutMs, send };
	}
}

function toError(error: unknown): Error {
	return error instanceof Error ? error : new Error('n8n gives no reason');
}

/** The request as n8n sends it; `authenticate` adds id and token. */
function toHttpRequest(
	{ verb, path, body }: LookupRequest,
	{ baseUrl }: Instance,
	{ http, timeoutMs }: NodeSettings,
): IHttpRequestOptions {
	return {
		...http,
		timeout: timeoutMs,
		method: verb,
		baseURL: baseUrl,
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

/**
 * n8n's full response with its headers read and without the token, which error bodies repeat.
 * @param now milliseconds since 1970
 */
function toLookupResponse(
	{ statusCode, headers, body }: IN8nHttpFullResponse,
	{ apiTokenInstance }: Instance,
	now: number,
): LookupResponse {
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	return {
		status: statusCode,
		text: text.replaceAll(apiTokenInstance, '***').slice(0, LONGEST_BODY),
		retryAfter: retryAfterOf(headers['retry-after'], now),
		limit: numberOf(headers['x-ratelimit-replenish-rate']) ?? undefined,
	};
}

/** Retry-After in seconds, from its seconds or its date (RFC 9110, 10.2.3). */
function retryAfterOf(header: unknown, now: number): number | undefined {
	if (typeof header !== 'string') return undefined;
	const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
	// A time that is over says nothing.
	return seconds > 0 && Number.isFinite(seconds) ? Math.ceil(seconds) : undefined;
}
