/**
 * What stands in the cell of a contact list, as the digits of one phone number. Only what cannot
 * change the number is taken away; what could mean two things is left to a person.
 */

/** A phone number as it was written. */
export interface Spelling {
	/** Its digits, from separator to separator. */
	readonly groups: readonly string[];
	/**
	 * International: it begins with the country code for certain (after +, after 00, in a link).
	 * National: with an area code in brackets, or with a Russian 8 that stands alone.
	 */
	readonly form: 'international' | 'national' | 'unknown';
}

/** Why it is not clear which number is meant. */
export interface Unclear {
	/** A clause without a full stop. */
	readonly why: string;
	/** What to do about it, where that is not to write the number with + and its country code. */
	readonly advice?: string;
}

/** Longer texts hold no phone number, and are not searched for one. */
const LONGEST_TEXT = 200;

const ONE_EACH = 'Give each number an item of its own.';
const AS_TEXT = 'Keep phone numbers as text where they come from.';

const NO_PHONE: Unclear = { why: 'it holds something other than digits' };
const TWO_NUMBERS: Unclear = { why: 'it holds more than one number, or a range', advice: ONE_EACH };
const EXTENSION: Unclear = {
	why: 'it holds an extension',
	advice: 'Leave the extension out: a messenger account belongs to the number alone.',
};
const NO_CODE_8: Unclear = {
	why: 'no country has the code 8',
	advice: 'Write +7 instead of 8 in front of a Russian or Kazakh number.',
};
const DECIMAL: Unclear = { why: 'it is a decimal number', advice: AS_TEXT };
const ROUNDED: Unclear = { why: 'not all digits of the number are left', advice: AS_TEXT };

/** Reads a value of a workflow item, whatever its type. */
export function readSpelling(value: unknown): Spelling | Unclear {
	if (typeof value === 'number') return readNumber(value);
	if (typeof value === 'bigint') return readText(String(value));
	if (typeof value !== 'string') return { why: 'it is neither text nor a number' };
	if (value.length > LONGEST_TEXT) return { why: 'it is too long' };
	return readText(plain(value));
}

/** Numbers stored as numbers: exact up to 2^53, and rounded without a word above. */
function readNumber(value: number): Spelling | Unclear {
	if (!Number.isFinite(value) || value <= 0) return { why: 'it is no positive number' };
	if (!Number.isInteger(value)) return DECIMAL;
	if (!Number.isSafeInteger(value)) {
		return { why: 'a number of this size is not stored exactly', advice: AS_TEXT };
	}
	return readText(String(value));
}

/** Where the digits of other scripts begin: Arabic, Persian, Devanagari, Bengali. */
const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6];

/** The same text in ASCII, without marks that nobody sees. */
function plain(text: string): string {
	return text
		.replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g, '')
		.replace(/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
		.replace(/\p{Nd}/gu, asciiDigit)
		.replace(/[\u2010-\u2015\u2212\ufe58\ufe63]/g, '-')
		.replace(/[^\S\r\n]/g, ' ')
		.trim()
		.replace(/^['\u2019`]/, '')
		.replace(/^=?"(.*)"$/, '$1')
		.trim();
}

function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0) as number;
	const zero = DIGIT_ZEROS.find((first) => code >= first && code <= first + 9);
	return zero === undefined ? digit : String(code - zero);
}

/** Links and IDs that hold a number in international form. */
const INTERNATIONAL_FORMS = [
	/^(?:https?:\/\/)?(?:www\.)?wa\.me\/\+?(\d+)\/?(?:\?.*)?$/i,
	/^(?:https?:\/\/(?:api|web)\.whatsapp\.com|whatsapp:\/)\/send\/?\?(?:.*&)?phone=(?:\+|%2B| )?(\d+)(?:&.*)?$/i,
	/^(?:https?:\/\/)?t\.me\/\+(\d+)\/?$/i,
	/^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/i,
];

function readText(text: string): Spelling | Unclear {
	if (text === '') return { why: 'it is empty' };
	for (const form of INTERNATIONAL_FORMS) {
		const digits = form.exec(text)?.[1];
		if (digits) return { groups: [digits], form: 'international' };
	}
	if (/@lid$/i.test(text)) return { why: 'a LID does not tell the phone number behind it' };
	if (/@g\.us$/i.test(text)) return { why: 'it is the ID of a group' };
	const [, uri, parameters = ''] = /^(?:tel|sms|callto):(?:\/\/)?([^;?]*)(.*)$/i.exec(text) ?? [];
	if (/;ext=/i.test(parameters)) return EXTENSION;
	return readWritten(uri?.replace(/%2B/i, '+').replace(/%20/g, ' ').trim() ?? text);
}

function readWritten(text: string): Spelling | Unclear {
	const sheet = readSpreadsheet(text);
	if (sheet !== undefined) return typeof sheet === 'string' ? readGroups(sheet) : sheet;
	if (/(?:ext|extension|x|#|доб|вн)\.?\s*\d{1,6}$/i.test(text)) return EXTENSION;
	if (/[\n\r,;|&~]|\.{2,}|…|\d\s*\/\s*\+|\p{L}{1,5}\s*\+|\s(?:и|или|and|or)\s/u.test(text)) {
		return /\d/.test(text) ? TWO_NUMBERS : NO_PHONE;
	}
	// A slash stands between area and number in some countries, and between two numbers in all.
	const [beforeSlash = ''] = text.split('/');
	if (beforeSlash !== text && beforeSlash.replace(/\D/g, '').length > 6) return TWO_NUMBERS;
	return readGroups(text);
}

/**
 * A cell that a spreadsheet took for a number: `79123456789.0`, `7.9123456789E+10`, `79,123,456,789`.
 * Undefined where it does not look like one.
 */
function readSpreadsheet(text: string): string | Unclear | undefined {
	const scientific = /^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i.exec(text);
	if (scientific) {
		const [, first = '', rest = '', exponent] = scientific;
		// Fewer digits than the exponent asks for: zeros at the end, or a rounded number. Nobody knows.
		return rest.length === Number(exponent) ? first + rest : ROUNDED;
	}
	const [, whole] = /^(\+?\d{7,})[.,]0+$/.exec(text) ?? [];
	if (whole !== undefined) return whole;
	if (/^\d{7,}[.,]\d{1,6}$/.test(text)) return DECIMAL;
	return /^\d{1,3}(?:,\d{3}){2,}$/.test(text) ? text.replaceAll(',', '') : undefined;
}

function readGroups(text: string): Spelling | Unclear {
	const [, plus, rest = ''] = /^\(?\s*(\+?)([\s(]*\d[\d\s().\-/+]*)$/.exec(text) ?? [];
	if (plus === undefined) return NO_PHONE;
	if (rest.includes('+')) return TWO_NUMBERS;
	const groups = rest.match(/\d+/g) ?? [];
	const [first = '', ...others] = groups;
	if (plus === '+' && first === '8' && others.length > 0) return NO_CODE_8;
	// 00 in front is what most of the world dials for +. No number inside a country begins so.
	if (first.startsWith('00')) {
		const left = first.replace(/^00/, '');
		return { groups: left === '' ? others : [left, ...others], form: 'international' };
	}
	if (plus === '+') return { groups, form: 'international' };
	const isNational = text.startsWith('(') || (first === '8' && others.length > 0);
	return { groups, form: isNational ? 'national' : 'unknown' };
}
