/**
 * One measurement in a process of its own: a list through one way of asking, against a simulator in
 * another process. Prints one line of JSON.
 */

import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INode, INodeType } from 'n8n-workflow';
import { Agent, request } from 'undici';

import { instanceOf } from '../../simulator/instance';
import { createNode, runWorkflow } from '../engine/engine';
import { ITEMS, LOOKUP, lookupWorkflow } from '../engine/workflows';
import { numbersOf } from './list';
import { idsOf } from './service';

/** Ways of asking: this node, and a client of its own. */
export type Way = 'node' | 'ideal';

export interface Case {
	readonly way: Way;
	readonly items: number;
	/** Calls per second; 0 for no limit. */
	readonly limit: number;
	readonly url: string;
	/** WhatsApp instances that the numbers are divided over; one where it is not said. */
	readonly instances?: number;
	readonly includeContactInfo?: boolean;
	/** On Error: Continue where it is not said. */
	readonly onError?: INode['onError'];
}

export interface Measured {
	/** Items that got their right answer. */
	readonly right: number;
	readonly seconds: number;
	/** Milliseconds of CPU in the node, for each item. */
	readonly cpuMsPerItem: number;
	/** Milliseconds: the longest time that the event loop stood still while the node worked. */
	readonly stallMs: number;
	/** Megabytes that the process had at most. */
	readonly peakMb: number;
}

async function measure(which: Case): Promise<Measured> {
	const numbers = numbersOf(which.items);
	const meter = startMeter();
	const ask = which.way === 'ideal' ? askIdeally : askInN8n;
	const right = await ask(which, numbers, meter);
	return { right, ...meter.read(which.items) };
}

function startMeter() {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	let begun = 0;
	let seconds = 0;
	let cpu = process.cpuUsage();
	return {
		begin() {
			delay.enable();
			begun = performance.now();
			cpu = process.cpuUsage();
		},
		end() {
			seconds = (performance.now() - begun) / 1000;
			cpu = process.cpuUsage(cpu);
			delay.disable();
		},
		read: (items: number) => ({
			seconds,
			cpuMsPerItem: (cpu.user + cpu.system) / 1000 / items,
			stallMs: delay.max / 1e6,
			peakMb: process.resourceUsage().maxRSS / 1024,
		}),
	};
}

type Meter = ReturnType<typeof startMeter>;

async function askInN8n(which: Case, numbers: string[], meter: Meter): Promise<number> {
	const { url, instances, includeContactInfo = false, onError = 'continueRegularOutput' } = which;
	const { apiTokenInstance } = instanceOf('whatsapp');
	const ids = idsOf(instances);
	const idInstance = ids.length > 1 ? '={{ $json.instance }}' : (ids[0] as string);
	const node = await createNode(undefined);
	meterEntryPoint(node, meter);
	const { error, output } = await runWorkflow({
		node,
		entryPoint: 'customOperations',
		credential: { apiUrl: url, idInstance, apiTokenInstance },
		pinned: {
			[ITEMS]: numbers.map((phone) => ({ phone, instance: ids[Number(phone) % ids.length] })),
		},
		workflow: lookupWorkflow(
			{
				resource: 'whatsapp',
				operation: 'checkAccount',
				phoneNumber: '={{ $json.phone }}',
				options: { includeContactInfo },
			},
			{ onError },
		),
	});
	if (error) throw error;
	return output(LOOKUP).filter(({ json }, index) => {
		const hasContact = !includeContactInfo || (json.contact !== undefined && !json.contactError);
		return json.exists === (Number(numbers[index]) % 2 === 0) && hasContact;
	}).length;
}

/** From the node's start to its return; what n8n does around it is n8n's. */
function meterEntryPoint(node: INodeType, meter: Meter): void {
	const operations = node.customOperations?.whatsapp;
	const checkAccount = operations?.checkAccount;
	if (!operations || !checkAccount) throw new Error('The node has no customOperations');
	operations.checkAccount = async function () {
		meter.begin();
		try {
			return await checkAccount.call(this);
		} finally {
			meter.end();
		}
	};
}

/** What is possible at all: each different number once, sent at exactly the limit. */
async function askIdeally({ limit, url }: Case, numbers: string[], meter: Meter): Promise<number> {
	const { idInstance, apiTokenInstance } = instanceOf('whatsapp');
	const dispatcher = new Agent({ connections: 100 });
	const answers = new Map<string, boolean>();
	meter.begin();
	const begun = performance.now();
	const ask = async (phone: string) => {
		const { body } = await request(
			`${url}/waInstance${idInstance}/checkWhatsapp/${apiTokenInstance}`,
			{
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: `{"phoneNumber":${phone}}`,
				dispatcher,
			},
		);
		const { existsWhatsapp } = (await body.json()) as { existsWhatsapp: boolean };
		answers.set(phone, existsWhatsapp);
	};
	const calls: Array<Promise<void>> = [];
	for (const [index, phone] of [...new Set(numbers)].entries()) {
		// One millisecond in a thousand for timers: else some second holds one call too many.
		const due = begun + (index * 1001) / limit;
		const wait = due - performance.now();
		if (wait > 0) await sleep(wait);
		calls.push(ask(phone).catch(() => undefined));
	}
	await Promise.all(calls);
	meter.end();
	await dispatcher.close();
	return numbers.filter((phone) => answers.get(phone) === (Number(phone) % 2 === 0)).length;
}

async function main(): Promise<void> {
	const measured = await measure(JSON.parse(process.argv[2] ?? '{}') as Case);
	process.stdout.write(`${JSON.stringify(measured)}\n`);
}

if (require.main === module) {
	main().catch((error: unknown) => {
		process.stderr.write(`${(error as Error).stack}\n`);
		process.exitCode = 1;
	});
}
