/** Several instances and workflows in one process: they share what is one instance's, and no more. */

import type { IDataObject, INodeType } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceSettings } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { steppedPlatform } from '../virtualClock';
import { createNode, runWorkflow } from './engine';
import { findMark } from './findMark';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const MARK = 'PLANTED7b1e';
const TOKEN = `t0${MARK}`;

let simulator: Simulator;
let node: INodeType;
let stopClock = () => {};

/** Two WhatsApp instances: on the first even numbers exist, on the second nobody. */
function instances(faults: readonly Fault[] = []): InstanceSettings[] {
	const [ratePerSecond, token] = [{ check: 10, contact: 1, account: 1 }, TOKEN];
	return [
		{ ...instanceOf('whatsapp', { ratePerSecond, faults }), apiTokenInstance: `${token}1` },
		{
			...instanceOf('whatsapp', { ratePerSecond, unlisted: 'none' }),
			idInstance: '7103000002',
			apiTokenInstance: `${token}2`,
		},
	];
}

async function start(settings: InstanceSettings[]): Promise<void> {
	let time = () => 0;
	simulator = await startSimulator({ instances: settings, now: () => time() });
	const { stop, ...platform } = steppedPlatform(simulator);
	time = () => platform.clock.monotonic();
	stopClock = stop;
	node = await createNode(platform);
}

afterEach(async () => {
	stopClock();
	await simulator.close();
});

const PHONES = Array.from({ length: 40 }, (_, index) => String(79_000_000_000 + index));

/** Looks all numbers up on one of the instances. */
async function lookUp(index: number, phones = PHONES): Promise<IDataObject[]> {
	const { idInstance, apiTokenInstance } = simulator.instances[index] as InstanceSettings;
	const { error, output } = await runWorkflow({
		node,
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: { [ITEMS]: phones.map((phone) => ({ phone })) },
		workflow: lookupWorkflow(
			{
				resource: 'whatsapp',
				operation: 'checkAccount',
				phoneNumber: '={{ $json.phone }}',
				options: { maxTries: 1 },
			},
			{ onError: 'continueRegularOutput' },
		),
	});
	expect(error).toBeUndefined();
	return output(LOOKUP).map(({ json }) => json);
}

const codesOf = (rows: readonly IDataObject[]) => [
	...new Set(rows.map(({ error }) => (error as IDataObject | undefined)?.code)),
];

test('two instances at once: each row has the answer of its own, and each has its own limit', async () => {
	await start(instances());

	const [one, two, again] = await Promise.all([lookUp(0), lookUp(1), lookUp(0)]);

	expect(one.map(({ exists }) => exists)).toEqual(PHONES.map((phone) => Number(phone) % 2 === 0));
	expect(again.map(({ exists }) => exists)).toEqual(one.map(({ exists }) => exists));
	expect(two.map(({ exists }) => exists)).toEqual(PHONES.map(() => false));
	const rates = simulator.instances.map(({ idInstance }) => simulator.highestRate({ idInstance }));
	// The two workflows of the first one share its ten calls a second.
	expect(rates).toEqual([10, 10]);
	const calls = simulator.instances.map(({ idInstance }) => simulator.calls({ idInstance }).length);
	expect(calls).toEqual([2 * PHONES.length, PHONES.length]);
	expect(simulator.calls().filter(({ status }) => status === 429)).toEqual([]);
});

test.each<[string, Fault, string]>([
	['a wrong token', { status: 401 }, 'unauthorized'],
	['a used-up quota', { status: 466, body: '{"used":1,"total":1}' }, 'quotaExceeded'],
	[
		'a 469',
		{ status: 469, body: '{"reason":"User get contact info limit reached"}' },
		'contactLimit',
	],
	[
		'a block',
		{ status: 400, body: '{"message":"Instance account is blocked"}' },
		'instanceBlocked',
	],
	[
		'a 429 that asks for a minute',
		{ status: 429, headers: { 'retry-after': '60' } },
		'rateLimited',
	],
])('%s on one instance does not touch the other', async (_title, fault, code) => {
	await start(instances([fault]));

	const [broken, whole] = await Promise.all([lookUp(0, PHONES.slice(0, 4)), lookUp(1)]);
	const after = await lookUp(1, PHONES.slice(0, 4));

	expect(codesOf(broken)).toEqual([code]);
	expect(codesOf(whole)).toEqual([undefined]);
	expect(codesOf(after)).toEqual([undefined]);
});

test('what the process keeps between executions names no token and no instance', async () => {
	await start(
		instances([{ status: 469, body: '{"reason":"User get contact info limit reached"}' }]),
	);
	await Promise.all([lookUp(0), lookUp(1)]);

	expect(findMark(node, MARK)).toBeUndefined();
	expect(findMark(node, '7103000001')).toBeUndefined();
	expect(findMark(node, '7103000002')).toBeUndefined();
});
