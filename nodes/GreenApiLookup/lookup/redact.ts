/** GREEN-API repeats the token in its error bodies; this takes it out before anybody reads them. */

const REDACTED = '***';

/**
 * Takes a secret out of texts, however each of its characters is written there: as it is,
 * percent-encoded, escaped as in JSON or in HTML.
 * @param secret not empty, and without half characters (lone surrogates)
 */
export function redactor(secret: string): (text: string) => string {
	const pattern = new RegExp([...secret].map(spellingsOf).join(''), 'gi');
	return (text) => text.replace(pattern, REDACTED);
}

/** A pattern that fits one character in any of its spellings. */
function spellingsOf(character: string): string {
	const code = character.codePointAt(0) as number;
	const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16));
	const texts = [
		character,
		encodeURIComponent(character),
		JSON.stringify(character).slice(1, -1),
		units.map((unit) => `\\u${unit.padStart(4, '0')}`).join(''),
		...(HTML_NAMES[character] ?? []),
	];
	const html = `&#(?:x0*${code.toString(16)}|0*${code});`;
	return `(?:${[...new Set(texts)].map(escapeRegExp).join('|')}|${html})`;
}

const HTML_NAMES: Readonly<Record<string, readonly string[]>> = {
	'&': ['&amp;'],
	'<': ['&lt;'],
	'>': ['&gt;'],
	'"': ['&quot;'],
	"'": ['&apos;'],
};

function escapeRegExp(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
