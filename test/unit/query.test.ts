/** What is asked and how it is written: numbers, chat IDs, request bodies. */

import type { Failure } from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { isFailure } from '../../nodes/GreenApiLookup/lookup/answers/response';
import { keyOf, readQuery, requestOf, type Query } from '../../nodes/GreenApiLookup/lookup/query';
import type { Endpoint } from '../../nodes/GreenApiLookup/messengers/definition';
import { findEndpoint } from '../endpoints';

const WHATSAPP = findEndpoint('whatsapp', 'checkAccount');
const TELEGRAM = findEndpoint('telegram', 'checkAccount');

/** The body that is sent for a value, or the code of the failure. */
function bodyFor(value: unknown, endpoint: Endpoint, force = false): string | undefined {
	const query = readQuery(endpoint, { value, force });
	return isFailure(query) ? query.code : requestOf(query).body;
}

test('a number that no JavaScript number can hold keeps its last digit', () => {
	const query = { endpoint: WHATSAPP, value: '9007199254740993', force: false };

	expect(requestOf(query).body).toBe('{"phoneNumber":9007199254740993}');
});

test.each([
	['max', '10000000', '{"chatId":"10000000"}'],
	['telegram', 10000000, '{"chatId":"10000000"}'],
	['whatsapp', ' 79876543210@c.us ', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '123456789012345@lid', '{"chatId":"123456789012345@lid"}'],
	['whatsapp', 79876543210, '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '120363043968066561@g.us', 'invalidChatId'],
	['telegram', '-1001234567890', 'invalidChatId'],
	['max', -1001234567890, 'invalidChatId'],
	['telegram', 2 ** 53, 'invalidChatId'],
	['max', '79876543210@c.us', 'invalidChatId'],
	['whatsapp', '+7 987 654-32-10', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '79876543210@s.whatsapp.net', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '+65 8123 4567', '{"chatId":"6581234567@c.us"}'],
	['whatsapp', '079876543210@c.us', 'invalidChatId'],
	['whatsapp', '89876543210', '{"chatId":"79876543210@c.us"}'],
	['whatsapp', '9876543210', 'invalidChatId'],
	['whatsapp', '@durov', 'invalidChatId'],
	['whatsapp', 'nobody', 'invalidChatId'],
	['max', '', 'invalidChatId'],
	['max', '1'.repeat(21), 'invalidChatId'],
	['max', true, 'invalidChatId'],
	['max', null, 'invalidChatId'],
	['max', 1.5, 'invalidChatId'],
	['max', { chatId: '1' }, 'invalidChatId'],
	['max', ['1'], '{"chatId":"1"}'],
	['max', ['1', '2'], 'invalidChatId'],
	['telegram', '\u200e10000000', '{"chatId":"10000000"}'],
	['telegram', "'10000000", '{"chatId":"10000000"}'],
	['telegram', '10000000.0', '{"chatId":"10000000"}'],
	['telegram', ' 10000000\u00a0', '{"chatId":"10000000"}'],
	['max', '\u200e10000000', '{"chatId":"10000000"}'],
	['max', "'10000000", '{"chatId":"10000000"}'],
	['max', '="10000000"', '{"chatId":"10000000"}'],
	['max', 10000000, '{"chatId":"10000000"}'],
	['whatsapp', '\u200e393921234567@c.us', '{"chatId":"393921234567@c.us"}'],
	['whatsapp', '+393921234567@c.us', '{"chatId":"393921234567@c.us"}'],
	['whatsapp', '393921234567 @c.us', '{"chatId":"393921234567@c.us"}'],
	['whatsapp', '39 392 123 4567 @c.us', '{"chatId":"393921234567@c.us"}'],
	['whatsapp', "'393921234567@c.us", '{"chatId":"393921234567@c.us"}'],
	['whatsapp', '\u2066123456789012345@lid\u2069', '{"chatId":"123456789012345@lid"}'],
])(
	'%s: the chat ID %j is asked about as a JSON string, or not at all',
	(messenger, chatId, expected) => {
		expect(bodyFor(chatId, findEndpoint(messenger, 'getContactInfo'))).toBe(expected);
	},
);

test('a number without its country code is a chat ID with a Default Country', () => {
	const endpoint = findEndpoint('whatsapp', 'getContactInfo');
	const fields = { value: '8 (987) 654-32-10', force: false, defaultCountry: 'RU' };

	expect(readQuery(endpoint, fields)).toMatchObject({ value: '79876543210@c.us' });
});

test('a group is refused with a way to look it up', () => {
	const endpoint = findEndpoint('whatsapp', 'getContactInfo');
	const group = readQuery(endpoint, { value: '120363043968066561@g.us', force: false });

	expect(group).toMatchObject({ code: 'invalidChatId', asked: false });
	expect((group as Failure).message).toContain('it is a group');
	expect((group as Failure).advice).toContain('GetGroupData');
});

test('one number, however it is written, is one query; another messenger, method or force is not', () => {
	const key = (value: unknown, endpoint = WHATSAPP, force = false) =>
		keyOf(readQuery(endpoint, { value, force }) as Query);

	expect(key('+7 987 654-32-10')).toBe(key(79876543210));
	expect(key('@Durov', TELEGRAM)).toBe(key('@durov', TELEGRAM));
	const others = [
		key('79876543211'),
		key('79876543210', TELEGRAM),
		key('79876543210', WHATSAPP, true),
		key('79876543210', findEndpoint('whatsapp', 'getContactInfo')),
	];
	expect(new Set([key(79876543210), ...others]).size).toBe(5);
});
