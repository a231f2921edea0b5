/** One method of one instance, asked as fast as the rate limiter allows. */

import { readNetworkError } from '../answers/networkErrors';
import { readResponse, type LookupResponse, type Outcome } from '../answers/response';
import type { Clock } from '../environment';
import { requestOf, type LookupRequest, type Query } from '../query';
import type { Batching } from './batching';
import type { Instance } from './instance';
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

/** One call that was made. */
export interface Call<Result> {
	readonly result: Result;
	/** Monotonic milliseconds. */
	readonly sentAt: number;
	readonly endedAt: number;
}

export class InstanceClient {
	/** The run's one place in the limiter's queue, so that three items do not wait behind ten thousand. */
	private place: Promise<unknown> = Promise.resolve();

	/** @param onCall told of every call before it goes */
	constructor(
		private readonly connection: Connection,
		private readonly limiter: RateLimiter,
		private readonly batching: Batching,
		private readonly clock: Clock,
		private readonly onCall: () => void,
	) {
		limiter.join(this, connection.rateShare);
	}

	/** Ends its part in the limiter's bounds. */
	close(): void {
		this.limiter.leave(this);
	}

	/**
	 * One call, as soon as the limit allows; undefined where the signal was aborted before, or the
	 * call is not wanted any more by then. Never rejects.
	 */
	async ask(
		query: Query,
		signal: AbortSignal,
		isWanted: () => boolean,
	): Promise<Call<Outcome> | undefined> {
		return await this.send(requestOf(query), signal, isWanted, (response) =>
			response instanceof Error
				? readNetworkError(query, response)
				: readResponse(query, response, this.clock.now()),
		);
	}

	/** As `ask`, for any request. @param read makes the result of the response or the network error */
	async send<Result>(
		request: LookupRequest,
		signal: AbortSignal | undefined,
		isWanted: () => boolean,
		read: (response: LookupResponse | Error) => Result,
	): Promise<Call<Result> | undefined> {
		const permit = await this.permit(signal);
		if (!permit) return undefined;
		if (!isWanted()) {
			this.limiter.release();
			return undefined;
		}
		this.onCall();
		const response = await this.exchange(request);
		if (!(response instanceof Error)) {
			const { limit, remaining, status, retryAfter = 0 } = response;
			const retryAfterMs = retryAfter * 1000;
			this.limiter.update({ limit, remaining, tooMany: status === 429, retryAfterMs }, permit);
		}
		this.limiter.release();
		return { result: read(response), sentAt: permit.at, endedAt: this.clock.monotonic() };
	}

	private async permit(signal: AbortSignal | undefined): Promise<Permit | undefined> {
		const before = this.place;
		let leave = () => {};
		this.place = new Promise<void>((resolve) => {
			leave = resolve;
		});
		await before;
		await this.batching.wait(signal);
		const permit = await this.limiter.acquire(signal);
		if (permit) this.batching.sent();
		leave();
		return permit;
	}

	private async exchange(request: LookupRequest): Promise<LookupResponse | Error> {
		const { send, timeoutMs } = this.connection;
		const ended = new AbortController();
		const late = this.clock
			.sleep(timeoutMs, ended.signal)
			.then(() => Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
		try {
			return await Promise.race([send(request), late]);
		} catch (error) {
			return error instanceof Error ? error : new Error(String(error));
		} finally {
			ended.abort();
		}
	}
}
