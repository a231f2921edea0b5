/** The rows of answered and failed items: what becomes of the service's fields. */

import { failure } from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { isFailure, readResponse } from '../../nodes/GreenApiLookup/lookup/answers/response';
import {
	failedRowOf,
	rowOf,
	type Row,
	type RowShape,
} from '../../nodes/GreenApiLookup/lookup/answers/rows';
import { parseInstance } from '../../nodes/GreenApiLookup/lookup/calls/instance';
import type { Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { findEndpoint } from '../endpoints';

const SIMPLE: RowShape = { simplify: true, includeContactInfo: false, dryRun: false };

/** The row of a query for a body, which is JSON text where JavaScript could not write it. */
function row(
	messenger: string,
	operation: Operation,
	body: object | string,
	value = '79876543210',
): Row {
	const endpoint = findEndpoint(messenger, operation);
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const answer = readResponse({ endpoint, value, force: false }, { status: 200, text }, 0);
	if (isFailure(answer)) throw new Error(answer.message);
	return rowOf(answer, SIMPLE);
}

const CHECKED = {
	messenger: 'whatsapp',
	phoneNumber: '79876543210',
	country: 'RU',
	numberType: 'mobile',
	checkedAt: '1970-01-01T00:00:00.000Z',
};

describe('Check Account of WhatsApp', () => {
	const yes = { ...CHECKED, exists: true, chatId: '79876543210@c.us' };

	test.each<[object, object]>([
		[{ existsWhatsapp: false }, { ...CHECKED, exists: false, chatId: null }],
		[{ existsWhatsapp: true }, yes],
		[
			{ existsWhatsapp: true, chatId: '81234567890123@lid', phoneNumber: '79876543210@c.us' },
			{ ...yes, lid: '81234567890123@lid' },
		],
		[
			{ existsWhatsapp: false, chatId: '', username: '' },
			{ ...CHECKED, exists: false, chatId: null, username: null, lid: null },
		],
		...[
			{ chatId: '79876543210@c.us' },
			{ chatId: '79876543210@s.whatsapp.net' },
			{ chatId: '', phoneNumber: 79876543210 },
			{ chatId: '', phoneNumber: '79876543210' },
			{ chatId: '', phoneNumber: '+79876543210' },
			{ chatId: '', phoneNumber: '@c.us' },
			{ chatId: '@c.us' },
		].map((named): [object, object] => [{ existsWhatsapp: true, ...named }, yes]),
	])('%j', (body, expected) => {
		const checked = row('whatsapp', 'checkAccount', body);

		expect(checked).toMatchObject(expected);
		expect('lid' in checked).toBe('lid' in expected);
	});
});

test.each([
	{ chatId: '553196883193@c.us' },
	{ chatId: '553196883193@s.whatsapp.net' },
	{ chatId: '81234567890123@lid', phoneNumber: 553196883193 },
])("the service's own form of a number is the one that has the account: %j", (named) => {
	const body = { existsWhatsapp: true, ...named };

	expect(row('whatsapp', 'checkAccount', body, '5531996883193')).toMatchObject({
		phoneNumber: '553196883193',
		chatId: '553196883193@c.us',
	});
});

test.each([
	['{"exist":true,"chatId":"10000000"}', '10000000'],
	['{"exist":true,"chatId":10000000}', '10000000'],
	['{"exist":true,"chatId":9007199254740993}', '9007199254740993'],
	['{"exist":true,"chatId":0}', null],
	['{"exist":true,"chatId":{}}', null],
	['{"exist":false,"chatId":"10000000"}', null],
])('no digit of a chat ID is lost: %s', (body, chatId) => {
	expect(row('telegram', 'checkAccount', body)).toMatchObject({ chatId });
});

test('a username that was asked for stays the name of the row', () => {
	const body = { exist: true, chatId: '1', username: '@durov', phoneNumber: 79876543210 };

	expect(row('telegram', 'checkAccount', body, '@durov')).toMatchObject({
		phoneNumber: '@durov',
		username: '@durov',
	});
});

test.each([
	[1754632014, '2025-08-08T05:46:54.000Z'],
	['1754632014', '2025-08-08T05:46:54.000Z'],
	[1754632014000, '2025-08-08T05:46:54.000Z'],
	[0, null],
	[-1, null],
	['', null],
	[null, null],
	[1e20, null],
	['soon', null],
	[{}, null],
])('lastSeen %j is %j', (lastSeen, expected) => {
	const contact = row('max', 'getContactInfo', { chatId: '1', lastSeen });

	expect(contact).toMatchObject({ lastSeen: expected });
});

test.each<[string, Operation, Record<string, unknown>, string]>([
	['max', 'checkAccount', { exist: true, chatId: '1' }, 'username phoneNumber'],
	[
		'max',
		'getContactInfo',
		{ chatId: '1' },
		'name contactName avatar phoneNumber username lastSeen',
	],
	[
		'max',
		'getAccountSettings',
		{ stateInstance: 'x' },
		'phone chatId avatar suspendedUntil historySyncProgress',
	],
])('%s %s: a field of a wrong type is null', (messenger, operation, answer, fields) => {
	for (const field of fields.split(' ')) {
		for (const wrong of [{}, [], [[]], { a: 1 }, true]) {
			const { [field]: shown = null } = row(messenger, operation, { ...answer, [field]: wrong });
			const asked = operation === 'checkAccount' && field === 'phoneNumber';

			expect([field, shown]).toEqual([field, asked ? '79876543210' : null]);
		}
	}
});

test.each<[unknown, number | null]>([
	[0, 0],
	['0', 0],
	[55, 55],
	['', null],
	[null, null],
	[undefined, null],
	['soon', null],
])('a sync progress of %j is %j', (historySyncProgress, expected) => {
	const body = { stateInstance: 'authorized', suspendedUntil: 0, historySyncProgress };

	expect(row('max', 'getAccountSettings', body)).toMatchObject({
		historySyncProgress: expected,
		suspendedUntil: null,
	});
});

test.each<[Operation, unknown, object]>([
	['checkAccount', 'call me', { phoneNumber: 'call me', exists: null, chatId: null }],
	['checkAccount', undefined, { phoneNumber: null, exists: null, chatId: null }],
	['getContactInfo', 'x', { chatId: 'x', name: null }],
	['getAccountSettings', null, { stateInstance: null }],
])(
	'a failed row of %s about %j has the fields of an answered one, as null',
	(operation, value, some) => {
		const endpoint = findEndpoint('max', operation);
		const error = failure('timeout', { endpoint });

		const failed = failedRowOf(endpoint, value, error, SIMPLE);

		expect(failed).toMatchObject({ messenger: 'max', error, ...some });
		const known = Object.keys(failed).filter((field) => failed[field] !== null);
		expect(['messenger', 'phoneNumber', 'chatId', 'error']).toEqual(expect.arrayContaining(known));
		const fields = row('max', operation, { exist: true, chatId: '1', stateInstance: 'x' });
		expect(Object.keys(failed).sort()).toEqual([...Object.keys(fields), 'error'].sort());
	},
);

describe('an API token', () => {
	const instance = { apiUrl: 'https://7103.api.greenapi.com', idInstance: '7103000001' };
	const parse = (apiTokenInstance: string) => () =>
		parseInstance({ ...instance, apiTokenInstance });

	test.each(['d75b3a66', 'a'.repeat(200), ` ${'0123456789abcdef'.repeat(3)}01\n`, 'With-All_0'])(
		'%j can be used',
		(token) => {
			expect(parse(token)()).toMatchObject({ apiTokenInstance: token.trim() });
		},
	);

	/** 1.0.0 searched answers for every spelling of a token, and hung on some. */
	test.each([
		'',
		'short',
		'a'.repeat(201),
		't0/+%41"<&',
		'{idInstance}',
		'токен-токен',
		'12345678 9',
	])('%j is refused in a sentence that names the field and holds no token', (token) => {
		expect(parse(token)).toThrow(/^API Token (is empty|must be 8 to 200 letters)/);
		if (token) expect(parse(token)).not.toThrow(token);
	});
});
