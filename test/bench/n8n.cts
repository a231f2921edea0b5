/**
 * `npm run bench:n8n`: ways to check a list of numbers that people have in n8n, one after the other in
 * one real n8n, against the same simulated service. Prints a table and puts it into docs/benchmarks.md.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

import type { IDataObject, INode } from 'n8n-workflow';
import { request } from 'undici';

import { credentialsOf, importInto, withCredential } from '../../scripts/n8n/content.cts';
import type { ImportedCredential, ImportedWorkflow } from '../../scripts/n8n/content.cts';
import { installN8n, NEWEST } from '../../scripts/n8n/install.cts';
import { installPackage } from '../../scripts/n8n/pack.cts';
import { RealN8n, waitFor } from '../../scripts/n8n/process.cts';
import type { Fault } from '../../simulator/faults.cts';
import { instanceOf } from '../../simulator/instance.cts';
import { startSimulator, type Simulator } from '../../simulator/server.cts';

const ROOT = path.resolve(__dirname, '../..');
const LATENCY_MS = 150;
const LIMIT = 10;
const LISTS = [200, 1000] as const;
const UNLIMITED_ITEMS = 3000;

/** Two of a hundred calls fail in passing. */
const FAULTS: readonly Fault[] = [
	{ share: 0.0067, status: 429 },
	{ share: 0.0067, status: 502, body: '<html>Bad Gateway</html>', contentType: 'text/html' },
	{ share: 0.0067, connection: 'reset' },
];

type Piece = Pick<INode, 'name' | 'type' | 'typeVersion' | 'parameters'> & Partial<INode>;

/** A way to check a list: the nodes that a person has to wire for it. */
interface Way {
	readonly id: string;
	readonly title: string;
	readonly nodes: readonly Piece[];
	/** Whether the nodes stand in a loop whose first node is Loop Over Items. */
	readonly isLoop?: true;
}

const BENCH_CREDENTIAL = 'benchInstanceApi';

function waysFor({ url, instances }: Simulator): Way[] {
	const whatsapp = instances.find(({ messenger }) => messenger === 'whatsapp');
	if (!whatsapp) throw new Error('No WhatsApp instance is simulated');
	const { idInstance, apiTokenInstance } = whatsapp;
	const http = (options: IDataObject, more: IDataObject = {}): Piece => ({
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: `${url}/waInstance${idInstance}/checkWhatsapp/${apiTokenInstance}`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={ "phoneNumber": {{ $json.phone }} }',
			options,
			...more,
		} as INode['parameters'],
		onError: 'continueRegularOutput',
	});
	const batching = (batchSize: number, batchInterval: number) => ({
		batching: { batch: { batchSize, batchInterval } },
	});
	return [
		{
			id: 'node',
			title: 'GREEN-API Lookup',
			nodes: [
				{
					name: 'Lookup',
					type: 'n8n-nodes-green-api-lookup.greenApiLookup',
					typeVersion: 1,
					parameters: {
						resource: 'whatsapp',
						operation: 'checkAccount',
						phoneNumber: '={{ $json.phone }}',
					},
					onError: 'continueRegularOutput',
				},
			],
		},
		{ id: 'http', title: 'HTTP Request as it comes', nodes: [http({})] },
		{
			id: 'http-10',
			title: 'HTTP Request, Batching 10 per 1,000 ms',
			nodes: [http(batching(10, 1000))],
		},
		{ id: 'http-1', title: 'HTTP Request, Batching 1 per 100 ms', nodes: [http(batching(1, 100))] },
		{
			id: 'loop',
			title: 'Loop Over Items 10 + HTTP Request + Wait 1 s',
			isLoop: true,
			nodes: [
				{
					name: 'Loop Over Items',
					type: 'n8n-nodes-base.splitInBatches',
					typeVersion: 3,
					parameters: { batchSize: 10, options: {} },
				},
				http({}),
				{
					name: 'Wait',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: { amount: 1 },
					webhookId: 'wait',
				},
			],
		},
		{
			id: 'credential',
			title: 'HTTP Request with a credential of the same kind',
			nodes: [
				{
					...http(
						{},
						{
							url: `${url}/waInstance${idInstance}/checkWhatsapp/{apiTokenInstance}`,
							authentication: 'predefinedCredentialType',
							nodeCredentialType: BENCH_CREDENTIAL,
						},
					),
					credentials: { [BENCH_CREDENTIAL]: { id: 'bench', name: 'Bench' } },
				},
			],
		},
	];
}

/** Webhook → Items → the way's nodes → Result, whose rows the webhook answers with. */
function workflowOf({ id, title, nodes, isLoop }: Way): ImportedWorkflow {
	const webhook: Piece = {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: id,
		parameters: {
			path: id,
			httpMethod: 'POST',
			responseMode: 'lastNode',
			responseData: 'allEntries',
		},
	};
	const items: Piece = {
		name: 'Items',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: 'body.items' },
	};
	const result: Piece = {
		name: 'Result',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		parameters: {},
	};
	const chain = isLoop ? [webhook, items, nodes[0] as Piece] : [webhook, items, ...nodes, result];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: ImportedWorkflow['connections'] = {};
	for (const [index, { name }] of chain.slice(0, -1).entries()) {
		connections[name] = { main: [to((chain[index + 1] as Piece).name)] };
	}
	if (isLoop) {
		const [loop, ...body] = nodes.map(({ name }) => name) as [string, ...string[]];
		connections[loop] = { main: [to(result.name), to(body[0] as string)] };
		for (const [index, name] of body.entries())
			connections[name] = { main: [to(body[index + 1] ?? loop)] };
	}
	const all = isLoop ? [webhook, items, ...nodes, result] : chain;
	return {
		id,
		name: title,
		nodes: all.map((piece, index) =>
			withCredential({ id: piece.name, position: [index * 200, 0], ...piece } as INode),
		),
		connections,
	};
}

/** A credential as this package's, for the HTTP Request node, which may not use ours. */
function installBenchCredential(userFolder: string): void {
	const folder = path.join(userFolder, '.n8n/nodes/node_modules/n8n-nodes-bench');
	mkdirSync(folder, { recursive: true });
	const manifest = {
		name: 'n8n-nodes-bench',
		version: '1.0.0',
		n8n: { n8nNodesApiVersion: 1, credentials: ['BenchInstanceApi.credentials.js'], nodes: [] },
	};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
	writeFileSync(
		path.join(folder, 'BenchInstanceApi.credentials.js'),
		`exports.BenchInstanceApi = class {
			name = '${BENCH_CREDENTIAL}';
			displayName = 'Bench';
			properties = [{ displayName: 'Token', name: 'token', type: 'string', typeOptions: { password: true }, default: '' }];
			authenticate = async ({ token }, options) => {
				const fill = (url) => url && url.replace('{apiTokenInstance}', token).replace('%7BapiTokenInstance%7D', token);
				return { ...options, ...(options.url && { url: fill(options.url) }), ...(options.uri && { uri: fill(options.uri) }) };
			};
		};`,
	);
}

/** Three of ten items repeat a number that came before. */
function phonesOf(items: number): string[] {
	const different = Math.ceil(items * 0.7);
	return Array.from({ length: items }, (_, index) => String(79_000_000_000 + (index % different)));
}

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
	const phones = phonesOf(items);
	simulator.forget();
	let seconds = 0;
	let rows: IDataObject[] = [];
	await waitFor(`webhook ${id}`, 30_000, async () => {
		const begun = performance.now();
		const { statusCode, body } = await request(`${n8n.url}/webhook/${id}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ items: phones.map((phone) => ({ phone })) }),
			headersTimeout: 900_000,
			bodyTimeout: 900_000,
		});
		const answer = (await body.json()) as IDataObject[];
		if (statusCode === 404) return false;
		seconds = (performance.now() - begun) / 1000;
		rows = answer;
		return true;
	});
	const said = phones.map((_, index) => rows[index]?.exists ?? rows[index]?.existsWhatsapp ?? null);
	const isTrue = (index: number) => Number(phones[index]) % 2 === 0;
	return {
		right: said.filter((exists, index) => exists === isTrue(index)).length,
		wrongNo: said.filter((exists, index) => exists === false && isTrue(index)).length,
		lost: said.filter((exists) => exists === null).length,
		calls: simulator.calls().length,
		seconds,
	};
}

async function main(): Promise<void> {
	const installed = await installN8n(NEWEST, tell);
	const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-bench-'));
	const random = randomOf(20_261_122);
	const simulator = await startSimulator({ instances: [instanceOf('whatsapp')], random });
	const n8n = await RealN8n.create({ installed, userFolder });
	try {
		installPackage(userFolder);
		installBenchCredential(userFolder);
		const ways = waysFor(simulator);
		const bench: ImportedCredential = {
			id: 'bench',
			name: 'Bench',
			type: BENCH_CREDENTIAL,
			data: { token: simulator.instance('whatsapp').apiTokenInstance },
		};
		await importInto(n8n, [...credentialsOf(simulator), bench], ways.map(workflowOf));
		for (const { id } of ways) await n8n.command('publish:workflow', `--id=${id}`);
		await n8n.start();
		await n8n.setUpOwner();
		const limited = await atTheLimit(
			n8n,
			simulator,
			ways.filter(({ id }) => id !== 'credential'),
		);
		const unlimited = await withoutLimit(n8n, simulator, ways);
		const text = document(limited, unlimited);
		process.stdout.write(text);
		keep(text);
	} finally {
		await n8n.stop();
		await simulator.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
}

async function atTheLimit(
	n8n: RealN8n,
	simulator: Simulator,
	ways: readonly Way[],
): Promise<string[][]> {
	const whatsapp = simulator.instance('whatsapp');
	const rows: string[][] = [];
	for (const items of LISTS) {
		for (const { id, title, nodes } of ways) {
			Object.assign(whatsapp, {
				latencyMs: LATENCY_MS,
				ratePerSecond: { check: LIMIT, contact: 1, account: 1 },
				faults: [...FAULTS],
			});
			tell(`${title}, ${items} items …`);
			const { right, lost, wrongNo, calls, seconds } = await measure(n8n, simulator, id, items);
			const floor = Math.ceil(items * 0.7) / LIMIT;
			rows.push([
				String(items),
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
	}
	return rows;
}

async function withoutLimit(
	n8n: RealN8n,
	simulator: Simulator,
	ways: readonly Way[],
): Promise<string[][]> {
	Object.assign(simulator.instance('whatsapp'), {
		latencyMs: 0,
		ratePerSecond: { check: 1_000_000, contact: 1, account: 1 },
		faults: [],
	});
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

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const TITLE = '## Side by side in real n8n';

function document(limited: readonly string[][], unlimited: readonly string[][]): string {
	const date = new Date().toISOString().slice(0, 10);
	const machine = `${os.cpus().length} cores (${os.cpus()[0]?.model.trim()})`;
	return `${TITLE}

Written by \`npm run bench:n8n\` on ${date}: n8n ${NEWEST} on Node.js 24, ${machine}, expressions in isolated-vm; n8n and the simulated service on the same machine. A webhook gives the items, three of ten repeat a number; ${LATENCY_MS} ms latency, ${LIMIT} calls a second, two of a hundred calls answered 429, 502 or with a reset; On Error: Continue. The floor is the number of different numbers ÷ the limit. Time is that of the whole workflow. Nodes are those that a person wires between the items and their result.

${table(['Items', 'Way', 'Rows right', 'Rows lost', 'Wrong "no"', 'Calls', 'Time', 'Time ÷ floor', 'Nodes'], limited)}
Without a limit, latency or faults, ${UNLIMITED_ITEMS.toLocaleString('en')} items:

${table(['Way', 'Rows right', 'Time', 'Time ÷ HTTP Request with a credential'], unlimited)}`;
}

function table(head: string[], rows: readonly string[][]): string {
	const lines = [head, head.map(() => '---'), ...rows];
	return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
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

main().catch((error: unknown) => {
	process.stderr.write(`${(error as Error).message}\n`);
	process.exitCode = 1;
});
