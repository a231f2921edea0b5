/** Every cell of Messenger × Operation, through both entry points: the exact request, and both rows. */

import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { ENDPOINTS } from '../endpoints';
import type { Messenger } from '../../simulator/instance';
import { ENTRY_POINTS, lookUp } from './lookUp';

const NOW = '2026-11-22T12:00:00.000Z';
const AVATAR = 'https://i.oneme.ru/i?r=BTE2sh_eZW7g8kug';

/** Its title begins with messenger and operation. */
interface Cell {
	/** The item's value, as a workflow would give it. */
	readonly value?: unknown;
	readonly options?: IDataObject;
	/** Verb, path and body. */
	readonly request: string;
	/** What the service answers. */
	readonly answer: IDataObject;
	readonly row: IDataObject;
}

/** All fields of a row that the service says nothing about. */
const EMPTY_CONTACT = {
	chatId: null,
	name: null,
	contactName: null,
	avatar: null,
	phoneNumber: null,
	username: null,
	isBusiness: null,
	lastSeen: null,
};
const EMPTY_SETTINGS = {
	phone: null,
	chatId: null,
	avatar: null,
	suspendedUntil: null,
	historySyncProgress: null,
};
const RUSSIAN = { country: 'RU', numberType: 'mobile' };

const CELLS: Readonly<Record<string, Cell>> = {
	'whatsapp checkAccount, as the specification answers': {
		value: '+1 100 123-45-67',
		request: 'POST /waInstance7103000001/checkWhatsapp/<token> {"phoneNumber":11001234567}',
		answer: { existsWhatsapp: true },
		row: {
			phoneNumber: '11001234567',
			exists: true,
			chatId: '11001234567@c.us',
			country: null,
			numberType: null,
		},
	},
	'whatsapp checkAccount, as newer hosts answer': {
		value: '79876543210',
		options: { force: true },
		request:
			'POST /waInstance7103000001/checkWhatsapp/<token> {"phoneNumber":79876543210,"force":true}',
		answer: {
			existsWhatsapp: true,
			chatId: '123456789012345@lid',
			username: 'ivan',
			phoneNumber: '79876543210@c.us',
			fromCache: false,
		},
		row: {
			phoneNumber: '79876543210',
			...RUSSIAN,
			exists: true,
			chatId: '79876543210@c.us',
			username: 'ivan',
			lid: '123456789012345@lid',
		},
	},
	'whatsapp getAccountSettings': {
		request: 'GET /waInstance7103000001/getWaSettings/<token>',
		answer: {
			avatar: AVATAR,
			phone: '79876543210',
			stateInstance: 'authorized',
			deviceId: '79876543210:13@c.us',
		},
		row: { ...EMPTY_SETTINGS, stateInstance: 'authorized', phone: '79876543210', avatar: AVATAR },
	},
	'whatsapp getContactInfo': {
		value: '79876543210@c.us',
		request: 'POST /waInstance7103000001/getContactInfo/<token> {"chatId":"79876543210@c.us"}',
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
			...EMPTY_CONTACT,
			chatId: '79876543210@c.us',
			name: 'Ivan',
			avatar: AVATAR,
			phoneNumber: '79876543210',
		},
	},
	'telegram checkAccount, forced past the cache': {
		value: '79876543210',
		options: { force: true },
		request:
			'POST /waInstance4103000001/checkAccount/<token> {"phoneNumber":79876543210,"force":true}',
		answer: { exist: true, chatId: '10000000' },
		row: { phoneNumber: '79876543210', exists: true, chatId: '10000000', ...RUSSIAN },
	},
	'telegram checkAccount, by username': {
		value: '@durov',
		request: 'POST /waInstance4103000001/checkAccount/<token> {"username":"@durov"}',
		answer: { exist: true, chatId: '10000000', fromCache: true },
		row: {
			phoneNumber: '@durov',
			exists: true,
			chatId: '10000000',
			country: null,
			numberType: null,
		},
	},
	'telegram getAccountSettings': {
		request: 'GET /waInstance4103000001/getAccountSettings/<token>',
		answer: { avatar: '', phone: '', stateInstance: 'notAuthorized', chatId: '' },
		row: { ...EMPTY_SETTINGS, stateInstance: 'notAuthorized' },
	},
	'telegram getContactInfo': {
		value: 10000000,
		request: 'POST /waInstance4103000001/getContactInfo/<token> {"chatId":"10000000"}',
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
			...EMPTY_CONTACT,
			chatId: '10000000',
			name: 'Pavel',
			avatar: AVATAR,
			phoneNumber: '79876543210',
			username: 'durov',
		},
	},
	'max checkAccount': {
		value: '375291234567',
		request: 'POST /v3/waInstance3103000001/checkAccount/<token> {"phoneNumber":375291234567}',
		answer: { exist: true, chatId: '11111111' },
		row: {
			phoneNumber: '375291234567',
			exists: true,
			chatId: '11111111',
			country: 'BY',
			numberType: 'mobile',
		},
	},
	'max getAccountSettings, suspended': {
		request: 'GET /v3/waInstance3103000001/getAccountSettings/<token>',
		answer: {
			avatar: AVATAR,
			phone: '79991234567',
			stateInstance: 'suspended',
			chatId: '10000000',
			suspendedUntil: 1754632014,
			historySyncProgress: 100,
		},
		row: {
			...EMPTY_SETTINGS,
			stateInstance: 'suspended',
			phone: '79991234567',
			chatId: '10000000',
			avatar: AVATAR,
			suspendedUntil: '2025-08-08T05:46:54.000Z',
			historySyncProgress: 100,
		},
	},
	'max getContactInfo': {
		value: '10000000',
		request: 'POST /v3/waInstance3103000001/getContactInfo/<token> {"chatId":"10000000"}',
		answer: {
			avatar: AVATAR,
			name: 'Анна',
			contactName: 'Анна, бухгалтерия',
			chatId: '10000000',
			lastSeen: 1754632014,
		},
		row: {
			...EMPTY_CONTACT,
			chatId: '10000000',
			name: 'Анна',
			contactName: 'Анна, бухгалтерия',
			avatar: AVATAR,
			lastSeen: '2025-08-08T05:46:54.000Z',
		},
	},
	'max getContactInfo, nobody there': {
		value: '10000001',
		request: 'POST /v3/waInstance3103000001/getContactInfo/<token> {"chatId":"10000001"}',
		answer: { avatar: '', name: '', contactName: '', chatId: '', lastSeen: null },
		row: EMPTY_CONTACT,
	},
};

test('every endpoint of the table has a cell here', () => {
	const tested = Object.keys(CELLS).map((title) => title.split(',')[0]);

	expect(new Set(tested)).toEqual(
		new Set(ENDPOINTS.map(({ messenger, operation }) => `${messenger} ${operation}`)),
	);
});

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test.each(Object.entries(CELLS))('%s: the exact request and both rows', async (title, cell) => {
		const [messenger, operation] = title.split(/,? /) as [Messenger, Operation];
		const lookup = {
			messenger,
			operation,
			entryPoint,
			values: [cell.value],
			options: cell.options,
			onError: 'stopWorkflow',
			faults: [{ status: 200, body: JSON.stringify(cell.answer) }],
		} as const;

		const simplified = await lookUp(lookup);
		const raw = await lookUp({ ...lookup, parameters: { simplify: false } });

		for (const { error, calls } of [simplified, raw]) {
			expect(error).toBeUndefined();
			expect(calls.map(({ verb, path, text }) => `${verb} ${path} ${text}`.trim())).toEqual([
				cell.request,
			]);
		}
		expect(simplified.items).toEqual([
			{ json: { messenger, ...cell.row, checkedAt: NOW }, pairedItem: { item: 0 } },
		]);
		expect(raw.items).toEqual([{ json: cell.answer, pairedItem: { item: 0 } }]);
	});
});
