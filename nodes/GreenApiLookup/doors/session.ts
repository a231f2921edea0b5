/** Opens a session for a run of the node: the same settings for both doors. */

import type { IContextObject, IExecuteFunctions, IExecuteSingleFunctions } from 'n8n-workflow';

import { batchingOf, type BatchingLimits } from '../lookup/batching';
import type { Endpoint } from '../endpoints';
import { runFailure, type Failure } from '../lookup/failures';
import { memoryOf, type Account } from '../lookup/memory';
import { isFailure } from '../lookup/outcome';
import type { RetryLimits } from '../lookup/retry';
import { Session, type Line } from '../lookup/session';
import { hashOf, keyOfInstance, type Shared } from '../lookup/shared';
import { checkRequestOptions } from './exchange';
import { stopsOnFailure, type Inquiry, type ReadParameter } from './item';

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
	readonly retry: RetryLimits;
	/** 0 for no cap. */
	readonly maxCalls: number;
}

const DEFAULTS: RunSettings = {
	requestOptions: {},
	retry: { maxTries: 5, maxWaitMs: 300_000 },
	maxCalls: 0,
};

/** The settings, and the failure of every item where they cannot be used. */
export function readSettings(read: ReadParameter): RunSettings & { readonly failure?: Failure } {
	try {
		const options = read('options', {}) as Record<string, unknown>;
		const requestOptions = read('requestOptions', {}) as RequestOptions;
		const [maxCalls, maxTries, maxWait] = ['maxCalls', 'maxTries', 'maxWait'].map((name) =>
			amountOf(options[name]),
		) as [number, number, number];
		if (Number.isNaN(maxCalls + maxTries + maxWait)) {
			return { ...DEFAULTS, failure: runFailure('badRequest', NO_AMOUNT) };
		}
		const retry = {
			maxTries: maxTries || DEFAULTS.retry.maxTries,
			maxWaitMs: maxWait * 1000 || DEFAULTS.retry.maxWaitMs,
		};
		const failure = checkRequestOptions(requestOptions);
		return { requestOptions, retry, maxCalls: Math.floor(maxCalls), ...(failure && { failure }) };
	} catch (error) {
		const why = error instanceof Error ? error.message : 'an expression fails';
		const message = `The options of this node cannot be read: ${why}. Mend the expression in them.`;
		return { ...DEFAULTS, failure: runFailure('badRequest', message) };
	}
}

const NO_AMOUNT =
	'Max Calls, Max Tries and Max Wait in the options of this node must be numbers from 0 upwards.';

/** A number from 0 upwards, also as text; 0 where nothing is filled in; else NaN. */
function amountOf(value: unknown): number {
	if (value === undefined || value === null || value === '') return 0;
	const amount = typeof value === 'string' ? Number(value) : value;
	return typeof amount === 'number' && amount >= 0 ? amount : Number.NaN;
}

/** @param run an object that is the same for all tries of a run, and for nothing else */
export function openSession(
	context: IExecuteFunctions | IExecuteSingleFunctions,
	endpoint: Endpoint,
	shared: Shared,
	line: Line | Failure,
	settings: RunSettings,
	run: object,
	inquiries: readonly Inquiry[],
): Session {
	const node = context.getNode();
	const owner = hashOf(node.name, isFailure(line) ? '' : keyOfInstance(line.instance));
	const { retry, maxCalls, requestOptions } = settings;
	const kept = context.getContext('node');
	return new Session(
		{
			endpoint,
			line,
			shared,
			memories: {
				execution: memoryOf(kept, owner, accountOf(kept, owner)),
				run: memoryOf(run, owner),
			},
			batching: batchingOf(requestOptions.batching?.batch, shared.platform.clock),
			retry,
			maxCalls,
			stopOnFailure: stopsOnFailure(node),
			signal: context.getExecutionCancelSignal(),
			onProgress: (text) => context.logger.info(`GREEN-API Lookup: ${text}`),
		},
		inquiries.map(({ question }) => question),
	);
}

/** n8n writes a node's context into the database with an execution that waits, and back. */
function accountOf(kept: IContextObject, owner: string): Account {
	const name = `account ${owner}`;
	return (kept[name] ??= { calls: 0 }) as Account;
}
