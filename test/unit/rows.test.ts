/** What becomes of fields that the service leaves empty. */

import { ENDPOINTS, type Endpoint } from '../../nodes/GreenApiLookup/endpoints';
import { rowOf } from '../../nodes/GreenApiLookup/lookup/rows';

const CHECK = ENDPOINTS.find(
	({ messenger, operation }) => messenger === 'whatsapp' && operation === 'checkAccount',
) as Endpoint;
const SETTINGS = ENDPOINTS.find(({ operation }) => operation === 'getAccountSettings') as Endpoint;

test.each<[unknown, number | null]>([
	[0, 0],
	['0', 0],
	[55, 55],
	['', null],
	[null, null],
	[undefined, null],
	['soon', null],
])('a sync progress of %j is %j', (historySyncProgress, expected) => {
	const question = { endpoint: SETTINGS, value: null, force: false };
	const body = { stateInstance: 'authorized', suspendedUntil: 0, historySyncProgress };

	expect(rowOf({ question, body, at: 0 }, true)).toMatchObject({
		historySyncProgress: expected,
		suspendedUntil: null,
	});
});

/** n8n's table shows a missing field as "undefined". */
test.each([
	[{ existsWhatsapp: false }, {}],
	[
		{ existsWhatsapp: false, chatId: '', username: '', fromCache: true },
		{ username: null, lid: null, fromCache: true },
	],
	[
		{ existsWhatsapp: true, chatId: '81234567890123@lid', phoneNumber: '79876543210@c.us' },
		{ lid: '81234567890123@lid' },
	],
])('the row of %j has of what newer hosts tell: %j', (body, expected) => {
	const question = { endpoint: CHECK, value: '79876543210', force: false };
	const exists = body.existsWhatsapp;

	expect(rowOf({ question, body, at: 0 }, true)).toEqual({
		messenger: 'whatsapp',
		phoneNumber: '79876543210',
		exists,
		chatId: exists ? '79876543210@c.us' : null,
		...expected,
		checkedAt: '1970-01-01T00:00:00.000Z',
	});
});
