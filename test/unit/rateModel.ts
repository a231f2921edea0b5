/** A rate-limited service and n8n processes that call it, on a virtual clock. */

import { RateLimiter, type RateInfo } from '../../nodes/GreenApiLookup/lookup/calls/rateLimiter';
import type { RateBounds } from '../../nodes/GreenApiLookup/lookup/calls/speed';
import { RollingWindow } from '../../simulator/rollingWindow';
import { randomOf } from '../random';
import { VirtualClock } from '../virtualClock';

export interface ServiceOptions {
	/** Calls in any rolling second; may change with time (milliseconds). */
	readonly limit: number | ((ms: number) => number);
	/** Milliseconds from the call to its answer. */
	readonly latencyMs?: number;
	/** Most milliseconds by which a call is late on its way. */
	readonly jitterMs?: number;
	/** What the header says of a limit; nothing by default. */
	readonly header?: (limit: number) => number | undefined;
	/** Whether an allowed call is answered 429 all the same; calls count from 1. */
	readonly isStray?: (call: number) => boolean;
	readonly seed?: number;
}

/** What a caller does. */
export interface CallerOptions {
	/** Numbers to look up; those answered 429 are asked again. */
	readonly calls: number;
	readonly bounds?: RateBounds;
	readonly signal?: AbortSignal;
}

export interface Call {
	readonly sentAt: number;
	readonly at: number;
	readonly isAnswered: boolean;
	readonly caller: object;
}

/** The service, and everything that came to it. */
export class RateLimitedService {
	readonly clock = new VirtualClock();
	readonly random: () => number;
	readonly calls: Call[] = [];
	private readonly window = new RollingWindow();

	constructor(private readonly options: ServiceOptions) {
		this.random = randomOf(options.seed ?? 1);
	}

	/** One call; gives what the limiter is told of its answer. */
	async send(caller: object = this): Promise<RateInfo> {
		const { latencyMs = 150, jitterMs = 15, header, isStray } = this.options;
		const sentAt = this.clock.monotonic();
		await this.clock.sleep(latencyMs / 2 + this.random() * jitterMs);
		const at = this.clock.monotonic();
		const limit = this.limitAt(at);
		const isFree = this.window.count(at) < limit;
		if (isFree) this.window.add(at);
		const isAnswered = isFree && !isStray?.(this.calls.length + 1);
		this.calls.push({ sentAt, at, isAnswered, caller });
		await this.clock.sleep(latencyMs / 2);
		return { limit: header?.(limit), tooMany: !isAnswered, retryAfterMs: 0 };
	}

	/** A process: what its executions share. */
	process(definedLimit: number): RateLimiter {
		return new RateLimiter(definedLimit, this.clock, this.random);
	}

	/** A run that looks up numbers and keeps one place in the queue. */
	async run(limiter: RateLimiter, options: CallerOptions): Promise<void> {
		const { bounds = { share: 100 }, signal } = options;
		const caller = {};
		let left = options.calls;
		let inFlight = 0;
		let ended = () => {};
		const ask = async () => {
			const permit = await limiter.acquire(signal);
			if (!permit) return;
			left--;
			inFlight++;
			void this.send(caller).then((info) => {
				limiter.release(permit, info);
				inFlight--;
				if (info.tooMany) left++;
				ended();
			});
		};
		limiter.join(caller, bounds);
		while (!signal?.aborted && left + inFlight > 0) {
			if (left > 0) await ask();
			else await new Promise<void>((resolve) => (ended = resolve));
		}
		limiter.leave(caller);
	}

	/** Lets runs go on for so many milliseconds, and then cancels them. */
	async during(
		ms: number,
		runs: (signal: AbortSignal) => ReadonlyArray<Promise<void>>,
	): Promise<void> {
		const cancel = new AbortController();
		const running = runs(cancel.signal);
		await this.clock.sleep(ms);
		cancel.abort();
		await Promise.all(running);
	}

	/** Calls that were answered 429. */
	get refused(): Call[] {
		return this.calls.filter(({ isAnswered }) => !isAnswered);
	}

	private limitAt(ms: number): number {
		const { limit } = this.options;
		return typeof limit === 'function' ? limit(ms) : limit;
	}
}
