/**
 * `npm run bench`: this node and an ideal client, on the same lists against the same simulated
 * service. Prints the tables and writes them to docs/benchmarks.md.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Fault } from '../../simulator/faults';
import { table } from '../table';
import type { Case, Measured, Way } from './case';
import { differentOf } from './list';
import { measureParsing, NUMBERS, type Parsed } from './parsing';
import { FAULTS, type Counts, type Service } from './service';

const ROOT = path.resolve(__dirname, '../..');
const LATENCY_MS = 150;

const WAYS: Readonly<Record<Way, string>> = {
	node: 'this node',
	ideal: 'ideal client',
};

/** A list, and what the service makes of it. */
interface List extends Omit<Case, 'url' | 'way'> {
	readonly title: string;
	/** Seconds that its calls take at least. */
	readonly floor: number;
	readonly faults?: readonly Fault[];
}

/** Three of ten items repeat a number: so many seconds for the others. */
const floorOf = (items: number, limit: number) => differentOf(items) / limit;

const LISTS: readonly List[] = [
	{ title: '1000 at 10 a second', items: 1000, limit: 10, floor: floorOf(1000, 10) },
	{ title: '10000 at 100 a second', items: 10_000, limit: 100, floor: floorOf(10_000, 100) },
];

/** Lists of this node alone. */
const HARDER: readonly List[] = [
	{
		title: '1000, On Error: Stop Workflow (the list is read before the first call)',
		items: 1000,
		limit: 10,
		floor: floorOf(1000, 10),
		onError: 'stopWorkflow',
	},
	{
		title: '1000, every 50th call answered 429',
		items: 1000,
		limit: 10,
		floor: floorOf(1000, 10),
		faults: [{ every: 50, status: 429 }],
	},
	{
		title: '1000, two of a hundred calls answered 429, 502 or with a reset',
		items: 1000,
		limit: 10,
		floor: floorOf(1000, 10),
		faults: FAULTS,
	},
	{
		title: '1000, one third each through three instances',
		items: 1000,
		limit: 10,
		floor: floorOf(1000, 10) / 3,
		instances: 3,
	},
	{
		title: '200, Include Contact Info (1 a second, for every other number)',
		items: 200,
		limit: 10,
		floor: differentOf(200) / 2,
		includeContactInfo: true,
	},
];

/** Without a limit: items, in so many runs each. */
const UNLIMITED = [1000, 10_000, 100_000];
const RUNS = 3;

async function main(): Promise<void> {
	const parsed = measureParsing().map(parsedRow);
	const limited: string[][] = [];
	for (const list of LISTS) {
		for (const way of Object.keys(WAYS) as Way[]) limited.push(await limitedRow(list, way));
	}
	const harder: string[][] = [];
	for (const list of HARDER) {
		const [title = '', , ...figures] = await limitedRow(list, 'node');
		harder.push([title, ...figures]);
	}
	const unlimited: string[][] = [];
	for (const items of UNLIMITED) unlimited.push(await unlimitedRow(items));
	const text = document(limited, harder, unlimited, parsed);
	const file = path.join(ROOT, 'docs/benchmarks.md');
	// What `npm run bench:n8n` wrote stays.
	const [, other = ''] = readFileSync(file, 'utf8').split(/^(?=## Side by side)/m);
	writeFileSync(file, `${text}\n${other}`);
	process.stdout.write(text);
}

async function limitedRow({ title, floor, faults, ...list }: List, way: Way): Promise<string[]> {
	const measured = await measure(
		{ ...list, way },
		{ ...list, latencyMs: LATENCY_MS, ...(faults && { faults }) },
	);
	return [
		title,
		WAYS[way],
		String(measured.right),
		String(list.items - measured.right),
		String(measured.calls),
		String(measured.refused),
		`${measured.seconds.toFixed(1)} s`,
		(measured.seconds / floor).toFixed(3),
	];
}

/** The run with the median stall: that figure depends on the machine more than any other. */
async function unlimitedRow(items: number): Promise<string[]> {
	const runs: Array<Measured & Counts> = [];
	while (runs.length < RUNS) {
		runs.push(await measure({ way: 'node', items, limit: 0 }, { limit: 0, latencyMs: 0 }));
	}
	runs.sort((one, other) => one.stallMs - other.stallMs);
	const measured = runs[Math.floor(RUNS / 2)] as Measured & Counts;
	return [
		String(items),
		String(measured.right),
		String(measured.refused),
		`${measured.seconds.toFixed(1)} s`,
		`${measured.cpuMsPerItem.toFixed(2)} ms`,
		`${measured.stallMs.toFixed(0)} ms`,
		`${measured.peakMb.toFixed(0)} MB`,
	];
}

function parsedRow({ written, defaultCountry, read, seconds }: Parsed): string[] {
	return [
		`\`${written}\``,
		defaultCountry || 'none',
		String(read),
		String(NUMBERS - read),
		`${seconds.toFixed(2)} s`,
		`${((seconds / NUMBERS) * 1e6).toFixed(1)} µs`,
	];
}

/** In a process of its own, so that one measurement does not warm up or fill the next one. */
async function run(which: Case): Promise<Measured> {
	const script = path.join(__dirname, 'case.ts');
	const child = spawn(process.execPath, ['-r', 'tsx/cjs', script, JSON.stringify(which)], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	process.stderr.write(`${WAYS[which.way]}, ${which.items} items …\n`);
	let output = '';
	child.stdout.on('data', (data: Buffer) => (output += data.toString()));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`The measurement of ${JSON.stringify(which)} failed`);
	return JSON.parse(output) as Measured;
}

/**
 * The measuring instrument must not be late itself: its garbage collections took 20 ms, so that two
 * calls that had been sent 1,015 ms apart counted as one second.
 */
const CALM = ['--initial-heap-size=1024', '--no-memory-reducer'];

/** Runs a case against a service of its own. */
async function measure(which: Omit<Case, 'url'>, like: Service): Promise<Measured & Counts> {
	const script = path.join(__dirname, 'service.ts');
	const service = spawn(
		process.execPath,
		[...CALM, '-r', 'tsx/cjs', script, JSON.stringify(like)],
		{ cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
	);
	try {
		const [url] = (await once(service, 'message')) as [string];
		const measured = await run({ ...which, url });
		service.send('count');
		const [counts] = (await once(service, 'message')) as [Counts];
		return { ...measured, ...counts };
	} finally {
		service.kill('SIGTERM');
	}
}

function document(
	limited: string[][],
	harder: string[][],
	unlimited: string[][],
	parsed: string[][],
): string {
	const date = new Date().toISOString().slice(0, 10);
	const machine = `${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GB`;
	return `# Benchmarks

Written by \`npm run bench\` on ${date}: Node.js ${process.version}, ${os.type()} ${os.release()}, ${machine}; n8n-core 2.41.0 with the in-process expression engine that it uses on Node.js 20 (on Node.js 24 it uses isolated-vm, which is slower). The simulated service runs in a process of its own on the same machine.

## At the limit

Check Account on WhatsApp, the phone number an expression, three of ten items repeat a number, ${LATENCY_MS} ms latency, On Error: Continue. The floor is the number of different numbers ÷ the limit. The ideal client is undici at exactly the limit with duplicates removed.

${table(['Items', 'Way', 'Rows right', 'Rows lost', 'Calls', 'Answered 429', 'Time', 'Time ÷ floor'], limited)}
This node at 10 a second in other circumstances. Three instances: the credential's Instance ID is an expression of the item.

${table(['Items', 'Rows right', 'Rows lost', 'Calls', 'Answered 429', 'Time', 'Time ÷ floor'], harder)}
## Without a limit

What the node itself costs, from its start to its return: no latency, On Error: Continue, and a service that allows any rate and announces 1000 a second, the highest limit that the node accepts. CPU includes n8n's HTTP client. Each row is the run with the median stall of ${RUNS}.

${table(['Items', 'Rows right', 'Answered 429', 'Time', 'CPU per item', 'Longest stall of the event loop', 'Peak memory'], unlimited)}
## Reading phone numbers

${NUMBERS.toLocaleString('en')} numbers, each read once: what a list of that length costs before and between its calls. At 10 calls a second those calls take 2.8 hours.

${table(['Written as', 'Default Country', 'Read', 'Refused', 'Time', 'Each'], parsed)}`;
}

main().catch((error: unknown) => {
	process.stderr.write(`${(error as Error).message}\n`);
	process.exitCode = 1;
});
