/** Long lists in bad weather: no row lost, no untrue answer, no call too many. Real sockets. */

import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { steppedPlatform } from '../virtualClock';
import { createNode, runWorkflow, type RunResult } from './engine';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const UNLIMITED = { check: 100_000, contact: 100_000, account: 100_000 };

let simulator: Simulator;
let stopClock = () => {};

afterEach(async () => {
	stopClock();
	await simulator.close();
});

/** Numbers with even and odd ends: the simulator says true for the even ones. */
const NUMBERS = Array.from({ length: 60 }, (_, index) => String(79_000_000_000 + index));

interface Storm {
	readonly faults?: readonly Fault[];
	readonly changes?: InstanceChanges;
	readonly numbers?: readonly string[];
	readonly options?: IDataObject;
}

async function weather({ faults = [], changes = {}, numbers = NUMBERS, options = {} }: Storm) {
	const settings = instanceOf('whatsapp', { ratePerSecond: UNLIMITED, faults, ...changes });
	let time = () => 0;
	simulator = await startSimulator({ instances: [settings], now: () => time() });
	const { stop, ...platform } = steppedPlatform(simulator);
	time = () => platform.clock.monotonic();
	stopClock = stop;
	const { idInstance, apiTokenInstance } = settings;
	const result = await runWorkflow({
		node: await createNode(platform),
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: { [ITEMS]: numbers.map((phone) => ({ phone })) },
		workflow: lookupWorkflow(
			{
				resource: 'whatsapp',
				operation: 'checkAccount',
				phoneNumber: '={{ $json.phone }}',
				options,
				requestOptions: { timeout: 30_000 },
			},
			{ onError: 'continueRegularOutput' },
		),
	});
	return { ...count(result, numbers), calls: simulator.calls().length };
}

/** Rows in their places, and how they answer. */
function count({ error, output }: RunResult, numbers: readonly string[]) {
	expect(error).toBeUndefined();
	const rows = output(LOOKUP).map(({ json }) => json);
	expect(rows.map(({ phoneNumber }) => phoneNumber)).toEqual(numbers);
	const isTrue = (phone: unknown) => Number(phone) % 2 === 0;
	const codes = rows.map(({ error: failed }) => (failed as IDataObject | undefined)?.code);
	return {
		wrong: rows.filter(
			({ exists, phoneNumber }) => exists !== null && exists !== isTrue(phoneNumber),
		).length,
		answered: rows.filter(({ exists }) => exists !== null).length,
		codes: [...new Set(codes.filter((code) => code !== undefined))],
	};
}

const ALL = { wrong: 0, answered: NUMBERS.length, codes: [] };

test.each<[string, Fault, number]>([
	['every 5th call is answered 500', { every: 5, status: 500 }, 74],
	['every 4th connection is reset', { every: 4, connection: 'reset' }, 79],
	['every 6th body is cut in half', { every: 6, connection: 'half' }, 71],
	['every 3rd answer is a page of a proxy', { every: 3, status: 502, body: '<html>' }, 89],
	['every 5th answer is an empty 200', { every: 5, status: 200 }, 74],
	['every 15th call hangs', { every: 15, connection: 'hang' }, 64],
	['every second call is answered 429', { every: 2, status: 429 }, 119],
])(
	'%s: every item is answered, with one more call for each that failed',
	async (_title, fault, calls) => {
		expect(await weather({ faults: [fault] })).toEqual({ ...ALL, calls });
	},
);

test('a storm of 429s in the first twenty calls passes', async () => {
	const faults = [{ calls: Array.from({ length: 20 }, (_, call) => call + 1), status: 429 }];

	expect(await weather({ faults })).toEqual({ ...ALL, calls: 80 });
});

test('the limit of the service is kept to the call', async () => {
	const { calls, ...rest } = await weather({
		changes: { ratePerSecond: { check: 10, contact: 1, account: 1 } },
	});

	expect({ calls, ...rest }).toEqual({ ...ALL, calls: 60 });
	expect(simulator.highestRate()).toBe(10);
});

test('the quota ends in mid-run: what was answered stays, the rest is not asked', async () => {
	const result = await weather({ changes: { quota: { used: 80, total: 100 } } });

	expect(result).toEqual({ wrong: 0, answered: 20, codes: ['quotaExceeded'], calls: 21 });
});

test('the messenger stops answering in mid-run: what is left waits for two hours', async () => {
	const faults = [
		{ calls: [31], status: 469, body: '{"reason":"User get contact info limit reached"}' },
	];

	expect(await weather({ faults })).toEqual({
		wrong: 0,
		answered: 30,
		codes: ['contactLimit'],
		calls: 31,
	});
});

test('the instance loses its authorization in mid-run', async () => {
	const lost = { status: 400, body: '{"message":"instance is starting or not authorized"}' };
	const faults = [{ calls: Array.from({ length: 60 }, (_, call) => call + 26), ...lost }];

	expect(await weather({ faults })).toEqual({
		wrong: 0,
		answered: 25,
		codes: ['notAuthorized'],
		calls: 26,
	});
});

test('equal numbers in any spelling share one call, and each item has its row', async () => {
	const numbers = [...NUMBERS.slice(0, 30), ...NUMBERS.slice(0, 30)];

	expect(await weather({ numbers })).toEqual({ ...ALL, calls: 30 });
});

test('Max Calls caps a run', async () => {
	expect(await weather({ options: { maxCalls: 12 } })).toEqual({
		wrong: 0,
		answered: 12,
		codes: ['callLimit'],
		calls: 12,
	});
});

test('two runs of the node in one execution, as in a loop, ask every number once', async () => {
	const settings = instanceOf('whatsapp', { ratePerSecond: UNLIMITED });
	simulator = await startSimulator({ instances: [settings] });
	const { stop, ...platform } = steppedPlatform(simulator);
	stopClock = stop;
	const { idInstance, apiTokenInstance } = settings;
	const base = lookupWorkflow({
		resource: 'whatsapp',
		operation: 'checkAccount',
		phoneNumber: '={{ $json.phone }}',
	});
	const more = { ...base.nodes[0], id: 'more', name: 'More' } as (typeof base.nodes)[0];
	const workflow = {
		...base,
		nodes: [...base.nodes, more],
		connections: {
			[ITEMS]: {
				main: [
					[
						{ node: LOOKUP, type: 'main' as const, index: 0 },
						{ node: 'More', type: 'main' as const, index: 0 },
					],
				],
			},
			More: { main: [[{ node: LOOKUP, type: 'main' as const, index: 0 }]] },
		},
	};

	const { run, error } = await runWorkflow({
		node: await createNode(platform),
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: {
			[ITEMS]: NUMBERS.slice(0, 20).map((phone) => ({ phone })),
			More: NUMBERS.slice(10, 30).map((phone) => ({ phone })),
		},
		workflow,
	});

	expect(error).toBeUndefined();
	const runs = run.data.resultData.runData[LOOKUP] ?? [];
	expect(runs.map(({ data }) => data?.main?.[0]?.length)).toEqual([20, 20]);
	expect(simulator.calls()).toHaveLength(30);
});

test('a cancelled execution ends at once and sends nothing more', async () => {
	const settings = instanceOf('whatsapp', { ratePerSecond: UNLIMITED });
	simulator = await startSimulator({ instances: [settings] });
	const { idInstance, apiTokenInstance } = settings;
	const cancel = new AbortController();
	const running = runWorkflow({
		node: await createNode(undefined),
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: { [ITEMS]: NUMBERS.map((phone) => ({ phone })) },
		workflow: lookupWorkflow({
			resource: 'whatsapp',
			operation: 'checkAccount',
			phoneNumber: '={{ $json.phone }}',
			requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 3600_000 } } },
		}),
		signal: cancel.signal,
	});
	while (simulator.calls().length < 1) await new Promise(setImmediate);

	cancel.abort();
	const { run } = await running;

	expect(run.status).toBe('canceled');
	expect(simulator.calls()).toHaveLength(1);
});

test('the hint says what the run did', async () => {
	const settings = instanceOf('whatsapp', { ratePerSecond: UNLIMITED });
	simulator = await startSimulator({ instances: [settings] });
	const { stop, ...platform } = steppedPlatform(simulator);
	stopClock = stop;
	const { idInstance, apiTokenInstance } = settings;
	const { run } = await runWorkflow({
		node: await createNode(platform),
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: {
			[ITEMS]: [...NUMBERS.slice(0, 30), ...NUMBERS.slice(0, 10), 'nobody'].map((phone) => ({
				phone,
			})),
		},
		workflow: lookupWorkflow(
			{ resource: 'whatsapp', operation: 'checkAccount', phoneNumber: '={{ $json.phone }}' },
			{ onError: 'continueRegularOutput' },
		),
	});

	expect(run.data.resultData.runData[LOOKUP]?.[0]?.hints).toEqual([
		expect.objectContaining({
			message: expect.stringMatching(
				/^41 items, 30 calls to GREEN-API in .* s.*\. 10 items needed no call of their own\. Not answered: 1 \(unreadable number\)\.$/,
			),
		}),
	]);
});
