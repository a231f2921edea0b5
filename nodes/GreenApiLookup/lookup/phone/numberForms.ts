/** Whether two spellings are one number, and what kind of number it is. */

import { otherForm, readDigits } from './numberingPlans';

export { otherForm };

/** Whether two spellings in digits, with country code, name one number: equal, or two forms of it. */
export function isSameNumber(one: string, other: string): boolean {
	if (one === other || otherForm(one) === other) return true;
	const parsed = readDigits(`+${one}`);
	return parsed !== undefined && parsed.digits === readDigits(`+${other}`)?.digits;
}

/** What kind of number it is. */
export type NumberType = (typeof TYPES)[number];

const TYPES = [
	'mobile',
	'fixedLine',
	'fixedLineOrMobile',
	'voip',
	'tollFree',
	'premiumRate',
	'other',
] as const;

/** Country (ISO code) and kind of a number in digits, with country code; null where unknown. */
export function describeNumber(digits: string): {
	country: string | null;
	numberType: NumberType | null;
} {
	const { number, type } = readDigits(`+${digits}`) ?? {};
	const name = type?.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
	return {
		country: number?.country ?? null,
		numberType: name === undefined ? null : (TYPES.find((known) => known === name) ?? 'other'),
	};
}
