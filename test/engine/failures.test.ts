/**
 * Everything that GREEN-API and the network can answer, for one item between two good ones, under
 * each On Error setting and through both doors.
 */

import type { IDataObject, INode } from 'n8n-workflow';

import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceChanges, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { steppedPlatform } from '../virtualClock';
import { createNode, runWorkflow, type Door, type RunResult } from './engine';
import { CASES, PEOPLE, VALUES, type FailureCase } from './failureCases';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

let simulator: Simulator;
let stopClock = () => {};

afterEach(async () => {
	stopClock();
	await simulator.close();
});

interface Run {
	readonly messenger?: Messenger;
	readonly operation?: 'checkAccount' | 'getContactInfo';
	readonly rows: readonly IDataObject[];
	readonly door?: Door;
	readonly node?: Partial<INode>;
	readonly faults?: readonly Fault[];
	readonly changes?: InstanceChanges;
	readonly options?: IDataObject;
}

const UNLIMITED = { check: 1000, contact: 1000, account: 1000 };

/** Runs the lookup on the `value` field of the rows, with the faults in place. */
async function run(options: Run): Promise<RunResult> {
	const { messenger = 'whatsapp', operation = 'checkAccount', faults = [] } = options;
	const settings = instanceOf(messenger, { ratePerSecond: UNLIMITED, faults, ...options.changes });
	simulator = await startSimulator({ instances: [settings] });
	const { idInstance, apiTokenInstance } = settings;
	// A clock of an earlier run would wait for this one's calls.
	stopClock();
	const { stop, ...platform } = steppedPlatform(simulator);
	stopClock = stop;
	return await runWorkflow({
		node: await createNode(platform),
		door: options.door ?? 'bulk',
		credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
		pinned: { [ITEMS]: options.rows },
		workflow: lookupWorkflow(
			{
				resource: messenger,
				operation,
				[operation === 'checkAccount' ? 'phoneNumber' : 'chatId']: '={{ $json.value }}',
				// One call for each item: repeating is another file's matter.
				options: { maxTries: 1, maxWait: 0.001, ...options.options },
				requestOptions: { timeout: 30_000 },
			},
			options.node,
		),
	});
}

/** Three people, the second of whom meets the fault. */
function listOf({ operation = 'checkAccount', fault }: FailureCase) {
	const values = VALUES[operation];
	return {
		rows: PEOPLE.map((name, index) => ({ name, value: values[index] })),
		faults: [{ ...fault, values: [values[1]] }],
	};
}

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;

function errorOf(row: IDataObject | undefined): IDataObject {
	return row?.error as IDataObject;
}

/** Failures after which no further call of the run makes sense. */
const FINAL = [
	'unauthorized',
	'wrongInstance',
	'notAuthorized',
	'instanceBlocked',
	'instanceExpired',
	'quotaExceeded',
	'contactLimit',
];

describe.each(CASES)('$title', (failure) => {
	const { messenger = 'whatsapp', operation = 'checkAccount', error: expected, message } = failure;
	const error = { ...expected, asked: true, message: expect.stringMatching(message) };
	const isFinal = FINAL.includes(expected.code);
	// A 429 is no try of an item: it is asked once more, unless Max Wait is over by then.
	const calls =
		(isFinal ? 2 : 3) + (expected.code === 'rateLimited' && !expected.retryAfter ? 1 : 0);
	// While one call hangs, the next one goes.
	const isLate = 'connection' in failure.fault && failure.fault.connection === 'hang';
	const list = listOf(failure);
	const value = VALUES[operation][1];

	test('Continue: a row in its place, that claims nothing', async () => {
		const { error: thrown, output } = await run({ ...failure, ...list, node: CONTINUE });

		expect(thrown).toBeUndefined();
		expect(output(LOOKUP).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.code)).toEqual([
			undefined,
			expected.code,
			isFinal ? expected.code : undefined,
		]);
		expect(errorOf(output(LOOKUP)[2]?.json)?.asked).toBe(isFinal ? false : undefined);
		expect(output(LOOKUP)[1]?.json).toEqual(
			operation === 'checkAccount'
				? { messenger, phoneNumber: value, exists: null, chatId: null, error }
				: { messenger, chatId: value, error },
		);
		expect(JSON.stringify(output(LOOKUP))).not.toContain(
			simulator.instance(messenger).apiTokenInstance,
		);
		expect(simulator.calls()).toHaveLength(calls);
	});

	test('Continue (using error output): the item and its error, on the error branch', async () => {
		const { error: thrown, output } = await run({ ...failure, ...list, node: ERROR_OUTPUT });

		expect(thrown).toBeUndefined();
		expect(output(LOOKUP, 0).map(({ pairedItem }) => pairedItem)).toEqual(
			isFinal ? [{ item: 0 }] : [{ item: 0 }, { item: 2 }],
		);
		expect(output(LOOKUP, 1)[0]).toEqual(
			expect.objectContaining({ json: { name: 'Boris', value, error }, pairedItem: { item: 1 } }),
		);
		expect(output(LOOKUP, 1).map(({ json }) => [json.name, errorOf(json).asked])).toEqual([
			['Boris', true],
			...(isFinal ? [['Carla', false]] : []),
		]);
		expect(simulator.calls()).toHaveLength(calls);
	});

	test('Stop: the run ends there, and says which item it was and what to do', async () => {
		const { error: thrown } = await run({ ...failure, ...list });

		expect(thrown?.message).toMatch(message);
		expect(thrown?.message).toMatch(
			/item 2 of 3\. The answers? of (1|2) other items? (is|are) not passed on/,
		);
		expect(thrown?.message).toContain('Continue (using error output)');
		expect(thrown).toMatchObject({ context: { itemIndex: 1 } });
		expect(JSON.stringify(thrown)).not.toContain(simulator.instance(messenger).apiTokenInstance);
		expect(simulator.calls()).toHaveLength(isLate || calls > 3 ? calls : 2);
	});

	test('through the routing door: the same code and message for one item', async () => {
		const single = { ...failure, ...list, rows: list.rows.slice(1, 2), door: 'routing' } as const;

		const { output } = await run({ ...single, node: CONTINUE });
		const row = output(LOOKUP)[0]?.json;
		await simulator.close();
		const { error: thrown } = await run(single);

		expect(errorOf(row)).toEqual(error);
		expect(thrown?.message).toBe(errorOf(row).message);
	});
});

describe('bad input', () => {
	const good = { value: '79876543210' };

	test.each([
		['nothing', {}],
		['an empty text', { value: '' }],
		['letters', { value: 'nobody' }],
		['null', { value: null }],
		['an object', { value: { phone: '79876543210' } }],
		['a list', { value: ['79876543210'] }],
		['a boolean', { value: true }],
		['40 digits', { value: '7'.repeat(40) }],
		['a fraction', { value: 79876543210.5 }],
		['a group', { value: '120363043968066561@g.us' }],
	])('%s fails its item alone and makes no call', async (_title, bad) => {
		const { error, output } = await run({ rows: [good, bad as IDataObject, good], node: CONTINUE });

		expect(error).toBeUndefined();
		expect(output(LOOKUP).map(({ json }) => [json.exists, errorOf(json)?.code])).toEqual([
			[true, undefined],
			[null, 'invalidPhoneNumber'],
			[true, undefined],
		]);
		expect(errorOf(output(LOOKUP)[1]?.json)).toMatchObject({ asked: false, retryable: false });
		expect(simulator.calls()).toHaveLength(1);
	});

	test.each([
		['a group', '120363043968066561@g.us', 'groupChat'],
		['letters', 'nobody', 'invalidChatId'],
		['a boolean', true, 'invalidChatId'],
		['nothing', null, 'invalidChatId'],
		['40 digits', '7'.repeat(40), 'invalidChatId'],
	])('%s is no chat ID and makes no call', async (_title, value, code) => {
		const rows = [{ value: '79876543210@c.us' }, { value }];

		const { output } = await run({ operation: 'getContactInfo', rows, node: CONTINUE });

		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.code)).toEqual([undefined, code]);
		expect(simulator.calls()).toHaveLength(1);
	});

	test('a chat ID that is a number goes out as text', async () => {
		await run({ messenger: 'max', operation: 'getContactInfo', rows: [{ value: 10000000 }] });

		expect(simulator.calls()[0]?.text).toBe('{"chatId":"10000000"}');
	});

	test('an expression that fails for one item fails that item alone', async () => {
		const settings = instanceOf('whatsapp', { ratePerSecond: UNLIMITED });
		simulator = await startSimulator({ instances: [settings] });
		const { idInstance, apiTokenInstance } = settings;

		const { output } = await runWorkflow({
			credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
			pinned: { [ITEMS]: [good, { value: null }] },
			workflow: lookupWorkflow(
				{
					resource: 'whatsapp',
					operation: 'checkAccount',
					phoneNumber: '={{ $json.value ? $json.value : $("Nobody").item.json.phone }}',
				},
				CONTINUE,
			),
		});

		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.code)).toEqual([
			undefined,
			'invalidPhoneNumber',
		]);
		expect(errorOf(output(LOOKUP)[1]?.json).message).toMatch(
			/cannot be read: .*Mend the expression/,
		);
	});

	test.each([
		{ maxCalls: -3 },
		{ maxCalls: 'many' },
		{ maxTries: true },
		{ maxCalls: '={{ $("Nobody").item.json.x }}' },
	])('options that cannot be used fail every item and make no call: %j', async (options) => {
		const rows = [good, { value: '79876543212' }];

		const { error, output } = await run({ rows, node: CONTINUE, options });

		expect(error).toBeUndefined();
		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.asked)).toEqual([false, false]);
		expect(simulator.calls()).toHaveLength(0);
	});

	test('Max Calls as text, as a spreadsheet gives it, is a cap', async () => {
		const rows = [good, { value: '79876543212' }];

		const { output } = await run({ rows, node: CONTINUE, options: { maxCalls: '1' } });

		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.code)).toEqual([undefined, 'callLimit']);
	});

	test('with Stop, a bad number at the end of a list costs no call', async () => {
		const { error } = await run({ rows: [good, good, { value: 'nobody' }] });

		expect(error?.message).toMatch(/^"nobody" is not .*item 3 of 3\. No item is passed on/);
		expect(simulator.calls()).toHaveLength(0);
	});
});

describe('Retry On Fail', () => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const rows = [{ value: 'nobody' }, { value: '79876543210' }, { value: '79876543212' }];

	test.each([CONTINUE, ERROR_OUTPUT])(
		'a bad first row: the good ones are asked once, %j',
		async (node) => {
			await run({ rows, node: { ...node, ...retry } });

			expect(simulator.calls()).toHaveLength(2);
		},
	);

	test('asks only what failed and can be answered the next time', async () => {
		await run({
			rows: [{ value: '79876543214' }, ...rows.slice(1)],
			node: { ...CONTINUE, ...retry },
			faults: [{ calls: [1], status: 502 }],
		});

		// Only calls are looked at: n8n-core 1.84 throws the rows of the later tries away.
		expect(simulator.calls().map(({ text }) => text.slice(-5, -1))).toEqual([
			'3214',
			'3210',
			'3212',
			'3214',
		]);
	});

	test('with Stop, answers of the first try are not asked again', async () => {
		const { error, output } = await run({
			rows: rows.slice(1),
			node: retry,
			faults: [{ calls: [2], status: 502 }],
		});

		expect(error).toBeUndefined();
		expect(output(LOOKUP)).toHaveLength(2);
		expect(simulator.calls()).toHaveLength(3);
	});

	test('an answer that is final is not asked again', async () => {
		await run({
			rows: rows.slice(1, 2),
			node: { ...CONTINUE, ...retry },
			faults: [{ status: 401 }],
		});

		expect(simulator.calls()).toHaveLength(1);
	});
});

describe('a failure of the whole run', () => {
	const rows = VALUES.checkAccount.map((value) => ({ value }));

	test('nobody listens: every item says so', async () => {
		const settings = instanceOf('whatsapp');
		simulator = await startSimulator({ instances: [settings] });
		await simulator.close();
		const { idInstance, apiTokenInstance } = settings;

		const { output } = await runWorkflow({
			credential: { apiUrl: simulator.url, idInstance, apiTokenInstance },
			pinned: { [ITEMS]: rows },
			workflow: lookupWorkflow(
				{
					resource: 'whatsapp',
					operation: 'checkAccount',
					phoneNumber: '={{ $json.value }}',
					options: { maxTries: 1 },
				},
				CONTINUE,
			),
		});

		expect(output(LOOKUP).map(({ json }) => errorOf(json)?.message)).toEqual(
			Array(3).fill(expect.stringMatching(/could not be reached: nothing answers/)),
		);
	});

	test.each([CONTINUE, ERROR_OUTPUT])(
		'the credential is gone: a failed row for every item, %j',
		async (node) => {
			simulator = await startSimulator();

			const { error, output } = await runWorkflow({
				pinned: { [ITEMS]: rows },
				workflow: lookupWorkflow(
					{ resource: 'whatsapp', operation: 'checkAccount', phoneNumber: '={{ $json.value }}' },
					node,
				),
			});

			expect(error).toBeUndefined();
			expect(output(LOOKUP, node === ERROR_OUTPUT ? 0 : 1)).toEqual([]);
			expect(
				output(LOOKUP, node === ERROR_OUTPUT ? 1 : 0).map(({ json }) => errorOf(json)?.message),
			).toEqual(Array(3).fill(expect.stringMatching(/credential of this node could not be read/)));
		},
	);
});
