/** Several n8n processes on one instance, ten minutes long: how much of the limit they use. */

import { highestCount } from '../../simulator/rollingWindow';
import { randomOf } from '../random';
import { numberOf, Process, question, Service, virtualClock } from './model';

const MINUTES = 10;

interface Sharing {
	/** Calls per second of the instance. */
	readonly limit: number;
	/** The share of each process, in percent. */
	readonly shares: readonly number[];
}

/** Lets processes work for ten minutes; gives the share of the limit that was used, and of 429s. */
async function share({ limit, shares }: Sharing) {
	const clock = virtualClock();
	const random = randomOf(limit * 1000 + shares.length);
	const service = new Service(clock, {
		limit,
		latencyMs: 150,
		jitterMs: () => random() * 15,
	});
	const cancel = new AbortController();
	const runs = shares.map(async (rateShare, number) => {
		// They do not begin at the same moment.
		await clock.sleep(number * 1370);
		const questions = Array.from({ length: limit * 60 * MINUTES }, (_, index) =>
			question(numberOf(number * 100_000 + index)),
		);
		const session = new Process(service, random).session(questions, {
			rateShare,
			signal: cancel.signal,
		});
		await session.run();
	});
	await clock.sleep(MINUTES * 60_000);
	cancel.abort();
	await Promise.all(runs);
	const answered = service.arrivals.filter(({ status }) => status === 200);
	return {
		used: answered.length / (limit * 60 * MINUTES),
		refused: service.count(429) / service.arrivals.length,
		highest: highestCount(answered.map(({ at }) => at)),
	};
}

test.each<[Sharing, number, number]>([
	[{ limit: 10, shares: [100] }, 0.98, 0],
	[{ limit: 1, shares: [100] }, 0.98, 0],
	[{ limit: 10, shares: [50, 50] }, 0.95, 0],
	[{ limit: 20, shares: [25, 25, 25, 25] }, 0.95, 0],
	[{ limit: 10, shares: [30, 30, 20, 20] }, 0.95, 0],
	// 2.5 calls a second cannot be kept by each of four in every second: each makes 2.
	[{ limit: 10, shares: [25, 25, 25, 25] }, 0.78, 0],
	// A share below one call a second: they find their places in the second by being answered 429.
	[{ limit: 1, shares: [50, 50] }, 0.9, 0.02],
	[{ limit: 1, shares: [25, 25, 25, 25] }, 0.85, 0.05],
	// Without shares they find out about each other from the remaining calls that the service tells.
	[{ limit: 10, shares: [100, 100] }, 0.8, 0.05],
	[{ limit: 10, shares: [100, 100, 100, 100] }, 0.8, 0.05],
])(
	'%j: at least %d of the limit is used, and at most %d of the calls are answered 429',
	async (sharing, leastUsed, mostRefused) => {
		const { used, refused, highest } = await share(sharing);

		expect(used).toBeGreaterThanOrEqual(leastUsed);
		expect(refused).toBeLessThanOrEqual(mostRefused);
		expect(highest).toBeLessThanOrEqual(sharing.limit);
	},
	30_000,
);
