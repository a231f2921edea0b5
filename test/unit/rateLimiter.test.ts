/** When calls go: at the limit, not above it, whatever else happens. All on a virtual clock. */

import fc from 'fast-check';

import {
	RateLimiter,
	type Permit,
	type RateInfo,
} from '../../nodes/GreenApiLookup/lookup/calls/rateLimiter';
import { highestCount } from '../../simulator/rollingWindow';
import { randomOf } from '../random';
import { VirtualClock } from '../virtualClock';
import { RateLimitedService, type Call, type ServiceOptions } from './rateModel';

const MINUTE = 60_000;

/** Share of the limit in use between the first and the last send. */
function used(calls: readonly Call[], limit: number): number {
	const first = calls[0]?.sentAt ?? 0;
	const last = calls.at(-1)?.sentAt ?? 0;
	return (calls.length - 1) / limit / ((last - first) / 1000);
}

interface Sharing extends Partial<ServiceOptions> {
	readonly limit: number;
	/** The Rate Share of each process, in percent. */
	readonly shares: readonly number[];
	readonly minutes: number;
}

/** Processes at work for some minutes: share of the limit in use, of 429s, and of the one with least. */
async function share({ shares, minutes, ...options }: Sharing) {
	const service = new RateLimitedService(options);
	await service.during(minutes * MINUTE, (signal) =>
		shares.map(async (percent, number) => {
			// They do not begin at the same moment.
			await service.clock.sleep(number * 1370);
			const process = service.process(options.limit);
			await service.run(process, { calls: Infinity, bounds: { share: percent }, signal });
		}),
	);
	const answered = service.calls.filter(({ isAnswered }) => isAnswered);
	const callers = [...new Set(service.calls.map(({ caller }) => caller))];
	const each = callers.map((one) => answered.filter(({ caller }) => caller === one).length);
	return {
		used: answered.length / (options.limit * 60 * minutes),
		refused: service.refused.length / service.calls.length,
		least: (Math.min(...each) * callers.length) / answered.length,
	};
}

/** A limiter for 10 calls a second. */
function start() {
	const clock = new VirtualClock();
	return { clock, limiter: new RateLimiter(10, clock, randomOf(1)) };
}

/** Takes a permit and lets its call end at once. */
async function call(limiter: RateLimiter, info?: RateInfo): Promise<Permit> {
	const permit = (await limiter.acquire()) as Permit;
	limiter.release(permit, info);
	return permit;
}

test('no rolling second is above the limit, and calls are evenly spaced, whatever runs at once', async () => {
	const services = fc.record({
		limit: fc.constantFrom(1, 2, 3, 7, 10, 50),
		latencyMs: fc.integer({ min: 0, max: 3000 }),
		jitterMs: fc.integer({ min: 0, max: 15 }),
		seed: fc.integer(),
	});
	const lists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });
	await fc.assert(
		fc.asyncProperty(services, lists, async (options, lengths) => {
			const service = new RateLimitedService(options);
			const process = service.process(options.limit);

			await Promise.all(
				lengths.map(async (calls) => {
					await service.clock.sleep(service.random() * 3000);
					await service.run(process, { calls });
				}),
			);

			expect(highestCount(service.calls.map(({ at }) => at))).toBeLessThanOrEqual(options.limit);
			expect(service.refused).toEqual([]);
			const sends = service.calls.map(({ sentAt }) => sentAt).sort((a, b) => a - b);
			sends.slice(1).forEach((at, index) => {
				expect(at - (sends[index] as number)).toBeGreaterThan(1000 / options.limit);
			});
		}),
		{ numRuns: 100 },
	);
});

test.each([
	[1, 150, 0.98],
	[3, 150, 0.98],
	[10, 150, 0.98],
	[50, 150, 0.98],
	[100, 150, 0.98],
	[10, 5000, 0.95],
	[10, 10_000, 0.9],
])('at %d a second, with answers after %d ms, %d of the limit is in use', async (...row) => {
	const [limit, latencyMs, least] = row;
	const service = new RateLimitedService({ limit, latencyMs });

	await service.run(service.process(limit), { calls: limit * 60 });

	expect(used(service.calls, limit)).toBeGreaterThan(least);
	expect(service.refused).toEqual([]);
});

test('a first call that hangs holds up nobody for longer than 2 s', async () => {
	const { clock, limiter } = start();
	await limiter.acquire();

	await limiter.acquire();

	expect(clock.monotonic()).toBeGreaterThanOrEqual(2000);
	expect(clock.monotonic()).toBeLessThan(2110);
});

test('the second call waits for the end of the first, which says the limit', async () => {
	const { clock, limiter } = start();
	const first = (await limiter.acquire()) as Permit;
	await clock.sleep(400);
	limiter.release(first, { limit: 2, tooMany: false, retryAfterMs: 0 });

	await limiter.acquire();

	expect(clock.monotonic()).toBeCloseTo(400 + 508, 0);
});

test('a first call after a pause that is up to 100 ms late makes no second too full', async () => {
	const { clock, limiter } = start();
	await call(limiter);
	await clock.sleep(3000);
	const sends: number[] = [];
	for (let index = 0; index < 30; index++) {
		const permit = (await limiter.acquire()) as Permit;
		sends.push(clock.monotonic() + (index === 0 ? 100 : 0));
		void clock.sleep(5000).then(() => limiter.release(permit));
	}

	expect(highestCount(sends)).toBeLessThanOrEqual(10);
	// The next one does not wait for its answer.
	expect(sends[1]).toBeCloseTo((sends[0] as number) + 101.6, 0);
});

describe('a busy process', () => {
	/** What a busy process does to its timers and calls: nothing goes on before it is free. */
	type WhenFree = (at: number) => number;

	/** So many milliseconds of every two seconds, at any moment. */
	function standsStill(ms: number): WhenFree {
		const random = randomOf(ms);
		const stalls = Array.from({ length: 100 }, (_, index) => 2000 * (index + random()));
		return (at) => Math.max(at, (stalls.findLast((stall) => stall <= at) ?? -Infinity) + ms);
	}

	/** In slices of 15 ms with 1 ms between them, for half a second of every two. */
	const readsLists: WhenFree = (at) => (at % 2000 < 500 && at % 16 < 15 ? at - (at % 16) + 15 : at);

	test.each([
		['stands still for 30 ms', standsStill(30)],
		['stands still for 80 ms', standsStill(80)],
		['stands still for 300 ms', standsStill(300)],
		['reads lists', readsLists],
	])('sends no second full of calls too many: it %s', async (_, whenFree) => {
		const clock = new VirtualClock();
		const sleep = clock.sleep.bind(clock);
		clock.sleep = async (wait, signal) => {
			const now = clock.monotonic();
			await sleep(whenFree(now + wait) - now, signal);
		};
		const limiter = new RateLimiter(50, clock, randomOf(1));
		const sends: number[] = [];
		while (clock.monotonic() < 200_000) {
			await call(limiter);
			// A call needs a millisecond to leave the process.
			sends.push(whenFree(clock.monotonic() + 1));
		}

		expect(highestCount(sends)).toBeLessThanOrEqual(50);
		expect(sends.length).toBeGreaterThan(200 * 50 * 0.8);
	});

	test('makes up for it without sending calls at once', async () => {
		const { clock, limiter } = start();
		let isLate = false;
		const sleep = clock.sleep.bind(clock);
		clock.sleep = async (ms, signal) => await sleep(isLate && ms > 90 ? ms + 80 : ms, signal);
		const ats: number[] = [];
		for (let index = 0; index < 50; index++) {
			isLate = index === 20;
			ats.push((await call(limiter)).at);
		}

		const gaps = ats.slice(1).map((at, index) => at - (ats[index] as number));
		expect(Math.min(...gaps)).toBeGreaterThan(50);
		expect((ats.at(-1) as number) - (ats[0] as number)).toBeLessThan(49 * 101.6 + 1);
	});
});

describe('the limit that the service says', () => {
	test.each([2, 100, 0.5])('replaces a definition of 10 at once: %d', async (limit) => {
		const service = new RateLimitedService({ limit: Math.max(1, limit), header: () => limit });

		await service.run(service.process(10), { calls: Math.ceil(limit * 60) });

		expect(used(service.calls, limit)).toBeGreaterThan(0.95);
		expect(service.refused).toEqual([]);
	});

	test('may fall from 10 to 5 in mid-run and rise again', async () => {
		const limit = (ms: number) => (ms > MINUTE && ms < 2 * MINUTE ? 5 : 10);
		const service = new RateLimitedService({ limit, header: (now) => now });

		await service.run(service.process(10), { calls: 1500 });

		// 600 in the first minute, 300 in the second, 600 in the third.
		expect(service.clock.monotonic()).toBeLessThan(3 * MINUTE * 1.03);
		expect(service.refused.length).toBeLessThanOrEqual(5);
	});

	test.each([0, -1, 1001, 1e9, NaN, Infinity])(
		'is not %d: no service has such a limit',
		async (limit) => {
			const { limiter } = start();
			await call(limiter, { limit, tooMany: false, retryAfterMs: 0 });

			expect(limiter.spacingMs).toBeCloseTo(101.6);
		},
	);

	test('is not believed where 429s contradict it: the definition holds', async () => {
		const service = new RateLimitedService({ limit: 10, header: () => 100 });

		await service.run(service.process(10), { calls: 2000 });

		expect(service.clock.monotonic()).toBeLessThan(200_000 * 1.05);
		expect(service.refused.length).toBeLessThan(40);
	});
});

test.each<[string, number, (call: number, random: number) => boolean]>([
	['every 50th call', 220, (call) => call % 50 === 0],
	['5 % of the calls at random', 260, (_call, random) => random < 0.05],
])('a stray 429 to %s costs its retry, not the speed', async (_title, seconds, isStray) => {
	const random = randomOf(7);
	const service = new RateLimitedService({
		limit: 10,
		latencyMs: 50,
		isStray: (call) => isStray(call, random()),
	});

	await service.run(service.process(10), { calls: 2000 });

	// 200 s without them.
	expect(service.clock.monotonic()).toBeLessThan(seconds * 1000);
});

describe('several processes on one instance', () => {
	test.each<[number, readonly number[], number, number]>([
		[10, [50, 50], 0.95, 0],
		[20, [25, 25, 25, 25], 0.95, 0],
		[10, [30, 30, 20, 20], 0.95, 0],
		// 2.5 calls a second cannot be kept by each of four in every second: each makes 2.
		[10, [25, 25, 25, 25], 0.78, 0],
		// A share below one call a second: they find free places by being refused.
		[1, [50, 50], 0.9, 0.02],
		[1, [25, 25, 25, 25], 0.85, 0.05],
	])('a limit of %d in shares of %j: at least %d in use, at most %d refused', async (...row) => {
		const [limit, shares, leastUsed, mostRefused] = row;
		for (const seed of [1, 2]) {
			const result = await share({ limit, shares, seed, minutes: 10 });

			expect(result.used).toBeGreaterThanOrEqual(leastUsed);
			expect(result.refused).toBeLessThanOrEqual(mostRefused);
		}
	});

	test.each([
		[2, 0.05],
		[4, 0.1],
	])(
		'%d without shares use 80 %%, at most %d is refused, and none starves',
		async (count, most) => {
			for (const seed of [1, 2, 3]) {
				const shares = new Array<number>(count).fill(100);
				const result = await share({ limit: 10, shares, seed, minutes: 10 });

				expect(result.used).toBeGreaterThanOrEqual(0.8);
				expect(result.refused).toBeLessThanOrEqual(most);
				expect(result.least).toBeGreaterThan(0.4);
			}
		},
	);

	test('the one that remains is fast again within three minutes', async () => {
		const service = new RateLimitedService({ limit: 10 });
		const run = async (signal: AbortSignal) =>
			await service.run(service.process(10), { calls: Infinity, signal });
		await Promise.all([
			service.during(7 * MINUTE, (signal) => [run(signal)]),
			service.during(3 * MINUTE, (signal) => [run(signal)]),
		]);

		const late = service.calls.filter(({ sentAt }) => sentAt > 6 * MINUTE);
		expect(used(late, 10)).toBeGreaterThan(0.95);
	});
});

test.each([5, 7])('a limit that falls from 10 to %d untold is found', async (lower) => {
	const limit = (ms: number) => (ms < MINUTE ? 10 : lower);
	const service = new RateLimitedService({ limit });

	await service.run(service.process(10), { calls: 600 + lower * 300 });

	const after = service.calls.filter(({ at }) => at >= MINUTE);
	const answered = after.filter(({ isAnswered }) => isAnswered);
	expect(used(answered, lower)).toBeGreaterThan(0.8);
	expect(service.refused.length / after.length).toBeLessThan(0.05);
});

test('a service that refuses everything is called at an eighth of the limit', async () => {
	const service = new RateLimitedService({ limit: 10, isStray: () => true });
	await service.during(5 * MINUTE, (signal) => [
		service.run(service.process(10), { calls: 1000, signal }),
	]);

	const late = service.calls.filter(({ at }) => at > MINUTE);
	expect(late.length / (4 * 60)).toBeLessThan(1.3);
	expect(late.length / (4 * 60)).toBeGreaterThan(0.9);
});

describe('Checks per Minute', () => {
	test.each([
		{ most: 3, share: 100, each: [3, 20] },
		{ most: 90, share: 50, each: [90, 90] },
	])('$each: two executions at once are never above $most, and use 95 % of it', async (row) => {
		const { most, share, each } = row;
		const service = new RateLimitedService({ limit: 10 });
		const process = service.process(10);
		await service.during(20 * MINUTE, (signal) =>
			each.map((callsPerMinute) =>
				service.run(process, { calls: Infinity, bounds: { share, callsPerMinute }, signal }),
			),
		);

		const ats = service.calls.map(({ at }) => at);
		expect(highestCount(ats.map((at) => at / 60))).toBeLessThanOrEqual(most);
		expect(used(service.calls, most / 60)).toBeGreaterThan(0.95);
	});

	test('the lower of limit × Rate Share and Checks per Minute holds', async () => {
		const service = new RateLimitedService({ limit: 10 });
		const bounds = { share: 10, callsPerMinute: 600 };

		await service.run(service.process(10), { calls: 100, bounds });

		expect(used(service.calls, 1)).toBeGreaterThan(0.98);
		expect(used(service.calls, 1)).toBeLessThan(1);
	});

	test('ends with its run: another one need not wait for it', async () => {
		const { clock, limiter } = start();
		const slow = {};
		limiter.join(slow, { share: 100, callsPerMinute: 1 });
		await call(limiter);
		const next = call(limiter);
		await clock.sleep(5000);

		limiter.leave(slow);
		await next;

		expect(clock.monotonic()).toBe(5000);
	});
});

describe('the queue', () => {
	test('300 executions of one number each at once are served first in, first out', async () => {
		const service = new RateLimitedService({ limit: 10 });
		const process = service.process(10);
		const served: number[] = [];

		await Promise.all(
			Array.from({ length: 300 }, async (_, index) => {
				await service.clock.sleep(index);
				await service.run(process, { calls: 1 });
				served.push(index);
			}),
		);

		// Two answers may overtake each other by the jitter, permits do not.
		expect(served).toEqual([...served].sort((a, b) => a - b));
		expect(service.clock.monotonic()).toBeLessThan(300 * 101.6 + 1000);
		expect(service.refused).toEqual([]);
	});

	test('a number alone does not wait at all', async () => {
		const { clock, limiter } = start();
		for (let index = 0; index < 20; index++) {
			const begun = clock.monotonic();
			await call(limiter);
			expect(clock.monotonic()).toBe(begun);
			await clock.sleep(1000);
		}
	});

	test('who cancels gets nothing, at once, and those behind move up', async () => {
		const delays = fc.array(fc.option(fc.integer({ min: 0, max: 3000 })), { maxLength: 30 });
		await fc.assert(
			fc.asyncProperty(delays, async (cancelledAfter) => {
				const { clock, limiter } = start();
				const served: number[] = [];
				const waiters = cancelledAfter.map(async (ms, index) => {
					const cancel = new AbortController();
					if (ms !== null) void clock.sleep(ms).then(() => cancel.abort());
					const permit = await limiter.acquire(cancel.signal);
					if (!permit) return expect(clock.monotonic()).toBe(ms);
					limiter.release(permit);
					served.push(index);
					// Nobody waits for the place of one who has cancelled.
					expect(clock.monotonic()).toBeCloseTo(101.6 * (served.length - 1), 5);
				});
				await Promise.all(waiters);

				expect(served).toEqual([...served].sort((a, b) => a - b));
				cancelledAfter.forEach((ms, index) => {
					if (ms === null) expect(served).toContain(index);
				});
			}),
			{ numRuns: 50 },
		);
	});

	test('a signal that is aborted already gets no permit', async () => {
		const { limiter } = start();

		expect(await limiter.acquire(AbortSignal.abort())).toBeUndefined();
	});
});

test('a limiter can be forgotten when nobody used it for a while, and no pause is on', async () => {
	const { clock, limiter } = start();
	const run = {};
	expect(limiter.isIdle(1000)).toBe(true);
	limiter.join(run, { share: 100 });
	await call(limiter);
	await clock.sleep(2000);
	expect(limiter.isIdle(1000)).toBe(false);
	limiter.leave(run);
	expect(limiter.isIdle(1000)).toBe(true);
	await call(limiter, { tooMany: true, retryAfterMs: 5000 });
	await clock.sleep(4000);
	expect(limiter.isIdle(1000)).toBe(false);
	await clock.sleep(2000);
	expect(limiter.isIdle(1000)).toBe(true);
});
