/** What a new messenger takes: one definition. Fields, routing, both entry points and rows follow. */

import type { IDataObject, INodeType } from 'n8n-workflow';

import type { Environment } from '../../nodes/GreenApiLookup/lookup/environment';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import type {
	MessengerDefinition,
	Operation,
} from '../../nodes/GreenApiLookup/messengers/definition';
import { loadNodeType, SYSTEM_ENVIRONMENT } from './engine';
import { startHost } from './hosts';
import { ENTRY_POINTS, lookUp } from './lookUp';

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

const INSTANCE = { idInstance: '7107000001', apiTokenInstance: 'd75b3a66d75b3a66' };

let node: INodeType;

beforeEach(async () => {
	const { constructor } = await loadNodeType();
	const GreenApiLookup = constructor as new (
		environment: Environment,
		messengers: readonly MessengerDefinition[],
	) => INodeType;
	// Each test has one of its own, with limits that nobody has used.
	node = new GreenApiLookup(SYSTEM_ENVIRONMENT, [...MESSENGERS, VIBER]);
});

interface Cell {
	readonly operation: Operation;
	readonly value: string;
	/** Verb, path and body. */
	readonly request: string;
	readonly answer: IDataObject;
	readonly row: IDataObject;
}

const CELLS: readonly Cell[] = [
	{
		operation: 'checkAccount',
		value: '+7 987 654-32-10',
		request:
			'POST /v3/waInstance7107000001/checkViber/d75b3a66d75b3a66 {"phoneNumber":79876543210}',
		answer: { hasViber: true, chatId: 'v-1' },
		row: { messenger: 'viber', phoneNumber: '79876543210', exists: true, chatId: 'v-1' },
	},
	{
		operation: 'getAccountSettings',
		value: '',
		request: 'GET /v3/waInstance7107000001/getViberSettings/d75b3a66d75b3a66',
		answer: { stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
		row: { messenger: 'viber', stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
	},
	{
		operation: 'getContactInfo',
		value: 'v-1',
		request: 'POST /v3/waInstance7107000001/getViberContact/d75b3a66d75b3a66 {"chatId":"v-1"}',
		answer: { chatId: 'v-1', name: 'Anna', avatar: '' },
		row: { messenger: 'viber', chatId: 'v-1', name: 'Anna', avatar: null },
	},
];

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test.each(CELLS)('$operation of a new messenger is asked and gives its row', async (cell) => {
		const { operation, value, request, answer, row } = cell;
		// The simulator does not know it.
		const { host, received } = await startHost({ body: JSON.stringify(answer) });

		const { error, items } = await lookUp({
			entryPoint,
			node,
			operation,
			values: [value],
			parameters: { resource: VIBER.id },
			credential: { apiUrl: `http://${host}`, ...INSTANCE },
		});

		expect(error).toBeUndefined();
		const requests = received.map(({ verb, url, body }) => `${verb} ${url} ${body}`.trim());
		expect(requests).toEqual([request]);
		expect(items).toMatchObject([{ json: row, pairedItem: { item: 0 } }]);
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
