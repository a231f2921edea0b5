/**
 * Which number or chat an item asks about, found out before a call is spent on it: GREEN-API answers
 * `8 912…` or a number without its country code by the country of the asking account, if at all.
 */

import { countryOf } from './numberingPlans';
import { readWritten } from './readings';
import { readText, cellText, type PhoneIssue } from './writtenNumber';

/** Which phone numbers a method takes. */
export interface NumberRule {
	/** Digits, country code included; no bound for numbers that the numbering plans know. */
	readonly fewest: number;
	readonly most: number;
	/** The only country codes; undefined for all. */
	readonly countryCodes?: readonly string[];
}

/** What a method takes to name an account. */
export interface AccountRule {
	readonly numbers: NumberRule;
	/** It takes Telegram's `@username` too. */
	readonly usernames?: boolean;
	/** It takes IDs that end with `@lid` too: WhatsApp's of a person whose number it does not tell. */
	readonly lids?: boolean;
}

/** What a messenger's chat IDs look like. */
export interface ChatIdRule {
	readonly person: RegExp;
	readonly group: RegExp;
	/** A clause that says what a person's must be: "it must be digits only". */
	readonly expected: string;
	/** Behind the digits of a phone number it makes a chat ID; undefined where a number will not do. */
	readonly numberSuffix?: string;
}

/** What is asked about, or why nothing is. */
type QueryValue = string | PhoneIssue;

/** The islands with the shortest numbers have seven digits, country code included. */
const SHORTEST = 7;

/** More digits are more than one number: E.164 has 15, the service takes one more. */
const MOST_DIGITS = 16;

const NO_USERNAMES = {
	why: 'only Telegram looks up usernames',
	advice: 'Write a phone number, or choose Telegram as Messenger.',
};
const NO_USERNAME = {
	why: 'it is not a username either',
	advice: 'A username is @ and 4 to 32 letters, digits or underscores.',
};
const NO_COUNTRY = {
	why: 'Default Country is not a country',
	advice: 'Choose a country in the options of this node, or give its ISO code, e.g. RU.',
};
const GROUP = { why: 'it is a group', advice: "Use GREEN-API's GetGroupData method for groups." };

/**
 * The digits to ask about, in international form and without a plus sign, or an @username or a LID
 * where the method takes those. What is not clear is an issue; nothing is guessed, nothing throws.
 * @param country Default Country of numbers without a country code (see countryOf); '' for none
 */
export function readAccount(value: unknown, rule: AccountRule, country: unknown): QueryValue {
	const text = cellText(value);
	if (typeof text !== 'string') return text;
	if (rule.lids && /^\d{5,20}@lid$/.test(text)) return text;
	if (!text.startsWith('@')) return readPhoneNumber(text, rule.numbers, country);
	if (!rule.usernames) return NO_USERNAMES;
	return /^@[a-z]\w{3,31}$/i.test(text) ? text : NO_USERNAME;
}

/** The chat ID as the text that the service wants; numbers as in readAccount. Never throws. */
export function readChatId(value: unknown, rule: ChatIdRule, country: unknown): QueryValue {
	// Groups of Telegram and MAX have negative IDs.
	const text = cellText(typeof value === 'number' && value < 0 ? String(value) : value);
	if (typeof text !== 'string') return text;
	if (rule.group.test(text)) return GROUP;
	if (rule.person.test(text)) return text;
	if (rule.numberSuffix === undefined) return { why: rule.expected };
	// GetContactInfo names no length.
	const digits = readPhoneNumber(text, { fewest: SHORTEST, most: MOST_DIGITS }, country);
	return typeof digits === 'string' ? digits + rule.numberSuffix : { why: digits.why };
}

/** The digits in international form, if they are clear and the method takes them. */
function readPhoneNumber(text: string, rule: NumberRule, country: unknown): QueryValue {
	const home = countryOf(country);
	if (!home && (country ?? '') !== '') return NO_COUNTRY;
	const numbers = readText(text);
	if ('why' in numbers) return numbers;
	const why = `it contains more than one number, or a range: ${numbers.join(', ')}`;
	const several = { why, advice: 'Give each number an item of its own.' };
	const lengths = numbers.map((number) => number.replace(/^\D*00|\D/g, '').length);
	if (Math.max(...lengths) > MOST_DIGITS) return several;
	const readings = numbers.map((number) => readWritten(number, home));
	const different = new Set(readings.map((one) => ('digits' in one ? one.digits : Symbol())));
	const [reading = several] = different.size === 1 ? readings : [];
	if ('why' in reading) return reading;
	const { digits, type } = reading;
	const isServed = rule.countryCodes?.some((code) => digits.startsWith(code)) ?? true;
	if (!isServed) return { why: `+${digits}`, isUnsupported: true };
	const { fewest, most } = rule;
	if (digits.length <= most && digits.length >= (type ? SHORTEST : fewest)) return digits;
	return {
		why: `+${digits} has ${digits.length} digits, and GREEN-API takes ${fewest} to ${most} here`,
		advice:
			'Check whether a digit is missing. If none is, this messenger cannot be asked about it.',
	};
}
