/** n8n's queue mode: two workers share one instance of GREEN-API, and reach its limit together. */

import type { IDataObject } from 'n8n-workflow';

import { INSTALL_TIMEOUT_MS } from './harness';
import { isEven, LIST, newNumbers, QueueMode, TEST_TIMEOUT_MS } from './queueMode';

/** Calls a second that the instance allows; each worker makes half of them. */
const LIMIT = 10;

let queue: QueueMode;

beforeAll(async () => {
	queue = await QueueMode.start();
	queue.simulator.forget();
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await queue?.close(), 60_000);

test(
	'two workers use at least 90 % of the limit for 600 numbers, and ask each of them once',
	async () => {
		const since = await queue.newestExecution(LIST);
		const slices = Array.from({ length: 12 }, () => newNumbers(50));
		const statuses = await Promise.all(slices.map(async (slice) => await queue.post(slice)));
		expect(new Set(statuses)).toEqual(new Set([200]));
		const ids = await queue.executionsSince(LIST, since, slices.length);
		const rows: IDataObject[] = [];
		for (const id of ids) {
			expect(await queue.statusOf(id)).toBe('success');
			rows.push(...(await queue.rowsOf(id)));
		}

		const byNumber = new Map(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists]));
		expect(byNumber).toEqual(new Map(slices.flat().map((number) => [number, isEven(number)])));
		expect(rows).toHaveLength(byNumber.size);
		expect(queue.askedMoreThanOnce()).toEqual([]);
		const calls = queue.simulator.calls();
		const refused = calls.filter(({ status }) => status === 429).length;
		const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000;
		const used = (calls.length - refused - 1) / seconds / LIMIT;
		process.stderr.write(
			`Two workers: ${calls.length} calls in ${seconds.toFixed(1)} s, ` +
				`${(used * 100).toFixed(1)} % of the limit, ${refused} answered 429\n`,
		);
		expect(used).toBeGreaterThanOrEqual(0.9);
		expect(refused / calls.length).toBeLessThanOrEqual(0.01);
	},
	TEST_TIMEOUT_MS,
);
