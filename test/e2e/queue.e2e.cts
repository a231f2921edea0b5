/**
 * n8n's queue mode: a main process and two workers, PostgreSQL and Redis, and one instance of
 * GREEN-API that both workers share by Rate Share 50. What is ended or restarted in mid-run must not
 * cost more than n8n itself makes it cost.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { IDataObject, IRunExecutionData } from 'n8n-workflow';
import { request } from 'undici';

import {
	credentialsOf,
	exampleWorkflows,
	importInto,
	type ImportedCredential,
	type ImportedWorkflow,
} from '../../scripts/n8n/content.cts';
import { installN8n, NEWEST, type InstalledN8n } from '../../scripts/n8n/install.cts';
import { installPackage } from '../../scripts/n8n/pack.cts';
import { freePort, RealN8n, waitFor } from '../../scripts/n8n/process.cts';
import { instanceOf } from '../../simulator/instance.cts';
import { startSimulator, type Simulator } from '../../simulator/server.cts';
import { INSTALL_TIMEOUT_MS, LOOKUP, webhookWorkflow } from './harness.cts';
import { Postgres, POSTGRES_USER, Redis } from './services.cts';

/** Calls a second that the instance allows; each worker makes half of them. */
const LIMIT = 10;

/** Milliseconds for which a service is away. */
const DOWN_MS = 2000;

/** Milliseconds after which every execution has ended, a killed worker's too. */
const RUN_TIMEOUT_MS = 120_000;

/** Milliseconds for one test: several executions, and the start of a worker. */
const TEST_TIMEOUT_MS = 300_000;

/** Databases: n8n's own, and the one that the example reads. */
const N8N_DATABASE = 'n8n';
const CRM = 'crm';

const LIST = 'list';
const NIGHTLY = 'nightly-enrichment';

/**
 * Executions that a worker takes at a time: half of the twelve. n8n does not spread executions
 * evenly, and a worker that has none leaves its share of the limit unused.
 */
const CONCURRENCY = 6;

const EXAMPLES = path.resolve(__dirname, '../../examples');

/** An execution of the list workflow. */
interface Run {
	readonly id: string;
	readonly numbers: readonly string[];
	readonly worker: RealN8n;
}

/** An execution as n8n's list of executions shows it. */
interface Execution {
	readonly id: string;
	readonly status: string;
}

let folder: string;
let simulator: Simulator;
let postgres: Postgres;
let redis: Redis;
let main: RealN8n;
let workers: readonly RealN8n[] = [];

beforeAll(async () => {
	const installed = await installN8n(NEWEST, (line) => process.stderr.write(`${line}\n`));
	folder = mkdtempSync(path.join(tmpdir(), 'n8n-queue-'));
	simulator = await startSimulator({ instances: [instanceOf('whatsapp', { latencyMs: 150 })] });
	postgres = await Postgres.start([N8N_DATABASE, CRM]);
	redis = await Redis.start();
	// What the editor runs goes to a worker then; without it, n8n 2 runs it in the main process.
	main = await processOf(installed, 'main', { OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true' });
	workers = [await workerOf(installed, 'worker-1'), await workerOf(installed, 'worker-2')];
	await importInto(
		main,
		[...credentialsOf(simulator, { rateShare: 50 }), crmCredential()],
		[listWorkflow(), nightlyWorkflow()],
	);
	await main.command('publish:workflow', `--id=${LIST}`);
	await main.start();
	await main.setUpOwner();
	await Promise.all(workers.map(startWorker));
	await waitFor('the webhook', RUN_TIMEOUT_MS, async () => (await callWebhook([])) === 200);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await Promise.all([main, ...workers].map(async (n8n) => await n8n?.stop()));
	await redis?.stop();
	await postgres?.stop();
	await simulator?.close();
	rmSync(folder, { recursive: true, force: true });
}, 60_000);

beforeEach(() => simulator.forget());

test(
	'two workers use at least 90 % of the limit for 600 numbers, and ask each of them once',
	async () => {
		const since = await newestExecution(LIST);
		const slices = Array.from({ length: 12 }, () => newNumbers(50));
		await Promise.all(slices.map(postList));
		const ids = await executionsSince(LIST, since, slices.length);
		const rows: IDataObject[] = [];
		for (const id of ids) {
			expect(await statusOf(id)).toBe('success');
			rows.push(...(await rowsOf(id)));
		}

		const byNumber = new Map(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists]));
		expect(byNumber).toEqual(new Map(slices.flat().map((number) => [number, isEven(number)])));
		expect(rows).toHaveLength(byNumber.size);
		expect(askedMoreThanOnce()).toEqual([]);
		const calls = simulator.calls();
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

test(
	'a killed worker loses its executions, which fail and are not run again; the other goes on',
	async () => {
		const [victim] = workers as [RealN8n];
		const runs = await startOnBoth(60);
		const lost = runs.filter(({ worker }) => worker === victim);
		const kept = runs.filter(({ worker }) => worker !== victim);
		await calls(20);
		await victim.stop('SIGKILL');
		try {
			const later = await startRun(20);
			expect(later.worker).not.toBe(victim);
			await expectAnswered([...kept, later]);

			for (const { id, numbers } of lost) {
				expect(await statusOf(id)).toMatch(/^(error|crashed)$/);
				const again = asked();
				expect(numbers.filter((number) => !again.includes(number))).not.toEqual([]);
			}
			expect(askedMoreThanOnce()).toEqual([]);
		} finally {
			await startWorker(victim);
		}
	},
	TEST_TIMEOUT_MS,
);

test.each([
	['Redis', () => redis],
	['PostgreSQL', () => postgres],
])(
	'%s is restarted in mid-run: every number has its row and is asked once, new work is taken',
	async (_name, service) => {
		const runs = await startOnBoth(60);
		await calls(20);
		await service().restart(DOWN_MS);
		await expectAnswered(runs);

		await expectAnswered([await startRun(5)]);
	},
	TEST_TIMEOUT_MS,
);

describe('examples/nightly-enrichment.json', () => {
	beforeAll(async () => {
		// So that a thousand contacts take less than a minute.
		simulator.instance('whatsapp').ratePerSecond.check = 50;
		const sql = readFileSync(path.join(EXAMPLES, `${NIGHTLY}.sql`), 'utf8');
		await postgres.run(CRM, sql);
	});

	test(
		'a worker is killed in mid-run: the next run does the rest, one slice at most is asked twice',
		async () => {
			await fillContacts(1000);
			const since = await newestExecution(NIGHTLY);
			await runOnSchedule();
			const [first = ''] = await executionsSince(NIGHTLY, since, 1);
			const victim = await takerOf(first);
			await calls(500);
			await victim.stop('SIGKILL');
			try {
				expect(await statusOf(await runByHand())).toBe('success');

				expect(await unchecked()).toEqual([]);
				expect(await wronglyAnswered()).toEqual([]);
				expect(await failures()).toEqual(
					[200, 400, 600, 800, 1000].map((id) => ({ id, code: 'invalidPhoneNumber' })),
				);
				expect(new Set(asked()).size).toBe(995);
				expect(asked().length - 995).toBeLessThanOrEqual(200);
				expect(await statusOf(first)).toMatch(/^(error|crashed)$/);
			} finally {
				await startWorker(victim);
			}
		},
		TEST_TIMEOUT_MS,
	);

	test(
		'the quota is used up: it stops and says so, and goes on where it stopped when there is more',
		async () => {
			await fillContacts(450);
			const instance = simulator.instance('whatsapp');
			// Fails whenever it is asked.
			instance.faults = [{ status: 500, values: ['79120000300'] }];
			instance.quota.total = instance.quota.used + 100;
			const stopped = await runByHand();

			expect(await statusOf(stopped)).toBe('error');
			expect((await dataOf(stopped)).resultData.error?.message).toContain("month's quota");
			// The 100 that were answered; the one that is no number is read before any is asked.
			expect(await unchecked()).toHaveLength(450 - 101);
			const refused = simulator.calls().filter(({ status }) => status === 466);
			expect(asked()).toHaveLength(100 + refused.length);

			instance.quota.total += 10_000;
			simulator.forget();
			expect(await statusOf(await runByHand())).toBe('success');
			expect(await unchecked()).toEqual([300]);
			expect(await wronglyAnswered()).toEqual([]);
			expect(await failures()).toEqual([
				{ id: 200, code: 'invalidPhoneNumber' },
				{ id: 300, code: 'serverError' },
				{ id: 400, code: 'invalidPhoneNumber' },
			]);
			expect(askedMoreThanOnce()).toEqual(['79120000300']);
			expect(new Set(asked()).size).toBe(450 - 101 - 1);
		},
		TEST_TIMEOUT_MS,
	);
});

/** One process of n8n with a folder of its own, as on a machine of its own. */
async function processOf(
	installed: InstalledN8n,
	name: string,
	env: Readonly<Record<string, string>>,
): Promise<RealN8n> {
	const userFolder = path.join(folder, name);
	mkdirSync(userFolder);
	installPackage(userFolder);
	const common = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: N8N_DATABASE,
		DB_POSTGRESDB_USER: POSTGRES_USER,
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
	};
	return await RealN8n.create({ installed, userFolder, env: { ...common, ...env } });
}

async function workerOf(installed: InstalledN8n, name: string): Promise<RealN8n> {
	return await processOf(installed, name, {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(await freePort()),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		// The others notice a dead worker within seconds, and not after a minute and a half.
		QUEUE_WORKER_LOCK_DURATION: '5000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
		QUEUE_WORKER_STALLED_INTERVAL: '3000',
	});
}

async function startWorker(worker: RealN8n): Promise<void> {
	await worker.start('worker', `--concurrency=${CONCURRENCY}`);
}

/** Webhook, which answers at once, → Lookup. */
function listWorkflow(): ImportedWorkflow {
	const workflow = webhookWorkflow(LIST, {
		resource: 'whatsapp',
		operation: 'checkAccount',
		phoneNumber: '={{ $json.phone }}',
	});
	for (const { name, parameters } of workflow.nodes) {
		if (name === 'Webhook') parameters.responseMode = 'onReceived';
	}
	return workflow;
}

const POSTGRES_NODE = 'n8n-nodes-base.postgres';

/** The example with its credentials chosen. */
function nightlyWorkflow(): ImportedWorkflow {
	const workflow = exampleWorkflows().find(({ id }) => id === NIGHTLY);
	if (!workflow) throw new Error(`There is no example ${NIGHTLY}`);
	const { id, name } = crmCredential();
	const nodes = workflow.nodes.map((node) =>
		node.type === POSTGRES_NODE ? { ...node, credentials: { postgres: { id, name } } } : node,
	);
	return { ...workflow, nodes };
}

function crmCredential(): ImportedCredential {
	const { port } = postgres;
	const data = { host: '127.0.0.1', port, database: CRM, user: POSTGRES_USER, password: 'none' };
	return { id: CRM, name: 'Contacts', type: 'postgres', data: { ...data, ssl: 'disable' } };
}

let numbersGiven = 0;

/** Phone numbers that nobody has asked about. */
function newNumbers(count: number): string[] {
	return Array.from({ length: count }, () => String(79_000_000_000 + numbersGiven++));
}

/** Which numbers have an account in the simulator. */
function isEven(number: string): boolean {
	return Number(number) % 2 === 0;
}

/** @returns the HTTP status */
async function callWebhook(numbers: readonly string[]): Promise<number> {
	const { statusCode, body } = await request(`${main.url}/webhook/${LIST}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ items: numbers.map((phone) => ({ phone })) }),
	});
	await body.dump();
	return statusCode;
}

async function postList(numbers: readonly string[]): Promise<void> {
	expect(await callWebhook(numbers)).toBe(200);
}

/** Starts one execution for so many new numbers, and waits until a worker has taken it. */
async function startRun(size: number): Promise<Run> {
	const since = await newestExecution(LIST);
	const numbers = newNumbers(size);
	await postList(numbers);
	const [id = ''] = await executionsSince(LIST, since, 1);
	return { id, numbers, worker: await takerOf(id) };
}

/** Starts executions until each worker has one. */
async function startOnBoth(size: number): Promise<Run[]> {
	const runs: Run[] = [];
	await waitFor('work for both workers', RUN_TIMEOUT_MS, async () => {
		runs.push(await startRun(size));
		return workers.every((each) => runs.some(({ worker }) => worker === each));
	});
	return runs;
}

/** Waits for the end of executions that have to answer all, in order and asking each number once. */
async function expectAnswered(runs: readonly Run[]): Promise<void> {
	for (const { id, numbers } of runs) {
		expect(await statusOf(id)).toBe('success');
		const rows = await rowsOf(id);
		expect(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists])).toEqual(
			numbers.map((number) => [number, isEven(number)]),
		);
		expect(asked().filter((number) => numbers.includes(number))).toHaveLength(numbers.length);
	}
	expect(askedMoreThanOnce()).toEqual([]);
}

/** Waits until GREEN-API has been asked so often. */
async function calls(count: number): Promise<void> {
	await waitFor(`${count} calls`, RUN_TIMEOUT_MS, async () => simulator.calls().length >= count);
}

/** The numbers that GREEN-API was asked about, in order; those above the limit left out. */
function asked(): string[] {
	return simulator
		.calls()
		.filter(({ status }) => status !== 429)
		.map(({ text }) => String((JSON.parse(text) as { phoneNumber: number }).phoneNumber));
}

function askedMoreThanOnce(): string[] {
	const numbers = asked();
	const again = numbers.filter((number, index) => numbers.indexOf(number) !== index);
	return [...new Set(again)];
}

/** Newest first; none while n8n has no database. */
async function executionsOf(workflowId: string): Promise<Execution[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { status, body } = await main.rest('GET', `/rest/executions?filter=${filter}&limit=50`);
	return status === 200 ? (body as { data: { results: Execution[] } }).data.results : [];
}

/** The number of the newest execution, 0 where there is none. */
async function newestExecution(workflowId: string): Promise<number> {
	return Math.max(0, ...(await executionsOf(workflowId)).map(({ id }) => Number(id)));
}

/** Waits until there are so many executions after that one. @returns their ids, oldest first */
async function executionsSince(
	workflowId: string,
	since: number,
	count: number,
): Promise<string[]> {
	let ids: number[] = [];
	await waitFor(`${count} executions of ${workflowId}`, RUN_TIMEOUT_MS, async () => {
		const all = (await executionsOf(workflowId)).map(({ id }) => Number(id));
		ids = all.filter((id) => id > since).sort((a, b) => a - b);
		return ids.length >= count;
	});
	return ids.map(String);
}

/** The worker that n8n gave an execution to. */
async function takerOf(id: string): Promise<RealN8n> {
	let taker: RealN8n | undefined;
	await waitFor(`a worker for execution ${id}`, RUN_TIMEOUT_MS, async () => {
		const line = `Worker started execution ${id} (job`;
		taker = workers.find(({ log }) => log.some((logged) => logged.includes(line)));
		return taker !== undefined;
	});
	return taker as RealN8n;
}

/** Waits for the end of an execution. */
async function statusOf(id: string): Promise<string> {
	let ended = '';
	await waitFor(`the end of execution ${id}`, RUN_TIMEOUT_MS, async () => {
		const { status, body } = await main.rest('GET', `/rest/executions/${id}`);
		if (status !== 200) return false;
		ended = (body as { data: Execution }).data.status;
		return !['new', 'running', 'waiting'].includes(ended);
	});
	return ended;
}

async function dataOf(id: string): Promise<IRunExecutionData> {
	const { body } = await main.rest('GET', `/rest/executions/${id}`);
	const { parse } = await import('flatted');
	return parse((body as { data: { data: string } }).data.data) as IRunExecutionData;
}

async function rowsOf(id: string): Promise<IDataObject[]> {
	const { resultData } = await dataOf(id);
	return (resultData.runData[LOOKUP]?.[0]?.data?.main?.[0] ?? []).map(({ json }) => json);
}

/** Has the Schedule Trigger start the example, in some seconds. */
async function runOnSchedule(): Promise<void> {
	const { body } = await main.rest('GET', `/rest/workflows/${NIGHTLY}`);
	const { nodes, versionId } = (body as { data: ImportedWorkflow }).data;
	const at = new Date(Date.now() + 10_000);
	const expression = `${at.getSeconds()} ${at.getMinutes()} * * * *`;
	for (const { type, parameters } of nodes) {
		if (type !== 'n8n-nodes-base.scheduleTrigger') continue;
		parameters.rule = { interval: [{ field: 'cronExpression', expression }] };
	}
	const url = `/rest/workflows/${NIGHTLY}`;
	const changed = await main.rest('PATCH', url, { nodes, versionId });
	expect(changed).toMatchObject({ status: 200 });
	const { versionId: version } = (changed.body as { data: ImportedWorkflow }).data;
	const published = await main.rest('POST', `${url}/activate`, { versionId: version });
	expect(published).toMatchObject({ status: 200 });
}

/** Runs the example as "Execute workflow" does. @returns the execution's id */
async function runByHand(): Promise<string> {
	const { status, body } = await main.rest('POST', `/rest/workflows/${NIGHTLY}/run`, {
		triggerToStartFrom: { name: 'When clicking ‘Execute workflow’' },
	});
	expect(status).toBe(200);
	return (body as { data: { executionId: string } }).data.executionId;
}

/** Contacts 1 to `count`, none of them checked; the number of every 200th is none. */
async function fillContacts(count: number): Promise<void> {
	await postgres.run(
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
	return (await postgres.rows<{ id: number }>(CRM, query)).map(({ id }) => id);
}

/** Checked contacts whose row says anything else than what GREEN-API does. */
async function wronglyAnswered(): Promise<object[]> {
	const expected = `CASE WHEN phone LIKE '8 %' THEN id % 2 = 0 END`;
	const query = `SELECT * FROM contacts WHERE checked_at IS NOT NULL AND (
		has_whatsapp IS DISTINCT FROM ${expected}
		OR chat_id IS DISTINCT FROM CASE WHEN ${expected} THEN 7 || substr(phone, 3) || '@c.us' END)`;
	return await postgres.rows<object>(CRM, query);
}

async function failures(): Promise<object[]> {
	const query = 'SELECT contact_id AS id, code FROM lookup_failures ORDER BY 1';
	return await postgres.rows<object>(CRM, query);
}
