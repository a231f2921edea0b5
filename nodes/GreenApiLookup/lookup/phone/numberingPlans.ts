/**
 * What is known about the numbering plans of countries: libphonenumber-js, bundled into the package.
 * Its largest metadata, because only that tells valid numbers from those that merely have the right
 * length, which decides between two readings (docs/decisions/0006).
 */

import codes from 'i18n-iso-countries/codes.json';
import parse, { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import type { CountryCode, NumberType, PhoneNumber } from 'libphonenumber-js/max';

/** Digits in international form, and what the numbering plans say about them. */
export interface Reading {
	/** Country code and national number, without a plus sign. */
	readonly digits: string;
	/** Undefined where no country has such a code. */
	readonly number?: PhoneNumber;
	/** Undefined where it belongs to no range that is in use. */
	readonly type?: NumberType;
}

/** Dialled inside Mexico until 2019; the library has forgotten it. */
const MEXICAN_PREFIX = /^(52)?0(?:1|4[45])(?=\d{10}$)/;

/**
 * Digits as somebody in that country dials them; without a country, with the country code in front.
 * An older form of a number is of the number's type.
 */
export function readDigits(text: string, country?: CountryCode): Reading | undefined {
	const dialled = !country || country === 'MX' ? text.replace(MEXICAN_PREFIX, '$1') : text;
	const number = parse(country ? dialled : `+${dialled}`, country);
	if (!number) return undefined;
	const digits = number.number.slice(1);
	const type = number.getType();
	const form = type ? undefined : otherForm(digits);
	return { digits, number, type: form ? parse(`+${form}`)?.getType() : type };
}

/**
 * Numbers with two forms: what is in front, the digits that one form has and the other has not, and
 * the rest. GREEN-API's pages and those of other WhatsApp gateways agree on the countries (read
 * 2026-11-26); the digits are those of the countries' numbering plans.
 */
const FORMS: ReadonlyArray<readonly [pattern: RegExp, added: string]> = [
	// Mexico's mobiles had a 1 until 2019, Argentina's still have a 9 when called from abroad.
	[/^(52)(1)?(\d{10})$/, '1'],
	[/^(54)(9)?(\d{10})$/, '9'],
	// Brazil's mobiles got a 9 between 2012 and 2016.
	[/^(55\d\d)(9)?([6-9]\d{7})$/, '9'],
	// The Ivory Coast got two digits in 2021, by operator: the second digit of the old number.
	[/^(225)(01)?(\d[0-3]\d{6})$/, '01'],
	[/^(225)(05)?(\d[4-6]\d{6})$/, '05'],
	[/^(225)(07)?(\d[7-9]\d{6})$/, '07'],
	// Benin put 01 in front of all numbers in November 2024.
	[/^(229)(01)?(\d{8})$/, '01'],
];

/** The other form under which WhatsApp may know the number; undefined where there is one form only. */
export function otherForm(digits: string): string | undefined {
	for (const [pattern, added] of FORMS) {
		const [, before, present, after] = pattern.exec(digits) ?? [];
		if (before) return before + (present ? '' : added) + after;
	}
	return undefined;
}

/** Whether two spellings in digits, with country code, name one number: equal, or two forms of it. */
export function isSameNumber(one: string, other: string): boolean {
	if (one === other || otherForm(one) === other) return true;
	const parsed = readDigits(one);
	return parsed !== undefined && parsed.digits === readDigits(other)?.digits;
}

/** Too rare for a name of their own. */
const OTHER_TYPES = /^(?:PAGER|PERSONAL_NUMBER|SHARED_COST|UAN|VOICEMAIL)$/;

/** Country (ISO code) and kind of a number in digits, with country code; null where unknown. */
export function describeNumber(digits: string) {
	const { number, type } = readDigits(digits) ?? {};
	const words = type?.replace(OTHER_TYPES, 'OTHER').toLowerCase();
	return {
		country: number?.country ?? null,
		numberType: words?.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) ?? null,
	};
}

const NAMES = new Intl.DisplayNames(['en'], { type: 'region' });

/** By code and name, in capitals. */
const COUNTRIES = new Map<string, CountryCode>([['UK', 'GB']]);
for (const code of getCountries()) {
	COUNTRIES.set(code, code).set(`${NAMES.of(code)}`.toUpperCase(), code);
	const threeLetters = codes.find(([twoLetters]) => twoLetters === code)?.[1];
	if (threeLetters) COUNTRIES.set(threeLetters, code);
}

/** `RU`, `RUS`, `ru-RU` or `Russia`, in any case; undefined where it is no country with telephones. */
export function countryOf(text: unknown): CountryCode | undefined {
	if (typeof text !== 'string') return undefined;
	const name = text.trim().toUpperCase();
	return COUNTRIES.get(name.replace(/^[A-Z]{2,3}(?:[-_][A-Z]{4})?[-_](?=[A-Z]{2}$)/, ''));
}

/** All countries for a dropdown, by name: "Germany (+49)". */
export function countryChoices(): Array<{ name: string; value: CountryCode }> {
	return getCountries()
		.map((value) => ({ value, name: `${NAMES.of(value)} (+${getCountryCallingCode(value)})` }))
		.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}
