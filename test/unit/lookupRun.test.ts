/** What a run of the node asks, when, and what becomes of every item: on a virtual clock. */

import fc from 'fast-check';

import { isFailure, type Outcome } from '../../nodes/GreenApiLookup/lookup/answers/response';
import { Batching } from '../../nodes/GreenApiLookup/lookup/calls/batching';
import { Memory } from '../../nodes/GreenApiLookup/lookup/knownOutcomes';
import type { LookupItem } from '../../nodes/GreenApiLookup/lookup/runOptions';
import { highestCount } from '../../simulator/rollingWindow';
import { randomOf } from '../random';
import { VirtualClock } from '../virtualClock';
import {
	CONTACT,
	memories,
	numbers,
	phone,
	Process,
	Service,
	start,
	TIMEOUT_MS,
	UNREADABLE,
	type Arrival,
	type Scripted,
} from './model';

const LIMIT_REACHED = '{"status":false,"reason":"User get contact info limit reached"}';
const SHORTER_LIMIT = '{"status":false,"reason":"Rate limited by messenger"}';

const TRANSIENT: readonly Scripted[] = [
	{ status: 502, text: '<html>' },
	{ status: 499 },
	{ status: 200, text: '{"half":' },
	{ status: 200, text: '{"status":false,"reason":"Messenger is temporarily unavailable"}' },
	{ status: 400, text: '{"message":"check phone number timeout limit exceeded"}' },
	'reset',
];

/** The first two can be those of a moment. */
const FINAL: readonly Scripted[] = [
	{ status: 401 },
	{ status: 403, text: '<html>' },
	{ status: 466, text: '{"invokeStatus":{"used":"5","total":"5"}}' },
	{ status: 469, text: LIMIT_REACHED },
	{ status: 400, text: '{"message":"instance is starting or not authorized"}' },
];

/** A list of numbers with repetitions, and items that cannot be read. */
const list = fc.array(fc.integer({ min: -3, max: 25 }), { minLength: 1, maxLength: 60 });
const readable = list.map((all) => all.map(Math.abs));

const settings = fc.record({
	limit: fc.constantFrom(1, 2, 3, 7, 10, 50),
	latencyMs: fc.integer({ min: 0, max: 3000 }),
	tellsLimit: fc.boolean(),
});
const seed = fc.integer();

/** Holds for any list, limit and latency. */
async function always<Values extends [unknown, ...unknown[]]>(
	...given: [
		...{ [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
		(...values: Values) => Promise<void>,
	]
): Promise<void> {
	await fc.assert(fc.asyncProperty(...given), { numRuns: 50 });
}

function different(all: readonly number[]): number {
	return new Set(all.filter((number) => number >= 0)).size;
}

/** Whether each item has the answer to its own query, in its place. */
function expectOwnAnswers(all: readonly number[], outcomes: readonly Outcome[]): void {
	expect(outcomes).toHaveLength(all.length);
	all.forEach((number, index) => {
		const outcome = outcomes[index] as Outcome;
		if (number < 0) expect(outcome).toBe(UNREADABLE);
		else if (!isFailure(outcome)) {
			expect(outcome.query.value).toBe(phone(number));
			expect(outcome.body.existsWhatsapp).toBe(number % 2 === 0);
		}
	});
}

function codes(outcomes: readonly Outcome[]): Array<string | undefined> {
	return outcomes.map((outcome) => (isFailure(outcome) ? outcome.code : undefined));
}

/** Calls about items; what the instance belongs to is asked after them. */
function sentAfter(at: number, { arrivals }: Service): Arrival[] {
	return arrivals.filter(({ sentAt, value }) => sentAt > at && value !== '');
}

/** The first calls are answered so, and all others by the service itself. */
function inTurn(...answers: ReadonlyArray<Scripted | undefined>) {
	return (call: number) => answers[call - 1];
}

describe('any list', () => {
	test('every different number costs one call in an execution, and no second is above the limit', async () => {
		await always(
			settings,
			seed,
			fc.array(list, { minLength: 1, maxLength: 4 }),
			async (options, drawn, lists) => {
				const random = randomOf(drawn);
				const { clock, service, process } = start(
					{ ...options, jitterMs: () => random() * 15 },
					random,
				);

				await Promise.all(
					lists.map(async (all) => {
						await clock.sleep(random() * 3000);
						const { endpoint } = service;
						expectOwnAnswers(all, await process.outcomes(service.items(all), { endpoint }));
					}),
				);

				const queries = lists.reduce((sum, all) => sum + different(all), 0);
				expect(service.arrivals).toHaveLength(queries);
				const times = service.arrivals.map(({ at }) => at);
				expect(highestCount(times)).toBeLessThanOrEqual(options.limit);
			},
		);
	});

	test('what fails for the moment is asked again, and every item has its outcome once, in order', async () => {
		const share = fc.double({ min: 0, max: 0.6, noNaN: true });
		await always(settings, seed, list, share, async (options, drawn, all, failing) => {
			const random = randomOf(drawn);
			const script = () =>
				random() < failing ? TRANSIENT[Math.floor(random() * TRANSIENT.length)] : undefined;
			const { service, process } = start({ ...options, script }, random);

			const outcomes = await process.outcomes(service.items(all), { endpoint: service.endpoint });

			expectOwnAnswers(all, outcomes);
			const tries = (number: number) =>
				service.arrivals.filter(({ value }) => value === phone(number)).length;
			all.forEach((number, index) => {
				const isGivenUp = number >= 0 && isFailure(outcomes[index] as Outcome);
				if (isGivenUp) expect(tries(number)).toBe(5);
				else expect(tries(number)).toBeLessThanOrEqual(5);
			});
		});
	});

	test('after a final answer no call is begun, and what was not asked says so', async () => {
		const fatal = fc.integer({ min: 1, max: 30 });
		const answer = fc.constantFrom(...FINAL);
		await always(settings, list, fatal, answer, async (options, all, first, final) => {
			const { service, process } = start({
				...options,
				script: (call) => (call >= first ? final : undefined),
			});

			const outcomes = await process.outcomes(service.items(all), { endpoint: service.endpoint });

			expectOwnAnswers(all, outcomes);
			const asked = new Set(service.arrivals.map(({ value }) => value));
			const failures = outcomes.filter((outcome) => isFailure(outcome) && outcome !== UNREADABLE);
			expect(new Set(codes(failures)).size).toBe(different(all) < first ? 0 : 1);
			outcomes.forEach((outcome, index) => {
				if (!isFailure(outcome) || outcome === UNREADABLE) return;
				expect(outcome.asked).toBe(asked.has(phone(all[index] as number)));
			});
			const end = service.arrivals[first - 1]?.endedAt ?? Number.POSITIVE_INFINITY;
			// A refusal after answers is asked about once more.
			const mayBeStray = first > 1 && FINAL.indexOf(final) < 2;
			expect(sentAfter(end, service).length).toBeLessThanOrEqual(mayBeStray ? 1 : 0);
		});
	});

	test('with Stop nothing is begun after the first failure, and answers in flight are remembered', async () => {
		const fatal = fc.integer({ min: 1, max: 30 });
		await always(settings, readable, fatal, async (options, all, call) => {
			const bad = { status: 400, text: '{"message":"Validation failed"}' };
			const { service, process } = start({
				...options,
				script: (number) => (number === call ? bad : undefined),
			});
			const run = async () =>
				await process.run(service.items(all), {
					stopOnFailure: true,
					endpoint: service.endpoint,
					memories: kept,
				});
			const kept = memories();

			const result = await run();

			if (call > different(all)) return expectOwnAnswers(all, result as readonly Outcome[]);
			expect(sentAfter(service.arrivals[call - 1]?.endedAt ?? 0, service)).toEqual([]);
			expect(result).toMatchObject({ failure: { code: 'badRequest' } });
			const calls = service.arrivals.length;
			// A Retry On Fail try: answers are known, and so is what cannot be answered.
			expect(await run()).toMatchObject({ failure: { code: 'badRequest' } });
			expect(service.arrivals).toHaveLength(calls);
		});
	});

	test('Max Calls is never passed, retries included, and never stops a run', async () => {
		const cap = fc.integer({ min: 1, max: 20 });
		await always(settings, seed, readable, cap, async (options, drawn, all, maxCalls) => {
			const random = randomOf(drawn);
			const stopOnFailure = drawn % 2 === 0;
			const script = () => (!stopOnFailure && random() < 0.3 ? { status: 502 } : undefined);
			const { service, process } = start({ ...options, script }, random);

			const outcomes = await process.outcomes(service.items(all), { maxCalls, stopOnFailure });

			expectOwnAnswers(all, outcomes);
			expect(service.arrivals.length).toBeLessThanOrEqual(maxCalls);
			const notAsked = expect.objectContaining({ code: 'callLimit', asked: false });
			if (different(all) > maxCalls) expect(outcomes).toContainEqual(notAsked);
		});
	});

	test('a cancel ends every wait at once, and no call goes out after it', async () => {
		const moment = fc.integer({ min: 0, max: 8000 });
		await always(settings, seed, readable, moment, async (options, drawn, all, at) => {
			const random = randomOf(drawn);
			const script = () => (random() < 0.3 ? { status: 502 } : undefined);
			const { clock, service, process } = start({ ...options, script }, random);
			const cancel = new AbortController();
			let endedAt = Number.POSITIVE_INFINITY;
			const running = process
				.run(service.items(all), { signal: cancel.signal })
				.finally(() => (endedAt = clock.monotonic()));
			await clock.sleep(at);

			cancel.abort();
			await running;
			await clock.sleep(600_000);

			expect(endedAt).toBeLessThanOrEqual(at);
			expect(sentAfter(at, service)).toEqual([]);
		});
	});
});

test.each([
	['a number', 400, 2, 'badRequest'],
	['an instance', 401, 4, 'unauthorized'],
])('with Stop, %s that is known to fail ends the run before any call', async (...row) => {
	const [, status, number, code] = row;
	const clock = new VirtualClock();
	const process = new Process(clock);
	const bad = new Service(clock, { script: () => ({ status }) });
	const good = new Service(clock, { idInstance: '7103000002' });
	const options = { stopOnFailure: true, memories: memories() };
	await process.run(bad.items([2]), options);

	const result = await process.run([...good.items([1, 2, 3]), ...bad.items([number])], options);

	expect(result).toMatchObject({ index: 3, failure: { code } });
	expect([good, bad].map(({ arrivals }) => arrivals.length)).toEqual([0, 1]);
});

test('equal numbers share the failure of all tries, however far apart they are in the list', async () => {
	const { service, process } = start({
		script: (_call, value) => (value === phone(0) ? { status: 502 } : undefined),
	});

	const outcomes = await process.outcomes(service.items([...numbers(1000), 0]));

	expect(codes([...outcomes.slice(0, 2), ...outcomes.slice(-1)])).toEqual([
		'serverError',
		undefined,
		'serverError',
	]);
	expect(service.arrivals.filter(({ value }) => value === phone(0))).toHaveLength(5);
});

describe('side by side', () => {
	test('three items do not wait behind ten thousand', async () => {
		const { clock, service, process } = start();
		const cancel = new AbortController();
		const long = process.run(service.items(numbers(10_000)), { signal: cancel.signal });
		await clock.sleep(60_000);

		await process.run(service.items([20_001, 20_002, 20_003]));

		expect(clock.monotonic() - 60_000).toBeLessThan(1000);
		cancel.abort();
		await long;
	});

	test('two runs of an execution at once share the calls that are in flight', async () => {
		const { service, process } = start({ latencyMs: 3000 });
		const execution = new Memory();
		const run = async () =>
			await process.outcomes(service.items([2, 4]), { memories: memories(execution) });

		const [first, second] = await Promise.all([run(), run()]);

		expect(second).toEqual(first);
		expectOwnAnswers([2, 4], second);
		expect(service.arrivals).toHaveLength(2);
	});

	test('two runs of an execution at once share the failure of all tries too', async () => {
		const { service, process } = start({ script: () => ({ status: 502 }) });
		const execution = new Memory();
		const run = async () =>
			await process.failures(service.items([2]), { memories: memories(execution) });

		const [first, second] = await Promise.all([run(), run()]);

		expect([first, second].flat().map(({ code }) => code)).toEqual(['serverError', 'serverError']);
		expect(service.arrivals).toHaveLength(5);
	});
});

describe('pace', () => {
	test("n8n's Batching bounds all methods and instances of a run together", async () => {
		const clock = new VirtualClock();
		const batching = new Batching({ batchSize: 3, batchInterval: 2000 }, clock);
		const services = ['7103000001', '7103000002'].map(
			(idInstance) => new Service(clock, { idInstance }),
		);
		const items = services.flatMap((one) => one.items(numbers(15)));

		await new Process(clock).run(items, { batching, includeContactInfo: true });

		const calls = services.flatMap(({ arrivals }) => arrivals);
		expect(calls.length).toBeGreaterThan(30);
		const sent = calls.map(({ sentAt }) => sentAt).sort((one, other) => one - other);
		const gaps = sent.slice(3).map((at, index) => at - (sent[index] as number));
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2000);
	});

	test('a run whose checks are done bounds those of others no more, although its contacts go on', async () => {
		const { clock, service, process } = start({ contactLimit: 1 });
		const slow = process.run(service.items(numbers(40)), {
			includeContactInfo: true,
			checksPerMinute: 120,
			maxCalls: 1000,
		});
		await clock.sleep(21_000);
		const begun = clock.monotonic();
		await process.run(service.items(numbers(50)));
		const took = clock.monotonic() - begun;
		await slow;

		expect(clock.monotonic()).toBeGreaterThan(30_000);
		expect(took).toBeLessThan(6000);
	});

	test('nothing is kept for instances that nobody asks any more', async () => {
		const clock = new VirtualClock();
		const process = new Process(clock);
		const script = () => ({ status: 469, text: LIMIT_REACHED });
		for (const index of numbers(500)) {
			const service = new Service(clock, { script, idInstance: String(index) });
			await process.run(service.items([1]));
			await clock.sleep(600_000);
		}

		// What is kept for two hours: the pauses.
		const kept = Object.values(process.state).filter((value) => value instanceof Map);
		const entries = kept.map(({ size }: Map<unknown, unknown>) => size);
		expect(entries.reduce((sum, size) => sum + size)).toBeLessThan(30);
	});
});

test('settings that cannot be used leave Max Calls to the runs after them', async () => {
	const { service, process } = start();
	const kept = memories();
	const [item] = service.items([0]) as [LookupItem];
	await process.run([{ ...item, connection: UNREADABLE }], { memories: kept, maxCalls: 0 });
	await process.run(service.items(numbers(10)), { memories: kept, maxCalls: 3 });

	expect(service.arrivals).toHaveLength(3);
});

test('Max Calls of an execution is that of its first run', async () => {
	const { service, process } = start();
	const execution = new Memory();
	const run = async (items: readonly number[], maxCalls: number) =>
		await process.run(service.items(items), { memories: memories(execution), maxCalls });
	await run([1, 2, 3, 4], 3);
	await run([11, 12, 13, 14], 50);

	expect(service.arrivals).toHaveLength(3);
});

test('forced queries are asked again in each run of an execution, others are not', async () => {
	const { service, process } = start();
	const execution = new Memory();
	const calls: number[] = [];
	for (const force of [false, false, true, true]) {
		await process.run(service.items([2, 2], force), { memories: memories(execution) });
		calls.push(service.arrivals.length);
	}

	expect(calls).toEqual([1, 1, 2, 3]);
});

test('an answer is used again at the address only that gave it', async () => {
	const { service, process } = start();
	const { connection } = service;
	const instance = { ...connection.instance, baseUrl: 'https://other.example' };
	for (const asked of [connection, connection, { ...connection, instance }]) {
		const items = service.items([2]).map((item) => ({ ...item, connection: asked }));
		await process.run(items, { reuseMs: 3_600_000 });
	}

	expect(service.arrivals).toHaveLength(2);
});

describe("a messenger's own limit", () => {
	/** A process in which the first check was answered so, and what a check is told at some moment. */
	async function pausedBy(text: string) {
		const { clock, service, process } = start({ script: inTurn({ status: 200, text }) });
		const [told] = await process.failures(service.items([2]));
		const check = async () => (await process.failures(service.items([4])))[0];
		return { clock, service, process, told, check };
	}

	test.each([
		[LIMIT_REACHED, 7200, '14:00'],
		[SHORTER_LIMIT, 900, '12:15'],
	])('%s: no check in any execution for %i seconds', async (text, seconds, clockTime) => {
		const { clock, service, told, check } = await pausedBy(text);
		await clock.sleep((seconds - 60) * 1000);
		const held = await check();
		await clock.sleep(60_000);
		const after = await check();

		expect(told).toMatchObject({ code: 'contactLimit', asked: true, retryAfter: seconds });
		expect(held).toMatchObject({ code: 'contactLimit', asked: false, retryAfter: 60 });
		for (const words of [held?.message, held?.advice]) {
			expect(words).toContain(`until 2026-11-22 ${clockTime} UTC`);
		}
		expect(held?.advice).toContain('a restart of n8n ends');
		expect(after).not.toHaveProperty('code');
		expect(service.arrivals).toHaveLength(2);
	});

	test('a shorter limit that is told later does not shorten the pause', async () => {
		const limits = [LIMIT_REACHED, SHORTER_LIMIT].map((text) => ({ status: 469, text }));
		const { clock, service, process } = start({ latencyMs: 3000, script: inTurn(...limits) });
		await process.failures(service.items(numbers(5)));
		await clock.sleep(3600_000);

		expect(await process.failures(service.items([10]))).toMatchObject([{ code: 'contactLimit' }]);
	});

	test('a wall clock that jumps by years neither ends nor lengthens the pause', async () => {
		for (const years of [-4, 4]) {
			const { clock, check } = await pausedBy(LIMIT_REACHED);
			const now = clock.now() + years * 365 * 86_400_000;
			jest.spyOn(clock, 'now').mockReturnValue(now);
			await clock.sleep(7_100_000);
			expect(await check()).toMatchObject({ code: 'contactLimit' });
			await clock.sleep(100_000);
			expect(await check()).not.toHaveProperty('code');
		}
	});

	test('it holds the method that told it only', async () => {
		const { service, process, check } = await pausedBy(LIMIT_REACHED);

		const [contact] = await process.outcomes([service.contact(2)], { endpoint: CONTACT });

		expect(contact).toMatchObject({ body: { name: 'Anna' } });
		expect(await check()).toMatchObject({ code: 'contactLimit' });
	});
});

describe('a service that gives no answers', () => {
	const MAX_WAIT_MS = 300_000;

	test.each<[string, Scripted, string]>([
		['429', { status: 429 }, 'rateLimited'],
		['503', { status: 503 }, 'serverError'],
		['408', { status: 408 }, 'timeout'],
		['nothing', 'hang', 'timeout'],
	])('%s: no run lasts longer than Max Wait and the timeout of a call', async (...row) => {
		const [, answer, code] = row;
		for (const count of [1, 20, 10_000]) {
			const { clock, service, process } = start({ latencyMs: 5000, script: () => answer });

			const outcomes = await process.failures(service.items(numbers(count)));

			expect(clock.monotonic()).toBeLessThanOrEqual(MAX_WAIT_MS + TIMEOUT_MS);
			const asked = new Set(service.arrivals.map(({ value }) => value));
			expect(outcomes.map((outcome) => [outcome.code, outcome.asked])).toEqual(
				numbers(count).map((number) => [code, asked.has(phone(number))]),
			);
		}
	});

	test('a told wait beyond Max Wait ends its run at once, and holds up no other execution', async () => {
		const { clock, service, process } = start({
			script: inTurn({ status: 429, retryAfter: 3600 }),
		});

		const told = await process.failures(service.items([2]));
		const others = await process.outcomes(service.items([4]));

		expect(codes([...told, ...others])).toEqual(['rateLimited', undefined]);
		expect(clock.monotonic()).toBeLessThan(1000);
	});

	test('a told wait beyond Max Wait is not begun: what was not asked fails at once', async () => {
		const { service, process } = start({ script: () => ({ status: 429, retryAfter: 3600 }) });

		const outcomes = await process.failures(service.items(numbers(100)));

		expect(service.arrivals.length).toBeLessThanOrEqual(2);
		const expected = { code: 'rateLimited', asked: false, retryable: true, retryAfter: 3600 };
		expect(outcomes[99]).toMatchObject(expected);
	});

	test('a told wait within Max Wait is kept by all', async () => {
		const { service, process } = start({ script: inTurn({ status: 429, retryAfter: 100 }) });

		const outcomes = await process.outcomes(service.items(numbers(50)));

		expect(codes(outcomes).filter(Boolean)).toEqual([]);
		const [first] = service.arrivals as [Arrival];
		for (const { sentAt } of sentAfter(first.endedAt, service)) {
			expect(sentAt).toBeGreaterThanOrEqual(first.endedAt + 100_000);
		}
	});

	test('one item in 40 seconds by Batching is no outage with Max Wait 30, also with a failure in it', async () => {
		const { clock, service, process } = start({ script: inTurn(undefined, { status: 500 }) });
		const batching = new Batching({ batchSize: 1, batchInterval: 40_000 }, clock);
		const options = { batching, maxWaitMs: 30_000 };

		const outcomes = await process.outcomes(service.items(numbers(6)), options);

		expect(codes(outcomes).filter(Boolean)).toEqual([]);
		expect(service.arrivals).toHaveLength(7);
	});

	test('time without anything to ask is no outage: a contact that is found later is asked', async () => {
		const { service, process } = start({
			script: (_call, value, method) =>
				method === 'getContactInfo' && value === phone(0) ? { status: 500 } : undefined,
		});
		const absent = numbers(30).map((number) => 2 * number + 1);

		const outcomes = await process.outcomes(service.items([0, ...absent, 100]), {
			includeContactInfo: true,
			checksPerMinute: 3,
		});

		expect(outcomes[0]).toMatchObject({ contact: { code: 'serverError', asked: true } });
		expect(outcomes.at(-1)).toMatchObject({ contact: { body: { name: 'Anna' } } });
	});

	test('waiting for the calls of other executions is no outage', async () => {
		const { service, process } = start({ script: inTurn({ status: 502 }) });

		const executions = await Promise.all(
			numbers(20).map(
				async (number) => await process.outcomes(service.items([number]), { checksPerMinute: 3 }),
			),
		);

		expect(codes(executions.flat()).filter(Boolean)).toEqual([]);
	});

	test('with Stop, no call follows a final failure where one call goes at a time', async () => {
		const refused = { status: 400, text: '{"message":"bad phone number"}' };
		const script = (call: number) => (call < 30 ? { status: 500 } : refused);
		const { service, process } = start({ latencyMs: 400, script });

		await process.run(service.items(numbers(60)), { stopOnFailure: true });

		expect(service.arrivals).toHaveLength(30);
	});

	test('after 20 failures in a row one call goes at a time, until an answer comes', async () => {
		const { service, process } = start({
			latencyMs: 3000,
			script: (call) => (call <= 100 ? { status: 500 } : undefined),
		});

		await process.run(service.items(numbers(200)));

		const { arrivals } = service;
		const inFlight = ({ sentAt }: Arrival) =>
			arrivals.filter((other) => other.sentAt <= sentAt && other.endedAt > sentAt).length;
		const twentieth = arrivals[19] as Arrival;
		const answer = arrivals[100] as Arrival;
		const alone = arrivals.filter(
			({ sentAt }) => sentAt > twentieth.endedAt && sentAt <= answer.sentAt,
		);
		expect(alone.length).toBeGreaterThan(10);
		expect(Math.max(...alone.slice(1).map(inFlight))).toBe(1);
		expect(Math.max(...sentAfter(answer.endedAt, service).map(inFlight))).toBeGreaterThan(10);
	});

	test('an answer that ends the run ends its waits', async () => {
		const script = inTurn(undefined, { status: 503, retryAfter: 250 }, { status: 466 });
		// The third is in flight when the second is told to wait.
		const { clock, service, process } = start({ latencyMs: 500, script });

		const outcomes = await process.outcomes(service.items([1, 2, 3]));

		const usedUp = { code: 'quotaExceeded', asked: true };
		expect(outcomes).toMatchObject([{ body: {} }, usedUp, usedUp]);
		expect(clock.monotonic()).toBeLessThan(2000);
	});
});

test.each([
	[401, false],
	[403, false],
	[401, true],
])('HTTP %i after answers is asked about once more, alone; contacts: %j', async (...row) => {
	const [status, includeContactInfo] = row;
	const stray = [5, 30, 31 + 20];
	const { service, process } = start({
		latencyMs: 1000,
		script: (call) => (stray.includes(call) ? { status } : undefined),
	});

	const outcomes = await process.outcomes(service.items(numbers(100)), { includeContactInfo });

	expect(codes(outcomes).filter(Boolean)).toEqual([]);
	expect(service.arrivals).toHaveLength(100 + (includeContactInfo ? 50 : 0) + stray.length);
	for (const call of stray) {
		const { value, method, endedAt } = service.arrivals[call - 1] as Arrival;
		const [again, ...later] = sentAfter(endedAt, service) as [Arrival, ...Arrival[]];
		expect([again.value, again.method]).toEqual([value, method]);
		expect(later.filter(({ sentAt }) => sentAt < again.endedAt)).toEqual([]);
		const before = service.arrivals.filter((other) => other.sentAt <= endedAt);
		const ofMethod = before.filter((other) => other.method === method);
		expect(Math.max(...ofMethod.map((other) => other.endedAt))).toBeLessThanOrEqual(again.sentAt);
	}
});
