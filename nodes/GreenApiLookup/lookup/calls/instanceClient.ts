/** One method of one instance, asked as fast as the limits allow. */

import { readResponse, type LookupResponse, type Outcome } from '../answers/response';
import type { Clock } from '../environment';
import { requestOf, type LookupRequest, type Query } from '../query';
import type { Batching } from './batching';
import type { Instance } from './instance';
import type { Outage } from './outage';
import type { RateInfo, RateLimiter } from './rateLimiter';
import { Slots } from './slots';

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

/** One call that was made. Times are monotonic milliseconds. */
interface Sent {
	/** An error where there was no HTTP answer. */
	readonly response: LookupResponse | Error;
	readonly sentAt: number;
	readonly endedAt: number;
	/** To be called once, when it is known whether the next call is wanted. */
	readonly release: () => void;
}

/** A call and what it means. */
export interface Call extends Sent {
	readonly outcome: Outcome;
}

/** Why a wait ends: without a reason, Node creates an exception with a stack for each call. */
const CALL_ENDED = 'the call ended';

const TOO_LATE = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });

export class InstanceClient {
	readonly outage: Outage;
	private readonly closing = new AbortController();
	/** Aborted when it is closed. */
	readonly closed = this.closing.signal;
	/** The run's one place in the limiter's queue, so that three items do not wait behind ten thousand. */
	private readonly place = new Slots(1);
	/** Calls in flight, each with what gives it up. */
	private readonly inFlight = new Map<Promise<unknown>, AbortController>();

	/** @param onCall called before each call is sent */
	constructor(
		private readonly connection: Connection,
		private readonly bounds: Bounds,
		private readonly clock: Clock,
		private readonly onCall: () => void,
	) {
		this.outage = bounds.outage;
		const { limiter, callsPerMinute } = bounds;
		limiter.join(this, { share: connection.rateShare, callsPerMinute });
	}

	/** Ends the wait for the calls in flight: as if none of them had got an answer. */
	giveUp(): void {
		for (const wait of this.inFlight.values()) wait.abort();
	}

	/** Nothing more will be asked: its bounds hold for nobody any longer. */
	close(): void {
		this.closing.abort();
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
		const outcome = readResponse(query, sent.response, this.clock.now());
		this.outage.callEnded(outcome, sent.sentAt, sent.endedAt);
		return { ...sent, outcome };
	}

	/** As `ask`, for any request. */
	async send(request: LookupRequest, conditions: CallConditions): Promise<Sent | undefined> {
		const { batching, limiter } = this.bounds;
		const { signal, isWanted, isAlone } = conditions;
		await this.place.enter();
		const goesAlone = isAlone() || this.outage.isSevere;
		if (goesAlone) await Promise.all(this.inFlight.keys());
		if (batching.waitMs > 0) await this.clock.sleep(batching.waitMs, signal);
		const permit = await limiter.acquire(signal);
		// Another client of the run may have sent a call meanwhile.
		if (!permit || !isWanted() || batching.waitMs > 0) {
			if (permit) limiter.release(permit);
			this.place.leave();
			return undefined;
		}
		if (!goesAlone) this.place.leave();
		batching.sent();
		this.onCall();
		// Not the permit's time: the first one of an instance is dated to where it counts at the latest.
		const sentAt = this.clock.monotonic();
		const response = await this.exchange(request);
		const endedAt = this.clock.monotonic();
		const release = () => {
			limiter.release(permit, this.rateInfoOf(response));
			// Not before the run has taken the outcome in, which may end it.
			if (goesAlone) void this.clock.sleep(0).then(() => this.place.leave());
		};
		return { response, sentAt, endedAt, release };
	}

	private rateInfoOf(response: LookupResponse | Error): RateInfo | undefined {
		if (response instanceof Error) return undefined;
		const { limit, status, retryAfter = 0 } = response;
		// A wait beyond Max Wait ends this run instead, and must not make those of others wait.
		const isKept = retryAfter * 1000 <= this.outage.maxWaitMs;
		return { limit, tooMany: status === 429, retryAfterMs: isKept ? retryAfter * 1000 : 0 };
	}

	/** The response, if it comes before the call is given up. Never rejects. */
	private async exchange(request: LookupRequest): Promise<LookupResponse | Error> {
		const wait = new AbortController();
		const { send, timeoutMs } = this.connection;
		const late = this.clock.sleep(timeoutMs, wait.signal).then(() => TOO_LATE);
		const response: Promise<LookupResponse | Error> = Promise.race([send(request), late])
			.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
			.finally(() => {
				wait.abort(CALL_ENDED);
				this.inFlight.delete(response);
			});
		this.inFlight.set(response, wait);
		return await response;
	}
}
