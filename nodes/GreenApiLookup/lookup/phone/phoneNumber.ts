/**
 * Which phone number an item asks about, found out before a call is spent on it: GREEN-API answers
 * `8 912…` or a number without its country code by the country of the asking account, if at all.
 */

import {
	countryOf,
	Likelihood,
	readDigits,
	type CountryCode,
	type Reading,
} from './numberingPlans';
import {
	LONGEST_TEXT,
	ONE_EACH,
	plain,
	readSpelling,
	type PhoneIssue,
	type Spelling,
} from './writtenNumber';

export type { PhoneIssue };

/** Which phone numbers a method takes. */
export interface NumberRule {
	/** Digits, country code included. */
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
const LINK = /^(?:https?:\/\/)?t\.me\/([a-z]\w{3,31})\/?$/i;

/** More digits than this are more than one number: E.164 has 15, the service takes one more. */
const MOST_DIGITS = 16;

/** Shorter ones without + lack their country code, unless a numbering plan knows them. */
const SHORTEST_BARE = 11;

const NO_COUNTRY_CODE: PhoneIssue = { why: 'it has no country code' };
const NO_COUNTRY: PhoneIssue = {
	why: 'Default Country is not a country',
	advice: 'Choose a country in the options of this node, or give its ISO code, e.g. RU.',
};

/**
 * The digits to ask about, in international form and without a plus sign, or an @username where
 * the method takes those. What is not clear is an issue; nothing is guessed, and nothing throws.
 * @param defaultCountry ISO code of the country of numbers without a country code; '' for none
 */
export function readAccount(
	value: unknown,
	rule: AccountRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const isText = typeof value === 'string' && value.length <= LONGEST_TEXT;
	const text = isText ? plain(value).replace(LINK, '@$1') : '';
	return text.startsWith('@')
		? readUsername(text, rule)
		: readPhoneNumber(value, rule.numbers, defaultCountry);
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

/** The digits in international form, if they are clear and the service takes them. */
export function readPhoneNumber(
	value: unknown,
	{ countryCodes, fewest, most }: NumberRule,
	defaultCountry: unknown,
): string | PhoneIssue {
	const country = readCountry(defaultCountry);
	if (typeof country === 'object') return country;
	const spelling = readSpelling(value);
	const digits = 'why' in spelling ? spelling : readNumber(spelling, country);
	if (typeof digits === 'object') return digits;
	if (countryCodes && !countryCodes.some((code) => digits.startsWith(code))) {
		return { why: `+${digits}`, isUnsupported: true };
	}
	if (digits.length >= fewest && digits.length <= most) return digits;
	const { length } = digits;
	return {
		why: `+${digits} has ${length} digits, and GREEN-API takes ${fewest} to ${most} here`,
		advice:
			'Check that no digit is missing. If it is right, this messenger cannot be asked about it.',
	};
}

function readCountry(code: unknown): CountryCode | PhoneIssue | undefined {
	if (code === undefined || code === null || code === '') return undefined;
	return (typeof code === 'string' ? countryOf(code) : undefined) ?? NO_COUNTRY;
}

/** The one number that is meant, or why there is not one. */
function readNumber(spelling: Spelling, country: CountryCode | undefined): string | PhoneIssue {
	const { groups, form } = spelling;
	const digits = groups.join('');
	if (digits.length > MOST_DIGITS) {
		return { why: 'it holds more digits than a phone number has', advice: ONE_EACH };
	}
	const reading =
		form === 'plus' || (form === 'exit' && country === undefined)
			? readInternational(groups)
			: country === undefined
				? readBare(spelling)
				: readBoth(spelling, country);
	return 'why' in reading ? reading : reading.digits;
}

/** Digits without +, 00 or a Default Country: they have to begin with a country code. */
function readBare({ groups, form }: Spelling): Reading | PhoneIssue {
	const digits = groups.join('');
	if (digits.startsWith('0')) return NO_COUNTRY_CODE;
	if (digits.length === 11 && digits.startsWith('8')) {
		return eitherOf(`7${digits.slice(1)}`, digits);
	}
	const reading = readInternational(groups);
	if ('why' in reading || digits.length >= SHORTEST_BARE) return reading;
	const isArea = form === 'brackets' && reading.callingCode !== groups[0];
	return reading.likelihood === Likelihood.Valid && !isArea ? reading : NO_COUNTRY_CODE;
}

/** With a Default Country: as somebody there dials it, or with a country code. Never a guess. */
function readBoth(spelling: Spelling, country: CountryCode): Reading | PhoneIssue {
	const { groups, form } = spelling;
	const national = readNational(spelling, country);
	const international = mayBeInternational(spelling) ? readInternational(groups) : undefined;
	const readings = [national, international].filter(
		(reading): reading is Reading =>
			reading !== undefined &&
			'digits' in reading &&
			(form === 'exit' || reading.likelihood !== Likelihood.Unlikely),
	);
	const best = Math.max(...readings.map(({ likelihood }) => likelihood));
	const [one, other] = readings.filter(({ likelihood }) => likelihood === best);
	if (!one) return 'why' in national ? national : noNumberOf(country);
	if (other && other.digits !== one.digits) return eitherOf(one.digits, other.digits);
	// Also where the international reading is fine: "912 345 67 89 90" is more than one number.
	return one !== national && 'why' in national && national.isWhole ? national : one;
}

function mayBeInternational({ groups, form }: Spelling): boolean {
	if (form === 'trunk' || groups[0]?.startsWith('0')) return false;
	if (form !== 'brackets') return true;
	// An area code, unless it is the country code that stands in brackets.
	const reading = readInternational(groups);
	return 'digits' in reading && reading.callingCode === groups[0];
}

/** Whole: the number is there, and something follows. */
type Remainder = PhoneIssue & { readonly isWhole?: true };

function readNational({ groups, form }: Spelling, country: CountryCode): Reading | Remainder {
	const exit = form === 'exit' ? '00' : '';
	const read = (digits: string) => readDigits(exit + digits, country);
	const digits = groups.join('');
	const reading = read(digits);
	if (!reading) return noNumberOf(country);
	const isValid = reading.likelihood === Likelihood.Valid;
	// An 8 that stands alone is a trunk prefix; where it is part of the number, it was not one here.
	const isMistaken = form === 'trunk' && reading.digits.endsWith(digits);
	if (isValid && !isMistaken) return reading;
	const surplus = surplusOf(groups, reading, read);
	if (surplus) return surplus;
	// New ranges come into use before the plans know them; a prefix that is left over is none.
	const isNew = reading.likelihood === Likelihood.Possible && !/^[08]/.test(exit + digits);
	return isNew ? reading : noNumberOf(country);
}

function noNumberOf(country: CountryCode): PhoneIssue {
	return {
		why: `it is no number of the Default Country ${country}`,
		advice: 'Write it with + and its country code.',
	};
}

function eitherOf(one: string, other: string): PhoneIssue {
	return {
		why: `it can be read as +${one} or +${other}`,
		advice:
			'Write the one that is meant with its +, or choose Default Country in the options of this node.',
	};
}

/** Mexico's mobile numbers had a 1 until 2019, and their WhatsApp accounts still have it. */
const OLD_MEXICAN = /^521\d{10}$/;

/** Stays as it was written: 52 1 and 52, 54 9 and 54 may be different accounts for a messenger. */
function readInternational(groups: readonly string[]): Reading | PhoneIssue {
	const digits = groups.join('');
	if (digits.startsWith('0')) return { why: 'no country code begins with 0' };
	const read = (text: string) => readDigits(`+${text}`);
	const reading = read(digits);
	if (!reading) return { digits, likelihood: Likelihood.Unlikely, callingCode: undefined };
	if (OLD_MEXICAN.test(digits)) return { ...reading, likelihood: Likelihood.Possible };
	if (reading.digits === digits) return surplusOf(groups, reading, read) ?? reading;
	// A prefix that is dialled inside the country only: "+49 (0)30 …", "+7 8 912 …", "+36 06 20 …".
	const asWritten = { ...reading, digits, likelihood: Likelihood.Unlikely };
	if (reading.likelihood !== Likelihood.Valid || groups.length === 1) return asWritten;
	const { callingCode = '' } = reading;
	const isPrefix =
		groups[0] === callingCode && digits.endsWith(reading.digits.slice(callingCode.length));
	return isPrefix ? reading : eitherOf(digits, reading.digits);
}

/**
 * What is written beside a number that is whole without it: an extension, the end of a range, a
 * second number, a prefix that is not dialled behind the country code.
 */
function surplusOf(
	groups: readonly string[],
	{ likelihood }: Reading,
	read: (digits: string) => Reading | undefined,
): Remainder | undefined {
	if (likelihood !== Likelihood.Unlikely) return undefined;
	for (let index = groups.length - 1; index > 0; index--) {
		for (const surplus of [groups.slice(index), groups.slice(index, index + 1)]) {
			const rest = groups.toSpliced(index, surplus.length).join('');
			const whole = read(rest);
			if (whole?.likelihood !== Likelihood.Valid) continue;
			return {
				why: `without "${surplus.join(' ')}" it would be +${whole.digits}`,
				advice: 'Write one number alone, with + and its country code.',
				isWhole: true,
			};
		}
	}
	return undefined;
}
