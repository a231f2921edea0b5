/** Opens a session for a run of the node: the same settings for both doors. */

import type { IExecuteFunctions, IExecuteSingleFunctions } from 'n8n-workflow';

import { batchingOf, type BatchingLimits } from '../lookup/batching';
import type { Endpoint } from '../endpoints';
import type { Failure } from '../lookup/failures';
import { memoryOf } from '../lookup/memory';
import { Session, type Line } from '../lookup/session';
import type { Shared } from '../lookup/shared';
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

interface RunOptions {
	readonly maxCalls?: number;
	readonly maxTries?: number;
	readonly maxWait?: number;
}

const DEFAULT_TRIES = 5;
const DEFAULT_WAIT_SECONDS = 300;

export function openSession(
	context: IExecuteFunctions | IExecuteSingleFunctions,
	endpoint: Endpoint,
	shared: Shared,
	line: Line | Failure,
	inquiries: readonly Inquiry[],
	read: ReadParameter,
): Session {
	const { maxCalls, maxTries, maxWait } = read('options', {}) as RunOptions;
	const { batching } = read('requestOptions', {}) as RequestOptions;
	return new Session(
		{
			endpoint,
			line,
			shared,
			memories: {
				execution: memoryOf(context.getContext('node')),
				run: memoryOf(context.getExecuteData()),
			},
			batching: batchingOf(batching?.batch, shared.platform.clock),
			retry: {
				maxTries: positive(maxTries) ?? DEFAULT_TRIES,
				maxWaitMs: (positive(maxWait) ?? DEFAULT_WAIT_SECONDS) * 1000,
			},
			maxCalls: positive(maxCalls) ?? 0,
			stopOnFailure: stopsOnFailure(context.getNode()),
			signal: context.getExecutionCancelSignal(),
			onProgress: (text) => context.logger.info(`GREEN-API Lookup: ${text}`),
		},
		inquiries.map(({ question }) => question),
	);
}

/** The number where it is one above 0; options that are not filled in hold 0 or nothing. */
function positive(value: unknown): number | undefined {
	return typeof value === 'number' && value > 0 ? value : undefined;
}
