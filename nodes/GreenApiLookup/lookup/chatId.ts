/** Which chat an item asks about. */

import type { Endpoint, Messenger } from '../endpoints';
import { failure, type Failure } from './failures';
import { readPhoneNumber } from './phoneNumber';

/** What a person's chat ID looks like: green-api.com/docs and /v3/docs, GetContactInfo, 2026-11-22. */
const PERSON: Readonly<Record<Messenger, RegExp>> = {
	max: /^\d{1,20}$/,
	telegram: /^\d{1,20}$/,
	whatsapp: /^[1-9]\d{4,19}@(c\.us|lid)$/,
};

const GROUP: Readonly<Record<Messenger, RegExp>> = {
	max: /^-\d+$/,
	telegram: /^-\d+$/,
	whatsapp: /@g\.us$/,
};

const EXPECTED: Readonly<Record<Messenger, string>> = {
	max: 'one is digits only',
	telegram: 'one is digits only',
	whatsapp: 'one ends with @c.us or @lid',
};

/**
 * The chat ID as the text that the service wants, or a failure of the item. For WhatsApp a phone
 * number will do: its chat ID is made of its digits.
 */
export function parseChatId(
	value: unknown,
	endpoint: Endpoint,
	defaultCountry: unknown,
): string | Failure {
	const { messenger, numbers } = endpoint;
	const refuse = (code: 'invalidChatId' | 'groupChat', detail = EXPECTED[messenger]) =>
		failure(code, { endpoint, asked: false, value, detail });
	// Spreadsheets and JSON give ids as numbers.
	const isNumber = typeof value === 'bigint' || Number.isSafeInteger(value);
	const text = isNumber ? String(value) : value;
	if (typeof text !== 'string') return refuse('invalidChatId');
	const chatId = text.trim();
	if (GROUP[messenger].test(chatId)) return refuse('groupChat');
	if (PERSON[messenger].test(chatId)) return chatId;
	if (messenger !== 'whatsapp') return refuse('invalidChatId');
	const digits = readPhoneNumber(chatId, numbers, defaultCountry);
	return typeof digits === 'string' ? `${digits}@c.us` : refuse('invalidChatId', digits.why);
}
