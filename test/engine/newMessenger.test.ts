/** What a new messenger takes: one definition. Fields, routing, both entry points and rows follow. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IDataObject, INodeType } from 'n8n-workflow';

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

const INSTANCE = { idInstance: '7107000001', apiTokenInstance: 'd75b3a66d75b3a66' };

/** What its GREEN-API answers to a method. */
const ANSWERS: Readonly<Record<string, object>> = {
	checkViber: { hasViber: true, chatId: 'v-1' },
	getViberSettings: { stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
	getViberContact: { chatId: 'v-1', name: 'Anna', avatar: '' },
};

let service: Server;
let node: INodeType;
let calls: string[] = [];

beforeAll(async () => {
	service = createServer((request, response) => {
		let body = '';
		request.on('data', (piece) => (body += piece));
		request.on('end', () => {
			const [, , , method = ''] = (request.url ?? '').split('/');
			calls.push(`${request.method} ${request.url} ${body}`);
			response.end(JSON.stringify(ANSWERS[method]));
		});
	}).listen(0, '127.0.0.1');
	await once(service, 'listening');
});

beforeEach(async () => {
	calls = [];
	const { constructor } = await loadNodeType();
	const GreenApiLookup = constructor as new (
		environment: Environment,
		messengers: readonly MessengerDefinition[],
	) => INodeType;
	// Each test has one of its own, with limits that nobody has used.
	node = new GreenApiLookup(SYSTEM_ENVIRONMENT, [...MESSENGERS, VIBER]);
});

afterAll(() => service.close());

const PATH = (method: string) =>
	`/v3/waInstance${INSTANCE.idInstance}/${method}/${INSTANCE.apiTokenInstance}`;

const CELLS: ReadonlyArray<[operation: string, value: string, call: string, row: IDataObject]> = [
	[
		'checkAccount',
		'+7 987 654-32-10',
		`POST ${PATH('checkViber')} {"phoneNumber":79876543210}`,
		{ messenger: 'viber', phoneNumber: '79876543210', exists: true, chatId: 'v-1' },
	],
	[
		'getAccountSettings',
		'',
		`GET ${PATH('getViberSettings')} `,
		{ messenger: 'viber', stateInstance: 'authorized', phone: '79876543210', chatId: 'v-9' },
	],
	[
		'getContactInfo',
		'v-1',
		`POST ${PATH('getViberContact')} {"chatId":"v-1"}`,
		{ messenger: 'viber', chatId: 'v-1', name: 'Anna', avatar: null },
	],
];

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test.each(CELLS)('%s of a new messenger is asked and gives its row', async (...cell) => {
		const [operation, value, call, row] = cell;
		const { port } = service.address() as AddressInfo;

		const { error, output } = await runWorkflow({
			workflow: lookupWorkflow({
				resource: VIBER.id,
				operation,
				phoneNumber: '={{ $json.value }}',
				chatId: '={{ $json.value }}',
			}),
			credential: { apiUrl: `http://127.0.0.1:${port}`, ...INSTANCE },
			pinned: { [ITEMS]: [{ value }] },
			entryPoint,
			node,
		});

		expect(error).toBeUndefined();
		expect(calls).toEqual([call]);
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
	expect(ofViber[1]).toMatchObject(VIBER.texts.phoneNumber);
});
