/**
 * Which phone number an item asks about, found out before a call is spent on it: GREEN-API answers
 * `8 912…` or a number without its country code by the country of the asking account, if at all.
 */

import type { Endpoint } from '../endpoints';
import { countryOf, Likelihood, readDigits, type CountryCode, type Reading } from './countries';
import { failure, type Failure } from './failures';
import { readSpelling, type Spelling, type Unclear } from './spelling';

/** A Telegram username as GREEN-API takes it: 5 to 32 letters, digits and underscores after the @. */
const USERNAME = /^@[a-z]\w{3,31}$/i;

/** More digits than this are more than one number: E.164 has 15, the service takes one more. */
const MOST_DIGITS = 16;

/** Shorter ones without + lack their country code, unless a numbering plan knows them. */
const SHORTEST_BARE = 11;

const NO_COUNTRY_CODE: Unclear = { why: 'it has no country code' };

const NO_COUNTRY: Unclear = {
	why: 'Default Country is not a country',
	advice: 'Choose a country in the options of this node, or give its ISO code, e.g. RU.',
};

/**
 * The digits to ask about, in international form and without a plus sign, or for Telegram an
 * @username. What is not clear is a failure of the item; nothing is guessed.
 * @param defaultCountry ISO code of the country of numbers without a country code; '' for none
 */
export function parsePhoneNumber(
	value: unknown,
	endpoint: Endpoint,
	defaultCountry: unknown,
): string | Failure {
	const refuse = ({ why, advice }: Unclear) =>
		failure('invalidPhoneNumber', { endpoint, asked: false, value, detail: why, advice });
	if (typeof value === 'string' && value.trim().startsWith('@')) {
		if (endpoint.messenger !== 'telegram')
			return refuse({ why: 'only Telegram looks up usernames' });
		const username = value.trim();
		return USERNAME.test(username)
			? username
			: refuse({ why: 'a username is @ and 4 to 32 letters, digits or underscores' });
	}
	const country = readCountry(defaultCountry);
	if (typeof country === 'object') return refuse(country);
	const spelling = readSpelling(value);
	if ('why' in spelling) return refuse(spelling);
	const digits = readNumber(spelling, country);
	if (typeof digits === 'object') return refuse(digits);
	const { countryCodes, fewest, most } = endpoint.numbers;
	if (countryCodes && !countryCodes.some((code) => digits.startsWith(code))) {
		return failure('unsupportedCountry', { endpoint, asked: false, value, detail: `+${digits}` });
	}
	if (digits.length >= fewest && digits.length <= most) return digits;
	const why = `+${digits} has ${digits.length} digits, and GREEN-API takes ${fewest} to ${most} here`;
	return refuse({ why });
}

function readCountry(code: unknown): CountryCode | Unclear | undefined {
	if (code === undefined || code === null || code === '') return undefined;
	const country = typeof code === 'string' ? countryOf(code) : undefined;
	return country ?? NO_COUNTRY;
}

/** The one number that is meant, or why there is not one. */
function readNumber(spelling: Spelling, country: CountryCode | undefined): string | Unclear {
	const { groups, form } = spelling;
	const digits = groups.join('');
	if (digits.length > MOST_DIGITS) return { why: 'it holds more digits than a phone number has' };
	if (form === 'international') return digitsOf([readInternational(groups)]);
	if (country === undefined) return digitsOf([readBare(spelling)]);
	const national = readNational(groups, country);
	const mayBeInternational = form === 'unknown' && !digits.startsWith('0');
	return digitsOf(mayBeInternational ? [national, readInternational(groups)] : [national]);
}

/** The likeliest reading; two of the same likelihood that differ are a guess, and none is made. */
function digitsOf(readings: ReadonlyArray<Reading | Unclear>): string | Unclear {
	const clear = readings.filter((reading) => 'digits' in reading);
	const best = Math.max(...clear.map(({ likelihood }) => likelihood));
	const likeliest = clear.filter(({ likelihood }) => likelihood === best);
	const [number, ...others] = new Set(likeliest.map(({ digits }) => digits));
	if (number === undefined) return readings[0] as Unclear;
	return others.length === 0 ? number : { why: `it can be read as +${number} or +${others[0]}` };
}

/** Digits without +, 00 or a Default Country: they have to begin with a country code. */
function readBare({ groups, form }: Spelling): Reading | Unclear {
	const digits = groups.join('');
	if (digits.startsWith('0')) return NO_COUNTRY_CODE;
	if (digits.length === 11 && digits.startsWith('8')) {
		return { why: `it can be read as +7${digits.slice(1)} (8 for the trunk) or +${digits}` };
	}
	const reading = readInternational(groups);
	const isShort = digits.length < SHORTEST_BARE;
	if ('why' in reading || !isShort) return reading;
	const isNumber = form === 'unknown' && reading.likelihood === Likelihood.Valid;
	return isNumber ? reading : NO_COUNTRY_CODE;
}

function readNational(groups: readonly string[], country: CountryCode): Reading | Unclear {
	const read = (digits: string) => readDigits(digits, country);
	const reading = read(groups.join(''));
	return withoutRest(groups, reading, read) ?? reading ?? NO_COUNTRY_CODE;
}

/** Stays as it was written: 52 1 and 52, 54 9 and 54 are different accounts for a messenger. */
function readInternational(groups: readonly string[]): Reading | Unclear {
	const digits = groups.join('');
	if (digits.startsWith('0')) return { why: 'no country code begins with 0' };
	const read = (text: string) => readDigits(`+${text}`);
	const reading = read(digits);
	if (!reading) return { digits, likelihood: Likelihood.Unlikely, callingCode: undefined };
	if (reading.digits === digits) return withoutRest(groups, reading, read) ?? reading;
	// "+49 (0)30 …", "+7 8 912 …": only a trunk prefix, which no number has behind its country code.
	const { callingCode = '' } = reading;
	const trunk = callingCode === '7' ? '8' : '0';
	const isTrunk =
		reading.likelihood === Likelihood.Valid &&
		digits === callingCode + trunk + reading.digits.slice(callingCode.length);
	return isTrunk ? reading : { ...reading, digits, likelihood: Likelihood.Possible };
}

/** Whether the number is whole before its last group: then that is an extension, or a range. */
function withoutRest(
	groups: readonly string[],
	whole: Reading | undefined,
	read: (digits: string) => Reading | undefined,
): Unclear | undefined {
	if (groups.length < 2 || whole?.likelihood !== Likelihood.Unlikely) return undefined;
	const head = read(groups.slice(0, -1).join(''));
	if (head?.likelihood !== Likelihood.Valid) return undefined;
	return {
		why: `+${head.digits} is a whole number, and ${groups.at(-1)} follows`,
		advice: 'Leave out what follows the number, or give each number an item of its own.',
	};
}
