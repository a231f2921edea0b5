/**
 * The one number that written digits mean. They are read as somebody in the Default Country dials
 * them and as digits with a country code; docs/phone-numbers.md has the rules in words.
 */

import {
	callingCodeOf,
	readDigits,
	type CountryCode,
	type NumberFormat,
	type Reading,
} from './numberingPlans';
import type { PhoneIssue } from './cellText';
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
const WITH_PLUS = 'Write the one that is meant with its +.';

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

/** Italy keeps the 0 of its fixed lines behind the country code, and its mobiles have none. */
function withoutDoubt(reading: Reading): Reading | PhoneIssue {
	const { digits, number, type } = reading;
	if (!number || (type && !/^390\d{10}$/.test(digits))) return reading;
	const { countryCallingCode: code, nationalNumber: national } = number;
	const other = readDigits(
		`+${code}${national.startsWith('0') ? national.slice(1) : `0${national}`}`,
	);
	return other?.type ? eitherOf(digits, other.digits, WITH_PLUS) : reading;
}

/** Digits without + or a Default Country: they have to begin with a country code. */
function readBare(number: WrittenNumber): Reading | PhoneIssue {
	const { digits } = number;
	const international = readAbroad(number);
	if (digits.startsWith('00')) return international;
	// Only Russia and Kazakhstan dial ten digits behind an 8.
	if (/^8\d{10}$/.test(digits)) {
		const [home, abroad] = [validOf(readAtHome(number, 'RU')), validOf(international)];
		if (!home || !abroad) return home ?? abroad ?? NO_COUNTRY_CODE;
		const orCountry = `${WITH_PLUS.slice(0, -1)}, or choose Default Country in the options of this node.`;
		return toldByGroups(number, home, abroad) ?? eitherOf(home.digits, abroad.digits, orCountry);
	}
	if (digits.length < SHORTEST_BARE) return validOf(international) ?? NO_COUNTRY_CODE;
	const isKnown = 'why' in international || international.type || isPossible(international);
	return isKnown ? international : NO_COUNTRY_CODE;
}

/** With a Default Country: as somebody there dials it, or with a country code. Never a guess. */
function readWithCountry(number: WrittenNumber, country: CountryCode): Reading | PhoneIssue {
	const { digits, groups, form } = number;
	const [home, abroad] = [validOf(readAtHome(number, country)), validOf(readAbroad(number))];
	const isOwnCode = abroad?.number?.countryCallingCode === callingCodeOf(country);
	if (isOwnCode && !(home && isMobile(home))) return abroad;
	if (home) return abroad ? chooseOf(number, home, abroad) : home;
	const surplus =
		form === 'trunk' ? undefined : surplusOf(groups, (rest) => readDigits(rest, country));
	if (abroad && (!surplus || isGroupedAs(number, abroad, 'INTERNATIONAL'))) return abroad;
	if (surplus) return surplus;
	// A spreadsheet or JSON took the digits for a number, and its 0 is lost.
	const restored = /^[1-9]/.test(digits) && groups.length === 1;
	const withZero = restored ? validOf(readDigits(`0${digits}`, country)) : undefined;
	if (withZero) return withZero;
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
		// Other lines of eleven digits without a 0 are rarer than mobiles from abroad.
		if (!isMobile(home) && isMobile(abroad) && digits.length >= SHORTEST_BARE) return abroad;
	}
	return eitherOf(home.digits, abroad.digits, WITH_PLUS);
}

/** Whether its country writes a 0 in front of it. */
function hasZero({ number }: Reading): boolean {
	return /^\D*0/.test(number?.formatNational() ?? '');
}

/** Digits in groups as one of two countries writes them, and the other does not. */
function toldByGroups(number: WrittenNumber, home: Reading, abroad: Reading): Reading | undefined {
	const isAbroad = isGroupedAs(number, abroad, 'INTERNATIONAL');
	if (isAbroad === isGroupedAs(number, home, 'NATIONAL')) return undefined;
	return isAbroad ? abroad : home;
}

function isGroupedAs(
	{ groups }: WrittenNumber,
	{ number }: Reading,
	format: NumberFormat,
): boolean {
	if (groups.length < 2 || !number) return false;
	return number.format(format).match(/\d+/g)?.join(' ') === groups.join(' ');
}

/** As somebody in that country dials it; undefined where nobody there would. */
function readAtHome({ digits, form }: WrittenNumber, country: CountryCode): Reading | undefined {
	const reading = readDigits(digits, country);
	if (!reading?.number) return undefined;
	// An 8 that is alone is a trunk prefix; where it is part of the number, it was not one here.
	if (form === 'trunk' && reading.digits.endsWith(digits)) return undefined;
	// The library also strips prefixes of carriers and collect calls.
	const prefix = digits.endsWith(reading.number.nationalNumber)
		? digits.slice(0, -reading.number.nationalNumber.length)
		: '';
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
	if (digits.startsWith('0')) return { why: 'no country code begins with 0' };
	if (digits.startsWith('10')) return { why: 'no number begins with +1 0' };
	if (groups[0] === '8' && groups.length > 1) return NO_CODE_8;
	const reading = readDigits(`+${digits}`);
	// Telegram's anonymous numbers: +888 belongs to no country.
	if (!reading?.number) return isTrunk8(digits) ? NO_CODE_8 : { digits };
	const { countryCallingCode: code, nationalNumber: national } = reading.number;
	if (reading.digits !== digits) {
		// A prefix that is dialled inside the country only: "+49 (0)30 …", "+7 8 912 …", "+3606 …".
		const isPrefixed = /^[08]/.test(digits.slice(code.length)) && digits.endsWith(national);
		return isPrefixed && reading.type ? reading : eitherOf(digits, reading.digits, WITH_PLUS);
	}
	if (reading.type || reading.number.isNonGeographic()) return reading;
	if (/^(\d)\1+$/.test(national)) return { why: 'it is one digit repeated' };
	if (isPossible(reading)) return reading;
	return (
		surplusOf(groups, (rest) => readDigits(`+${rest}`)) ?? {
			why: `+${digits} has a length that no number of its country has`,
			advice: 'Check that no digit is missing or added.',
		}
	);
}

function isTrunk8(digits: string): boolean {
	return digits.startsWith('8') && readDigits(`+7${digits.slice(1)}`)?.type !== undefined;
}

/** What is written behind a number that is whole without it: an extension, a second number. */
function surplusOf(
	groups: readonly string[],
	read: (digits: string) => Reading | undefined,
): PhoneIssue | undefined {
	for (let count = groups.length - 1; count > 0; count--) {
		const whole = validOf(read(groups.slice(0, count).join('')));
		if (!whole) continue;
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

function isPossible(reading: Reading | PhoneIssue | undefined): boolean {
	return reading !== undefined && 'digits' in reading && reading.number?.isPossible() === true;
}

function isMobile({ type }: Reading): boolean {
	return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}

function eitherOf(one: string, other: string, advice: string): PhoneIssue {
	return { why: `it can be read as +${one} or +${other}`, advice };
}
