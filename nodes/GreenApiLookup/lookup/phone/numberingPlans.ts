/**
 * What is known about the numbering plans of countries: libphonenumber-js, bundled into the package.
 * Its largest metadata, because only they tell valid numbers from such that merely have the right
 * length, and that decides between two readings (docs/decisions/0006).
 */

import {
	getCountries,
	getCountryCallingCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	type CountryCode,
} from 'libphonenumber-js/max';

export type { CountryCode };

/** How sure a reading is: a number of its country, one of the right length, or neither. */
export enum Likelihood {
	Unlikely,
	Possible,
	Valid,
}

/** Digits in international form, and what the numbering plans say about them. */
export interface Reading {
	/** Without a plus sign. */
	readonly digits: string;
	readonly likelihood: Likelihood;
	/** Undefined where no country has such a code. */
	readonly callingCode: string | undefined;
}

/** Digits as somebody in that country dials them; with + in front as anybody writes them. */
export function readDigits(digits: string, country?: CountryCode): Reading | undefined {
	const options = { extract: false, ...(country && { defaultCountry: country }) };
	const number = parsePhoneNumberFromString(digits, options);
	return (
		number && {
			digits: number.number.slice(1),
			likelihood: number.isValid()
				? Likelihood.Valid
				: number.isPossible()
					? Likelihood.Possible
					: Likelihood.Unlikely,
			callingCode: number.countryCallingCode,
		}
	);
}

/** An ISO 3166-1 code in any case; undefined where it is none, or none with telephones. */
export function countryOf(code: string): CountryCode | undefined {
	const upper = code.trim().toUpperCase();
	return isSupportedCountry(upper) ? upper : undefined;
}

/** All countries for a dropdown, by name: "Germany (+49)". */
export function countryChoices(): Array<{ name: string; value: CountryCode }> {
	const names = new Intl.DisplayNames(['en'], { type: 'region' });
	return getCountries()
		.map((value) => ({
			name: `${names.of(value) ?? value} (+${getCountryCallingCode(value)})`,
			value,
		}))
		.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}
