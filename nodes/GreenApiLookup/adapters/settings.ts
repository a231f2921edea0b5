/**
 * The settings of a run and of an item, read and checked in one place. Any of them can be an
 * expression, so each is read alone, numbers and booleans are taken as text too, and what is no
 * sensible value is a failure that says so: nothing is rounded down to "no limit".
 */

import { NodeHelpers, type IHttpRequestOptions, type INode } from 'n8n-workflow';

import { settingFailure, type Failure } from '../lookup/answers/failures';
import { quote } from '../lookup/answers/text';
import type { BatchingLimits } from '../lookup/calls/batching';
import type { RunSettings } from '../lookup/runOptions';

/**
 * Reads one parameter of one item, its expression evaluated: undefined where it is not set, null
 * where its expression gives nothing.
 */
export type ReadParameter = (path: string) => unknown;

/** Distinguishes an expression without a result from "not set". @param read n8n's own reading */
export function readerOf({ parameters }: INode, read: ReadParameter): ReadParameter {
	return (path) => {
		const isSet = NodeHelpers.getParameterValueByPath(parameters, path, '') !== undefined;
		return isSet ? (read(path) ?? null) : undefined;
	};
}

/** A setting: its name in the editor, its default, and how a value is read. */
interface Setting<Value> {
	readonly name: string;
	readonly fallback: Value;
	/** A clause: "a whole number from 1". */
	readonly expected: string;
	/** Undefined where it is no sensible value. */
	readonly parse: (value: unknown) => Value | undefined;
}

/** How long one call may take before it is given up, unless Request Options → Timeout says otherwise. */
const CALL_TIMEOUT_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_S = 86_400;
/** 30 days. */
const LONGEST_REUSE_H = 720;

/** Read for each item. */
export const FORCE = flag('Force', false);
/** Read from each credential, in percent. */
export const RATE_SHARE = amount('Rate Share', 100, 1, 100);

const PROXY: Setting<string> = {
	name: 'Proxy',
	fallback: '',
	expected: 'a URL with scheme, host and port, e.g. http://127.0.0.1:3128',
	parse: (value) => (value === '' || toProxy(value) ? (value as string) : undefined),
};

/** The settings of a run, and what the adapters need besides: taken from the first item. */
export interface NodeSettings extends RunSettings {
	readonly simplify: boolean;
	readonly includeInputFields: boolean;
	/** Milliseconds after which one call is given up. */
	readonly timeoutMs: number;
	readonly batching: BatchingLimits;
	/** The other Request Options, as n8n's request helper takes them. */
	readonly http: Pick<IHttpRequestOptions, 'proxy' | 'skipSslCertificateValidation'>;
	/** Of every item, where a setting cannot be used. */
	readonly failure: Failure | undefined;
}

/** Reads all settings; one that cannot be used has its default, and is told in `failure`. */
export function readSettings(read: ReadParameter): NodeSettings {
	const failures: Failure[] = [];
	const of = <Value extends number | string | boolean>(path: string, setting: Setting<Value>) => {
		const value = readSetting(setting, () => read(path));
		if (typeof value !== 'object') return value;
		failures.push(value);
		return setting.fallback;
	};
	const batch = 'requestOptions.batching.batch';
	const settings = {
		simplify: of('simplify', flag('Simplify', true)),
		includeInputFields: of('options.includeInputFields', flag('Include Input Fields', false)),
		maxCalls: of('options.maxCalls', amount('Max Calls', 0, 0, Number.MAX_SAFE_INTEGER, 'whole')),
		maxWaitMs: of('options.maxWait', amount('Max Wait', 300, 0.001, DAY_S)) * 1000,
		reuseMs:
			of('options.reuseAnswers', amount('Reuse Answers (Hours)', 0, 0, LONGEST_REUSE_H)) * HOUR_MS,
		checksPerMinute: of('options.checksPerMinute', amount('Checks per Minute', 0, 0, 60_000)),
		includeContactInfo: of('options.includeContactInfo', flag('Include Contact Info', false)),
		dryRun: of('options.dryRun', flag('Dry Run', false)),
		timeoutMs: of('requestOptions.timeout', amount('Timeout', CALL_TIMEOUT_MS, 1, HOUR_MS)),
		batching: {
			// n8n: -1 is no batching, 0 is 1.
			batchSize: of(`${batch}.batchSize`, amount('Items per Batch', -1, -1, 1e9, 'whole')) || 1,
			batchInterval: of(`${batch}.batchInterval`, amount('Batch Interval', 0, 0, DAY_S * 1000)),
		},
		http: {
			proxy: toProxy(of('requestOptions.proxy', PROXY)),
			skipSslCertificateValidation: of(
				'requestOptions.allowUnauthorizedCerts',
				flag('Ignore SSL Issues', false),
			),
		},
	};
	return { ...settings, failure: failures[0] };
}

/** The value of a setting, its default where it is not set, or why it cannot be used. */
export function readSetting<Value extends number | string | boolean>(
	{ name, fallback, expected, parse }: Setting<Value>,
	read: () => unknown,
): Value | Failure {
	try {
		const value = read();
		const parsed = value === undefined ? fallback : parse(value);
		if (parsed !== undefined) return parsed;
		// The URL of a proxy can hold its password.
		const shown = typeof value === 'string' ? value.replace(/:\/\/[^/@]*@/, '://***@') : value;
		return settingFailure(
			'invalidSettings',
			`${name} is set to ${quote(shown)}.`,
			`It must be ${expected}.`,
		);
	} catch (error) {
		return settingFailure(
			'invalidSettings',
			`${name} cannot be read: ${reasonOf(error)}.`,
			'Correct its expression.',
		);
	}
}

/** Why an expression fails, in n8n's words: a clause without a full stop. */
export function reasonOf(error: unknown): string {
	const words = error instanceof Error ? error.message.replace(/\.$/, '') : '';
	return words || 'an expression fails';
}

function flag(name: string, fallback: boolean): Setting<boolean> {
	const parse = (value: unknown) => {
		const text = String(value).trim().toLowerCase();
		return text === 'true' || text === 'false' ? text === 'true' : undefined;
	};
	return { name, fallback, expected: 'true or false', parse };
}

function amount(
	name: string,
	fallback: number,
	least: number,
	most: number,
	whole?: 'whole',
): Setting<number> {
	const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
	const parse = (value: unknown) => {
		const isText = typeof value === 'string' && value.trim() !== '';
		const number = isText ? Number(value) : value;
		if (typeof number !== 'number' || !(number >= least && number <= most)) return undefined;
		return whole && !Number.isInteger(number) ? undefined : number;
	};
	return { name, fallback, expected: `a ${whole ? 'whole number' : 'number'} ${range}`, parse };
}

/** The proxy of a URL as n8n's request helper takes it; undefined where it is none. */
function toProxy(proxy: unknown): IHttpRequestOptions['proxy'] {
	if (typeof proxy !== 'string' || !/^https?:\/\/[^/]/i.test(proxy)) return undefined;
	try {
		const { hostname: host, port, protocol, username, password } = new URL(proxy);
		const auth = {
			username: decodeURIComponent(username),
			password: decodeURIComponent(password),
		};
		return {
			host,
			port: Number(port || (protocol === 'https:' ? 443 : 80)),
			protocol: protocol.replace(/:$/, ''),
			...(username && { auth }),
		};
	} catch {
		return undefined;
	}
}

/** Whether the first failure ends the run: On Error is Stop Workflow. */
export function stopsOnFailure(node: INode): boolean {
	if (node.onError !== undefined) return node.onError === 'stopWorkflow';
	// The caller of a tool sees the message of an error alone, and n8n's tool panel has no On Error.
	return node.continueOnFail !== true && !isTool(node);
}

/** Whether n8n runs the node as a tool of an AI agent or an MCP server. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}
