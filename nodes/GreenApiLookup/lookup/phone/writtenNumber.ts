/** The phone numbers in the text of a cell. What their digits mean is not decided here. */

import { AS_TEXT, DECIMAL, type PhoneIssue } from './cellText';

/** A phone number as it was written. */
export interface WrittenNumber {
	readonly text: string;
	readonly digits: string;
	/** Its digits, from separator to separator. */
	readonly groups: readonly string[];
	/**
	 * - `plus`: the country code comes first for certain, as in links and WhatsApp IDs.
	 * - `trunk`: an 8 is alone in front, which Russia and its neighbours dial inside the country.
	 * - `brackets`: the first group is in brackets, mostly an area code.
	 */
	readonly form: 'plus' | 'trunk' | 'brackets' | 'unknown';
}

/** Fewer digits beside a number are no second number. */
const SHORTEST_NUMBER = 7;

const PUT_ONE = 'Put a phone number there, with the country code, e.g. +7 987 654-32-10.';
const NO_ID = 'Put a phone number there; for a chat ID choose Get Contact Info.';
const EXTENSION: PhoneIssue = {
	why: 'it holds an extension',
	advice: 'Leave the extension out: a messenger account belongs to the number alone.',
};
const ROUNDED: PhoneIssue = { why: 'not all digits of the number are left', advice: AS_TEXT };

/** The issue of a cell with more than one number. */
export function severalNumbers(...texts: readonly string[]): PhoneIssue {
	return {
		why: `it holds more than one number, or a range: ${texts.join(', ')}`,
		advice: 'Give each number an item of its own.',
	};
}

/** Digits with what separates them; the brackets and plus signs in front belong to it. */
const RUN = /(?:[+(][+( ]*)?\d[\d ()./_-]*/g;

/** WhatsApp's ID of a person or a device: the number with its country code. */
const WHATSAPP_ID = /\+?(\d[\d ().-]*)(?::\d+)? *@(?:c\.us|s\.whatsapp\.net)/gi;

/** What ends with a colon in front of a number: `Mobile 2:`, `tel:`, `TEL;TYPE=CELL:`. */
const LABEL = /^\p{L}(?:[^\d+:]|:(?=\p{L})|\d{1,2}(?!\d))*:\s*(?=[+(\d])/u;

const DATE = /^(?:\d{4}([-./])[01]?\d\1[0-3]?\d|[0-3]?\d([-./])[0-3]?\d\2(?:\d{4}|\d\d))(?=$|[ T])/;
const IP_ADDRESS = /^(?=.*\d{3})(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const EXTENSION_WORD =
	/(?:\bext\p{L}*|\bx|#|доб\p{L}*|вн\p{L}*|\bint\p{L}*|\bramal|\banexo|\bposte|\bdw|durchwahl)[.:=( ]*$/iu;
const REACHED_THROUGH = /(?:^|\P{L})(?:через|спросить|via|ask|c\/o|reception|секретар)/iu;

/** The numbers in a text of textOf, at least one, or what is in the way. */
export function readText(text: string): readonly WrittenNumber[] | PhoneIssue {
	if (text === '') return { why: 'it is empty' };
	if (/@lid$/i.test(text)) {
		return { why: 'a LID does not tell the phone number behind it', advice: NO_ID };
	}
	if (/@g\.us$/i.test(text)) return { why: 'it is the ID of a group', advice: NO_ID };
	if (DATE.test(text)) return { why: 'it is a date', advice: PUT_ONE };
	if (IP_ADDRESS.test(text)) return { why: 'it is an IP address', advice: PUT_ONE };
	const sheet = readSpreadsheet(text.replace(/^[='"‘’“”]+|['"‘’“”,;]+$/g, ''));
	if (sheet !== undefined) return typeof sheet === 'string' ? [written(sheet)] : sheet;
	// Where people write from right to left, the plus sign of a copied number ends up behind it.
	const plusFirst = text.replace(/^([\d ().-]+)\+$/, '+$1').replace(WHATSAPP_ID, ' +$1 ');
	return readRuns(plusFirst.replace(LABEL, ''));
}

function readRuns(text: string): readonly WrittenNumber[] | PhoneIssue {
	const runs = [...text.matchAll(RUN)];
	if (runs.length === 0) return { why: 'it holds no digits', advice: PUT_ONE };
	for (const { 0: run, index } of runs.slice(1)) {
		const isShort = run.replace(/\D/g, '').length < SHORTEST_NUMBER;
		if (isShort && EXTENSION_WORD.test(text.slice(0, index))) return EXTENSION;
	}
	const [, strange] =
		/^(-)\d/.exec(text) ??
		/\d([\p{L}\p{No}])\d/u.exec(text) ??
		/([\p{Script=Latin}/@])\d/u.exec(text.replaceAll(RUN, (run) => run.replace(/\/+/g, ' '))) ??
		/\d([\p{Script=Latin}@])/u.exec(text) ??
		[];
	if (strange !== undefined) {
		return { why: `"${strange}" beside its digits is no part of a phone number`, advice: PUT_ONE };
	}
	if (REACHED_THROUGH.test(text)) return { ...EXTENSION, why: 'somebody else answers it' };
	const numbers = runs.flatMap(([run]) => partsOf(run)).map(written);
	const isOther = ({ digits }: WrittenNumber) => digits.length < SHORTEST_NUMBER;
	return numbers.length > 1 && numbers.some(isOther)
		? severalNumbers(...numbers.map((number) => number.text))
		: numbers;
}

/** A slash between area and number, or between pairs of digits; other slashes separate two numbers. */
const SLASH_WITHIN =
	/^\D*(?:\d[^\d/]*){1,8}\/(?:[^\d/]*\d){4,}[^/]*$|^\D*\d{1,3}(?:\/\d{1,3})+\D*$/;
const RANGE = /^(?:(?! - ).)*\d{2} - \d{1,3}\D*$|\d\.{2,}\d/;

function partsOf(run: string): readonly string[] {
	if (run.includes('/') && !SLASH_WITHIN.test(run))
		return run.split('/').filter((part) => /\d/.test(part));
	if (RANGE.test(run)) return run.split(/ - |\.{2,}/);
	const [, one, other] = /^(.*\d{7,})\D+(\d{7,}\D*)$/.exec(run) ?? [];
	return one !== undefined && other !== undefined ? [one, other] : [run];
}

function written(run: string): WrittenNumber {
	const text = run.replace(/[^\d)]+$/, '').trim();
	const groups = text.match(/\d+/g) ?? [];
	const form = text.includes('+')
		? 'plus'
		: groups.length < 2
			? 'unknown'
			: groups[0] === '8'
				? 'trunk'
				: text.startsWith('(')
					? 'brackets'
					: 'unknown';
	return { text, digits: groups.join(''), groups, form };
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
