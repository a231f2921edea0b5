/** When calls go: promises that hold for any list, latency, jitter and mix of answers. */

import fc from 'fast-check';

import { failure, type Failure } from '../../nodes/GreenApiLookup/lookup/failures';
import { Memory } from '../../nodes/GreenApiLookup/lookup/memory';
import { existsOf, isFailure, type Outcome } from '../../nodes/GreenApiLookup/lookup/outcome';
import { Pacer } from '../../nodes/GreenApiLookup/lookup/pacer';
import type { Clock } from '../../nodes/GreenApiLookup/lookup/platform';
import type { Question } from '../../nodes/GreenApiLookup/lookup/question';
import type { Ending } from '../../nodes/GreenApiLookup/lookup/session';
import { highestCount } from '../../simulator/rollingWindow';
import { randomOf } from '../random';
import { CHECK, numberOf, Process, question, Service, virtualClock, type Scripted } from './model';

const UNREADABLE = failure('invalidPhoneNumber', { endpoint: CHECK, asked: false, value: 'x' });

const TRANSIENT: readonly Scripted[] = [
	{ status: 502, text: '<html>' },
	{ status: 499 },
	{ status: 200, text: '{"half":' },
	{ status: 400, text: '{"message":"check phone number timeout limit exceeded"}' },
	'reset',
];

const FINAL: readonly Scripted[] = [
	{ status: 401 },
	{ status: 403, text: '<html>' },
	{ status: 466, text: '{"invokeStatus":{"used":"5","total":"5"}}' },
	{ status: 469, text: '{"reason":"User get contact info limit reached"}' },
	{ status: 400, text: '{"message":"instance is starting or not authorized"}' },
];

/** A list of numbers with repetitions, and items that cannot be read. */
const list = fc.array(fc.integer({ min: -3, max: 25 }), { minLength: 1, maxLength: 60 });

function questionsOf(numbers: readonly number[]): Array<Question | Failure> {
	return numbers.map((number) => (number < 0 ? UNREADABLE : question(numberOf(number))));
}

function outcomesOf(ending: Ending): readonly Outcome[] {
	if ('failure' in ending) throw new Error(`stopped: ${ending.failure.message}`);
	return ending as readonly Outcome[];
}

function different(numbers: readonly number[]): number {
	return new Set(numbers.filter((number) => number >= 0)).size;
}

/** Whether each item has the answer to its own question, in its place. */
function expectOwnAnswers(numbers: readonly number[], outcomes: readonly Outcome[]): void {
	expect(outcomes).toHaveLength(numbers.length);
	numbers.forEach((number, index) => {
		const outcome = outcomes[index] as Outcome;
		if (number < 0) expect(outcome).toBe(UNREADABLE);
		else if (!isFailure(outcome)) {
			expect(outcome.question.value).toBe(numberOf(number));
			expect(existsOf(CHECK, outcome.body)).toBe(number % 2 === 0);
		}
	});
}

const service$ = fc.record({
	limit: fc.constantFrom(1, 2, 3, 7, 10, 50),
	latencyMs: fc.integer({ min: 0, max: 3000 }),
	seed: fc.integer(),
	tellsLimit: fc.boolean(),
});

test('no rolling second is above the limit, and every different question costs one call', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			fc.array(list, { minLength: 1, maxLength: 4 }),
			async (settings, lists) => {
				const clock = virtualClock();
				const random = randomOf(settings.seed);
				const service = new Service(clock, { ...settings, jitterMs: () => random() * 15 });
				const process = new Process(service, random);

				await Promise.all(
					lists.map(async (numbers) => {
						await clock.sleep(random() * 3000);
						const session = process.session(questionsOf(numbers));
						expectOwnAnswers(numbers, outcomesOf(await session.run()));
					}),
				);

				const questions = lists.reduce((sum, numbers) => sum + different(numbers), 0);
				expect(service.arrivals).toHaveLength(questions);
				expect(highestCount(service.arrivals.map(({ at }) => at))).toBeLessThanOrEqual(
					settings.limit,
				);
				expect(service.count(429)).toBe(0);
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('every transient failure is asked again, and every item has its outcome once, in order', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			list,
			fc.double({ min: 0, max: 0.6, noNaN: true }),
			async (settings, numbers, share) => {
				const clock = virtualClock();
				const random = randomOf(settings.seed);
				const tries = new Map<string, number>();
				const script = (_call: number, value: string) => {
					tries.set(value, (tries.get(value) ?? 0) + 1);
					return random() < share ? TRANSIENT[Math.floor(random() * TRANSIENT.length)] : undefined;
				};
				const service = new Service(clock, { ...settings, script });

				const outcomes = outcomesOf(
					await new Process(service, random).session(questionsOf(numbers)).run(),
				);

				expectOwnAnswers(numbers, outcomes);
				expect(Math.max(0, ...tries.values())).toBeLessThanOrEqual(5);
				outcomes.forEach((outcome, index) => {
					const isBad = isFailure(outcome) && (numbers[index] as number) >= 0;
					if (isBad) expect(tries.get(numberOf(numbers[index] as number))).toBe(5);
				});
				expect(highestCount(service.arrivals.map(({ at }) => at))).toBeLessThanOrEqual(
					settings.limit,
				);
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('after a final answer no call is begun; the remaining items have its code and were not asked', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			list,
			fc.integer({ min: 1, max: 30 }),
			fc.constantFrom(...FINAL),
			async (settings, numbers, fatal, answer) => {
				const clock = virtualClock();
				const service = new Service(clock, {
					...settings,
					script: (call) => (call >= fatal ? answer : undefined),
				});

				const outcomes = outcomesOf(await new Process(service).session(questionsOf(numbers)).run());

				expectOwnAnswers(numbers, outcomes);
				const first = service.arrivals.findIndex(({ status }) => status !== 200);
				if (first < 0) return;
				const answeredAt = (service.arrivals[first]?.at as number) + settings.latencyMs / 2;
				for (const { at } of service.arrivals) {
					// Calls that had been sent by then were in flight.
					expect(at - settings.latencyMs / 2).toBeLessThanOrEqual(answeredAt);
				}
				const failures = outcomes.filter(
					(outcome): outcome is Failure => isFailure(outcome) && outcome !== UNREADABLE,
				);
				expect(new Set(failures.map(({ code }) => code)).size).toBe(1);
				const asked = new Set(service.arrivals.map(({ value }) => value));
				outcomes.forEach((outcome, index) => {
					if (!isFailure(outcome) || outcome === UNREADABLE) return;
					expect(outcome.asked).toBe(asked.has(numberOf(numbers[index] as number)));
				});
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('with Stop nothing is begun after the first failure, and answers in flight are remembered', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			list,
			fc.integer({ min: 1, max: 30 }),
			async (settings, all, fatal) => {
				const numbers = all.map(Math.abs);
				const clock = virtualClock();
				const bad = { status: 400, text: '{"message":"Validation failed"}' };
				const service = new Service(clock, {
					...settings,
					script: (call) => (call === fatal ? bad : undefined),
				});
				const process = new Process(service);
				const memories = { execution: new Memory(), run: new Memory() };
				const run = () =>
					process.session(questionsOf(numbers), { stopOnFailure: true, memories }).run();

				const ending = await run();

				if (fatal > different(numbers)) {
					expectOwnAnswers(numbers, outcomesOf(ending));
					return;
				}
				const answeredAt = (service.arrivals[fatal - 1]?.at as number) + settings.latencyMs / 2;
				for (const { at } of service.arrivals) {
					expect(at - settings.latencyMs / 2).toBeLessThanOrEqual(answeredAt);
				}
				expect(ending).toMatchObject({ failure: { code: 'badRequest' } });
				const calls = service.arrivals.length;
				// A second try of n8n: what was answered is known, and so is what cannot be answered.
				expect(await run()).toMatchObject({ failure: { code: 'badRequest' } });
				expect(service.arrivals).toHaveLength(calls);
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('Max Calls is never passed, and never stops a run', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			list,
			fc.integer({ min: 1, max: 20 }),
			fc.boolean(),
			async (settings, all, maxCalls, stopOnFailure) => {
				const numbers = all.map(Math.abs);
				const random = randomOf(settings.seed);
				const service = new Service(virtualClock(), {
					...settings,
					script: () => (!stopOnFailure && random() < 0.3 ? { status: 502 } : undefined),
				});
				const session = new Process(service, random).session(questionsOf(numbers), {
					maxCalls,
					stopOnFailure,
				});

				const outcomes = outcomesOf(await session.run());

				expectOwnAnswers(numbers, outcomes);
				expect(service.arrivals.length).toBeLessThanOrEqual(maxCalls);
				if (different(numbers) > maxCalls) {
					expect(outcomes).toContainEqual(
						expect.objectContaining({ code: 'callLimit', asked: false }),
					);
				}
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('no call goes out after a cancel, and every wait ends at once', async () => {
	await fc.assert(
		fc.asyncProperty(
			service$,
			list,
			fc.integer({ min: 0, max: 8000 }),
			async (settings, all, at) => {
				const numbers = all.map(Math.abs);
				const clock = virtualClock();
				const random = randomOf(settings.seed);
				const service = new Service(clock, {
					...settings,
					script: () => (random() < 0.3 ? { status: 502 } : undefined),
				});
				const cancel = new AbortController();
				const session = new Process(service, random).session(questionsOf(numbers), {
					signal: cancel.signal,
				});
				let endedAt = Number.POSITIVE_INFINITY;
				const running = session
					.run()

					.finally(() => (endedAt = clock.monotonic()));
				await clock.sleep(at);
				cancel.abort();
				await running;
				await clock.sleep(600_000);

				expect(endedAt).toBeLessThanOrEqual(at);
				for (const arrival of service.arrivals) {
					expect(arrival.at - settings.latencyMs / 2).toBeLessThanOrEqual(at);
				}
			},
		),
		{ numRuns: 60 },
	);
}, 60_000);

test('three items do not wait behind ten thousand', async () => {
	const clock = virtualClock();
	const process = new Process(new Service(clock, { limit: 10 }));
	const cancel = new AbortController();
	const long = process.session(
		Array.from({ length: 10_000 }, (_, index) => question(numberOf(index))),
		{ signal: cancel.signal },
	);
	const running = long.run();
	await clock.sleep(60_000);

	const begun = clock.monotonic();
	await process.session([1, 2, 3].map((index) => question(numberOf(20_000 + index)))).run();

	expect(clock.monotonic() - begun).toBeLessThan(1000);
	cancel.abort();
	await running;
});

test('n8n Batching is one more upper bound: the slower of the two wins', async () => {
	const clock = virtualClock();
	const service = new Service(clock, { limit: 10 });
	const questions = Array.from({ length: 30 }, (_, index) => question(numberOf(index)));

	await new Process(service)
		.session(questions, { batchingLimits: { batchSize: 3, batchInterval: 2000 } })
		.run();

	expect(clock.monotonic()).toBeGreaterThanOrEqual(18_000);
	const times = service.arrivals.map(({ at }) => at);
	times.slice(3).forEach((at, index) => {
		expect(at - (times[index] as number)).toBeGreaterThan(1999.9);
	});
});

test('the limit that the service tells replaces that of the table at once, both ways', async () => {
	for (const limit of [2, 100]) {
		const clock = virtualClock();
		const service = new Service(clock, { limit });
		const process = new Process(service);
		const questions = Array.from({ length: 300 }, (_, index) => question(numberOf(index)));

		await process.session(questions, { endpoint: { ...CHECK, callsPerSecond: 10 } }).run();

		const seconds = clock.monotonic() / 1000;
		expect(300 / limit / seconds).toBeGreaterThan(limit === 100 ? 0.9 : 0.8);
		expect(service.count(429)).toBeLessThanOrEqual(3);
	}
});

test('a 469 holds number checks of the instance for two hours, in every execution', async () => {
	const clock = virtualClock();
	const reason = '{"status":false,"reason":"User get contact info limit reached"}';
	const service = new Service(clock, {
		limit: 10,
		script: (call) => (call === 1 ? { status: 200, text: reason } : undefined),
	});
	const process = new Process(service);
	const ask = async () => {
		const [outcome] = outcomesOf(await process.session([question(numberOf(2))]).run());
		return outcome as Outcome;
	};

	expect(await ask()).toMatchObject({ code: 'contactLimit', asked: true });
	await clock.sleep(3600_000);
	const held = await ask();
	await clock.sleep(3600_000);
	const after = await ask();

	expect(held).toMatchObject({ code: 'contactLimit', asked: false, retryAfter: 3600 });
	expect((held as Failure).message).toContain('until 2026-11-22 14:00 UTC');
	expect(isFailure(after)).toBe(false);
	expect(service.arrivals).toHaveLength(2);
});

test('a service that refuses everything ends an item after Max Wait', async () => {
	const clock = virtualClock();
	const service = new Service(clock, { limit: 10, script: () => ({ status: 429 }) });
	const session = new Process(service).session([question(numberOf(2))], {
		retry: { maxTries: 5, maxWaitMs: 60_000 },
	});

	expect(outcomesOf(await session.run())).toEqual([
		expect.objectContaining({ code: 'rateLimited', asked: true }),
	]);
	expect(clock.monotonic()).toBeGreaterThan(50_000);
	expect(clock.monotonic()).toBeLessThan(180_000);
	expect(service.arrivals.length).toBeLessThan(120);
});

test('forced questions are asked again in the next run of an execution, others are not', async () => {
	const service = new Service(virtualClock(), { limit: 10 });
	const process = new Process(service);
	const execution = new Memory();
	const run = async (force: boolean) =>
		await process
			.session([question(numberOf(2), force), question(numberOf(2), force)], {
				memories: { execution, run: new Memory() },
			})
			.run();

	await run(false);
	await run(false);
	expect(service.arrivals).toHaveLength(1);
	await run(true);
	await run(true);
	expect(service.arrivals).toHaveLength(3);
});

test.each([
	['unauthorized', { status: 401 }],
	['quotaExceeded', { status: 466, text: '{"used":1,"total":1}' }],
])('%s ends the execution: the next run of the node makes no call', async (code, answer) => {
	const service = new Service(virtualClock(), { limit: 10, script: () => answer });
	const process = new Process(service);
	const execution = new Memory();
	const run = async (index: number) =>
		outcomesOf(
			await process
				.session([question(numberOf(index))], { memories: { execution, run: new Memory() } })
				.run(),
		)[0];

	expect(await run(1)).toMatchObject({ code, asked: true });
	expect(await run(2)).toMatchObject({ code, asked: false });
	expect(service.arrivals).toHaveLength(1);
});

test('the state of instances that are no longer asked is dropped', async () => {
	const clock = virtualClock();
	const { shared } = new Process(new Service(clock, { limit: 10 }));
	const instanceOf = (index: number) => ({
		baseUrl: 'https://api.example',
		version: '' as const,
		idInstance: String(index),
		apiTokenInstance: 'secret',
	});
	for (let index = 0; index < 1000; index++) {
		const pacer = shared.pacerOf(instanceOf(index), CHECK);
		await pacer.turn();
		pacer.ended();
		shared.hold(instanceOf(index), 3600_000);
		await clock.sleep(60_000);
	}
	shared.pacerOf(instanceOf(1001), CHECK);
	shared.heldUntil(instanceOf(1001));

	expect(shared.size).toBeLessThan(80);
});

test('two runs of an execution at the same time share their calls in flight', async () => {
	const service = new Service(virtualClock(), { limit: 10, latencyMs: 3000 });
	const process = new Process(service);
	const execution = new Memory();
	const run = async () =>
		outcomesOf(
			await process
				.session([question(numberOf(2)), question(numberOf(4))], {
					memories: { execution, run: new Memory() },
				})
				.run(),
		);

	const [first, second] = await Promise.all([run(), run()]);

	expect(second).toEqual(first);
	expectOwnAnswers([2, 4], second as Outcome[]);
	expect(service.arrivals).toHaveLength(2);
});

test('an answer that ends the run ends its waits as well', async () => {
	const clock = virtualClock();
	const service = new Service(clock, {
		limit: 10,
		script: (call) =>
			call === 1 ? { status: 503, headers: { 'retry-after': '250' } } : { status: 401 },
	});
	const questions = [question(numberOf(1)), question(numberOf(2))];

	const outcomes = outcomesOf(await new Process(service).session(questions).run());

	expect(outcomes).toEqual([
		expect.objectContaining({ code: 'unauthorized', asked: true }),
		expect.objectContaining({ code: 'unauthorized', asked: true }),
	]);
	expect(clock.monotonic()).toBeLessThan(1000);
});

test('a call that never ends is given up, and the item fails as a timeout', async () => {
	const clock = virtualClock();
	const service = new Service(clock, { limit: 10, latencyMs: 3_600_000 });
	const questions = [question(numberOf(1)), question(numberOf(2))];

	const running = new Process(service).session(questions, {
		retry: { maxTries: 2, maxWaitMs: 300_000 },
	});
	const outcomes = outcomesOf(await running.run());

	expect(outcomes).toEqual([
		expect.objectContaining({ code: 'timeout', asked: true }),
		expect.objectContaining({ code: 'timeout', asked: true }),
	]);
	expect(clock.monotonic()).toBeLessThan(200_000);
});

test('what a busy process keeps from leaving counts from when it leaves', async () => {
	const clock = virtualClock();
	// For 80 ms of every 700 something else keeps the process busy, and what is due waits.
	const whenFree = (at: number) => (at % 700 < 80 ? at - (at % 700) + 80 : at);
	const busy: Clock = {
		now: () => clock.now(),
		monotonic: () => clock.monotonic(),
		async sleep(ms, signal) {
			const now = clock.monotonic();
			await clock.sleep(whenFree(now + ms) - now, signal);
		},
	};
	const pacer = new Pacer(100, busy);
	const left: number[] = [];
	for (let index = 0; index < 1000; index++) {
		await pacer.turn();
		pacer.ended();
		// A call needs a millisecond to leave the process.
		left.push(whenFree(clock.monotonic() + 1));
	}

	expect(left.filter((at) => at % 700 === 80).length).toBeGreaterThan(5);
	expect(highestCount(left)).toBeLessThanOrEqual(100);
});
