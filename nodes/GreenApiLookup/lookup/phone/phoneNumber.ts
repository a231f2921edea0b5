/**
 * Which phone number an item asks about, found out before a call is spent on it: GREEN-API answers
 * `8 912…` or a number without its country code by the country of the asking account, if at all.
 */

import { textOf, type PhoneIssue } from './cellText';
import { countryOf, type CountryCode, type Reading } from './numberingPlans';
import { readWritten } from './readings';
import { readText, severalNumbers } from './writtenNumber';

export type { PhoneIssue };

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
	/** It takes `@username` too. */
	readonly usernames?: boolean;
	/** It takes IDs that end with `@lid` too. */
	readonly lids?: boolean;
}

/** A Telegram username: @ and 4 to 32 letters, digits and underscores. */
const USERNAME = /^@[a-z]\w{3,31}$/i;
const PROFILE = /^(?:https?:\/\/)?t\.me\/([a-z]\w{3,31})\/?$/i;

/** WhatsApp's ID of a person whose number it does not tell. */
const LID = /^\d{5,20}@lid$/;

/** The islands with the shortest numbers have seven digits, country code included. */
const SHORTEST = 7;

const EMPTY: PhoneIssue = { why: 'it is empty' };
const NO_COUNTRY: PhoneIssue = {
	why: 'Default Country is not a country',
	advice: 'Choose a country in the options of this node, or give its ISO code, e.g. RU.',
};

/**
 * The digits to ask about, in international form and without a plus sign, or an @username or a LID
 * where the method takes those. What is not clear is an issue; nothing is guessed, nothing throws.
 * @param defaultCountry country of numbers without a country code (see countryOf); '' for none
 */
export function readAccount(
	value: unknown,
	rule: AccountRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const text = textOf(value);
	if (typeof text !== 'string') return text;
	const account = text.replace(/^['"]|['"]$/g, '').replace(PROFILE, '@$1');
	if (account.startsWith('@')) return readUsername(account, rule);
	if (rule.lids && LID.test(account)) return account;
	return readNumberIn(text, rule.numbers, defaultCountry);
}

function readUsername(username: string, { usernames }: AccountRule): string | PhoneIssue {
	if (!usernames) {
		return {
			why: 'only Telegram looks up usernames',
			advice: 'Write a phone number, or choose Telegram as Messenger.',
		};
	}
	if (USERNAME.test(username)) return username;
	return {
		why: 'it is no username either',
		advice: 'A username is @ and 4 to 32 letters, digits or underscores.',
	};
}

/** The digits in international form, if they are clear and the method takes them. Never throws. */
export function readPhoneNumber(
	value: unknown,
	rule: NumberRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const text = textOf(value);
	return typeof text === 'string' ? readNumberIn(text, rule, defaultCountry) : text;
}

function readNumberIn(
	text: string,
	{ countryCodes, fewest, most }: NumberRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const country = readCountry(defaultCountry);
	if (typeof country === 'object') return country;
	const numbers = readText(text);
	if ('why' in numbers) return numbers;
	const [reading = EMPTY, ...others] = numbers.map((number) => readWritten(number, country));
	const isSame = (other: Reading | PhoneIssue) =>
		'digits' in other && 'digits' in reading && other.digits === reading.digits;
	if (!others.every(isSame)) return severalNumbers(...numbers.map((number) => number.text));
	if ('why' in reading) return reading;
	const { digits, type } = reading;
	if (countryCodes && !countryCodes.some((code) => digits.startsWith(code))) {
		return { why: `+${digits}`, isUnsupported: true };
	}
	const { length } = digits;
	if (length <= most && length >= (type ? SHORTEST : fewest)) return digits;
	return {
		why: `+${digits} has ${length} digits, and GREEN-API takes ${fewest} to ${most} here`,
		advice:
			'Check that no digit is missing. If it is right, this messenger cannot be asked about it.',
	};
}

function readCountry(text: unknown): CountryCode | PhoneIssue | undefined {
	if (text === undefined || text === null || text === '') return undefined;
	return (typeof text === 'string' ? countryOf(text) : undefined) ?? NO_COUNTRY;
}
