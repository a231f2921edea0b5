/**
 * n8n's queue mode for one test file: a main process and two workers, PostgreSQL and Redis, and one
 * instance of GREEN-API that both workers share by Rate Share 50.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import {
	credentialsOf,
	importInto,
	type ImportedCredential,
	type ImportedWorkflow,
} from '../../scripts/n8n/content';
import { installN8n, NEWEST, type InstalledN8n } from '../../scripts/n8n/install';
import { installPackage } from '../../scripts/n8n/pack';
import { freePort, RealN8n, waitFor } from '../../scripts/n8n/process';
import { instanceOf } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { ended, executionsOf, rowsOf, RUN_TIMEOUT_MS } from './executions';
import { LOOKUP, post, webhookWorkflow } from './harness';
import { Postgres, POSTGRES_USER, Redis } from './services';

/** Milliseconds for one test: several executions, and the start of a worker. */
export const TEST_TIMEOUT_MS = 300_000;

/** The workflow of every queue mode: a webhook that answers at once → Lookup. */
export const LIST = 'list';

/** n8n's own database. */
const N8N_DATABASE = 'n8n';

/**
 * Executions that a worker takes at a time: half of the twelve. n8n does not spread executions
 * evenly, and a worker that has none leaves its share of the limit unused.
 */
const CONCURRENCY = 6;

/** What is in the n8n of a queue mode. */
interface Content {
	readonly workflows?: readonly ImportedWorkflow[];
	readonly credentials?: readonly ImportedCredential[];
}

export class QueueMode {
	private constructor(
		readonly simulator: Simulator,
		readonly postgres: Postgres,
		readonly redis: Redis,
		readonly main: RealN8n,
		readonly workers: readonly RealN8n[],
		/** Ends all of it. */
		readonly close: () => Promise<void>,
	) {}

	/**
	 * Starts all of it, and waits until the webhook listens.
	 * @param content workflows and credentials besides the list's; the workflows are published
	 */
	static async start({ workflows = [], credentials = [] }: Content = {}): Promise<QueueMode> {
		const installed = await installN8n(NEWEST, (line) => process.stderr.write(`${line}\n`));
		// What has been started, the newest first: that is the order in which it ends.
		const started: (() => Promise<void>)[] = [];
		const close = async () => {
			for (const end of started.splice(0)) await end();
		};
		try {
			const folder = mkdtempSync(path.join(tmpdir(), 'n8n-queue-'));
			started.unshift(async () => rmSync(folder, { recursive: true, force: true }));
			const instances = [instanceOf('whatsapp', { latencyMs: 150 })];
			const simulator = await startSimulator({ instances });
			started.unshift(async () => await simulator.close());
			const postgres = await Postgres.start([N8N_DATABASE]);
			started.unshift(async () => await postgres.stop());
			const redis = await Redis.start();
			started.unshift(async () => await redis.stop());
			const create = async (name: string, env: Readonly<Record<string, string>>) => {
				const userFolder = path.join(folder, name);
				const common = commonEnv(postgres, redis);
				const n8n = await createProcess(installed, userFolder, { ...common, ...env });
				started.unshift(async () => await n8n.stop());
				return n8n;
			};
			// What the editor runs goes to a worker then; without it, n8n 2 runs it in the main process.
			const main = await create('main', { OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true' });
			const workers = [
				await create('worker-1', await workerEnv()),
				await create('worker-2', await workerEnv()),
			];
			const own = credentialsOf(simulator, { rateShare: 50 });
			const all = [listWorkflow(), ...workflows];
			await importInto(main, [...own, ...credentials], all);
			for (const { id } of all) await main.command('publish:workflow', `--id=${id}`);
			await main.start();
			await main.setUpOwner();
			await Promise.all(workers.map(startWorker));
			const queue = new QueueMode(simulator, postgres, redis, main, workers, close);
			await waitFor('the webhook', RUN_TIMEOUT_MS, async () => (await queue.post([])) === 200);
			return queue;
		} catch (error) {
			await close();
			throw error;
		}
	}

	/** Starts an execution of the list workflow. @returns the webhook's HTTP status */
	async post(numbers: readonly string[]): Promise<number> {
		const items = numbers.map((phone) => ({ phone }));
		return (await post(this.main, LIST, { items })).status;
	}

	/** The number of the newest execution, 0 where there is none. */
	async newestExecution(workflowId: string): Promise<number> {
		return (await executionsOf(this.main, workflowId))[0] ?? 0;
	}

	/** Waits until there are so many executions after that one. @returns their ids, oldest first */
	async executionsSince(workflowId: string, since: number, count: number): Promise<string[]> {
		let ids: number[] = [];
		await waitFor(`${count} executions of ${workflowId}`, RUN_TIMEOUT_MS, async () => {
			ids = (await executionsOf(this.main, workflowId)).filter((id) => id > since).reverse();
			return ids.length >= count;
		});
		return ids.map(String);
	}

	/** Waits for the end of an execution. */
	async statusOf(id: string): Promise<string> {
		return (await ended(this.main, id)).status;
	}

	/** The rows of an execution of the list workflow. */
	async rowsOf(id: string): Promise<IDataObject[]> {
		return rowsOf(await ended(this.main, id), LOOKUP);
	}

	/** Waits until GREEN-API has been asked so often. */
	async calls(count: number): Promise<void> {
		const { simulator } = this;
		await waitFor(`${count} calls`, RUN_TIMEOUT_MS, async () => simulator.calls().length >= count);
	}

	/** The numbers that GREEN-API was asked about, in order; those above the limit left out. */
	asked(): string[] {
		return this.simulator
			.calls()
			.filter(({ status }) => status !== 429)
			.map(({ text }) => String((JSON.parse(text) as { phoneNumber: number }).phoneNumber));
	}

	askedMoreThanOnce(): string[] {
		const numbers = this.asked();
		const again = numbers.filter((number, index) => numbers.indexOf(number) !== index);
		return [...new Set(again)];
	}
}

export async function startWorker(worker: RealN8n): Promise<void> {
	await worker.start('worker', `--concurrency=${CONCURRENCY}`);
}

let numbersGiven = 0;

/** Phone numbers that nobody has asked about. */
export function newNumbers(count: number): string[] {
	return Array.from({ length: count }, () => String(79_000_000_000 + numbersGiven++));
}

/** Which numbers have an account in the simulator. */
export function isEven(number: string): boolean {
	return Number(number) % 2 === 0;
}

/** One process of n8n with a folder of its own, as on a machine of its own. */
async function createProcess(
	installed: InstalledN8n,
	userFolder: string,
	env: Readonly<Record<string, string>>,
): Promise<RealN8n> {
	mkdirSync(userFolder);
	installPackage(userFolder);
	return await RealN8n.create({ installed, userFolder, env });
}

function commonEnv(postgres: Postgres, redis: Redis): Readonly<Record<string, string>> {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: N8N_DATABASE,
		DB_POSTGRESDB_USER: POSTGRES_USER,
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
	};
}

async function workerEnv(): Promise<Readonly<Record<string, string>>> {
	return {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(await freePort()),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		// The others notice a dead worker within seconds, and not after a minute and a half.
		QUEUE_WORKER_LOCK_DURATION: '5000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
		QUEUE_WORKER_STALLED_INTERVAL: '3000',
	};
}

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
