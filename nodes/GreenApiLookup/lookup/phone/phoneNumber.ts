/**
 * Which phone number an item asks about, found out before a call is spent on it: GREEN-API answers
 * `8 912…` or a number without its country code by the country of the asking account, if at all.
 */

import { countryOf, type Reading } from './numberingPlans';
import { readWritten } from './readings';
import { readText, severalNumbers, textOf, type PhoneIssue } from './writtenNumber';

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

const NO_USERNAMES: PhoneIssue = {
	why: 'only Telegram looks up usernames',
	advice: 'Write a phone number, or choose Telegram as Messenger.',
};
const NO_USERNAME: PhoneIssue = {
	why: 'it is no username either',
	advice: 'A username is @ and 4 to 32 letters, digits or underscores.',
};
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
	const account = text.replace(PROFILE, '@$1');
	if (account.startsWith('@')) {
		if (!rule.usernames) return NO_USERNAMES;
		return USERNAME.test(account) ? account : NO_USERNAME;
	}
	if (rule.lids && LID.test(account)) return account;
	return readPhoneNumber(text, rule.numbers, defaultCountry);
}

/** The digits in international form, if they are clear and the method takes them. Never throws. */
export function readPhoneNumber(
	value: unknown,
	{ countryCodes, fewest, most }: NumberRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const text = textOf(value);
	if (typeof text !== 'string') return text;
	const country = countryOf(defaultCountry);
	if (!country && (defaultCountry ?? '') !== '') return NO_COUNTRY;
	const numbers = readText(text);
	if ('why' in numbers) return numbers;
	const several = severalNumbers(...numbers.map((number) => number.text));
	const reading = numbers
		.map((number) => readWritten(number, country))
		.reduce((one, other) => (isSame(one, other) ? one : several));
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

function isSame(one: Reading | PhoneIssue, other: Reading | PhoneIssue): boolean {
	return 'digits' in one && 'digits' in other && one.digits === other.digits;
}
