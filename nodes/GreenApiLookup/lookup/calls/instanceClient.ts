/** One method of one instance, asked as fast as the limits allow. */

import { readNetworkError } from '../answers/networkErrors';
import { readResponse, type LookupResponse, type Outcome } from '../answers/response';
import type { Clock } from '../environment';
import { requestOf, type LookupRequest, type Query } from '../query';
import type { Batching } from './batching';
import type { Instance } from './instance';
import type { Outage } from './outage';
import type { Permit, RateLimiter } from './rateLimiter';

/** An instance that can be asked, and how. */
export interface Connection {
	readonly instance: Instance;
	/** Sends one request to it; rejects only where there is no HTTP answer at all. */
	readonly send: (request: LookupRequest) => Promise<LookupResponse>;
	/** Milliseconds after which a call is given up, even where an answer drips in. */
	readonly timeoutMs: number;
	/** Percentage of the instance's limits that this process may use: 1 to 100. */
	readonly rateShare: number;
}

/** What bounds the calls of a method. */
export interface Bounds {
	readonly limiter: RateLimiter;
	/** Checks per Minute; 0 for none. */
	readonly callsPerMinute: number;
	readonly batching: Batching;
	readonly outage: Outage;
}

/** When a call may go. */
export interface CallConditions {
	/** Aborted, it ends the wait for the limit. */
	readonly signal: AbortSignal | undefined;
	/** Looked at last before the call goes. */
	readonly isWanted: () => boolean;
	/** Whether no other call of the method may be in flight meanwhile. */
	readonly isAlone: () => boolean;
}

/** One call that was made: its response, or the error of the network. */
interface Sent {
	readonly response: LookupResponse | Error;
	/** Monotonic milliseconds. */
	readonly sentAt: number;
	/** To be called once, when it is known whether the next call is wanted. */
	readonly release: () => void;
}

/** A call and what it means. */
export interface Call extends Omit<Sent, 'response'> {
	readonly outcome: Outcome;
	/** Monotonic milliseconds. */
	readonly endedAt: number;
}

/** Why a wait ends: without a reason, Node makes an exception with its stack for each call. */
const CALL_ENDED = 'the call ended';

export class InstanceClient {
	readonly outage: Outage;
	/** The run's one place in the limiter's queue, so that three items do not wait behind ten thousand. */
	private place: Promise<unknown> = Promise.resolve();
	/** Calls in flight, each with what gives it up. */
	private readonly inFlight = new Map<Promise<unknown>, AbortController>();

	/** @param onCall told of every call before it goes */
	constructor(
		private readonly connection: Connection,
		private readonly bounds: Bounds,
		private readonly clock: Clock,
		private readonly onCall: () => void,
	) {
		this.outage = bounds.outage;
		const { limiter, callsPerMinute } = bounds;
		limiter.join(this, {
			share: connection.rateShare,
			...(callsPerMinute > 0 && { callsPerMinute }),
		});
	}

	/** Ends the wait for the calls in flight: as if none of them had got an answer. */
	giveUp(): void {
		for (const wait of this.inFlight.values()) wait.abort();
	}

	/** Ends its part in the limiter's bounds. */
	close(): void {
		this.bounds.limiter.leave(this);
	}

	/** The pace that the limits allow at present. */
	get callsPerSecond(): number {
		return 1000 / this.bounds.limiter.spacingMs;
	}

	/**
	 * One call, as soon as the limits allow; undefined where the signal was aborted before, or the
	 * call is not wanted any more by then. Never rejects.
	 */
	async ask(query: Query, conditions: CallConditions): Promise<Call | undefined> {
		const sent = await this.send(requestOf(query), conditions);
		if (!sent) return undefined;
		const { response, ...rest } = sent;
		const outcome =
			response instanceof Error
				? readNetworkError(query, response)
				: readResponse(query, response, this.clock.now());
		const endedAt = this.clock.monotonic();
		this.outage.ended(outcome, rest.sentAt, endedAt);
		return { ...rest, outcome, endedAt };
	}

	/** As `ask`, for any request. */
	async send(request: LookupRequest, conditions: CallConditions): Promise<Sent | undefined> {
		const leave = await this.enter();
		const isAlone = conditions.isAlone() || this.outage.isSevere;
		if (isAlone) await Promise.all(this.inFlight.keys());
		const permit = await this.permit(conditions.signal);
		const goes = permit !== undefined && conditions.isWanted();
		if (!goes || !isAlone) leave();
		if (!permit) return undefined;
		const release = () => {
			this.bounds.limiter.release(permit);
			leave();
		};
		if (!goes) return void release();
		this.onCall();
		// Not the permit's time: the first one of an instance is dated to where it counts at the latest.
		const sentAt = this.clock.monotonic();
		return { response: await this.exchange(request, permit), sentAt, release };
	}

	/** Waits for the place. @returns gives it to the next one */
	private async enter(): Promise<() => void> {
		const before = this.place;
		let leave = () => {};
		this.place = new Promise<void>((resolve) => {
			leave = resolve;
		});
		await before;
		return leave;
	}

	private async permit(signal: AbortSignal | undefined): Promise<Permit | undefined> {
		const { batching, limiter } = this.bounds;
		await batching.wait(signal);
		const permit = await limiter.acquire(signal);
		if (permit) batching.sent();
		return permit;
	}

	private async exchange(request: LookupRequest, permit: Permit): Promise<LookupResponse | Error> {
		const wait = new AbortController();
		const exchange = this.inTime(request, wait);
		this.inFlight.set(exchange, wait);
		const response = await exchange;
		this.inFlight.delete(exchange);
		if (!(response instanceof Error)) {
			const { limit, status, retryAfter = 0 } = response;
			// One beyond Max Wait ends this run instead, and must not make those of others wait.
			const isKept = retryAfter * 1000 <= this.outage.maxWaitMs;
			const retryAfterMs = isKept ? retryAfter * 1000 : 0;
			const tooMany = status === 429;
			this.bounds.limiter.update({ limit, tooMany, retryAfterMs }, permit);
		}
		return response;
	}

	/** The response, if it comes before the wait ends. Never rejects. */
	private async inTime(
		request: LookupRequest,
		wait: AbortController,
	): Promise<LookupResponse | Error> {
		const { send, timeoutMs } = this.connection;
		const late = this.clock
			.sleep(timeoutMs, wait.signal)
			.then(() => Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
		try {
			return await Promise.race([send(request), late]);
		} catch (error) {
			return error instanceof Error ? error : new Error(String(error));
		} finally {
			wait.abort(CALL_ENDED);
		}
	}
}
