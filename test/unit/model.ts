/** A GREEN-API and n8n processes on a virtual clock, for tests of when calls go. */

import { setImmediate as nextTurn } from 'node:timers/promises';

import { ENDPOINTS, type Endpoint } from '../../nodes/GreenApiLookup/endpoints';
import { batchingOf, type BatchingLimits } from '../../nodes/GreenApiLookup/lookup/batching';
import type { Failure } from '../../nodes/GreenApiLookup/lookup/failures';
import { Memory } from '../../nodes/GreenApiLookup/lookup/memory';
import type { LookupResponse } from '../../nodes/GreenApiLookup/lookup/outcome';
import type { LookupRequest, Question } from '../../nodes/GreenApiLookup/lookup/question';
import { Session, type SessionOptions } from '../../nodes/GreenApiLookup/lookup/session';
import { Shared } from '../../nodes/GreenApiLookup/lookup/shared';
import { RollingWindow } from '../../simulator/rollingWindow';
import { VirtualClock } from '../virtualClock';

/** An answer beside the service's own. */
export type Scripted =
	| { status: number; text?: string; headers?: Record<string, string> }
	| 'reset';

export interface ServiceOptions {
	/** Calls in any rolling second. */
	readonly limit: number;
	/** Milliseconds from the call to its answer. */
	readonly latencyMs?: number;
	/** Milliseconds by which a call may be late on its way: drawn for each call. */
	readonly jitterMs?: () => number;
	/** Replaces the answer to a call; numbers count from 1. */
	readonly script?: (call: number, value: string) => Scripted | undefined;
	/** Whether answers carry the rate headers. */
	readonly tellsLimit?: boolean;
}

/** Numbers that end with an even digit exist. */
export class Service {
	/** When calls arrived, and what they asked about. */
	readonly arrivals: Array<{ at: number; value: string; status: number }> = [];
	private readonly window = new RollingWindow();

	constructor(
		readonly clock: VirtualClock,
		private readonly options: ServiceOptions,
	) {}

	readonly send = async ({ body = '' }: LookupRequest): Promise<LookupResponse> => {
		const { limit, latencyMs = 50, jitterMs = () => 0, script, tellsLimit = true } = this.options;
		await this.clock.sleep(latencyMs / 2 + jitterMs());
		const at = this.clock.monotonic();
		const value = /\d+/.exec(body)?.[0] ?? '';
		const remaining = limit - this.window.count(at) - 1;
		if (remaining >= 0) this.window.add(at);
		const scripted = remaining < 0 ? { status: 429 } : script?.(this.arrivals.length + 1, value);
		const answer = scripted ?? {
			status: 200,
			text: JSON.stringify({ existsWhatsapp: Number(value) % 2 === 0 }),
		};
		this.arrivals.push({ at, value, status: answer === 'reset' ? 0 : answer.status });
		await this.clock.sleep(latencyMs / 2);
		if (answer === 'reset') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
		const rate = {
			'x-ratelimit-remaining': String(Math.max(0, remaining)),
			'x-ratelimit-replenish-rate': String(limit),
		};
		const headers = { ...(tellsLimit && rate), ...answer.headers };
		return { status: answer.status, headers, text: answer.text ?? '' };
	};

	get limit(): number {
		return this.options.limit;
	}

	count(status: number): number {
		return this.arrivals.filter((arrival) => arrival.status === status).length;
	}
}

export const CHECK = ENDPOINTS.find(
	({ messenger, operation }) => messenger === 'whatsapp' && operation === 'checkAccount',
) as Endpoint;

export function numberOf(index: number): string {
	return String(79_000_000_000 + index);
}

export function question(value: string, force = false): Question {
	return { endpoint: CHECK, value, force };
}

export interface RunSettings extends Partial<SessionOptions> {
	readonly rateShare?: number;
	readonly batchingLimits?: BatchingLimits;
}

/** One n8n process: what its executions share. */
export class Process {
	readonly shared: Shared;

	constructor(
		private readonly service: Service,
		random: () => number = () => 0.5,
	) {
		this.shared = new Shared({ clock: service.clock, random });
	}

	session(questions: ReadonlyArray<Question | Failure>, settings: RunSettings = {}): Session {
		const { rateShare = 100, batchingLimits, ...options } = settings;
		return new Session(
			{
				// As the table would have it, unless a test wants the service to know better.
				endpoint: { ...CHECK, callsPerSecond: this.service.limit },
				line: {
					instance: {
						baseUrl: 'https://api.example',
						version: '',
						idInstance: '7103000001',
						apiTokenInstance: 'secret',
					},
					send: this.service.send,
					rateShare,
					timeoutMs: 60_000,
				},
				shared: this.shared,
				memories: { execution: new Memory(), run: new Memory() },
				batching: batchingOf(batchingLimits, this.service.clock),
				retry: { maxTries: 5, maxWaitMs: 300_000 },
				maxCalls: 0,
				stopOnFailure: false,
				signal: undefined,
				onProgress: () => {},
				...options,
			},
			questions,
		);
	}
}

/** A clock that advances as soon as all promises have settled. */
export function virtualClock(): VirtualClock {
	return new VirtualClock(async () => void (await nextTurn()));
}
