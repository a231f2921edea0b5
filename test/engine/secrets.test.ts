/**
 * A token with a mark in it, and every way of failing: the mark is nowhere that a person with the
 * right to read executions, or the log, could read it.
 */
import { takeLog } from './debugLog';

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { build } from 'esbuild';
import type { ICredentialDataDecryptedObject, INode, INodeType } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { instanceOf, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { steppedPlatform } from '../virtualClock';
import { testCredential } from './credentialTester';
import {
	createNode,
	nodeOf,
	PACKAGE_FOLDER,
	runWorkflow,
	SYSTEM_PLATFORM,
	type Door,
} from './engine';
import { CASES, PEOPLE, VALUES, type FailureCase } from './failureCases';
import { findMark } from './findMark';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const MARK = 'PLANTED5f3a9c';
/** Around the mark: what is escaped in URLs, in JSON, in HTML. */
const TOKEN = `t0/${MARK}+ü?#%41"<&'\\ {idInstance}`;

const UNLIMITED = { check: 1000, contact: 1000, account: 1000 };
const ON_ERROR: ReadonlyArray<Partial<INode>> = [
	{},
	{ onError: 'continueRegularOutput' },
	{ onError: 'continueErrorOutput' },
];
const DOORS: readonly Door[] = ['bulk', 'routing'];

let simulator: Simulator;
let stopClock = () => {};

beforeEach(async () => {
	simulator = await startSimulator({ instances: INSTANCES });
	takeLog();
});

afterEach(async () => {
	stopClock();
	await simulator.close();
});

const INSTANCES = (['whatsapp', 'telegram', 'max'] as const).map((messenger) => ({
	...instanceOf(messenger, { ratePerSecond: UNLIMITED }),
	apiTokenInstance: TOKEN,
}));

interface Leaky {
	readonly messenger?: Messenger;
	readonly operation?: 'checkAccount' | 'getContactInfo';
	readonly door: Door;
	readonly node: Partial<INode>;
	readonly faults?: readonly Fault[];
	readonly credential?: ICredentialDataDecryptedObject;
	readonly nodeType?: INodeType;
}

/** What an expression of the next node could reach, as text. */
const NEXT = 'Next';
const EXPRESSION = `={{ JSON.stringify([
	$json, $input.item, $input.all(), $('${LOOKUP}').all(), $execution, $workflow, $vars,
	$input.item?.error?.cause?.config?.url, $json.error?.cause, $json.error?.stack,
	$input.item?.error?.context, $prevNode,
]) }}`;

/** Runs three items, the second of which meets the faults, and looks for the mark everywhere. */
async function leaksOf(leaky: Leaky): Promise<string[]> {
	const { messenger = 'whatsapp', operation = 'checkAccount', door, node, faults = [] } = leaky;
	const instance = simulator.instance(messenger);
	instance.faults = faults;
	const { idInstance, apiTokenInstance } = instance;
	const credential = leaky.credential ?? { apiUrl: simulator.url, idInstance, apiTokenInstance };
	const workflow = lookupWorkflow(
		{
			resource: messenger,
			operation,
			[operation === 'checkAccount' ? 'phoneNumber' : 'chatId']: '={{ $json.value }}',
			options: { maxTries: 1, maxWait: 0.001 },
			requestOptions: { timeout: 30_000 },
		},
		node,
	);
	workflow.nodes.push({
		id: 'next',
		name: NEXT,
		type: 'n8n-nodes-base.set',
		typeVersion: 1,
		position: [400, 0],
		parameters: { value: EXPRESSION },
	});
	const toNext = [{ node: NEXT, type: 'main' as const, index: 0 }];
	workflow.connections[LOOKUP] = { main: [toNext, toNext] };
	const { run, error, output } = await runWorkflow({
		node: leaky.nodeType ?? (await platformNode(leaky.credential === undefined)),
		door,
		credential,
		pinned: {
			[ITEMS]: PEOPLE.map((name, index) => ({ name, value: VALUES[operation][index] })),
		},
		workflow,
	});
	const log = takeLog();
	if (node.onError) expect(output(NEXT).length).toBeGreaterThan(0);
	else expect(error === undefined).toBe(run.finished === true);
	return [
		['run data', findMark(run, MARK)],
		['error', findMark(error, MARK)],
		['log', findMark(log, MARK)],
	].flatMap(([where, found]) => (found === undefined ? [] : [`${where}${found}`]));
}

/** On a clock that does not wait, where the simulator answers; else on that of the machine. */
async function platformNode(isSimulated: boolean): Promise<INodeType> {
	if (!isSimulated) return await createNode(SYSTEM_PLATFORM);
	const { stop, ...platform } = steppedPlatform(simulator);
	stopClock = stop;
	return await createNode(platform);
}

function faultsOf({ operation = 'checkAccount', fault }: FailureCase): Fault[] {
	return [{ ...fault, values: [VALUES[operation][1]] }];
}

describe.each(CASES)('$title', (failure) => {
	test('the token is nowhere', async () => {
		for (const door of DOORS) {
			for (const node of ON_ERROR) {
				const leaks = await leaksOf({ ...failure, door, node, faults: faultsOf(failure) });
				stopClock();

				expect([door, node.onError, leaks]).toEqual([door, node.onError, []]);
			}
		}
	});
});

/** Where nothing answers, or something else than GREEN-API. */
const ELSEWHERE: ReadonlyArray<[string, (url: string) => string]> = [
	['nobody listens', () => 'http://127.0.0.1:1'],
	['a host that does not exist', () => 'https://no-such-host.invalid'],
	['TLS to a port that speaks none', (url) => url.replace('http:', 'https:')],
	['an address that is none', () => 'https://'],
	['another scheme', () => 'ftp://127.0.0.1'],
	['no scheme', () => '127.0.0.1'],
	['a host that would get the token unencrypted', () => 'http://api.example.com'],
	['user and password', (url) => url.replace('//', '//user:pass@')],
	['the token pasted into it', (url) => `${url}/waInstance7103000001/checkWhatsapp/${TOKEN}`],
];

describe.each(ELSEWHERE)('API URL: %s', (_title, apiUrlOf) => {
	const credential = () => ({
		apiUrl: apiUrlOf(simulator.url),
		idInstance: '7103000001',
		apiTokenInstance: TOKEN,
	});

	test('the token is nowhere', async () => {
		for (const door of DOORS) {
			for (const node of ON_ERROR) {
				const leaks = await leaksOf({ door, node, credential: credential() });

				expect([door, node.onError, leaks]).toEqual([door, node.onError, []]);
			}
		}
	});

	test('nor in what the connection test says', async () => {
		const { status, message } = await testCredential(credential());

		expect(status).toBe('Error');
		expect(message).not.toContain(MARK);
		expect(takeLog()).not.toContain(MARK);
	});
});

/** All but the one that would take n8n's own five minutes. */
const ANSWERED = CASES.filter(
	({ fault }) => !('connection' in fault && fault.connection === 'hang'),
);

test.each(ANSWERED)('connection test, $title: says nothing of the token', async ({ fault }) => {
	const instance = simulator.instance('whatsapp');
	instance.faults = [fault];
	const { idInstance, apiTokenInstance } = instance;

	const tested = await testCredential({ apiUrl: simulator.url, idInstance, apiTokenInstance });

	expect(tested.message).not.toContain(MARK);
	expect(takeLog()).not.toContain(MARK);
});

test('a redirect to another host is not followed', async () => {
	const received: string[] = [];
	const stranger = createServer((request, response) => {
		received.push(request.url ?? '');
		response.end('{"existsWhatsapp":true}');
	});
	stranger.listen(0, '127.0.0.1');
	await once(stranger, 'listening');
	const { port } = stranger.address() as AddressInfo;
	try {
		for (const status of [301, 302, 303, 307, 308]) {
			const location = `http://127.0.0.1:${port}{path}`;
			const faults = [{ status, headers: { location } }];
			for (const door of DOORS) {
				expect(await leaksOf({ door, node: ON_ERROR[1] as object, faults })).toEqual([]);
				stopClock();
			}
			const { idInstance, apiTokenInstance } = simulator.instance('whatsapp');
			await testCredential({ apiUrl: simulator.url, idInstance, apiTokenInstance });
		}
		expect(received).toEqual([]);
	} finally {
		stranger.close();
	}
});

describe('the check can fail', () => {
	test('it finds a mark wherever it hides', () => {
		const hidden = Object.defineProperty(new Error('x'), 'secret', { value: { deep: [MARK] } });
		const reached = [
			{ a: [{ b: `x${MARK}` }] },
			{ [MARK]: 1 },
			{ [Symbol('s')]: MARK },
			new Error('a', { cause: new Error(MARK) }),
			hidden,
			new Map([[MARK, 1]]),
			new Set([new Map([[1, MARK]])]),
			Buffer.from(MARK),
			new URL(`http://h/${MARK}`),
			Object.assign(() => 1, { config: { url: MARK } }),
		];
		for (const value of reached) expect(findMark(value, MARK)).toBeDefined();
		expect(findMark({ a: [MARK.slice(1)] }, MARK)).toBeUndefined();
	});

	test('without redaction it finds the token in an error of the service', async () => {
		const failure = CASES.find(({ title }) => title === '400 whose message repeats the token');
		if (!failure) throw new Error('The case is gone');
		const nodeType = await nodeWith('redact', 'export const redactor = () => (text) => text;');

		const leaks = await leaksOf({
			door: 'bulk',
			node: { onError: 'continueRegularOutput' },
			faults: faultsOf(failure),
			nodeType,
		});

		expect(leaks).toEqual([expect.stringMatching(/^run data/)]);
	});

	test('with thrown HTTP errors it finds the token in what n8n makes of them', async () => {
		const failure = CASES.find(({ title }) => title === '400 Validation failed');
		if (!failure) throw new Error('The case is gone');
		const nodeType = await createNode(SYSTEM_PLATFORM);
		for (const { options = [] } of nodeType.description.properties) {
			for (const option of options) {
				const { routing } = option as { routing?: { request?: object; operations?: object } };
				if (routing?.request) Object.assign(option, { routing: { request: routing.request } });
			}
		}

		const leaks = await leaksOf({
			door: 'routing',
			node: {},
			faults: faultsOf(failure),
			nodeType,
		});

		expect(leaks).not.toEqual([]);
	});
});

/** The node with one file of its core replaced. */
async function nodeWith(file: string, code: string): Promise<INodeType> {
	// In node_modules, so that the bundle finds n8n-workflow as an installed package does.
	const outfile = path.join(PACKAGE_FOLDER, 'node_modules/.cache/secrets', `${file}.cjs`);
	await build({
		entryPoints: [path.join(PACKAGE_FOLDER, 'nodes/GreenApiLookup/GreenApiLookup.node.ts')],
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['n8n-workflow'],
		outfile,
		plugins: [
			{
				name: 'replace',
				setup(bundle) {
					bundle.onLoad({ filter: new RegExp(`/lookup/${file}\\.ts$`) }, () => ({
						contents: code,
					}));
				},
			},
		],
	});
	const { GreenApiLookup } = (await import(outfile)) as { GreenApiLookup: new () => INodeType };
	return await nodeOf(GreenApiLookup, SYSTEM_PLATFORM);
}
