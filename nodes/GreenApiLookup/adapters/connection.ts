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
import { RATE_SHARE, readSetting } from './settings';

/** Name of the credential type that signs every request. */
export const CREDENTIAL = 'greenApiInstanceApi';

/** A credential that can be used. */
export interface Credential {
	readonly fields: ICredentialDataDecryptedObject;
	readonly instance: Instance;
}

/** Sends a request of the node and gives n8n's full response. */
export type Send = (request: IHttpRequestOptions, credential: Credential) => Promise<unknown>;

/**
 * An index that no item has: a credential that gives the same fields for it as for the first item
 * depends on no item. A prime, so that no `$itemIndex % n` is that of the first item.
 */
const NO_ITEM = 2 ** 31 - 1;

/**
 * The connections of a run's items. A credential's fields can be expressions of the item, and each
 * item is asked through its own instance; one read more finds out whether they are.
 */
export class Connections {
	private readonly opened = new Map<string, Connection | Failure>();
	private common: Promise<Connection | Failure | undefined> | undefined;

	/**
	 * @param read the credential's fields as item `index` gives them
	 * @param count number of items
	 */
	constructor(
		private readonly read: (index: number) => Promise<ICredentialDataDecryptedObject>,
		private readonly count: number,
		private readonly send: Send,
		private readonly timeoutMs: number,
	) {}

	/** The connection of an item, or why there is none: the same object for the same fields. */
	async of(index: number): Promise<Connection | Failure> {
		return (await this.shared()) ?? (await this.open(index));
	}

	/** The connection that all items share; undefined where each has its own. */
	async shared(): Promise<Connection | Failure | undefined> {
		return await (this.common ??= this.findCommon());
	}

	private async findCommon(): Promise<Connection | Failure | undefined> {
		const first = await this.open(0);
		return this.count <= 1 || first === (await this.open(NO_ITEM)) ? first : undefined;
	}

	private async open(index: number): Promise<Connection | Failure> {
		const fields = await this.read(index).catch((error: unknown) => error);
		const key = fields instanceof Error ? fields.message : JSON.stringify(fields);
		const known = this.opened.get(key);
		if (known) return known;
		const opened = this.connect(fields);
		this.opened.set(key, opened);
		return opened;
	}

	private connect(fields: unknown): Connection | Failure {
		try {
			if (fields instanceof Error) throw fields;
			return connect(fields as ICredentialDataDecryptedObject, this.send, this.timeoutMs);
		} catch (error) {
			const { what, advice } = error instanceof InstanceError ? error : unreadable(error);
			return settingFailure('wrongInstance', what, advice);
		}
	}
}

function unreadable(error: unknown): { what: string; advice: string } {
	const why = error instanceof Error ? error.message : 'n8n gives no reason';
	return {
		what: `The GREEN-API credential of this node could not be read: ${why.replace(/\.?$/, '.')}`,
		advice:
			'Choose one under Credential to connect with, and open it once to see that it is complete.',
	};
}

/** @throws InstanceError */
function connect(
	fields: ICredentialDataDecryptedObject,
	send: Send,
	timeoutMs: number,
): Connection | Failure {
	const instance = parseInstance(fields);
	const rateShare = readSetting(RATE_SHARE, () => fields.rateShare);
	if (typeof rateShare === 'object') return rateShare;
	return {
		instance,
		rateShare,
		timeoutMs,
		send: async (request) =>
			toLookupResponse(await send(toHttpRequest(request), { fields, instance }), instance),
	};
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
		text: text.replaceAll(apiTokenInstance, '***').slice(0, LONGEST_BODY),
		retryAfter: retryAfterOf(headers['retry-after']),
		limit: numberOf(headers['x-ratelimit-replenish-rate']),
	};
}

/** Retry-After in seconds, from its seconds or its date (RFC 9110, 10.2.3). */
function retryAfterOf(header: unknown): number | undefined {
	if (typeof header !== 'string') return undefined;
	const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

function numberOf(header: unknown): number | undefined {
	return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined;
}
