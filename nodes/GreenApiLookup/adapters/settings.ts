/**
 * The settings of a run and of an item, read and checked in one place. Any of them can be an
 * expression, so each is read alone, numbers and booleans are taken as text too, and what is no
 * sensible value is a failure that says so: nothing is rounded down to "no limit".
 */

import type { IHttpRequestOptions, INode } from 'n8n-workflow';

import { settingFailure, type Failure } from '../lookup/answers/failures';
import { quote } from '../lookup/answers/text';
import type { BatchingLimits } from '../lookup/calls/batching';

/** Reads one parameter of one item, its expression evaluated; undefined where it is not set. */
export type ReadParameter = (name: string) => unknown;

/** A setting: its name in the editor, its default, and how a value is read. */
interface Setting<Value> {
	readonly name: string;
	readonly fallback: Value;
	/** A clause: "a whole number from 1". */
	readonly expected: string;
	/** Undefined where it is no sensible value. */
	readonly parse: (value: unknown) => Value | undefined;
}

/** Milliseconds and seconds: an hour, a day. */
const LONGEST_TIMEOUT_MS = 3600_000;
const LONGEST_WAIT_S = 86_400;
/** 30 days. */
const LONGEST_REUSE_H = 720;
/** A day too; n8n's Batching takes milliseconds. */
const LONGEST_INTERVAL_MS = LONGEST_WAIT_S * 1000;

/** How long one call may take before it is given up, unless Request Options → Timeout says else. */
const CALL_TIMEOUT_MS = 60_000;

const SETTINGS = {
	simplify: flag('Simplify', true),
	'options.includeInputFields': flag('Include Input Fields', false),
	'options.maxCalls': amount('Max Calls', 0, 0, Number.MAX_SAFE_INTEGER, 'whole'),
	'options.checksPerMinute': amount('Checks per Minute', 0, 0, 60_000),
	'options.dryRun': flag('Dry Run', false),
	'options.includeContactInfo': flag('Include Contact Info', false),
	'options.reuseAnswers': amount('Reuse Answers (Hours)', 0, 0, LONGEST_REUSE_H),
	'options.maxWait': amount('Max Wait', 300, 0.001, LONGEST_WAIT_S),
	'requestOptions.timeout': amount('Timeout', CALL_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS),
	'requestOptions.allowUnauthorizedCerts': flag('Ignore SSL Issues', false),
	'requestOptions.proxy': {
		name: 'Proxy',
		fallback: '',
		expected: 'a URL with scheme, host and port, e.g. http://127.0.0.1:3128',
		parse: (value) => (value === '' || isProxy(value) ? (value as string) : undefined),
	} as Setting<string>,
	// n8n: -1 is no batching, 0 is 1.
	'requestOptions.batching.batch.batchSize': amount('Items per Batch', -1, -1, 1e9, 'whole'),
	'requestOptions.batching.batch.batchInterval': amount(
		'Batch Interval',
		0,
		0,
		LONGEST_INTERVAL_MS,
	),
} satisfies Record<string, Setting<never> | Setting<boolean> | Setting<number> | Setting<string>>;

export const FORCE = flag('Force', false);
export const RATE_SHARE = amount('Rate Share', 100, 1, 100);

/** The settings of a run: taken from its first item. */
export interface RunSettings {
	readonly simplify: boolean;
	readonly includeInputFields: boolean;
	/** 0 for no cap. */
	readonly maxCalls: number;
	readonly maxWaitMs: number;
	/** 0 for none. */
	readonly reuseMs: number;
	/** 0 for as many as GREEN-API allows. */
	readonly checksPerMinute: number;
	readonly includeContactInfo: boolean;
	readonly dryRun: boolean;
	readonly timeoutMs: number;
	readonly batching: BatchingLimits;
	/** Request Options as n8n's request helper takes them. */
	readonly http: Partial<IHttpRequestOptions>;
	/** Of every item, where a setting cannot be used. */
	readonly failure: Failure | undefined;
}

export function readSettings(read: ReadParameter): RunSettings {
	const failures: Failure[] = [];
	const of = <Path extends keyof typeof SETTINGS>(path: Path) => {
		const setting = SETTINGS[path] as Setting<(typeof SETTINGS)[Path]['fallback']>;
		const value = readSetting(setting, () => read(path));
		if (typeof value !== 'object') return value;
		failures.push(value);
		return setting.fallback;
	};
	const timeoutMs = of('requestOptions.timeout');
	const proxy = of('requestOptions.proxy');
	return {
		simplify: of('simplify'),
		includeInputFields: of('options.includeInputFields'),
		maxCalls: of('options.maxCalls'),
		maxWaitMs: of('options.maxWait') * 1000,
		reuseMs: of('options.reuseAnswers') * 3600_000,
		checksPerMinute: of('options.checksPerMinute'),
		includeContactInfo: of('options.includeContactInfo'),
		dryRun: of('options.dryRun'),
		timeoutMs,
		batching: {
			batchSize: of('requestOptions.batching.batch.batchSize') || 1,
			batchInterval: of('requestOptions.batching.batch.batchInterval'),
		},
		http: {
			timeout: timeoutMs,
			...(of('requestOptions.allowUnauthorizedCerts') && { skipSslCertificateValidation: true }),
			...(proxy && { proxy: toProxy(new URL(proxy)) }),
		},
		failure: failures[0],
	};
}

/** The value of a setting, its default where it is not set, or why it cannot be used. */
export function readSetting<Value extends number | string | boolean>(
	{ name, fallback, expected, parse }: Setting<Value>,
	read: () => unknown,
): Value | Failure {
	try {
		const value = read();
		// Undefined is "not set"; nothing from an expression is null by then.
		const parsed = value === undefined ? fallback : parse(value);
		if (parsed !== undefined) return parsed;
		return settingFailure(
			'invalidSettings',
			`${name} of this node is ${quote(value)}.`,
			`It must be ${expected}.`,
		);
	} catch (error) {
		const why = error instanceof Error ? error.message : 'an expression fails';
		return settingFailure(
			'invalidSettings',
			`${name} of this node cannot be read: ${why}.`,
			'Correct its expression.',
		);
	}
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
	return {
		name,
		fallback,
		expected: `a ${whole ? 'whole number' : 'number'} ${range}`,
		parse: (value) => {
			const isText = typeof value === 'string' && value.trim() !== '';
			const number = isText ? Number(value) : value;
			if (typeof number !== 'number' || !(number >= least && number <= most)) return undefined;
			return whole && !Number.isInteger(number) ? undefined : number;
		},
	};
}

function isProxy(proxy: unknown): boolean {
	try {
		const isUrl = typeof proxy === 'string' && /^https?:\/\/[^/]/i.test(proxy);
		return isUrl && toProxy(new URL(proxy)) !== undefined;
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
	// The caller of a tool sees the message of an error alone, and n8n's tool panel has no On Error.
	return node.continueOnFail !== true && !isTool(node);
}

/** Whether n8n runs the node as a tool of an AI agent or an MCP server. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}
