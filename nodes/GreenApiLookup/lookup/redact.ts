/** GREEN-API repeats the token in its error bodies; this takes it out before anybody reads them. */

const REDACTED = '***';

/**
 * Takes a secret out of texts, however each of its characters is written there: as it is, percent-
 * encoded (also twice and more), escaped as in JSON, as an entity of HTML.
 * @param secret not empty, and without half characters (lone surrogates)
 */
export function redactor(secret: string): (text: string) => string {
	const pattern = new RegExp([...secret].map(spellingsOf).join(''), 'gi');
	return (text) => text.replace(pattern, REDACTED);
}

/** A pattern that fits one character in any of its spellings; bounded, so that it cannot run away. */
function spellingsOf(character: string): string {
	const code = character.codePointAt(0) as number;
	const bytes = [...new TextEncoder().encode(character)];
	const units = character.split('').map((unit) => unit.charCodeAt(0));
	const names = HTML_NAMES[character] ?? [];
	const entities = [`#x0{0,6}${hex(code)}`, `#0{0,6}${code}`, ...names];
	return `\\\\{0,4}(?:${[
		bytes.map((byte) => `%(?:25){0,3}${hex(byte, 2)}`).join(''),
		units.map((unit, index) => `${index > 0 ? '\\\\{1,4}' : ''}u${hex(unit, 4)}`).join(''),
		`&(?:amp;){0,3}(?:${entities.join('|')});?`,
		...(character === ' ' ? ['\\+'] : []),
		// Last: a percent sign would be taken for the whole of its own code.
		character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
	].join('|')})`;
}

function hex(number: number, digits = 1): string {
	return number.toString(16).padStart(digits, '0');
}

const HTML_NAMES: Readonly<Record<string, readonly string[]>> = {
	'&': ['amp'],
	'<': ['lt'],
	'>': ['gt'],
	'"': ['quot'],
	"'": ['apos'],
	'/': ['sol'],
	'\\': ['bsol'],
	'+': ['plus'],
	'=': ['equals'],
	'.': ['period'],
	'-': ['hyphen', 'dash'],
	_: ['lowbar'],
	':': ['colon'],
	'%': ['percnt'],
	'#': ['num'],
	'?': ['quest'],
};
