/** Lists of items against a running GREEN-API: order, pairing, input fields, both doors. */

import type { IDataObject, IExecuteContextData, INode } from 'n8n-workflow';

import { instanceOf, type InstanceChanges, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { runWorkflow, type Door, type RunResult } from './engine';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const UNLIMITED = { check: 1000, contact: 1000, account: 1000 };

let simulator: Simulator;

afterEach(async () => await simulator.close());

interface Lookup {
	readonly messenger?: Messenger;
	readonly door?: Door;
	readonly rows: readonly IDataObject[];
	readonly parameters?: IDataObject;
	readonly node?: Partial<INode>;
	readonly instance?: InstanceChanges;
	readonly apiUrl?: (url: string) => string;
	readonly contextData?: IExecuteContextData;
}

/** Runs Check Account, unless the parameters say otherwise, on `{ phone }` rows. */
async function lookUp(lookup: Lookup): Promise<RunResult> {
	const { messenger = 'whatsapp', apiUrl = (url) => url } = lookup;
	const settings = instanceOf(messenger, { ratePerSecond: UNLIMITED, ...lookup.instance });
	simulator = await startSimulator({ instances: [settings] });
	const { idInstance, apiTokenInstance } = settings;
	return await runWorkflow({
		door: lookup.door ?? 'bulk',
		credential: { apiUrl: apiUrl(simulator.url), idInstance, apiTokenInstance },
		pinned: { [ITEMS]: lookup.rows },
		...(lookup.contextData && { contextData: lookup.contextData }),
		workflow: lookupWorkflow(
			{
				resource: messenger,
				operation: 'checkAccount',
				phoneNumber: '={{ $json.phone }}',
				...lookup.parameters,
			},
			lookup.node,
		),
	});
}

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;
const PHONES = ['79876543210', '79876543211', '79876543212'].map((phone) => ({ phone }));

describe.each<Door>(['bulk', 'routing'])('through the %s door', (door) => {
	test('a list gives one row for each item, in order, paired with its item', async () => {
		const { error, output } = await lookUp({ door, rows: PHONES });

		expect(error).toBeUndefined();
		expect(output(LOOKUP)).toEqual([
			{
				json: expect.objectContaining({ exists: true, chatId: '79876543210@c.us' }),
				pairedItem: { item: 0 },
			},
			{ json: expect.objectContaining({ exists: false, chatId: null }), pairedItem: { item: 1 } },
			{
				json: expect.objectContaining({ exists: true, chatId: '79876543212@c.us' }),
				pairedItem: { item: 2 },
			},
		]);
	});

	test('input fields are kept on request, the result wins, error and details are left behind', async () => {
		const { output } = await lookUp({
			door,
			rows: [{ phone: '79876543210', name: 'Ivan', exists: 'maybe', error: 'old', details: 'old' }],
			parameters: { options: { includeInputFields: true } },
		});

		expect(output(LOOKUP)[0]?.json).toEqual({
			phone: '79876543210',
			name: 'Ivan',
			messenger: 'whatsapp',
			phoneNumber: '79876543210',
			exists: true,
			chatId: '79876543210@c.us',
			checkedAt: expect.any(String),
		});
	});

	test.each(['', '/', '/v3', '/v3/'])(
		'API URL may end with "%s" for every messenger',
		async (end) => {
			for (const messenger of ['whatsapp', 'telegram', 'max'] as const) {
				const { error } = await lookUp({
					door,
					messenger,
					rows: PHONES.slice(0, 1),
					apiUrl: (url) => url + end,
				});

				expect(error).toBeUndefined();
				expect(
					simulator.calls().map(({ status, path }) => [status, path.startsWith('/v3/')]),
				).toEqual([[200, messenger === 'max']]);
				await simulator.close();
			}
		},
	);

	test('a row that cannot be read fails alone and costs no call', async () => {
		const rows = [{ phone: 'nobody' }, ...PHONES.slice(0, 1)];

		const { error, output } = await lookUp({ door, rows, node: CONTINUE });

		expect(error).toBeUndefined();
		expect(
			output(LOOKUP).map(({ json }) => [json.exists, (json.error as IDataObject)?.code]),
		).toEqual([
			[null, 'invalidPhoneNumber'],
			[true, undefined],
		]);
		expect(simulator.calls()).toHaveLength(1);
	});

	test('a failed row goes to the error branch with the fields of its item', async () => {
		const rows = [{ phone: 'nobody', name: 'Ivan' }, ...PHONES.slice(0, 1)];

		const { output } = await lookUp({ door, rows, node: ERROR_OUTPUT });

		expect(output(LOOKUP, 0)).toEqual([
			{ json: expect.objectContaining({ exists: true }), pairedItem: { item: 1 } },
		]);
		expect(output(LOOKUP, 1).map(({ json }) => json)).toEqual([
			{
				phone: 'nobody',
				name: 'Ivan',
				error: expect.objectContaining({ code: 'invalidPhoneNumber' }),
			},
		]);
	});

	test('stops at the first failure, with the advice in the message and the item named', async () => {
		const { error } = await lookUp({ door, rows: [{ phone: 'nobody' }] });

		expect(error?.message).toMatch(/^"nobody" is not a phone number .* with the country code/);
		expect(error).toMatchObject({ context: { itemIndex: 0 } });
	});

	test.each([CONTINUE, ERROR_OUTPUT])(
		'a credential that cannot be right fails every item: %j',
		async (node) => {
			const { error, output } = await lookUp({
				door,
				rows: PHONES,
				node,
				apiUrl: () => 'green-api.com',
			});

			expect(error).toBeUndefined();
			const failed = output(LOOKUP, node === ERROR_OUTPUT ? 1 : 0);
			expect(failed.map(({ json }) => (json.error as IDataObject).message)).toEqual(
				Array(PHONES.length).fill(expect.stringMatching(/^API URL must start with https/)),
			);
			expect(simulator.calls()).toHaveLength(0);
		},
	);
});

test('a number of 16 digits reaches the service to the last digit', async () => {
	await lookUp({
		rows: [{ phone: '9007199254740993' }],
		instance: { dress: 'newer' },
	});

	expect(simulator.calls()[0]?.text).toBe('{"phoneNumber":9007199254740993}');
});

test('nothing that is not asked for stands in a request', async () => {
	await lookUp({
		messenger: 'telegram',
		rows: PHONES.slice(0, 1),
		parameters: { options: { force: false } },
	});

	expect(simulator.calls()[0]?.text).toBe('{"phoneNumber":79876543210}');
});

test.each<[string, IDataObject, InstanceChanges, string]>([
	['Max Calls', { maxCalls: 2 }, {}, 'callLimit'],
	['a used-up quota', {}, { quota: { used: 98, total: 100 } }, 'quotaExceeded'],
])(
	'%s holds for an execution that a Wait node parks in the database in between',
	async (_title, options, instance, code) => {
		const lookup = { rows: PHONES, parameters: { options }, node: CONTINUE, instance };
		const { run } = await lookUp(lookup);
		await simulator.close();
		const parked = JSON.stringify(run.data.executionData?.contextData);
		expect(parked).not.toContain('7103');

		const { output } = await lookUp({
			...lookup,
			instance: {},
			contextData: JSON.parse(parked) as IExecuteContextData,
		});

		expect(simulator.calls()).toEqual([]);
		expect(output(LOOKUP).map(({ json }) => json.error)).toEqual(
			PHONES.map(() => expect.objectContaining({ code, asked: false }) as IDataObject),
		);
	},
);
