/**
 * Numbers of many countries in every spelling, and lists that mix countries: how often a Default
 * Country reads another number than the one meant (docs/phone-numbers.md has the figures).
 */

import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountryCallingCode, parsePhoneNumber, type CountryCode } from 'libphonenumber-js/max';

import { readAccount } from '../../nodes/GreenApiLookup/lookup/phone/phoneNumber';
import { randomOf } from '../random';

function read(cell: unknown, country?: string): string {
	const digits = readAccount(cell, { numbers: { fewest: 7, most: 16 } }, country);
	return typeof digits === 'string' ? digits : 'refused';
}

const HOMES = 'RU BY KZ UA DE AT CH FR IT ES GB US BR MX AR IN CN ID TR AE'.split(
	' ',
) as CountryCode[];
const ORIGINS = [...HOMES, ...('PL NL SE NO DK IL SA EG NG ZA JP KR'.split(' ') as CountryCode[])];
const COUNTRIES = [...ORIGINS, ...('PT CZ HU GR LT VN UZ KG'.split(' ') as CountryCode[])];

interface Mobile {
	readonly digits: string;
	/** Without country code and trunk prefix. */
	readonly national: string;
	/** As somebody in its country writes it. */
	readonly atHome: string;
	/** What is dialled in front of it inside its country; '' for nothing. */
	readonly prefix: string;
	readonly abroad: string;
}

function mobileOf(country: CountryCode, national: string): Mobile | undefined {
	const number = parsePhoneNumber(`+${getCountryCallingCode(country)}${national}`);
	if (number.country !== country || number.nationalNumber !== national) return undefined;
	if (!/MOBILE/.test(number.getType() ?? '')) return undefined;
	const atHome = number.formatNational();
	const dialled = atHome.replace(/\D/g, '');
	return {
		digits: number.number.slice(1),
		national,
		atHome,
		prefix: dialled.endsWith(national) ? dialled.slice(0, -national.length) : '',
		abroad: number.formatInternational(),
	};
}

function exampleOf(country: CountryCode): Mobile {
	const mobile = mobileOf(country, examples[country]);
	if (!mobile) throw new Error(`No example of ${country}`);
	return mobile;
}

type Way = [way: string, cell: unknown, country: CountryCode | undefined];

const written = COUNTRIES.flatMap((country) => {
	const { digits, national, atHome, prefix, abroad } = exampleOf(country);
	const code = getCountryCallingCode(country);
	// Argentina dials the 9 of its mobiles from abroad only.
	const local: Way[] = country === 'AR' ? [] : [['without trunk prefix', national, country]];
	const ways: Way[] = [
		['international', abroad, undefined],
		['international at home', abroad, country],
		['national', atHome, country],
		['digits at home', digits, country],
		['JSON number', Number(atHome.replace(/\D/g, '')), country],
		['trunk prefix behind the code', `+${code} (${prefix || ' '})${national}`, undefined],
		['trunk prefix in one piece', `+${code}${prefix}${national}`, undefined],
		...local,
	];
	return ways.map((way) => [country, ...way, digits] as const);
});

test.each(written)(
	'%s, %s: %j, Default Country %s, is %s',
	(_home, _way, cell, country, digits) => {
		expect(read(cell, country)).toBe(digits);
	},
);

test.each(COUNTRIES.filter((country) => country !== 'VN'))(
	'digits of %s need no Default Country',
	(country) => {
		const { digits } = exampleOf(country);
		expect([read(digits), read(Number(digits))]).toEqual([digits, digits]);
	},
);

describe('lists that mix countries', () => {
	const random = randomOf(7);
	const mobiles = new Map(
		ORIGINS.map((country) => {
			const { length } = examples[country];
			const found: Mobile[] = [];
			while (found.length < 20) {
				const digits = Array.from({ length }, () => Math.floor(random() * 10)).join('');
				const mobile = mobileOf(country, digits);
				if (mobile) found.push(mobile);
			}
			return [country, found] as const;
		}),
	);
	const foreign = HOMES.flatMap((home) =>
		ORIGINS.filter((origin) => origin !== home).flatMap((origin) =>
			(mobiles.get(origin) ?? []).map(({ digits }) => ({
				home,
				digits,
				result: read(digits, home),
			})),
		),
	);
	const shareOf = (rows: readonly unknown[], all: readonly unknown[]) => rows.length / all.length;

	test('at most 1.2 % of foreign numbers without + become another number', () => {
		const others = foreign.filter(({ digits, result }) => ![digits, 'refused'].includes(result));
		expect(shareOf(others, foreign)).toBeLessThan(0.012);
		// Ten digits, or eleven that begin with 1: mobiles of the Default Country as well.
		expect(new Set(others.map(({ home }) => home))).toEqual(
			new Set(['BR', 'CN', 'DE', 'MX', 'US']),
		);
	});

	test('at most 9 % of foreign numbers without + are refused', () => {
		const refused = foreign.filter(({ result }) => result === 'refused');
		expect(shareOf(refused, foreign)).toBeLessThan(0.09);
	});

	test('no fixed line of the Default Country without trunk prefix becomes another number', () => {
		const lines = HOMES.flatMap((country) => {
			const { length } = examples[country];
			return Array.from({ length: 2000 }, (_, index) => {
				const digits = Array.from({ length: length - 2 + (index % 4) }, () =>
					Math.floor(random() * 10),
				).join('');
				const line = parsePhoneNumber(`+${getCountryCallingCode(country)}${digits}`);
				// Digits that begin with the country's own code are read as such.
				const isCode = digits.startsWith(getCountryCallingCode(country));
				const isLine = !isCode && line.country === country && line.getType() === 'FIXED_LINE';
				return isLine && line.nationalNumber === digits ? [{ country, line, digits }] : [];
			}).flat();
		});
		expect(lines.length).toBeGreaterThan(1000);
		expect(
			lines.filter(({ country, line, digits }) => {
				return !['refused', line.number.slice(1)].includes(read(digits, country));
			}),
		).toEqual([]);
	});

	test('with + none is refused and none becomes another number', () => {
		const wrong = foreign.filter(({ home, digits }) => read(`+${digits}`, home) !== digits);
		expect(wrong).toEqual([]);
	});

	test('mobiles of the Default Country without trunk prefix are read, but for 1 % that are refused', () => {
		const local = ORIGINS.filter((country) => country !== 'AR').flatMap((country) =>
			(mobiles.get(country) ?? []).map(({ digits, national }) => [digits, read(national, country)]),
		);
		const others = local.filter(([digits, result]) => result !== digits);
		expect(shareOf(others, local)).toBeLessThan(0.01);
		expect(others.filter(([, result]) => result !== 'refused')).toEqual([]);
	});
});
