/** The token is taken out of a text, however it is spelled there. */

import { redactor } from '../../nodes/GreenApiLookup/lookup/redact';

const TOKEN = `t0/PLANTED'x"ü🐘+%`;

const hex = (text: string, digits: number) =>
	(text.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
const each = (write: (character: string) => string) => [...TOKEN].map(write).join('');

test.each<[string, string]>([
	['as it is', TOKEN],
	['percent-encoded', encodeURIComponent(TOKEN)],
	['percent-encoded in small letters', encodeURIComponent(TOKEN).toLowerCase()],
	['percent-encoded twice', encodeURIComponent(encodeURIComponent(TOKEN))],
	[
		'every byte percent-encoded',
		[...new TextEncoder().encode(TOKEN)].map((byte) => `%${byte.toString(16)}`).join(''),
	],
	['in JSON', JSON.stringify(TOKEN).slice(1, -1)],
	['in JSON in JSON', JSON.stringify(JSON.stringify(TOKEN)).slice(3, -3)],
	['in the JSON of PHP', JSON.stringify(TOKEN).slice(1, -1).replaceAll('/', '\\/')],
	[
		'as escapes of JavaScript',
		TOKEN.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	],
	['as HTML', TOKEN.replaceAll('%', '&percnt;').replaceAll('"', '&quot;').replaceAll('/', '&sol;')],
	['as decimal entities', each((character) => `&#${character.codePointAt(0)};`)],
	['as entities without a semicolon', each((character) => `&#x${hex(character, 1)}`)],
	['in capitals', TOKEN.toUpperCase()],
])('%s', (_title, spelled) => {
	expect(redactor(TOKEN)(`before ${spelled} after`)).toBe('before *** after');
});

test('what only resembles it stays', () => {
	expect(redactor('d75b3a66')('d75b3a65 d75b3a6')).toBe('d75b3a65 d75b3a6');
});

test('no text makes the search run away', () => {
	const redact = redactor(TOKEN);
	for (const text of ['\\', '%25', '&amp;', 't0/PLANTED', 't0\\/', '&#x0000000', 'u0074']) {
		const begun = performance.now();
		redact(text.repeat(1_000_000 / text.length));
		expect(performance.now() - begun).toBeLessThan(1000);
	}
});
