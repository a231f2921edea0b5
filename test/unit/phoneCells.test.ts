/**
 * Cells of real contact lists: what CRMs, spreadsheets, messengers and people put around a number.
 * phoneCells.json has where they come from, the Default Country, the cell, and its digits or
 * `refuse`; `refuse:several` also names the reason, `refuse?79…` would accept that number too.
 */

import { readAccount } from '../../nodes/GreenApiLookup/lookup/phone/phoneNumber';
import cells from './fixtures/phoneCells.json';
import moreCells from './fixtures/morePhoneCells.json';

const REASONS: Readonly<Record<string, RegExp>> = {
	several: /more than one number|list of several/,
	extension: /extension/,
	empty: /empty/,
	'digits lost': /not all digits/,
};

function read(cell: unknown, country: unknown): string {
	const digits = readAccount(cell, { numbers: { fewest: 7, most: 16 } }, country);
	return typeof digits === 'string' ? digits : `refuse: ${digits.why}`;
}

type Cell = [source: string, country: string | null, cell: unknown, expected: string];

test.each([...cells, ...moreCells] as Cell[])(
	'%s, Default Country %s: %j is %s',
	(_source, country, cell, expected) => {
		const result = read(cell, country);
		const [, mark, detail = ''] = /^refuse([:?]?)(.*)$/.exec(expected) ?? [];
		if (mark === undefined) expect(result).toBe(expected);
		else if (mark === '?' && !result.startsWith('refuse')) {
			expect([detail, '']).toContain(detail === '' ? '' : result);
		} else {
			expect(result).toMatch(/^refuse/);
			expect(result).toMatch(REASONS[detail] ?? /./);
		}
	},
);

test.each(['UK', 'gb', 'GBR', 'en-GB', 'en_GB', 'United Kingdom', ' united kingdom '])(
	'%j is a Default Country',
	(country) => {
		expect(read('07400 123456', country)).toBe('447400123456');
	},
);

test.each([
	['79123456789', '8 912 345-67-89', 'RU', 'RUS', 'ru-RU', 'Russia'],
	['436641234567', '0664 1234567', 'AT', 'AUT', 'de-AT', 'Austria'],
	['61412345678', '0412 345 678', 'AU', 'AUS', 'en-AU', 'Australia'],
	['8613812345678', '138 1234 5678', 'CN', 'CHN', 'zh-Hans-CN', 'China'],
])('%s is %s in %s, %s, %s and %s', (digits, cell, ...names) => {
	expect(names.map((country) => read(cell, country))).toEqual(names.map(() => digits));
});

test.each(['XX', 'ABC', 'EU', 'Atlantis', '__proto__', 'constructor', 7, {}, ['RU'], true])(
	'%j is no Default Country',
	(country) => {
		expect(read('8 912 345-67-89', country)).toMatch(/Default Country is not a country/);
	},
);

test('no cell takes longer than a moment, whatever is in it', () => {
	const begun = performance.now();
	const marks = ['(', '+', '/', '-', ' - ', '.', 'x', ':', '&#', '%2'];
	for (const part of [...marks, '9', '9 ', '1/', '<a ', 'a:', 'phone=']) {
		for (const end of ['', '9', '!', '+7 912 345-67-89']) {
			read(part.repeat(200).slice(0, 180) + end, 'DE');
		}
	}
	expect(performance.now() - begun).toBeLessThan(1000);
});
