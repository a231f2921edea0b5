/** The settings of a run, read and checked in one place. */

import type { IHttpRequestOptions, INode } from 'n8n-workflow';

import { settingFailure, type Failure } from '../lookup/answers/failures';
import type { BatchingLimits } from '../lookup/calls/batching';

/** Reads one parameter of one item, its expression evaluated. */
export type ReadParameter = (name: string, fallback?: unknown) => unknown;

/** What the node reads itself of the Request Options that n8n adds to every declarative node. */
export interface RequestOptions {
	/** Milliseconds. */
	readonly timeout?: number;
	/** URL of a proxy. */
	readonly proxy?: string;
	readonly allowUnauthorizedCerts?: boolean;
	readonly batching?: { readonly batch?: BatchingLimits };
}

/** The settings of a run: taken from its first item. */
export interface RunSettings {
	readonly requestOptions: RequestOptions;
	readonly maxWaitMs: number;
	/** 0 for no cap. */
	readonly maxCalls: number;
	/** Of every item, where the settings cannot be used. */
	readonly failure?: Failure;
}

const DEFAULT_MAX_WAIT_MS = 300_000;

/** How long one call may take before it is given up, unless Request Options → Timeout says else. */
const CALL_TIMEOUT_MS = 60_000;

export function readSettings(read: ReadParameter): RunSettings {
	const unusable = (failure: Failure): RunSettings => ({
		requestOptions: {},
		maxWaitMs: DEFAULT_MAX_WAIT_MS,
		maxCalls: 0,
		failure,
	});
	try {
		const options = read('options', {}) as Record<string, unknown>;
		const requestOptions = read('requestOptions', {}) as RequestOptions;
		const maxCalls = amountOf(options.maxCalls);
		const maxWait = amountOf(options.maxWait);
		if (Number.isNaN(maxCalls + maxWait)) {
			return unusable(
				settingFailure(
					'badRequest',
					'Max Calls and Max Wait in the options of this node must be numbers from 0 upwards.',
					'Correct them.',
				),
			);
		}
		if (requestOptions.proxy && !isProxy(requestOptions.proxy)) {
			return unusable(
				settingFailure(
					'network',
					'The proxy in the Request Options of this node is not a URL.',
					'Write it with scheme, host and port, e.g. http://127.0.0.1:3128.',
				),
			);
		}
		const maxWaitMs = maxWait * 1000 || DEFAULT_MAX_WAIT_MS;
		return { requestOptions, maxWaitMs, maxCalls: Math.floor(maxCalls) };
	} catch (error) {
		const why = error instanceof Error ? error.message : 'an expression fails';
		return unusable(
			settingFailure(
				'badRequest',
				`The options of this node cannot be read: ${why}.`,
				'Correct the expression in them.',
			),
		);
	}
}

/** A number from 0 upwards, also as text; 0 where nothing is filled in; else NaN. */
function amountOf(value: unknown): number {
	if (value === undefined || value === null || value === '') return 0;
	const amount = typeof value === 'string' ? Number(value) : value;
	return typeof amount === 'number' && amount >= 0 ? amount : Number.NaN;
}

/** Milliseconds after which a call is given up. */
export function timeoutOf({ timeout }: RequestOptions): number {
	return timeout || CALL_TIMEOUT_MS;
}

/** Request Options as n8n's request helper takes them: proxy, certificates, timeout. */
export function toHttpOptions(options: RequestOptions): Partial<IHttpRequestOptions> {
	return {
		timeout: timeoutOf(options),
		...(options.allowUnauthorizedCerts && { skipSslCertificateValidation: true }),
		...(options.proxy && { proxy: toProxy(new URL(options.proxy)) }),
	};
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

/** Whether the first failure ends the run: On Error is Stop Workflow. */
export function stopsOnFailure(node: INode): boolean {
	if (node.onError !== undefined) return node.onError === 'stopWorkflow';
	// A tool's caller is shown nothing of an error but its message, and cannot set On Error.
	return node.continueOnFail !== true && !isTool(node);
}

/** Whether n8n runs the node as a tool of an AI agent or an MCP server. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}
