/**
 * `npm run bench:n8n`: ways to check a list of numbers that people have in n8n, one after the other in
 * one real n8n, against the same simulated service. Prints a table and puts it into docs/benchmarks.md.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

import type { IDataObject } from 'n8n-workflow';

import { HIGHEST_LIMIT } from '../../nodes/GreenApiLookup/lookup/calls/speed';
import { NEWEST } from '../../scripts/n8n/install';
import type { RealN8n } from '../../scripts/n8n/process';
import type { Simulator } from '../../simulator/server';
import { executionBy } from '../e2e/executions';
import { callWebhook, createWorld, LOOKUP } from '../e2e/harness';
import { randomOf } from '../random';
import { table } from '../table';
import { differentOf, numbersOf } from './list';
import { changesFor, FAULTS, type Service } from './service';
import { BENCH, installBenchCredential, WAY_IDS, waysFor, workflowOf, type Way } from './ways';

const ROOT = path.resolve(__dirname, '../..');
const LATENCY_MS = 150;
const LIMIT = 10;
const ITEMS = 1000;
const UNLIMITED_ITEMS = 3000;

/** Executions of one number each. */
const ALONE = 100;

interface Measured {
	readonly right: number;
	readonly wrongNo: number;
	readonly lost: number;
	readonly calls: number;
	readonly seconds: number;
}

async function measure(
	n8n: RealN8n,
	simulator: Simulator,
	id: string,
	items: number,
): Promise<Measured> {
	const phones = numbersOf(items).map((phone) => ({ phone }));
	// Waits until n8n listens, and warms up the code.
	await callWebhook(n8n, id, phones.slice(0, 1));
	simulator.forget();
	const begun = performance.now();
	const rows = (await callWebhook(n8n, id, phones)) as IDataObject[];
	const seconds = (performance.now() - begun) / 1000;
	const said = phones.map((_, index) => rows[index]?.exists ?? rows[index]?.existsWhatsapp ?? null);
	const isTrue = (index: number) => Number(phones[index]?.phone) % 2 === 0;
	return {
		right: said.filter((exists, index) => exists === isTrue(index)).length,
		wrongNo: said.filter((exists, index) => exists === false && isTrue(index)).length,
		lost: said.filter((exists) => exists === null).length,
		calls: simulator.calls().length,
		seconds,
	};
}

async function main(): Promise<void> {
	const world = await createWorld({
		random: randomOf(20_261_122),
		prepare: installBenchCredential,
		credentials: [BENCH],
		workflows: (service) => waysFor(service).map(workflowOf),
		published: WAY_IDS,
	});
	const { n8n, simulator } = world;
	const ways = waysFor(simulator);
	try {
		const limited = await atTheLimit(
			n8n,
			simulator,
			ways.filter(({ id }) => id !== 'credential'),
		);
		const own = [
			await ownTime(n8n, simulator, ITEMS, { limit: LIMIT, latencyMs: LATENCY_MS }),
			await ownTime(n8n, simulator, 10_000, { limit: 0, latencyMs: 0 }),
		];
		const unlimited = await withoutLimit(n8n, simulator, ways);
		const webhooks = await alone(
			n8n,
			simulator,
			ways.filter(({ id }) => ['node', 'http', 'credential'].includes(id)),
		);
		const text = document({ limited, own, unlimited, webhooks });
		process.stdout.write(text);
		keep(text);
	} finally {
		await world.close();
	}
}

async function atTheLimit(
	n8n: RealN8n,
	simulator: Simulator,
	ways: readonly Way[],
): Promise<string[][]> {
	const whatsapp = simulator.instance('whatsapp');
	const floor = differentOf(ITEMS) / LIMIT;
	const rows: string[][] = [];
	for (const { id, title, nodes } of ways) {
		Object.assign(whatsapp, changesFor({ limit: LIMIT, latencyMs: LATENCY_MS, faults: FAULTS }));
		tell(`${title}, ${ITEMS} items …`);
		const { right, lost, wrongNo, calls, seconds } = await measure(n8n, simulator, id, ITEMS);
		rows.push([
			title,
			String(right),
			String(lost),
			String(wrongNo),
			String(calls),
			`${seconds.toFixed(1)} s`,
			(seconds / floor).toFixed(2),
			String(nodes.length),
		]);
	}
	return rows;
}

/** What n8n notes of the node itself, without faults: its time, and how soon its first call came. */
async function ownTime(
	n8n: RealN8n,
	simulator: Simulator,
	items: number,
	service: Service,
): Promise<string[]> {
	Object.assign(simulator.instance('whatsapp'), changesFor(service));
	tell(`this node, ${items} items without faults …`);
	const phones = numbersOf(items).map((phone) => ({ phone }));
	simulator.forget();
	const { resultData } = await executionBy(
		n8n,
		'node',
		async () => await callWebhook(n8n, 'node', phones),
	);
	const [{ startTime, executionTime } = { startTime: 0, executionTime: 0 }] =
		resultData.runData[LOOKUP] ?? [];
	const calls = simulator.calls();
	const firstAt = performance.timeOrigin + (calls[0]?.at ?? 0);
	const floor = (differentOf(items) / (service.limit || HIGHEST_LIMIT)) * 1000;
	return [
		items.toLocaleString('en'),
		String(service.limit || HIGHEST_LIMIT),
		String(calls.length),
		String(calls.filter(({ status }) => status === 429).length),
		`${(executionTime / 1000).toFixed(1)} s`,
		(executionTime / floor).toFixed(3),
		`${Math.round(firstAt - startTime)} ms`,
	];
}

async function withoutLimit(
	n8n: RealN8n,
	simulator: Simulator,
	ways: readonly Way[],
): Promise<string[][]> {
	Object.assign(simulator.instance('whatsapp'), changesFor({ limit: 0, latencyMs: 0 }));
	const measured: Array<[title: string, seconds: number, right: number]> = [];
	for (const id of ['node', 'http', 'credential']) {
		const { title } = ways.find((way) => way.id === id) as Way;
		tell(`${title}, ${UNLIMITED_ITEMS} items without a limit …`);
		// The first run of a process warms up its code.
		await measure(n8n, simulator, id, 200);
		const { seconds, right } = await measure(n8n, simulator, id, UNLIMITED_ITEMS);
		measured.push([title, seconds, right]);
	}
	const [, , [, yardstick] = ['', 1]] = measured;
	return measured.map(([title, seconds, right]) => [
		title,
		String(right),
		`${seconds.toFixed(1)} s`,
		(seconds / yardstick).toFixed(2),
	]);
}

/** Milliseconds of a workflow with one number, the way's alternating: the median of each. */
async function alone(
	n8n: RealN8n,
	simulator: Simulator,
	ways: readonly Way[],
): Promise<string[][]> {
	Object.assign(simulator.instance('whatsapp'), changesFor({ limit: 0, latencyMs: 0 }));
	tell(`one number alone, ${ALONE} times each …`);
	const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
	for (let round = 0; round < ALONE; round++) {
		for (const [way, of] of times) {
			const begun = performance.now();
			await callWebhook(n8n, way.id, [{ phone: String(79_000_000_000 + round) }]);
			of.push(performance.now() - begun);
		}
	}
	return [...times].map(([{ title }, of]) => {
		const sorted = of.sort((a, b) => a - b);
		const median = sorted[ALONE / 2] as number;
		return [title, `${median.toFixed(1)} ms`, `${(sorted[ALONE * 0.9] as number).toFixed(1)} ms`];
	});
}

const TITLE = '## Side by side in real n8n';

/** The rows of the tables, by table. */
interface Tables {
	readonly limited: readonly string[][];
	readonly own: readonly string[][];
	readonly unlimited: readonly string[][];
	readonly webhooks: readonly string[][];
}

function document({ limited, own, unlimited, webhooks }: Tables): string {
	const date = new Date().toISOString().slice(0, 10);
	const machine = `${os.cpus().length} cores (${os.cpus()[0]?.model.trim()})`;
	return `${TITLE}

Written by \`npm run bench:n8n\` on ${date}: n8n ${NEWEST} on Node.js 24, ${machine}, expressions in isolated-vm; n8n and the simulated service on the same machine. A webhook gives ${ITEMS.toLocaleString('en')} items, three of ten repeat a number; ${LATENCY_MS} ms latency, ${LIMIT} calls a second, two of a hundred calls answered 429, 502 or with a reset; On Error: Continue. The floor is the number of different numbers ÷ the limit. Time covers the whole workflow. Nodes are those that a user wires between the items and their result.

${table(['Way', 'Rows right', 'Rows lost', 'Wrong "no"', 'Calls', 'Time', 'Time ÷ floor', 'Nodes'], limited)}
This node alone, without faults, by n8n's own timings: how long it took, and how soon after its start the first call came. The second list runs without latency at the highest limit that the node accepts: there n8n's own work takes the time.

${table(['Items', 'Calls a second', 'Calls', 'Answered 429', 'Time of the node', 'Time ÷ floor', 'First call after'], own)}
Without a limit, latency or faults, ${UNLIMITED_ITEMS.toLocaleString('en')} items:

${table(['Way', 'Rows right', 'Time', 'Time ÷ HTTP Request with a credential'], unlimited)}
One number alone, as from a CRM: ${ALONE} executions of a workflow (webhook, items, the way, its result), one after the other in a warm process, without a limit or latency. The node adds its time to that of n8n and the webhook.

${table(['Way', 'Median of the whole workflow', '90th percentile'], webhooks)}`;
}

/** Puts the section at the end of docs/benchmarks.md, in place of the one of the last time. */
function keep(section: string): void {
	const file = path.join(ROOT, 'docs/benchmarks.md');
	const [before = ''] = readFileSync(file, 'utf8').split(TITLE);
	writeFileSync(file, `${before.trimEnd()}\n\n${section}`);
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

// Ended from outside, it takes n8n along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
	process.stderr.write(`${(error as Error).message}\n`);
	process.exitCode = 1;
});
