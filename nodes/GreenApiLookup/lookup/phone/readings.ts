/**
 * The one number that written digits mean. They are read as somebody in the Default Country dials
 * them and as digits with a country code; docs/phone-numbers.md has the rules in words.
 */

import { getCountryCallingCode, type CountryCode, type NumberFormat } from 'libphonenumber-js/max';

import { isSameNumber, readDigits, type Reading } from './numberingPlans';
import type { PhoneIssue } from './writtenNumber';

/** Shorter ones without + lack their country code, unless a numbering plan knows them. */
const SHORTEST_BARE = 11;

/** The groups of a number of the US and its neighbours; people also write the last four in pairs. */
const AMERICAN = /^1 ?\d{3} ?\d{3} ?\d{2} ?\d{2}$/;

/** The advice for all numbers without a country code, by which they can be counted. */
export const NEEDS_COUNTRY =
	'Choose Default Country in the options of this node, or write the number with its country code, e.g. ' +
	'+7 987 654-32-10.';

const NO_COUNTRY_CODE = { why: 'it has no country code', advice: NEEDS_COUNTRY };
const NO_CODE_8 = {
	why: 'no country has the code 8',
	advice: 'Write +7 instead of 8 in front of a Russian or Kazakh number.',
};
const CHECK = 'Check that no digit is missing or added.';
const ONE_ALONE = 'Write one number alone, with + and its country code.';
const NO_SUCH_CODE = { why: 'no country has such a code', advice: CHECK };
const OR_COUNTRY =
	'Write the one that is meant with its +, or choose Default Country in the options of this node.';

/** From separator to separator. */
const groupsOf = (text: string): string[] => text.match(/\d+/g) ?? [];
const digitsOf = (text: string) => text.replace(/\D/g, '');
const validOf = (some?: Reading | PhoneIssue) =>
	some && 'digits' in some && some.type ? some : undefined;
const isMobile = (reading?: Reading) => /MOBILE$/.test(reading?.type ?? '');

/** The one number that is meant, or why there is not one. */
export function readWritten(text: string, country?: CountryCode): Reading | PhoneIssue {
	const home = text.includes('+') ? undefined : country;
	const reading = withoutDoubt(home ? readWithCountry(text, home) : readWithoutCountry(text));
	return 'why' in reading ? reading : (surplusBefore(text, reading, home) ?? reading);
}

/** What is in front of a mobile number that is whole without it, as in a list: "2) 0664 …". */
function surplusBefore(text: string, reading: Reading, country?: CountryCode) {
	const [first = '', ...rest] = groupsOf(text);
	if (!/^[1-9]\d?$/.test(first) || first === reading.number?.countryCallingCode) return undefined;
	const whole = validOf(readDigits(rest.join(''), country));
	if (!whole || !isMobile(whole) || isSameNumber(whole.digits, reading.digits)) return undefined;
	const usual = [...usualGroups(reading, 'NATIONAL'), ...usualGroups(reading, 'INTERNATIONAL')];
	if (usual.includes([first, ...rest].join(' '))) return undefined;
	return { why: `without "${first}" it would be +${whole.digits}`, advice: ONE_ALONE };
}

/** Refuses a reading that one digit more or less, or one country code less, would make a known number. */
function withoutDoubt(reading: Reading | PhoneIssue): Reading | PhoneIssue {
	if ('why' in reading || !reading.number || isMobile(reading)) return reading;
	const { digits, number, type } = reading;
	const { countryCallingCode: code, nationalNumber: national } = number;
	const isDoubled = national.startsWith(code) && isMobile(readDigits(national));
	if (isDoubled) return ambiguous(digits, national);
	// Italy keeps the 0 of its fixed lines behind the country code, and its mobiles have none.
	if (type && !/^390\d{10}$/.test(digits)) return reading;
	const changed = national.startsWith('0') ? national.slice(1) : `0${national}`;
	const other = validOf(readDigits(code + changed));
	return other ? ambiguous(digits, other.digits) : reading;
}

/** With + or without a Default Country: digits have to begin with a country code. */
function readWithoutCountry(text: string): Reading | PhoneIssue {
	const digits = digitsOf(text);
	const international = readAbroad(text);
	if (text.includes('+') || digits.startsWith('00')) return international;
	const abroad = validOf(international);
	// Only Russia and Kazakhstan dial ten digits behind an 8.
	const home = /^8\d{10}$/.test(digits) ? readAtHome(text, 'RU') : undefined;
	if (home) return abroad ? chooseReading(text, home, abroad) : home;
	const isShort = digits.replace(/^8/, '').length < SHORTEST_BARE;
	if (abroad || isShort) return abroad ?? NO_COUNTRY_CODE;
	if ('why' in international) return international;
	// New ranges, where a program wrote them: people who separate digits also write the +.
	const isNewRange = groupsOf(text).length === 1 && international.number?.isPossible();
	return isNewRange ? international : NO_COUNTRY_CODE;
}

/** With a Default Country: as somebody there dials it, or with a country code. Never a guess. */
function readWithCountry(text: string, country: CountryCode): Reading | PhoneIssue {
	const digits = digitsOf(text);
	const international = readAbroad(text);
	const [home, abroad] = [readAtHome(text, country), validOf(international)];
	const isOwnCode = abroad?.number?.countryCallingCode === getCountryCallingCode(country);
	if (isOwnCode && !isMobile(home)) return abroad;
	if (home) return abroad ? chooseReading(text, home, abroad, country) : home;
	const known = surplusOf(text, country, abroad !== undefined) ?? abroad;
	if (known) return known;
	// A spreadsheet or JSON took the digits for a number, and its 0 is lost.
	const restored = /^\D*[1-9]\d*\D*$/.test(text) && validOf(readDigits(`0${digits}`, country));
	if (restored) return restored;
	if (digits.startsWith('00')) return international;
	const why = `it is not a valid number of the Default Country ${country}`;
	return { why, advice: 'Write it with + and its country code.' };
}

/** One of two valid readings, where the way of writing or dialling tells which. */
function chooseReading(text: string, home: Reading, abroad: Reading, country?: CountryCode) {
	// An older form, such as Mexico's 1 in front, is no more than a possibility.
	if (!home.number?.isValid()) return abroad;
	if (home.digits === abroad.digits) return home;
	const groups = groupsOf(text).join(' ');
	const local = usualGroups(home, 'NATIONAL');
	const code = `${abroad.number?.countryCallingCode} `;
	const isArea = text.startsWith('(') || local.some((usual) => usual.startsWith(code));
	const isCodeApart = groups.startsWith(code) && !isArea;
	const isAbroad = isCodeApart || usualGroups(abroad, 'INTERNATIONAL').includes(groups);
	// A whole number as at home, but for its 0: "20 7946 0958" is London's or Egypt's.
	const lacksItsZero = / .* /.test(groups) && local[0] === `0${groups}`;
	const isLocal = local.includes(groups) || lacksItsZero;
	if (groups.includes(' ') && isAbroad !== isLocal) return isAbroad ? abroad : home;
	if (!country) return ambiguous(home.digits, abroad.digits, OR_COUNTRY);
	const digits = digitsOf(text);
	const isPrefixed = /^[08]/.test(digits) && !home.digits.endsWith(digits);
	const lacksZero = abroad.type === 'MOBILE' && local[0].startsWith('0');
	const isDialled = isPrefixed || (isMobile(home) && !lacksZero);
	return isDialled && !digits.startsWith('00') ? home : ambiguous(home.digits, abroad.digits);
}

/** The groups in which its country writes it, with and without a trunk prefix that is apart. */
function usualGroups({ number }: Reading, format: NumberFormat): [string, string] {
	const usual = groupsOf(number?.format(format) ?? '').join(' ');
	return [usual, usual.replace(/^\d /, '')];
}

/** As somebody in that country dials it, if it is valid; undefined where nobody there would. */
function readAtHome(text: string, country: CountryCode): Reading | undefined {
	const digits = digitsOf(text);
	const reading = validOf(readDigits(digits, country));
	const national = reading?.number?.nationalNumber ?? '';
	// The library also strips prefixes of carriers and collect calls.
	const isStripped = /^[^08]/.test(digits) && digits !== national && digits.endsWith(national);
	// An 8 that is alone is a trunk prefix; where it is part of the number, it was not one here.
	const isPart = groupsOf(text)[0] === '8' && reading?.digits.endsWith(digits);
	return isStripped || isPart ? undefined : reading;
}

/** With a country code, as it is written: 52 1 and 52, 54 9 and 54 may be different accounts. */
function readAbroad(text: string): Reading | PhoneIssue {
	const groups = groupsOf(text.replace(/^(\D*)00/, '$1'));
	const digits = groups.join('');
	// A 0 in front is dialled inside a country only.
	if (digits.startsWith('0')) return text.includes('+') ? NO_SUCH_CODE : NO_COUNTRY_CODE;
	if (digits.startsWith('10')) return { why: 'no number begins with +1 0', advice: CHECK };
	if (groups[0] === '8') return text.includes('+') ? NO_CODE_8 : NO_COUNTRY_CODE;
	const reading = readDigits(digits);
	// In brackets in front is an area code, unless it is the country code.
	const isArea = /^\([^+]*\d\D+\d/.test(text) && reading?.number?.countryCallingCode !== groups[0];
	if (isArea) return NO_COUNTRY_CODE;
	if (!reading?.number) {
		// Telegram's test accounts.
		if (digits.startsWith('42777')) return { digits };
		return validOf(readDigits(digits.replace(/^8/, '7'))) ? NO_CODE_8 : NO_SUCH_CODE;
	}
	// Nearly all digits behind a 1 are a number there, so that their groups have to be its groups.
	const isGrouped = groups.length > 1 && !text.includes('+') && digits.startsWith('1');
	if (isGrouped && !AMERICAN.test(groups.join(' '))) return NO_COUNTRY_CODE;
	const { countryCallingCode: code, nationalNumber: national } = reading.number;
	if (reading.digits !== digits) {
		// A prefix that is dialled inside the country only: "+49 (0)30 …", "+7 8 912 …", "+3606 …".
		const isPrefixed = /^[08]/.test(digits.slice(code.length)) && digits.endsWith(national);
		return isPrefixed && reading.type ? reading : ambiguous(digits, reading.digits);
	}
	const isRepeated = /^(\d)\1+$/.test(national) && !isMobile(reading);
	if (isRepeated) return { why: 'it is one digit repeated', advice: CHECK };
	const isMeasured = reading.type === undefined && !reading.number.isNonGeographic();
	if (!isMeasured) return reading;
	const surplus = surplusOf(groups.join(' '));
	if (surplus || reading.number.isPossible()) return surplus ?? reading;
	return { why: `+${digits} has the wrong length for its country`, advice: CHECK };
}

/** What is behind a number that is whole without it; if asked for, only where it is grouped as usual. */
function surplusOf(text: string, country?: CountryCode, isUsual = false) {
	const groups = groupsOf(text);
	// Behind an 8 that is alone, the number is one of another country.
	for (let count = groups[0] === '8' ? 0 : groups.length - 1; count > 0; count--) {
		const some = groups.slice(0, count);
		const whole = validOf(readDigits(some.join(''), country));
		if (!whole || (isUsual && !usualGroups(whole, 'NATIONAL').includes(some.join(' ')))) continue;
		const why = `without "${groups.slice(count).join(' ')}" it would be +${whole.digits}`;
		return { why, advice: ONE_ALONE };
	}
	return undefined;
}

function ambiguous(one: string, other: string, advice = 'Write the one that is meant with its +.') {
	return { why: `it can be read as +${one} or +${other}`, advice };
}
