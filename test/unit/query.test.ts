/** What is asked and how it is written: numbers, chat IDs, request bodies. */

import { ENDPOINTS, type Endpoint } from '../../nodes/GreenApiLookup/endpoints';
import { isFailure } from '../../nodes/GreenApiLookup/lookup/outcome';
import { parseQuestion, requestOf } from '../../nodes/GreenApiLookup/lookup/question';

function endpoint(messenger: string, operation = 'checkAccount'): Endpoint {
	const found = ENDPOINTS.find((row) => row.messenger === messenger && row.operation === operation);
	if (!found) throw new Error('No such endpoint');
	return found;
}

/** The body that is sent for a value, or the code of the failure. */
function bodyFor(subject: unknown, row: Endpoint, force = false): string | undefined {
	const question = parseQuestion(row, { subject, force });
	return isFailure(question) ? question.code : requestOf(question).body;
}

test.each([
	['79876543210'],
	['+7 987 654-32-10'],
	['+7 (987) 654.32.10'],
	['007 987 654 32 10'],
	[' 79876543210\n'],
	[79876543210],
])('%j is asked about as a JSON integer', (subject) => {
	expect(bodyFor(subject, endpoint('whatsapp'))).toBe('{"phoneNumber":79876543210}');
});

test('a number that no JavaScript number can hold keeps its last digit', () => {
	expect(bodyFor('9007199254740993', endpoint('whatsapp'))).toBe(
		'{"phoneNumber":9007199254740993}',
	);
});

test('Telegram is asked about a username in the same field', () => {
	expect(bodyFor(' @durov ', endpoint('telegram'))).toBe('{"username":"@durov"}');
	expect(bodyFor('@a"b', endpoint('telegram'))).toBe('invalidPhoneNumber');
});

test.each([
	['max', '10000000', '{"chatId":"10000000"}'],
	['telegram', 10000000, '{"chatId":"10000000"}'],
	['whatsapp', ' 79876543210@c.us ', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '123456789012345@lid', '{"chatId":"123456789012345@lid"}'],
	['whatsapp', 79876543210, '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '120363043968066561@g.us', 'groupChat'],
	['telegram', '-1001234567890', 'groupChat'],
	['max', -1001234567890, 'groupChat'],
	['max', '79876543210@c.us', 'invalidChatId'],
	['whatsapp', '+7 987 654-32-10', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '79876543210@s.whatsapp.net', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '+65 8123 4567', '{"chatId":"6581234567@c.us"}'],
	['whatsapp', '079876543210@c.us', 'invalidChatId'],
	['whatsapp', '89876543210', 'invalidChatId'],
	['whatsapp', '9876543210', 'invalidChatId'],
	['whatsapp', '@durov', 'invalidChatId'],
	['whatsapp', 'nobody', 'invalidChatId'],
	['max', '', 'invalidChatId'],
	['max', '1'.repeat(21), 'invalidChatId'],
	['max', true, 'invalidChatId'],
	['max', null, 'invalidChatId'],
	['max', 1.5, 'invalidChatId'],
	['max', { chatId: '1' }, 'invalidChatId'],
	['max', ['1'], 'invalidChatId'],
])(
	'%s: the chat ID %j is asked about as a JSON string, or not at all',
	(messenger, chatId, expected) => {
		expect(bodyFor(chatId, endpoint(messenger, 'getContactInfo'))).toBe(expected);
	},
);

test('a number without its country code is a chat ID with a Default Country', () => {
	const row = endpoint('whatsapp', 'getContactInfo');
	const fields = { subject: '8 (987) 654-32-10', force: false, defaultCountry: 'RU' };

	expect(parseQuestion(row, fields)).toMatchObject({ value: '79876543210@c.us' });
});

test('force is sent only where it is set', () => {
	expect(bodyFor('79876543210', endpoint('telegram'), true)).toBe(
		'{"phoneNumber":79876543210,"force":true}',
	);
});

test('account settings are asked for without a body', () => {
	expect(bodyFor('whatever', endpoint('max', 'getAccountSettings'), true)).toBeUndefined();
});
