/** A Messenger that is not the instance's: told apart from a wrong address, for one call more. */

import type { IDataObject } from 'n8n-workflow';

import { MESSENGER_NAMES, type Messenger } from '../../nodes/GreenApiLookup/endpoints';
import { instanceOf } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { createNode, runWorkflow, SYSTEM_PLATFORM, type Door } from './engine';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const MESSENGERS = ['max', 'telegram', 'whatsapp'] as const;
const PAIRS = MESSENGERS.flatMap((chosen) =>
	MESSENGERS.filter((owner) => owner !== chosen).map((owner) => [chosen, owner] as const),
);
const DOORS: readonly Door[] = ['bulk', 'routing'];
const UNLIMITED = { check: 1000, contact: 1000, account: 1000 };

let simulator: Simulator;

beforeEach(async () => {
	simulator = await startSimulator({
		instances: MESSENGERS.map((messenger) => instanceOf(messenger, { ratePerSecond: UNLIMITED })),
	});
});

afterEach(async () => await simulator.close());

interface Run {
	readonly chosen: Messenger;
	readonly owner: Messenger;
	readonly items?: number;
	readonly door?: Door;
	readonly options?: IDataObject;
	readonly credential?: IDataObject;
}

async function rowsOf({
	chosen,
	owner,
	items = 1,
	door = 'bulk',
	...given
}: Run): Promise<IDataObject[]> {
	const { idInstance, apiTokenInstance } = simulator.instance(owner);
	const { error, output } = await runWorkflow({
		node: await createNode(SYSTEM_PLATFORM),
		door,
		credential: {
			apiUrl: `${simulator.url}${owner === 'max' ? '/v3' : ''}`,
			idInstance,
			apiTokenInstance,
			...(given.credential as Record<string, string>),
		},
		pinned: {
			[ITEMS]: Array.from({ length: items }, (_, index) => ({ phone: `7987654321${index % 10}` })),
		},
		workflow: lookupWorkflow(
			{
				resource: chosen,
				operation: 'checkAccount',
				phoneNumber: '={{ $json.phone }}',
				...(given.options && { options: given.options }),
			},
			{ onError: 'continueRegularOutput' },
		),
	});
	expect(error).toBeUndefined();
	return output(LOOKUP).map(({ json }) => json);
}

const settingsCalls = () => simulator.calls().filter(({ method }) => method === 'getsettings');

describe.each(DOORS)('through the %s door', (door) => {
	test.each(PAIRS)('%s chosen for an instance of %s', async (chosen, owner) => {
		const [row] = await rowsOf({ chosen, owner, door });

		const [wrong, right] = [MESSENGER_NAMES[chosen], MESSENGER_NAMES[owner]];
		expect(row).toMatchObject({
			exists: null,
			error: {
				code: 'wrongInstance',
				retryable: false,
				asked: true,
				message:
					`The credential is that of a ${right} instance, and Messenger is ${wrong}. Choose ` +
					`${right} as Messenger, or the credential of a ${wrong} instance.`,
			},
		});
		expect(settingsCalls()).toHaveLength(1);
	});
});

test('a list asks for the settings once, and nothing after them', async () => {
	const rows = await rowsOf({ chosen: 'whatsapp', owner: 'telegram', items: 30 });

	expect(new Set(rows.map(({ error }) => (error as IDataObject).message)).size).toBe(1);
	expect(settingsCalls()).toHaveLength(1);
	// The pacer's first call goes alone.
	expect(simulator.calls()).toHaveLength(2);
});

test('Max Calls holds for it as well', async () => {
	const [row] = await rowsOf({ chosen: 'whatsapp', owner: 'telegram', options: { maxCalls: 1 } });

	expect(row?.error).toMatchObject({
		code: 'wrongInstance',
		message: expect.stringContaining('Check API URL and Instance ID'),
	});
	expect(simulator.calls()).toHaveLength(1);
});

test('an id that the host does not know stays a wrong address', async () => {
	const credential = { idInstance: '7999999999' };
	const [row] = await rowsOf({ chosen: 'whatsapp', owner: 'whatsapp', credential });

	expect(row?.error).toMatchObject({
		code: 'wrongInstance',
		message: expect.stringContaining('Check API URL and Instance ID'),
	});
	expect(simulator.calls().filter(({ status }) => status === 200)).toEqual([]);
});
