/**
 * n8n's queue mode when something breaks: what is ended or restarted in mid-run must not cost more
 * than n8n itself makes it cost.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { INode } from 'n8n-workflow';

import { exampleWorkflow, type ImportedCredential } from '../../scripts/n8n/content';
import { waitFor, type RealN8n } from '../../scripts/n8n/process';
import { change, ended, publish, RUN_TIMEOUT_MS, startByHand } from './executions';
import { INSTALL_TIMEOUT_MS } from './harness';
import { isEven, LIST, newNumbers, QueueMode, startWorker, TEST_TIMEOUT_MS } from './queueMode';
import { POSTGRES_USER, type Postgres } from './services';

/** Milliseconds for which a service is away. */
const DOWN_MS = 2000;

/** The database that the example reads. */
const CRM = 'crm';

const NIGHTLY = 'nightly-enrichment';

const POSTGRES_NODE = 'n8n-nodes-base.postgres';
const SCHEDULE_TRIGGER = 'n8n-nodes-base.scheduleTrigger';

/** The example's credential. */
const CONTACTS = { id: CRM, name: 'Contacts' };

const EXAMPLES = path.resolve(__dirname, '../../examples');

/** An execution of the list workflow. */
interface Run {
	readonly id: string;
	readonly numbers: readonly string[];
	readonly worker: RealN8n;
}

let queue: QueueMode;

beforeAll(async () => {
	queue = await QueueMode.start({
		database: CRM,
		credentials: (postgres) => [crmCredential(postgres)],
		workflows: [exampleWorkflow(NIGHTLY, chooseContacts)],
	});
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

describe('examples/nightly-enrichment.json', () => {
	beforeAll(async () => {
		// So that a thousand contacts take less than half a minute.
		queue.simulator.instance('whatsapp').ratePerSecond.check = 100;
		const sql = readFileSync(path.join(EXAMPLES, `${NIGHTLY}.sql`), 'utf8');
		await queue.postgres.run(CRM, sql);
	});

	test(
		'a worker is killed in mid-run: the next run does the rest, one slice at most is asked twice',
		async () => {
			await fillContacts(1000);
			const since = await queue.newestExecution(NIGHTLY);
			await runOnSchedule();
			const [first = ''] = await queue.executionsSince(NIGHTLY, since, 1);
			const victim = await takerOf(first);
			await queue.calls(500);
			await victim.stop('SIGKILL');
			try {
				expect(await queue.statusOf(await runByHand())).toBe('success');

				expect(await unchecked()).toEqual([]);
				expect(await wronglyAnswered()).toEqual([]);
				expect(await failures()).toEqual(
					[200, 400, 600, 800, 1000].map((id) => ({ id, code: 'invalidPhoneNumber' })),
				);
				expect(new Set(queue.asked()).size).toBe(995);
				expect(queue.asked().length - 995).toBeLessThanOrEqual(200);
				expect(await queue.statusOf(first)).toMatch(/^(error|crashed)$/);
			} finally {
				await startWorker(victim);
			}
		},
		TEST_TIMEOUT_MS,
	);

	test(
		'the quota is used up: it stops and says so, and continues where it stopped when there is more',
		async () => {
			await fillContacts(450);
			const instance = queue.simulator.instance('whatsapp');
			// Fails whenever it is asked.
			instance.faults = [{ status: 500, values: ['79120000300'] }];
			instance.quota.total = instance.quota.used + 100;
			const stopped = await runByHand();

			expect(await queue.statusOf(stopped)).toBe('error');
			expect((await ended(queue.main, stopped)).resultData.error?.message).toContain(
				"month's quota",
			);
			// The 100 that were answered; the one that is no number is read before any is asked.
			expect(await unchecked()).toHaveLength(450 - 101);
			const refused = queue.simulator.calls().filter(({ status }) => status === 466);
			expect(queue.asked()).toHaveLength(100 + refused.length);

			instance.quota.total += 10_000;
			queue.simulator.forget();
			expect(await queue.statusOf(await runByHand())).toBe('success');
			expect(await unchecked()).toEqual([300]);
			expect(await wronglyAnswered()).toEqual([]);
			expect(await failures()).toEqual([
				{ id: 200, code: 'invalidPhoneNumber' },
				{ id: 300, code: 'serverError' },
				{ id: 400, code: 'invalidPhoneNumber' },
			]);
			expect(queue.askedMoreThanOnce()).toEqual(['79120000300']);
			expect(new Set(queue.asked()).size).toBe(450 - 101 - 1);
		},
		TEST_TIMEOUT_MS,
	);
});

function chooseContacts(node: INode): INode {
	return node.type === POSTGRES_NODE ? { ...node, credentials: { postgres: CONTACTS } } : node;
}

function crmCredential({ port }: Postgres): ImportedCredential {
	const data = { host: '127.0.0.1', port, database: CRM, user: POSTGRES_USER, password: 'none' };
	return { ...CONTACTS, type: 'postgres', data: { ...data, ssl: 'disable' } };
}

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

/** Has the Schedule Trigger start the example, in some seconds. */
async function runOnSchedule(): Promise<void> {
	const at = new Date(Date.now() + 10_000);
	const expression = `${at.getSeconds()} ${at.getMinutes()} * * * *`;
	const rule = { interval: [{ field: 'cronExpression', expression }] };
	const versionId = await change(queue.main, NIGHTLY, ({ nodes }) => ({
		nodes: nodes.map((node) =>
			node.type === SCHEDULE_TRIGGER ? { ...node, parameters: { ...node.parameters, rule } } : node,
		),
	}));
	await publish(queue.main, NIGHTLY, versionId);
}

const runByHand = async () =>
	await startByHand(queue.main, NIGHTLY, 'When clicking ‘Execute workflow’');

/** Contacts 1 to `count`, none of them checked; the number of every 200th is none. */
async function fillContacts(count: number): Promise<void> {
	await queue.postgres.run(
		CRM,
		`TRUNCATE contacts, lookup_failures;
		INSERT INTO contacts (id, phone)
		SELECT i, CASE WHEN i % 200 = 0 THEN 'ask at reception' ELSE '8 ' || 9120000000 + i END
		FROM generate_series(1, ${count}) AS i`,
	);
}

/** Ids of the contacts that nothing is known about yet. */
async function unchecked(): Promise<number[]> {
	const query = 'SELECT id FROM contacts WHERE checked_at IS NULL ORDER BY id';
	return (await queue.postgres.rows<{ id: number }>(CRM, query)).map(({ id }) => id);
}

/** Checked contacts whose row says anything else than what GREEN-API does. */
async function wronglyAnswered(): Promise<object[]> {
	const expected = `CASE WHEN phone LIKE '8 %' THEN id % 2 = 0 END`;
	const query = `SELECT * FROM contacts WHERE checked_at IS NOT NULL AND (
		has_whatsapp IS DISTINCT FROM ${expected}
		OR chat_id IS DISTINCT FROM CASE WHEN ${expected} THEN 7 || substr(phone, 3) || '@c.us' END)`;
	return await queue.postgres.rows<object>(CRM, query);
}

async function failures(): Promise<object[]> {
	const query = 'SELECT contact_id AS id, code FROM lookup_failures ORDER BY 1';
	return await queue.postgres.rows<object>(CRM, query);
}
