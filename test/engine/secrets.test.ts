/**
 * A token with a mark in it, and every way of failing: the mark is nowhere that a person with the
 * right to read executions, or the log, could read it.
 */
import { takeLog } from './debugLog';

import type { Fault } from '../../simulator/faults';
import { KNOWN_FAILURES, type KnownFailure } from '../knownFailures';
import { testCredential } from './credentialTester';
import { createNode, SYSTEM_ENVIRONMENT } from './engine';
import { findMark } from './findMark';
import { startHost } from './hosts';
import {
	ENTRY_POINTS,
	lookUp,
	ON_ERROR,
	ONE_TRY,
	startService,
	unlimited,
	type Lookup,
	type Service,
} from './lookUp';
import { LOOKUP } from './workflows';

const MARK = 'PLANTED5f3a9c';
const ID = '7103000001';
/** Around the mark: what is escaped in URLs, in JSON, in HTML. */
const TOKEN = `d75b3a66_${MARK}-A9`;

let service: Service;

beforeEach(async () => {
	service = await startService({ ...unlimited('whatsapp'), apiTokenInstance: TOKEN });
	takeLog();
});

/** What an expression of the next node could reach, as text. */
const NEXT = 'Next';
const EXPRESSION = `={{ JSON.stringify([
	$json, $input.item, $input.all(), $('${LOOKUP}').all(), $execution, $workflow, $vars,
	$input.item?.error?.cause?.config?.url, $json.error?.cause, $json.error?.stack,
	$input.item?.error?.context, $prevNode,
]) }}`;

/** Asks about three items, the second of which meets the faults, and looks for the mark everywhere. */
async function leaksOf(lookup: Lookup): Promise<string[]> {
	const { run, error, output } = await lookUp({
		values: VALUES.checkAccount,
		options: ONE_TRY,
		...lookup,
		workflow(json) {
			json.nodes.push({
				id: 'next',
				name: NEXT,
				type: 'n8n-nodes-base.set',
				typeVersion: 1,
				position: [400, 0],
				parameters: { value: EXPRESSION },
			});
			const toNext = [{ node: NEXT, type: 'main' as const, index: 0 }];
			json.connections[LOOKUP] = { main: [toNext, toNext] };
		},
	});
	const log = takeLog();
	if (lookup.onError === 'stopWorkflow') expect(error === undefined).toBe(run.finished === true);
	else expect(output(NEXT).length).toBeGreaterThan(0);
	return [
		['run data', findMark(run, MARK)],
		['error', findMark(error, MARK)],
		['log', findMark(log, MARK)],
	].flatMap(([where, found]) => (found === undefined ? [] : [`${where}${found}`]));
}

/** Through both entry points, under each On Error setting. */
async function expectNoLeaks(lookup: Lookup): Promise<void> {
	for (const entryPoint of ENTRY_POINTS) {
		for (const onError of ON_ERROR) {
			const leaks = await leaksOf({ ...lookup, entryPoint, onError });

			expect([entryPoint, onError, leaks]).toEqual([entryPoint, onError, []]);
		}
	}
}

const VALUES = {
	checkAccount: ['79876543210', '79876543212', '79876543214'],
	getContactInfo: ['10000000', '10000002', '10000004'],
} as const;

function faultsOf({ operation = 'checkAccount', fault }: KnownFailure): Fault[] {
	return [{ ...fault, values: [VALUES[operation][1]] }];
}

test.each(KNOWN_FAILURES)('$title: the token is nowhere', async (failure) => {
	const { messenger = 'whatsapp', operation = 'checkAccount' } = failure;
	const failing = await startService({
		...unlimited(messenger, { faults: faultsOf(failure) }),
		apiTokenInstance: TOKEN,
	});

	await expectNoLeaks({ messenger, operation, values: VALUES[operation], service: failing });
});

/** How the connection test ends; neither its sentence nor the log holds the token. */
async function tested(apiUrl: string): Promise<string> {
	const { status, message } = await testCredential({
		apiUrl,
		idInstance: ID,
		apiTokenInstance: TOKEN,
	});
	expect(message + takeLog()).not.toContain(MARK);
	return status;
}

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
	['the token pasted into it', (url) => `${url}/waInstance${ID}/checkWhatsapp/${TOKEN}`],
];

describe.each(ELSEWHERE)('API URL: %s', (_title, apiUrlOf) => {
	test('the token is nowhere', async () => {
		await expectNoLeaks({ service, credential: { apiUrl: apiUrlOf(service.simulator.url) } });
	});

	test('nor in what the connection test says', async () => {
		expect(await tested(apiUrlOf(service.simulator.url))).toBe('Error');
	});
});

/** All but the one that would take n8n's own five minutes. */
const ANSWERED = KNOWN_FAILURES.filter(
	({ fault }) => !('connection' in fault && fault.connection === 'hang'),
);

test.each(ANSWERED)('connection test, $title: says nothing of the token', async ({ fault }) => {
	service.simulator.instance('whatsapp').faults = [fault];

	await tested(service.simulator.url);
});

test('a redirect to another host is not followed', async () => {
	const { host, received } = await startHost({ body: '{"existsWhatsapp":true}' });
	const location = `http://${host}{path}`;
	const { simulator } = service;
	for (const status of [301, 302, 303, 307, 308]) {
		simulator.instance('whatsapp').faults = [{ status, headers: { location } }];
		for (const entryPoint of ENTRY_POINTS) {
			expect(await leaksOf({ service, entryPoint })).toEqual([]);
		}
		await tested(simulator.url);
	}
	expect(simulator.calls().length).toBeGreaterThan(0);
	expect(received).toEqual([]);
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

	test('with thrown HTTP errors it finds the token in what n8n makes of them', async () => {
		service.simulator.instance('whatsapp').faults = [
			{ status: 400, body: '{"message":"{token}"}' },
		];
		const node = await createNode(SYSTEM_ENVIRONMENT);
		for (const { options = [] } of node.description.properties) {
			for (const option of options) {
				const { routing } = option as { routing?: { request?: object; operations?: object } };
				if (routing?.request) Object.assign(option, { routing: { request: routing.request } });
			}
		}

		expect(
			await leaksOf({ service, node, entryPoint: 'routing', onError: 'stopWorkflow' }),
		).not.toEqual([]);
	});
});
