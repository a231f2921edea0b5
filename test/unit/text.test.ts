/** Foreign text in sentences for people: short, whole characters, on one line, and only what is seen. */

import fc from 'fast-check';

import { clip, clockTime, quote } from '../../nodes/GreenApiLookup/lookup/answers/text';

const FAMILY = '👨‍👩‍👧‍👦';

test.each<[string, string, string]>([
	['a short text is kept', 'Bad Request', 'Bad Request'],
	['a long one ends with an ellipsis', 'abcdefghijklmnop', 'abcdefghijkl…'],
	['an emoji is not cut in half', FAMILY.repeat(13), `${FAMILY.repeat(12)}…`],
	['nor a letter from its accent', 'e\u0301'.repeat(13), `${'e\u0301'.repeat(12)}…`],
	['bidi overrides go', 'a\u202Eb\u2066c\u200Fd', 'abcd'],
	['invisible characters go', 'a\u200Bb\uFEFFc\u2060d', 'abcd'],
	['lines become one', 'a\r\nb\u2028c\td', 'a b c d'],
	['controls of a terminal go', 'a\u001B[2Jb\u0000c', 'a [2Jb c'],
	['HTML is no HTML any more', '<b>x</b>', 'bx/b'],
])('%s', (_title, text, expected) => {
	expect(clip(text, 12)).toBe(expected);
});

test('a script of a foreign page is plain text', () => {
	expect(clip('<script>alert(1)</script>', 40)).toBe('scriptalert(1)/script');
});

test('no text gives half a character, a second line, a tag or more than was asked for', () => {
	const text = fc.string({ unit: 'binary', maxLength: 300 });
	fc.assert(
		fc.property(text, fc.integer({ min: 1, max: 40 }), (foreign, length) => {
			const clipped = clip(foreign, length);

			expect(clipped).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}<>]/u);
			expect([...new Intl.Segmenter().segment(clipped)].length).toBeLessThanOrEqual(length + 1);
		}),
		{ numRuns: 300 },
	);
});

test('a text without an end is cut at once', () => {
	expect(clip(FAMILY.repeat(1_000_000), 40)).toHaveLength(40 * FAMILY.length + 1);
});

test.each<[unknown, string]>([
	['+7 987', '"+7 987"'],
	[79876543210, '"79876543210"'],
	[null, '"null"'],
	[true, '"true"'],
	[{ a: 1 }, '"an object"'],
	[['x'], '"a list"'],
	['x'.repeat(41), `"${'x'.repeat(40)}…"`],
])('%j is quoted as %s', (value, quoted) => {
	expect(quote(value)).toBe(quoted);
});

test('a time is told to the minute, in UTC', () => {
	expect(clockTime(Date.UTC(2026, 10, 22, 13, 59, 59))).toBe('2026-11-22 14:00 UTC');
});
