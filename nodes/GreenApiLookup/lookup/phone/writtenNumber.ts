/**
 * What stands in the cell of a contact list, as the digits of one phone number. Only what cannot
 * change the number is taken away; what could mean two things is left to a person.
 */

/** A phone number as it was written. */
export interface Spelling {
	/** Its digits, from separator to separator; 00 in front is left out. */
	readonly groups: readonly string[];
	/**
	 * - `plus`: the country code comes first for certain, as in links and WhatsApp IDs.
	 * - `exit`: 00 was in front, which most of the world dials for a plus sign.
	 * - `trunk`: an 8 stands alone in front, which Russia and its neighbours dial inside the country.
	 * - `brackets`: the first group is in brackets, mostly an area code.
	 */
	readonly form: 'plus' | 'exit' | 'trunk' | 'brackets' | 'unknown';
}

/** Why a cell names no number, or none that can be looked up. */
export interface PhoneIssue {
	/** A clause without a full stop. */
	readonly why: string;
	/** What to do about it, where that is not to write the number in international format. */
	readonly advice?: string;
	/** The number is clear, but belongs to a country that the messenger does not serve. */
	readonly isUnsupported?: true;
}

/** Longer texts hold no phone number, and are not searched for one. */
export const LONGEST_TEXT = 200;

/** Advice where there may be several numbers. */
export const ONE_EACH = 'Give each number an item of its own.';
const AS_TEXT = 'Keep phone numbers as text where they come from.';

const NO_PHONE: PhoneIssue = {
	why: 'it holds something other than digits',
	advice: 'Put a phone number there, with the country code, e.g. +7 987 654-32-10.',
};
const NOT_AN_ID = 'Put a phone number there; for a chat ID choose Get Contact Info.';
const TWO_NUMBERS: PhoneIssue = {
	why: 'it holds more than one number, or a range',
	advice: ONE_EACH,
};
const EXTENSION: PhoneIssue = {
	why: 'it holds an extension',
	advice: 'Leave the extension out: a messenger account belongs to the number alone.',
};
const NO_CODE_8: PhoneIssue = {
	why: 'no country has the code 8',
	advice: 'Write +7 instead of 8 in front of a Russian or Kazakh number.',
};
const DECIMAL: PhoneIssue = { why: 'it is a decimal number', advice: AS_TEXT };
const ROUNDED: PhoneIssue = { why: 'not all digits of the number are left', advice: AS_TEXT };

/** Reads a value of a workflow item, whatever its type. */
export function readSpelling(value: unknown): Spelling | PhoneIssue {
	if (typeof value === 'number') return readNumber(value);
	if (typeof value === 'bigint') return readText(String(value));
	if (typeof value !== 'string') return { why: 'it is neither text nor a number' };
	if (value.length > LONGEST_TEXT) return { why: 'it is too long' };
	return readText(plain(value));
}

/** Numbers stored as numbers: exact up to 2^53, and rounded without a word above. */
function readNumber(value: number): Spelling | PhoneIssue {
	if (!Number.isFinite(value) || value <= 0) return { why: 'it is no positive number' };
	if (!Number.isInteger(value)) return DECIMAL;
	if (!Number.isSafeInteger(value)) {
		return { why: 'a number of this size is not stored exactly', advice: AS_TEXT };
	}
	return readText(String(value));
}

/** Where the digits of other scripts begin: Arabic, Persian, Devanagari, Bengali, Thai. */
const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];

const QUOTES = '[\'"`\u2018\u2019\u201c\u201d\u00ab\u00bb]';

/** The same text in ASCII, without marks that nobody sees, and without a spreadsheet's ' and =. */
export function plain(text: string): string {
	return text
		.replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g, '')
		.replace(/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
		.replace(/\uff20/g, '@')
		.replace(/\p{Nd}/gu, asciiDigit)
		.replace(/[\u2010-\u2015\u2212\ufe58\ufe63]/g, '-')
		.replace(/[^\S\r\n]/g, ' ')
		.trim()
		.replace(new RegExp(`^=?${QUOTES}?=?`), '')
		.replace(new RegExp(`${QUOTES}?[,;]?$`), '')
		.trim();
}

function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0) as number;
	const zero = DIGIT_ZEROS.find((first) => code >= first && code <= first + 9);
	return zero === undefined ? digit : String(code - zero);
}

/** Links and IDs that hold a number with its country code. */
const WITH_COUNTRY_CODE = [
	/^(?:https?:\/\/)?(?:www\.)?wa\.me\/(?:\+|%2B)?(\d+)\/?(?:\?.*)?$/i,
	/^(?:(?:https?:\/\/)?(?:api|web)\.whatsapp\.com|whatsapp:\/)\/send\/?\?(?:.*&)?phone=(?:\+|%2B| )?(\d+)(?:&.*)?$/i,
	/^(?:https?:\/\/)?t\.me\/\+(\d+)\/?(?:\?.*)?$/i,
	/^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/i,
];

function readText(text: string): Spelling | PhoneIssue {
	if (text === '') return { why: 'it is empty' };
	for (const form of WITH_COUNTRY_CODE) {
		const digits = form.exec(text)?.[1];
		if (digits) return { groups: [digits], form: 'plus' };
	}
	if (/@lid$/i.test(text))
		return { why: 'a LID does not tell the phone number behind it', advice: NOT_AN_ID };
	if (/@g\.us$/i.test(text)) return { why: 'it is the ID of a group', advice: NOT_AN_ID };
	const [, uri, parameters = ''] = /^(?:tel|sms|callto):(?:\/\/)?([^;?]*)(.*)$/i.exec(text) ?? [];
	if (/;ext=/i.test(parameters)) return EXTENSION;
	return readWritten(uri?.replace(/%2B/i, '+').replace(/%20/g, ' ').trim() ?? text);
}

/** One word in front, as in "Tel.: +49 …". */
const LABEL = /^\p{L}{1,12}\.?:?\s*(?=[+(\d])/u;

/** Shapes that only digits and dots make look like a phone number. */
const DATE = /^(?:(?:19|20)\d\d([-./])[01]?\d\1[0-3]?\d|[0-3]?\d([-./])[01]?\d\2(?:19|20)\d\d)$/;
const IP_ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

function readWritten(labelled: string): Spelling | PhoneIssue {
	const text = labelled.replace(LABEL, '');
	if (DATE.test(text) || IP_ADDRESS.test(text)) {
		return { why: 'it is a date or an address', advice: NO_PHONE.advice };
	}
	const sheet = readSpreadsheet(text);
	if (sheet !== undefined) return typeof sheet === 'string' ? readGroups(sheet) : sheet;
	if (/(?:ext|extension|x|#|доб|вн)\.?\s*\d{1,6}$/i.test(text)) return EXTENSION;
	if (!/\d/.test(text) || /\p{L}/u.test(text.replace(BETWEEN_NUMBERS, ' '))) return NO_PHONE;
	if (isSeveral(text)) return TWO_NUMBERS;
	// Where people write from right to left, the plus sign of a copied number ends up behind it.
	return readGroups(text.replace(/^([^+]+)\+$/, '+$1'));
}

const BETWEEN_NUMBERS = /\s(?:и|или|and|or)\s/;

/** Whether it looks like several numbers, or like the first and the last of a range. */
function isSeveral(text: string): boolean {
	if (BETWEEN_NUMBERS.test(text) || /[\n\r,;|&~]|\.{2,}|…|\d\s*\/\s*\+/.test(text)) return true;
	// A slash stands between area and number in some countries, and between two numbers in all.
	const [area = '', ...others] = text.split('/').map((part) => part.replace(/\D/g, ''));
	if (others.length > 0 && area.length > 6) return true;
	if (others.length > 1 && others.some((part) => part.length > 3)) return true;
	return /^(?:(?! - ).)*\d - \d{1,3}$/.test(text) || /(?:^|\D)\d{7,}\D+\d{7,}$/.test(text);
}

/**
 * A cell that a spreadsheet took for a number: `79123456789.0`, `7.9123456789E+10`, `79,123,456,789`.
 * Undefined where it does not look like one.
 */
function readSpreadsheet(text: string): string | PhoneIssue | undefined {
	const scientific = /^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i.exec(text);
	if (scientific) {
		const [, first = '', fraction = '', power] = scientific;
		const exponent = Number(power);
		// Fewer digits than the exponent asks for: zeros at the end, or a rounded number. Nobody knows.
		const isExact = fraction.length >= exponent && /^0*$/.test(fraction.slice(exponent));
		return isExact ? first + fraction.slice(0, exponent) : ROUNDED;
	}
	const [, whole] = /^(\+?\d{7,}|\d{1,3}(?:[ ,]\d{3}){2,})[.,]0+$/.exec(text) ?? [];
	if (whole !== undefined) return whole.replace(/[ ,]/g, '');
	if (/^\d{7,}[.,]\d{1,6}$/.test(text)) return DECIMAL;
	return /^\d{1,3}(?:,\d{3}){2,}$/.test(text) ? text.replaceAll(',', '') : undefined;
}

function readGroups(text: string): Spelling | PhoneIssue {
	const [, plus, rest = ''] = /^\(?\s*(\+?)([\s(]*\d[\d\s().\-/+]*)$/.exec(text) ?? [];
	if (plus === undefined) return NO_PHONE;
	if (rest.includes('+')) return TWO_NUMBERS;
	const groups = rest.match(/\d+/g) ?? [];
	const [first = '', ...others] = groups;
	if (plus === '+' && first === '8' && others.length > 0) return NO_CODE_8;
	if (first.startsWith('00')) {
		const left = first.slice(2);
		const form = plus === '+' ? 'plus' : 'exit';
		return { groups: left === '' ? others : [left, ...others], form };
	}
	if (plus === '+') return { groups, form: 'plus' };
	if (first === '8' && others.length > 0) return { groups, form: 'trunk' };
	return { groups, form: text.startsWith('(') ? 'brackets' : 'unknown' };
}
