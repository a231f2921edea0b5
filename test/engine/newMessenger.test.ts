/** What a new messenger takes: one definition. Fields, routing, both entry points and rows follow. */

import type { IDataObject, INodeType } from 'n8n-workflow';
import nock from 'nock';

import type { Environment } from '../../nodes/GreenApiLookup/lookup/environment';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import type { MessengerDefinition } from '../../nodes/GreenApiLookup/messengers/definition';
import { loadNodeType, runWorkflow, SYSTEM_ENVIRONMENT } from './engine';
import { ENTRY_POINTS } from './lookUp';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const VIBER: MessengerDefinition = {
	id: 'viber',
	name: 'Viber',
	pathPrefix: '/v3',
	typeInstance: 'viber',
	methods: {
		checkAccount: { verb: 'POST', name: 'checkViber', callsPerSecond: 5 },
		getAccountSettings: { verb: 'GET', name: 'getViberSettings', callsPerSecond: 1 },
		getContactInfo: { verb: 'POST', name: 'getViberContact', callsPerSecond: 1 },
	},
	accounts: { numbers: { fewest: 11, most: 13 } },
	existsField: 'hasViber',
	chatIds: { person: /^v-\d{1,20}$/, group: /^g-\d+$/, expected: 'one begins with v-' },
	texts: {
		phoneNumber: { placeholder: 'e.g. +7 987 654-32-10', description: 'With its country code' },
		chatId: { placeholder: 'e.g. v-10000000', description: 'The chatId of Check Account' },
	},
};

const HOST = 'https://7107.api.example';
const INSTANCE = { idInstance: '7107000001', apiTokenInstance: 'd75b3a66d75b3a66' };

let node: INodeType;

beforeEach(async () => {
	// The simulator does not know it: whatever is not expected here is an error.
	nock.disableNetConnect();
	const { constructor } = await loadNodeType();
	const GreenApiLookup = constructor as new (
		environment: Environment,
		messengers: readonly MessengerDefinition[],
	) => INodeType;
	// Each test has one of its own, with limits that nobody has used.
	node = new GreenApiLookup(SYSTEM_ENVIRONMENT, [...MESSENGERS, VIBER]);
});

afterEach(() => {
	nock.cleanAll();
	nock.enableNetConnect();
});

afterAll(() => nock.restore());

interface Cell {
	readonly operation: string;
	readonly value: string;
	readonly method: string;
	/** The JSON of the call's body; null where it has none. */
	readonly body: nock.DataMatcherMap | null;
	readonly answer: nock.Body;
	readonly row: IDataObject;
}

const CELLS: readonly Cell[] = [
	{
		operation: 'checkAccount',
		value: '+7 987 654-32-10',
		method: 'POST checkViber',
		body: { phoneNumber: 79876543210 },
		answer: { hasViber: true, chatId: 'v-1' },
		row: { messenger: 'viber', phoneNumber: '79876543210', exists: true, chatId: 'v-1' },
	},
	{
		operation: 'getAccountSettings',
		value: '',
		method: 'GET getViberSettings',
		body: null,
		answer: { stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
		row: { messenger: 'viber', stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
	},
	{
		operation: 'getContactInfo',
		value: 'v-1',
		method: 'POST getViberContact',
		body: { chatId: 'v-1' },
		answer: { chatId: 'v-1', name: 'Anna', avatar: '' },
		row: { messenger: 'viber', chatId: 'v-1', name: 'Anna', avatar: null },
	},
];

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test.each(CELLS)('$operation of a new messenger is asked and gives its row', async (cell) => {
		const { operation, value, method, body, answer, row } = cell;
		const [verb = '', name = ''] = method.split(' ');
		const { idInstance, apiTokenInstance } = INSTANCE;
		const call = nock(HOST)
			.intercept(`/v3/waInstance${idInstance}/${name}/${apiTokenInstance}`, verb, body ?? '')
			.reply(200, answer);

		const { error, output } = await runWorkflow({
			workflow: lookupWorkflow({
				resource: VIBER.id,
				operation,
				phoneNumber: '={{ $json.value }}',
				chatId: '={{ $json.value }}',
			}),
			credential: { apiUrl: HOST, ...INSTANCE },
			pinned: { [ITEMS]: [{ value }] },
			entryPoint,
			node,
		});

		expect(error).toBeUndefined();
		expect(call.isDone()).toBe(true);
		expect(output(LOOKUP)).toMatchObject([{ json: row, pairedItem: { item: 0 } }]);
	});
});

test('the editor offers it: its name, its operations and its own fields', () => {
	const { properties } = node.description;
	const ofViber = properties.filter(({ displayOptions }) =>
		displayOptions?.show?.resource?.includes(VIBER.id),
	);

	expect(properties[0]?.options).toContainEqual(
		expect.objectContaining({ name: 'Viber', value: 'viber' }),
	);
	expect(ofViber.map(({ name }) => name)).toEqual(['operation', 'phoneNumber', 'chatId']);
	const { placeholder, description } = VIBER.texts.phoneNumber;
	expect(ofViber[1]).toMatchObject({
		placeholder,
		description: expect.stringContaining(description) as unknown,
	});
});
