/** Every cell of Messenger × Operation, through both doors: the exact request, and both rows. */

import nock from 'nock';
import type { IDataObject } from 'n8n-workflow';

import { ENDPOINTS } from '../../nodes/GreenApiLookup/endpoints';
import { createNode, runWorkflow, SYSTEM_PLATFORM, type Door } from './engine';
import { useNoNetwork } from './offline';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const HOST = 'https://7103.api.greenapi.com';
const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd451234';
const credential = { apiUrl: HOST, idInstance: '1101000001', apiTokenInstance: TOKEN };
const NOW = Date.UTC(2026, 10, 22, 12);
const platform = { ...SYSTEM_PLATFORM, clock: { ...SYSTEM_PLATFORM.clock, now: () => NOW } };
const checkedAt = '2026-11-22T12:00:00.000Z';
const AVATAR = 'https://i.oneme.ru/i?r=BTE2sh_eZW7g8kug';

interface Cell {
	readonly title: string;
	readonly resource: string;
	readonly operation: string;
	/** The item's value, as a workflow would give it. */
	readonly value?: unknown;
	readonly options?: IDataObject;
	readonly verb: 'GET' | 'POST';
	readonly path: string;
	readonly body?: IDataObject;
	/** What the service answers. */
	readonly answer: IDataObject;
	readonly row: IDataObject;
}

const CELLS: Cell[] = [
	{
		title: 'WhatsApp, Check Account, as the specification answers',
		resource: 'whatsapp',
		operation: 'checkAccount',
		value: '+1 100 123-45-67',
		verb: 'POST',
		path: '/waInstance1101000001/checkWhatsapp/',
		body: { phoneNumber: 11001234567 },
		answer: { existsWhatsapp: true },
		row: { phoneNumber: '11001234567', exists: true, chatId: '11001234567@c.us' },
	},
	{
		title: 'WhatsApp, Check Account, no account',
		resource: 'whatsapp',
		operation: 'checkAccount',
		value: 79876543211,
		verb: 'POST',
		path: '/waInstance1101000001/checkWhatsapp/',
		body: { phoneNumber: 79876543211 },
		answer: { existsWhatsapp: false },
		row: { phoneNumber: '79876543211', exists: false, chatId: null },
	},
	{
		title: 'WhatsApp, Check Account, as newer hosts answer',
		resource: 'whatsapp',
		operation: 'checkAccount',
		value: '79876543210',
		options: { force: true },
		verb: 'POST',
		path: '/waInstance1101000001/checkWhatsapp/',
		body: { phoneNumber: 79876543210, force: true },
		answer: {
			existsWhatsapp: true,
			chatId: '123456789012345@lid',
			username: 'ivan',
			phoneNumber: '79876543210@c.us',
			fromCache: false,
		},
		row: {
			phoneNumber: '79876543210',
			exists: true,
			chatId: '79876543210@c.us',
			username: 'ivan',
			lid: '123456789012345@lid',
			fromCache: false,
		},
	},
	{
		title: 'WhatsApp, Get Account Settings',
		resource: 'whatsapp',
		operation: 'getAccountSettings',
		verb: 'GET',
		path: '/waInstance1101000001/getWaSettings/',
		answer: {
			avatar: AVATAR,
			phone: '79876543210',
			stateInstance: 'authorized',
			deviceId: '79876543210:13@c.us',
		},
		row: {
			stateInstance: 'authorized',
			phone: '79876543210',
			chatId: null,
			avatar: AVATAR,
			suspendedUntil: null,
			historySyncProgress: null,
		},
	},
	{
		title: 'WhatsApp, Get Contact Info',
		resource: 'whatsapp',
		operation: 'getContactInfo',
		value: '79876543210@c.us',
		verb: 'POST',
		path: '/waInstance1101000001/getContactInfo/',
		body: { chatId: '79876543210@c.us' },
		answer: {
			avatar: AVATAR,
			name: 'Ivan',
			contactName: '',
			email: '',
			category: '',
			description: '',
			products: [],
			chatId: '79876543210@c.us',
			lastSeen: null,
			isArchive: false,
		},
		row: {
			chatId: '79876543210@c.us',
			name: 'Ivan',
			contactName: null,
			avatar: AVATAR,
			phoneNumber: '79876543210',
			username: null,
			lastSeen: null,
		},
	},
	{
		title: 'Telegram, Check Account, forced past the cache',
		resource: 'telegram',
		operation: 'checkAccount',
		value: '79876543210',
		options: { force: true },
		verb: 'POST',
		path: '/waInstance1101000001/checkAccount/',
		body: { phoneNumber: 79876543210, force: true },
		answer: { exist: true, chatId: '10000000' },
		row: { phoneNumber: '79876543210', exists: true, chatId: '10000000' },
	},
	{
		title: 'Telegram, Check Account, absent or hidden',
		resource: 'telegram',
		operation: 'checkAccount',
		value: '79876543210',
		verb: 'POST',
		path: '/waInstance1101000001/checkAccount/',
		body: { phoneNumber: 79876543210 },
		answer: { exist: false, chatId: '' },
		row: { phoneNumber: '79876543210', exists: false, chatId: null },
	},
	{
		title: 'Telegram, Check Account, by username',
		resource: 'telegram',
		operation: 'checkAccount',
		value: '@durov',
		verb: 'POST',
		path: '/waInstance1101000001/checkAccount/',
		body: { username: '@durov' },
		answer: { exist: true, chatId: '10000000', fromCache: true },
		row: { phoneNumber: '@durov', exists: true, chatId: '10000000', fromCache: true },
	},
	{
		title: 'Telegram, Get Account Settings',
		resource: 'telegram',
		operation: 'getAccountSettings',
		verb: 'GET',
		path: '/waInstance1101000001/getAccountSettings/',
		answer: { avatar: '', phone: '', stateInstance: 'notAuthorized', chatId: '' },
		row: {
			stateInstance: 'notAuthorized',
			phone: null,
			chatId: null,
			avatar: null,
			suspendedUntil: null,
			historySyncProgress: null,
		},
	},
	{
		title: 'Telegram, Get Contact Info',
		resource: 'telegram',
		operation: 'getContactInfo',
		value: 10000000,
		verb: 'POST',
		path: '/waInstance1101000001/getContactInfo/',
		body: { chatId: '10000000' },
		answer: {
			avatar: AVATAR,
			name: 'Pavel',
			contactName: '',
			username: 'durov',
			phoneNumber: 79876543210,
			chatId: '10000000',
			lastSeen: 0,
			isPremium: true,
		},
		row: {
			chatId: '10000000',
			name: 'Pavel',
			contactName: null,
			avatar: AVATAR,
			phoneNumber: '79876543210',
			username: 'durov',
			lastSeen: null,
		},
	},
	{
		title: 'MAX, Check Account',
		resource: 'max',
		operation: 'checkAccount',
		value: '375291234567',
		verb: 'POST',
		path: '/v3/waInstance1101000001/checkAccount/',
		body: { phoneNumber: 375291234567 },
		answer: { exist: true, chatId: '11111111' },
		row: { phoneNumber: '375291234567', exists: true, chatId: '11111111' },
	},
	{
		title: 'MAX, Get Account Settings, suspended',
		resource: 'max',
		operation: 'getAccountSettings',
		verb: 'GET',
		path: '/v3/waInstance1101000001/getAccountSettings/',
		answer: {
			avatar: AVATAR,
			phone: '79991234567',
			stateInstance: 'suspended',
			chatId: '10000000',
			suspendedUntil: 1754632014,
			historySyncProgress: 100,
		},
		row: {
			stateInstance: 'suspended',
			phone: '79991234567',
			chatId: '10000000',
			avatar: AVATAR,
			suspendedUntil: '2025-08-08T05:46:54.000Z',
			historySyncProgress: 100,
		},
	},
	{
		title: 'MAX, Get Contact Info',
		resource: 'max',
		operation: 'getContactInfo',
		value: '10000000',
		verb: 'POST',
		path: '/v3/waInstance1101000001/getContactInfo/',
		body: { chatId: '10000000' },
		answer: {
			avatar: AVATAR,
			name: 'Анна',
			contactName: 'Анна, бухгалтерия',
			chatId: '10000000',
			lastSeen: 1754632014,
		},
		row: {
			chatId: '10000000',
			name: 'Анна',
			contactName: 'Анна, бухгалтерия',
			avatar: AVATAR,
			phoneNumber: null,
			username: null,
			lastSeen: '2025-08-08T05:46:54.000Z',
		},
	},
	{
		title: 'MAX, Get Contact Info, nobody there',
		resource: 'max',
		operation: 'getContactInfo',
		value: '10000001',
		verb: 'POST',
		path: '/v3/waInstance1101000001/getContactInfo/',
		body: { chatId: '10000001' },
		answer: { avatar: '', name: '', contactName: '', chatId: '', lastSeen: null },
		row: {
			chatId: null,
			name: null,
			contactName: null,
			avatar: null,
			phoneNumber: null,
			username: null,
			lastSeen: null,
		},
	},
];

const DOORS: Door[] = ['bulk', 'routing'];

async function run(
	{ resource, operation, value, options = {} }: Cell,
	door: Door,
	simplify: boolean,
) {
	const subject = operation === 'checkAccount' ? 'phoneNumber' : 'chatId';
	return await runWorkflow({
		door,
		node: await createNode(platform),
		credential,
		pinned: { [ITEMS]: [{ value } as IDataObject] },
		workflow: lookupWorkflow({
			resource,
			operation,
			...(operation !== 'getAccountSettings' && { [subject]: '={{ $json.value }}' }),
			simplify,
			options,
		}),
	});
}

/** Expects one request of exactly this verb, path and body. */
function expectCall({ verb, path, body, answer }: Cell): nock.Scope {
	return nock(HOST)
		.intercept(`${path}${TOKEN}`, verb, body as nock.RequestBodyMatcher)
		.matchHeader('accept', 'application/json')
		.reply(200, answer);
}

useNoNetwork();

test('every endpoint of the table has a cell here', () => {
	const tested = new Set(CELLS.map(({ resource, operation }) => `${resource}/${operation}`));
	expect(tested).toEqual(
		new Set(ENDPOINTS.map(({ messenger, operation }) => `${messenger}/${operation}`)),
	);
});

describe.each(DOORS)('through the %s door', (door) => {
	test.each(CELLS)('$title: a simplified row', async (cell) => {
		expectCall(cell);

		const { error, output } = await run(cell, door, true);

		expect(error).toBeUndefined();
		expect(output(LOOKUP)).toEqual([
			{ json: { messenger: cell.resource, ...cell.row, checkedAt }, pairedItem: { item: 0 } },
		]);
	});

	test.each(CELLS)("$title: the service's own body", async (cell) => {
		expectCall(cell);

		const { error, output } = await run(cell, door, false);

		expect(error).toBeUndefined();
		expect(output(LOOKUP)).toEqual([{ json: cell.answer, pairedItem: { item: 0 } }]);
	});
});
