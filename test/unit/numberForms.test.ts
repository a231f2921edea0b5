/** Two forms of one number, and what kind of number it is. */

import {
	describeNumber,
	isSameNumber,
	otherForm,
} from '../../nodes/GreenApiLookup/lookup/phone/numberingPlans';

const FORMS = [
	['Mexico', '525512345678', '5215512345678'],
	['Argentina', '541123456789', '5491123456789'],
	['Brazil', '553188887777', '5531988887777'],
	['Brazil', '551176543210', '5511976543210'],
	['Ivory Coast', '22501234567', '2250101234567'],
	['Ivory Coast', '22505123456', '2250505123456'],
	['Ivory Coast', '22507123456', '2250707123456'],
	['Benin', '22995012345', '2290195012345'],
] as const;

test.each(FORMS)('%s: %s and %s are forms of one number', (_country, one, other) => {
	expect([otherForm(one), otherForm(other)]).toEqual([other, one]);
	expect([isSameNumber(one, other), isSameNumber(other, one)]).toEqual([true, true]);
	expect(describeNumber(one).country).toBe(describeNumber(other).country);
	expect(describeNumber(one).country).not.toBeNull();
});

test.each([
	['a fixed line in Brazil', '551132345678'],
	['a Brazilian mobile whose 9 is followed by a 1', '5511912345678'],
	['a number of the Ivory Coast from after 2021', '2250712345678'],
	['Russia', '79123456789'],
	['a Mexican number with a digit missing', '52551234567'],
	['nothing', ''],
])('%s has one form only', (_title, digits) => {
	expect(otherForm(digits)).toBeUndefined();
});

test.each([
	['79123456789', '79123456789', true],
	['4915112345678', '49015112345678', true],
	['525512345678', '525512345679', false],
	['79123456789', '79123456780', false],
	['5511987654321', '5511987654322', false],
	['', '79123456789', false],
	['', 'x', false],
])('%j and %j are one number: %s', (one, other, expected) => {
	expect(isSameNumber(one, other)).toBe(expected);
});

test.each([
	['79123456789', 'RU', 'mobile'],
	['77012345678', 'KZ', 'mobile'],
	['74951234567', 'RU', 'fixedLine'],
	['14155552671', 'US', 'fixedLineOrMobile'],
	['447624123456', 'IM', 'mobile'],
	['5215512345678', 'MX', 'fixedLineOrMobile'],
	['551187654321', 'BR', 'mobile'],
	['22507123456', 'CI', 'mobile'],
	['78005553535', 'RU', 'tollFree'],
	['49900123456', 'DE', null],
	['88805131234', null, null],
	['99912345678', null, null],
	['', null, null],
	['nobody', null, null],
])('%j is in %s, and of type %s', (digits, country, numberType) => {
	expect(describeNumber(digits)).toEqual({ country, numberType });
});
