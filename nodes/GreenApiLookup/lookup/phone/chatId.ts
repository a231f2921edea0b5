/** Which chat a value names. */

import { readPhoneNumber } from './phoneNumber';
import { textOf, type PhoneIssue } from './writtenNumber';

/** What a messenger's chat IDs look like. */
export interface ChatIdRule {
	readonly person: RegExp;
	readonly group: RegExp;
	/** A clause that describes a person's: "one is digits only". */
	readonly expected: string;
	/** Behind the digits of a phone number it makes a chat ID; undefined where a number will not do. */
	readonly numberSuffix?: string;
}

/** Phone numbers that are chat IDs: GetContactInfo names no length. */
const NUMBERS = { fewest: 7, most: 16 };

const GROUP: PhoneIssue = {
	why: 'it is a group',
	advice: "Use GREEN-API's GetGroupData method for groups.",
};

/**
 * The chat ID as the text that the service wants, or why it is none. Never throws.
 * @param defaultCountry ISO code of the country of numbers without a country code; '' for none
 */
export function readChatId(
	value: unknown,
	rule: ChatIdRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const chatId = textOf(typeof value === 'number' ? String(value) : value);
	if (typeof chatId !== 'string') return chatId;
	if (rule.group.test(chatId)) return GROUP;
	if (rule.person.test(chatId)) return chatId;
	if (rule.numberSuffix === undefined) return { why: rule.expected };
	const digits = readPhoneNumber(chatId, NUMBERS, defaultCountry);
	return typeof digits === 'string' ? digits + rule.numberSuffix : { why: digits.why };
}
