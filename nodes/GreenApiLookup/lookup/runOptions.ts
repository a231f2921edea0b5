/** What goes into a run, and what comes out. */

import type { Endpoint, MessengerDefinition } from '../messengers/definition';
import type { Failure } from './answers/failures';
import type { Outcome } from './answers/response';
import type { Batching } from './calls/batching';
import type { Connection } from './calls/instanceClient';
import type { Memories } from './knownOutcomes';
import type { ProcessState } from './processState';
import type { Query } from './query';
import type { Report } from './report';

/** One item as it was read: failures where its parameters or its credential cannot be used. */
export interface LookupItem {
	readonly query: Query | Failure;
	/** The same object for all items of an instance. */
	readonly connection: Connection | Failure;
}

/** What the user sets for a run as a whole. */
export interface RunSettings {
	/** Most calls of the execution, retries included; 0 for no cap. Read once in an execution. */
	readonly maxCalls: number;
	/** Milliseconds without an answer after which a query, or the whole run, gives up. */
	readonly maxWaitMs: number;
	/** Milliseconds for which answers of earlier executions are used again; 0 for never. */
	readonly reuseMs: number;
	/** Checks a minute at most, of all executions of an instance; 0 for what GREEN-API allows. */
	readonly checksPerMinute: number;
	readonly includeContactInfo: boolean;
	/** Whether nothing is asked, and only told what would be. */
	readonly dryRun: boolean;
}

/** All that a run needs. */
export interface RunOptions extends RunSettings {
	readonly endpoint: Endpoint;
	readonly messengers: readonly MessengerDefinition[];
	readonly state: ProcessState;
	readonly memories: Memories;
	/** How many items there are, and what each is: read in order, once each. */
	readonly count: number;
	readonly read: (index: number) => Promise<LookupItem>;
	/** Whether items may have instances of their own: then all are read as soon as possible. */
	readonly hasManyInstances: boolean;
	readonly batching: Batching;
	/** Whether the first failure ends the run (On Error: Stop Workflow). */
	readonly stopOnFailure: boolean;
	/** Ends the run at once when it is aborted. */
	readonly signal: AbortSignal | undefined;
}

/** The run as its instances and methods see it. */
export interface RunContext {
	readonly options: RunOptions;
	readonly report: Report;
	/** Stopped or cancelled: nothing is asked any more. */
	readonly isOver: boolean;
	/** Lets the rest of the process go first, where this run has worked for long. */
	readonly endSlice: () => Promise<void>;
	/** Resolves when every item is read. */
	readonly reading: Promise<void>;
	/** Resolves when every item is checked. */
	readonly checked: Promise<void>;
}

/** A run that ended at its first failure. */
export interface Stopped {
	/** Position of the item that failed. */
	readonly index: number;
	readonly failure: Failure;
	/** Items that had been answered by then. */
	readonly answered: number;
}

/**
 * How a run ended: an outcome for each item in their order, unless a failure stopped it. Undefined
 * only where the execution was cancelled before the item had its outcome.
 */
export type RunResult = ReadonlyArray<Outcome | undefined> | Stopped;
