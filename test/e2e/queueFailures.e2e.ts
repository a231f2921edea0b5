/**
 * n8n's queue mode when something breaks: what is ended or restarted in mid-run must not cost more
 * than n8n itself makes it cost.
 */

import { waitFor, type RealN8n } from '../../scripts/n8n/process';
import { RUN_TIMEOUT_MS } from './executions';
import { INSTALL_TIMEOUT_MS } from './harness';
import { isEven, LIST, newNumbers, QueueMode, startWorker, TEST_TIMEOUT_MS } from './queueMode';

/** Milliseconds for which a service is away. */
const DOWN_MS = 2000;

/** An execution of the list workflow. */
interface Run {
	readonly id: string;
	readonly numbers: readonly string[];
	readonly worker: RealN8n;
}

let queue: QueueMode;

beforeAll(async () => {
	queue = await QueueMode.start();
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await queue?.close(), 60_000);

beforeEach(() => queue.simulator.forget());

test(
	'a killed worker loses its executions, which fail and are not run again; the other one continues',
	async () => {
		const [victim] = queue.workers as [RealN8n];
		const runs = await startOnBoth(60);
		const lost = runs.filter(({ worker }) => worker === victim);
		const kept = runs.filter(({ worker }) => worker !== victim);
		await queue.calls(20);
		await victim.stop('SIGKILL');
		try {
			const later = await startRun(20);
			expect(later.worker).not.toBe(victim);
			await expectAnswered([...kept, later]);

			for (const { id, numbers } of lost) {
				expect(await queue.statusOf(id)).toMatch(/^(error|crashed)$/);
				const again = queue.asked();
				expect(numbers.filter((number) => !again.includes(number))).not.toEqual([]);
			}
			expect(queue.askedMoreThanOnce()).toEqual([]);
		} finally {
			await startWorker(victim);
		}
	},
	TEST_TIMEOUT_MS,
);

test.each([
	['Redis', () => queue.redis],
	['PostgreSQL', () => queue.postgres],
])(
	'%s is restarted in mid-run: every number has its row and is asked once, new work is taken',
	async (_name, service) => {
		const runs = await startOnBoth(60);
		await queue.calls(20);
		await service().restart(DOWN_MS);
		await expectAnswered(runs);

		await expectAnswered([await startRun(5)]);
	},
	TEST_TIMEOUT_MS,
);

/** Starts one execution for so many new numbers, and waits until a worker has taken it. */
async function startRun(size: number): Promise<Run> {
	const since = await queue.newestExecution(LIST);
	const numbers = newNumbers(size);
	expect(await queue.post(numbers)).toBe(200);
	const [id = ''] = await queue.executionsSince(LIST, since, 1);
	return { id, numbers, worker: await takerOf(id) };
}

/** Starts executions until each worker has one. */
async function startOnBoth(size: number): Promise<Run[]> {
	const runs: Run[] = [];
	await waitFor('work for both workers', RUN_TIMEOUT_MS, async () => {
		runs.push(await startRun(size));
		return queue.workers.every((each) => runs.some(({ worker }) => worker === each));
	});
	return runs;
}

/** Waits for the end of executions that have to answer all, in order and asking each number once. */
async function expectAnswered(runs: readonly Run[]): Promise<void> {
	for (const { id, numbers } of runs) {
		expect(await queue.statusOf(id)).toBe('success');
		const rows = await queue.rowsOf(id);
		expect(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists])).toEqual(
			numbers.map((number) => [number, isEven(number)]),
		);
		expect(queue.asked().filter((number) => numbers.includes(number))).toHaveLength(numbers.length);
	}
	expect(queue.askedMoreThanOnce()).toEqual([]);
}

/** The worker that n8n gave an execution to. */
async function takerOf(id: string): Promise<RealN8n> {
	let taker: RealN8n | undefined;
	await waitFor(`a worker for execution ${id}`, RUN_TIMEOUT_MS, async () => {
		const line = `Worker started execution ${id} (job`;
		taker = queue.workers.find(({ log }) => log.some((logged) => logged.includes(line)));
		return taker !== undefined;
	});
	return taker as RealN8n;
}
