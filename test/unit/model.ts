/** GREEN-API instances and n8n processes on a virtual clock, for tests of what a run asks, and when. */

import { failure, type Failure } from '../../nodes/GreenApiLookup/lookup/answers/failures';
import type { LookupResponse, Outcome } from '../../nodes/GreenApiLookup/lookup/answers/response';
import { Batching } from '../../nodes/GreenApiLookup/lookup/calls/batching';
import type { Connection } from '../../nodes/GreenApiLookup/lookup/calls/instanceClient';
import { Memory, type Memories } from '../../nodes/GreenApiLookup/lookup/knownOutcomes';
import { LookupRun } from '../../nodes/GreenApiLookup/lookup/lookupRun';
import type {
	LookupItem,
	RunOptions,
	RunResult,
} from '../../nodes/GreenApiLookup/lookup/runOptions';
import { ProcessState } from '../../nodes/GreenApiLookup/lookup/processState';
import type { LookupRequest, Query } from '../../nodes/GreenApiLookup/lookup/query';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import type { Endpoint } from '../../nodes/GreenApiLookup/messengers/definition';
import { RollingWindow } from '../../simulator/rollingWindow';
import { findEndpoint } from '../endpoints';
import { VirtualClock } from '../virtualClock';

const NO_BATCHING = { batchSize: -1, batchInterval: 0 };

export const CHECK = findEndpoint('whatsapp', 'checkAccount');
export const CONTACT = findEndpoint('whatsapp', 'getContactInfo');

/** Something else than the service's own answer. */
export type Scripted =
	| { readonly status: number; readonly text?: string; readonly retryAfter?: number }
	| 'reset'
	| 'hang';

export interface ServiceOptions {
	/** Calls in any rolling second, of each method; 10 where none is given. */
	readonly limit?: number;
	/** The same for Get Contact Info, where that has a limit of its own. */
	readonly contactLimit?: number;
	/** Milliseconds from the call to its answer. */
	readonly latencyMs?: number;
	/** Milliseconds by which a call may be late on its way: drawn for each call. */
	readonly jitterMs?: () => number;
	/** Replaces the answer to a call; numbers count from 1. */
	readonly script?: (call: number, value: string, method: string) => Scripted | undefined;
	/** Whether answers tell the limit. */
	readonly tellsLimit?: boolean;
	readonly idInstance?: string;
}

/** A call as the instance saw it. Times are monotonic milliseconds. */
export interface Arrival {
	readonly value: string;
	readonly method: string;
	readonly sentAt: number;
	readonly at: number;
	/** 0 where the connection broke. */
	status: number;
	/** Infinity while there is no answer. */
	endedAt: number;
}

/** One instance. Numbers that end with an even digit exist. */
export class Service {
	/** Its calls, in the order in which they came. */
	readonly arrivals: Arrival[] = [];
	readonly limit: number;
	readonly connection: Connection;
	private readonly windows: Record<string, RollingWindow> = {};

	constructor(
		readonly clock: VirtualClock,
		private readonly options: ServiceOptions = {},
	) {
		this.limit = options.limit ?? 10;
		this.connection = {
			instance: {
				baseUrl: 'https://api.example',
				pathPrefix: '',
				idInstance: options.idInstance ?? '7103000001',
				apiTokenInstance: 'd75b3a66d75b3a66',
			},
			send: async (request) => await this.answer(request),
			timeoutMs: TIMEOUT_MS,
			rateShare: 100,
		};
	}

	/** Check Account, as if the definition knew this limit. */
	get endpoint(): Endpoint {
		return { ...CHECK, callsPerSecond: this.limit };
	}

	/** The instance is asked about numbers; those below 0 cannot be read. */
	items(numbers: readonly number[], force = false): LookupItem[] {
		return numbers.map((number) => {
			const query = { endpoint: CHECK, value: phone(number), force };
			return { query: number < 0 ? UNREADABLE : query, connection: this.connection };
		});
	}

	/** A question by chat ID: another method of the same instance. */
	contact(number: number): LookupItem {
		const query: Query = { endpoint: CONTACT, value: `${phone(number)}@c.us`, force: false };
		return { query, connection: this.connection };
	}

	/** The calls of one method. */
	callsOf(endpoint: Endpoint): Arrival[] {
		const method = methodOf(endpoint);
		return this.arrivals.filter((arrival) => arrival.method === method);
	}

	count(status: number): number {
		return this.arrivals.filter((arrival) => arrival.status === status).length;
	}

	private async answer({ path, body = '' }: LookupRequest): Promise<LookupResponse> {
		const { latencyMs = 50, jitterMs = () => 0, script, tellsLimit = true } = this.options;
		const sentAt = this.clock.monotonic();
		await this.clock.sleep(latencyMs / 2 + jitterMs());
		const at = this.clock.monotonic();
		const value = /\d+/.exec(body)?.[0] ?? '';
		const method = methodOf({ path });
		const arrival = { value, method, sentAt, at, status: 0, endedAt: Number.POSITIVE_INFINITY };
		this.arrivals.push(arrival);
		const isContact = method === methodOf(CONTACT);
		const limit = (isContact ? this.options.contactLimit : undefined) ?? this.limit;
		const window = (this.windows[method] ??= new RollingWindow());
		const isTooMany = window.count(at) >= limit;
		if (!isTooMany) window.add(at);
		const scripted = isTooMany ? { status: 429 } : script?.(this.arrivals.length, value, method);
		// Longer than any test: to the run it is for ever.
		await this.clock.sleep(scripted === 'hang' ? 1e9 : latencyMs / 2);
		arrival.endedAt = this.clock.monotonic();
		if (typeof scripted === 'string') throw Object.assign(new Error(), { code: 'ECONNRESET' });
		arrival.status = scripted?.status ?? 200;
		const text = JSON.stringify(
			isContact ? { chatId: value, name: 'Anna' } : { existsWhatsapp: Number(value) % 2 === 0 },
		);
		return {
			status: 200,
			text: scripted ? '' : text,
			limit: tellsLimit ? limit : undefined,
			...scripted,
		};
	}
}

function methodOf({ path }: { path: string }): string {
	return path.split('/').at(-2) ?? '';
}

/** One call is given up after it. */
export const TIMEOUT_MS = 60_000;

export const UNREADABLE = failure('invalidPhoneNumber', { endpoint: CHECK, value: 'x' });

export function phone(number: number): string {
	return String(79_000_000_000 + number);
}

/** Numbers from 0. */
export function numbers(count: number): number[] {
	return [...new Array<number>(count).keys()];
}

/** An instance and a process that asks it, on one clock. */
export function start(options: ServiceOptions = {}, random?: () => number) {
	const clock = new VirtualClock();
	return { clock, service: new Service(clock, options), process: new Process(clock, random) };
}

/** What a run remembers; with one of `execution` it is a further run of the same execution. */
export function memories(execution = new Memory()): Memories {
	return { execution, run: new Memory() };
}

/** One n8n process: its executions share limits and pauses. */
export class Process {
	readonly state: ProcessState;

	constructor(clock: VirtualClock, random: () => number = () => 0.5) {
		this.state = new ProcessState({ clock, random });
	}

	/** A run of an execution of its own, with On Error: Continue, but for the options. */
	async run(items: readonly LookupItem[], options: Partial<RunOptions> = {}): Promise<RunResult> {
		const run = new LookupRun({
			endpoint: CHECK,
			messengers: MESSENGERS,
			state: this.state,
			memories: memories(),
			count: items.length,
			read: async (index) => items[index] as LookupItem,
			batching: new Batching(NO_BATCHING, this.state.environment.clock),
			maxCalls: 0,
			maxWaitMs: 300_000,
			reuseMs: 0,
			checksPerMinute: 0,
			hasManyInstances: new Set(items.map(({ connection }) => connection)).size > 1,
			includeContactInfo: false,
			dryRun: false,
			stopOnFailure: false,
			signal: undefined,
			...options,
		});
		return await run.run();
	}

	/** As `run`, for a run that gives every item its outcome. */
	async outcomes(...run: Parameters<Process['run']>): Promise<readonly Outcome[]> {
		const result = await this.run(...run);
		if ('failure' in result) throw new Error(`Stopped: ${result.failure.message}`);
		return result as readonly Outcome[];
	}

	/** As `outcomes`, for a run that answers no item. */
	async failures(...run: Parameters<Process['run']>): Promise<readonly Failure[]> {
		return (await this.outcomes(...run)) as readonly Failure[];
	}
}
