/**
 * The one number that written digits mean. They are read as somebody in the Default Country dials
 * them and as digits with a country code; docs/phone-numbers.md has the rules in words.
 */

import type { PhoneIssue } from './cellText';
import {
	callingCodeOf,
	readDigits,
	type CountryCode,
	type NumberFormat,
	type Reading,
} from './numberingPlans';
import { severalNumbers, type WrittenNumber } from './writtenNumber';

/** More digits than this are more than one number: E.164 has 15, the service takes one more. */
const MOST_DIGITS = 16;

/** Shorter ones without + lack their country code, unless a numbering plan knows them. */
const SHORTEST_BARE = 11;

const NO_COUNTRY_CODE: PhoneIssue = { why: 'it has no country code' };
const NO_CODE_8: PhoneIssue = {
	why: 'no country has the code 8',
	advice: 'Write +7 instead of 8 in front of a Russian or Kazakh number.',
};
const CHECK = 'Check that no digit is missing or added.';
const WITH_PLUS = 'Write the one that is meant with its +.';
const OR_COUNTRY =
	'Write the one that is meant with its +, or choose Default Country in the options of this node.';

/** The one number that is meant, or why there is not one. */
export function readWritten(
	number: WrittenNumber,
	country: CountryCode | undefined,
): Reading | PhoneIssue {
	if (number.digits.replace(/^00/, '').length > MOST_DIGITS) return severalNumbers(number.text);
	const reading =
		number.form === 'plus'
			? readAbroad(number)
			: country === undefined
				? readBare(number)
				: readWithCountry(number, country);
	return 'digits' in reading ? withoutDoubt(reading) : reading;
}

/** The reading, unless one digit more or less, or one country code less, makes it a known number. */
function withoutDoubt(reading: Reading): Reading | PhoneIssue {
	const { digits, number, type } = reading;
	if (!number || isMobile(reading)) return reading;
	const { countryCallingCode: code, nationalNumber: national } = number;
	const isDoubled = national.startsWith(code) && isMobile(readDigits(`+${national}`));
	if (isDoubled) return eitherOf(reading, { digits: national });
	// Italy keeps the 0 of its fixed lines behind the country code, and its mobiles have none.
	if (type && !/^390\d{10}$/.test(digits)) return reading;
	const changed = national.startsWith('0') ? national.slice(1) : `0${national}`;
	const other = readDigits(`+${code}${changed}`);
	return other?.type ? eitherOf(reading, other) : reading;
}

/** Digits without + or a Default Country: they have to begin with a country code. */
function readBare(number: WrittenNumber): Reading | PhoneIssue {
	const { digits, groups, form } = number;
	// Only Russia and Kazakhstan dial ten digits behind an 8.
	if (/^8\d{10}$/.test(digits)) {
		const home = validOf(readAtHome(number, 'RU'));
		const abroad = form === 'unknown' ? validOf(readDigits(`+${digits}`)) : undefined;
		if (!home || !abroad) return home ?? abroad ?? NO_COUNTRY_CODE;
		return toldByGroups(number, home, abroad) ?? eitherOf(home, abroad, OR_COUNTRY);
	}
	const international = readAbroad(number);
	if (digits.startsWith('00')) return international;
	if (digits.length < SHORTEST_BARE) return validOf(international) ?? NO_COUNTRY_CODE;
	if ('why' in international || international.type) return international;
	// New ranges, where a program wrote them: people who separate digits also write the +.
	return groups.length === 1 && isPossible(international) ? international : NO_COUNTRY_CODE;
}

/** With a Default Country: as somebody there dials it, or with a country code. Never a guess. */
function readWithCountry(number: WrittenNumber, country: CountryCode): Reading | PhoneIssue {
	const { digits, groups, form } = number;
	const international = readAbroad(number);
	const [home, abroad] = [validOf(readAtHome(number, country)), validOf(international)];
	const isOwnCode = abroad?.number?.countryCallingCode === callingCodeOf(country);
	if (isOwnCode && !(home && isMobile(home))) return abroad;
	if (home) return abroad ? chooseOf(number, home, abroad) : home;
	const read = (some: string) => readDigits(some, country);
	if (abroad) return surplusOf(groups, read, isUsualAtHome) ?? abroad;
	const surplus = form === 'trunk' ? undefined : surplusOf(groups, read);
	if (surplus) return surplus;
	// A spreadsheet or JSON took the digits for a number, and its 0 is lost.
	const restored = /^[1-9]/.test(digits) && groups.length === 1 && validOf(read(`0${digits}`));
	if (restored) return restored;
	if (digits.startsWith('00')) return international;
	return {
		why: `it is no number of the Default Country ${country}`,
		advice: 'Write it with + and its country code.',
	};
}

/** One of two valid readings, where the way of writing or dialling tells which. */
function chooseOf(number: WrittenNumber, home: Reading, abroad: Reading): Reading | PhoneIssue {
	const { digits } = number;
	// An older form, such as Mexico's 1 in front, is no more than a possibility.
	if (home.isOlderForm) return abroad;
	const told = home.digits === abroad.digits ? home : toldByGroups(number, home, abroad);
	if (told) return told;
	if (!digits.startsWith('00')) {
		const isPrefixed = /^[08]/.test(digits) && !home.digits.endsWith(digits);
		if (isPrefixed || (isMobile(home) && !(abroad.type === 'MOBILE' && hasZero(home)))) return home;
	}
	return eitherOf(home, abroad);
}

/** Whether its country writes a 0 in front of it. */
function hasZero({ number }: Reading): boolean {
	return /^\D*0/.test(number?.formatNational() ?? '');
}

/** Digits in groups as one of two countries writes them, and the other does not. */
function toldByGroups(
	{ groups }: WrittenNumber,
	home: Reading,
	abroad: Reading,
): Reading | undefined {
	if (groups.length < 2) return undefined;
	const text = groups.join(' ');
	const local = usualGroups(home, 'NATIONAL');
	const code = `${abroad.number?.countryCallingCode} `;
	const isCodeApart = text.startsWith(code) && !local.some((usual) => usual.startsWith(code));
	const isAbroad = isCodeApart || usualGroups(abroad, 'INTERNATIONAL').includes(text);
	if (isAbroad === local.includes(text)) return undefined;
	return isAbroad ? abroad : home;
}

/** The groups in which its country writes it, with and without a trunk prefix that is apart. */
function usualGroups({ number }: Reading, format: NumberFormat): readonly string[] {
	const usual = number?.format(format).match(/\d+/g)?.join(' ') ?? '';
	return [usual, usual.replace(/^\d /, '')];
}

function isUsualAtHome(groups: readonly string[], reading: Reading): boolean {
	return usualGroups(reading, 'NATIONAL').includes(groups.join(' '));
}

/** As somebody in that country dials it; undefined where nobody there would. */
function readAtHome({ digits, form }: WrittenNumber, country: CountryCode): Reading | undefined {
	const reading = readDigits(digits, country);
	if (!reading?.number) return undefined;
	// An 8 that is alone is a trunk prefix; where it is part of the number, it was not one here.
	if (form === 'trunk' && reading.digits.endsWith(digits)) return undefined;
	// The library also strips prefixes of carriers and collect calls.
	const { nationalNumber: national } = reading.number;
	const prefix = digits.endsWith(national) ? digits.slice(0, -national.length) : '';
	return /^(?:$|[08])/.test(prefix) ? reading : undefined;
}

/** With a country code in front, as far as it may be one. */
function readAbroad({ groups, form }: WrittenNumber): Reading | PhoneIssue {
	if (form === 'trunk') return NO_COUNTRY_CODE;
	const [first = '', ...others] = groups;
	const afterExit = [first.slice(2), ...others].filter((group) => group !== '');
	const reading = readInternational(first.startsWith('00') ? afterExit : groups);
	if (form !== 'brackets' || 'why' in reading) return reading;
	// An area code, unless it is the country code that is in brackets.
	return reading.number?.countryCallingCode === first ? reading : NO_COUNTRY_CODE;
}

/** Stays as it was written: 52 1 and 52, 54 9 and 54 may be different accounts for a messenger. */
function readInternational(groups: readonly string[]): Reading | PhoneIssue {
	const digits = groups.join('');
	if (digits.startsWith('0')) return { why: 'no country code begins with 0', advice: CHECK };
	if (digits.startsWith('10')) return { why: 'no number begins with +1 0', advice: CHECK };
	if (groups[0] === '8' && groups.length > 1) return NO_CODE_8;
	const reading = readDigits(`+${digits}`);
	// Telegram's anonymous numbers: +888 belongs to no country.
	if (!reading?.number) return isTrunk8(digits) ? NO_CODE_8 : { digits };
	const { countryCallingCode: code, nationalNumber: national } = reading.number;
	if (reading.digits !== digits) {
		// A prefix that is dialled inside the country only: "+49 (0)30 …", "+7 8 912 …", "+3606 …".
		const isPrefixed = /^[08]/.test(digits.slice(code.length)) && digits.endsWith(national);
		return isPrefixed && reading.type ? reading : eitherOf({ digits }, reading);
	}
	if (reading.type || reading.number.isNonGeographic()) return reading;
	if (/^(\d)\1+$/.test(national)) return { why: 'it is one digit repeated', advice: CHECK };
	if (isPossible(reading)) return reading;
	const wrongLength = {
		why: `+${digits} has a length that no number of its country has`,
		advice: CHECK,
	};
	return surplusOf(groups, (some) => readDigits(`+${some}`)) ?? wrongLength;
}

function isTrunk8(digits: string): boolean {
	return digits.startsWith('8') && readDigits(`+7${digits.slice(1)}`)?.type !== undefined;
}

/** What is written behind a number that is whole without it: an extension, a second number. */
function surplusOf(
	groups: readonly string[],
	read: (digits: string) => Reading | undefined,
	isLikely?: (groups: readonly string[], whole: Reading) => boolean,
): PhoneIssue | undefined {
	for (let count = groups.length - 1; count > 0; count--) {
		const some = groups.slice(0, count);
		const whole = validOf(read(some.join('')));
		if (!whole || isLikely?.(some, whole) === false) continue;
		return {
			why: `without "${groups.slice(count).join(' ')}" it would be +${whole.digits}`,
			advice: 'Write one number alone, with + and its country code.',
		};
	}
	return undefined;
}

function validOf(reading: Reading | PhoneIssue | undefined): Reading | undefined {
	return reading && 'digits' in reading && reading.type ? reading : undefined;
}

function isPossible({ number }: Reading): boolean {
	return number?.isPossible() === true;
}

function isMobile(reading: Reading | undefined): boolean {
	return reading?.type === 'MOBILE' || reading?.type === 'FIXED_LINE_OR_MOBILE';
}

function eitherOf(one: Reading, other: Reading, advice = WITH_PLUS): PhoneIssue {
	return { why: `it can be read as +${one.digits} or +${other.digits}`, advice };
}
