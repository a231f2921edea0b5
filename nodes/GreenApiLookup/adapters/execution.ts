/** What n8n keeps for an execution: what its runs have asked so far, and how many calls they made. */

import type { IExecuteFunctions, IExecutePaginationFunctions } from 'n8n-workflow';

import { memoryOf, type ScopeRecord, type Memories } from '../lookup/knownOutcomes';

/** What n8n hands to the node, of either entry point. */
export type Context = IExecuteFunctions | IExecutePaginationFunctions;

/**
 * The memories of a run. n8n writes a node's context into the database with an execution that waits,
 * and back; "Retry execution" copies it into a new execution, which begins anew.
 * @param runKey the same object for all tries of the run, and for nothing else
 */
export function memoriesOf(context: Context, runKey: object): Memories {
	const kept = context.getContext('node');
	const owner = `${context.getExecutionId()} ${context.getNode().name}`;
	const record = (kept[`calls of ${owner}`] ??= { calls: 0 }) as ScopeRecord;
	return { execution: memoryOf(kept, owner, record), run: memoryOf(runKey, owner) };
}

/** Name under which the execution's custom data holds the calls of all nodes and runs so far. */
const CALLS = 'greenApiCalls';

/** What a Code node reads as `$execution.customData`. */
type CustomData = Pick<Map<string, string>, 'get' | 'set'>;

/** Adds calls to the execution's custom data, where this n8n keeps such data. */
export function addCalls(context: Context, calls: number): void {
	const { $execution } = context.getWorkflowDataProxy(0) as {
		$execution?: { customData?: CustomData };
	};
	const data = $execution?.customData;
	data?.set(CALLS, String((Number(data.get(CALLS)) || 0) + calls));
}
