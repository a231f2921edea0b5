/** The text of a cell, without what people and programs put around a phone number. */

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
const LONGEST_TEXT = 200;

/** The advice where a spreadsheet or JSON changed the digits. */
export const AS_TEXT = 'Keep phone numbers as text where they come from.';

/** The issue of a number with a fraction. */
export const DECIMAL: PhoneIssue = { why: 'it is a decimal number', advice: AS_TEXT };

const NO_TEXT: PhoneIssue = { why: 'it is neither text nor a number' };
const LIST: PhoneIssue = {
	why: 'it is a list of several values',
	advice: 'Take one of them in the expression, e.g. {{ $json.PHONE[0].VALUE }}.',
};

/**
 * The text of a value, in ASCII where that means the same, without invisible marks and markup, and
 * taken out of a list of one, `{ value }` (Google People, amoCRM, Pipedrive) and `{ VALUE }`
 * (Bitrix24). Empty for null and undefined.
 */
export function textOf(value: unknown, depth = 0): string | PhoneIssue {
	if (value === null || value === undefined) return '';
	if (typeof value === 'number') return textOfNumber(value);
	if (typeof value === 'bigint') return String(value);
	if (typeof value === 'string') {
		return value.length > LONGEST_TEXT ? { why: 'it is too long' } : plain(value);
	}
	if (typeof value !== 'object' || depth > 4) return NO_TEXT;
	if (Array.isArray(value)) {
		const isEmpty = (element: unknown) => (element ?? '') === '';
		const [first, ...others] = new Set(value.filter((element) => !isEmpty(element)));
		return others.length > 0 ? LIST : textOf(first, depth + 1);
	}
	const key = ['value', 'VALUE', 'values'].find((name) => Object.hasOwn(value, name));
	return key ? textOf(Reflect.get(value, key), depth + 1) : NO_TEXT;
}

/** Numbers stored as numbers: exact up to 2^53, and rounded silently above. */
function textOfNumber(value: number): string | PhoneIssue {
	if (!Number.isFinite(value) || value <= 0) return { why: 'it is no positive number' };
	if (!Number.isInteger(value)) return DECIMAL;
	if (Number.isSafeInteger(value)) return String(value);
	return { why: 'a number of this size is not stored exactly', advice: AS_TEXT };
}

type Rule = readonly [pattern: RegExp, replacement: string | ((...groups: string[]) => string)];

const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', plus: '+', amp: '&', quot: '"' };
const fromCode = (code: string, base: number) => String.fromCharCode(parseInt(code, base));

/** Applied one after the other. */
const RULES: readonly Rule[] = [
	// What nobody sees: bidirectional marks, soft hyphens, zero-width characters.
	[/[\p{Default_Ignorable_Code_Point}\p{Cf}]|(?![\n\r\t])\p{Cc}/gu, ''],
	// Links hold a number with its country code, and a message with digits of its own.
	[
		/\S*(?:\bwa\.me\/|\bt\.me\/(?=\+|%2B)|[?&](?:phone|number)=)(?:\+|%2B|%20| )*(\d[\d().-]*)\S*/gi,
		' +$1 ',
	],
	[/\bsips?:([^@\s]+)@\S*/gi, ' $1 '],
	[/([\d().-]+);phone-context=(\+[\d-]+)/gi, '$2 $1'],
	// Brazil and Argentina write xx for the digits of a carrier.
	[/(?<=\b0)xx(?=[ )\d])/gi, ''],
	[/%([2-7][\da-f])/gi, (_, code) => fromCode(code, 16)],
	[/&#x([\da-f]{2,4});/gi, (_, code) => fromCode(code, 16)],
	[/&#(\d{2,4});/g, (_, code) => fromCode(code, 10)],
	[/&([a-z]{2,6});/gi, (entity, name) => ENTITIES[name.toLowerCase()] ?? entity],
	[/<br ?\/?>|<\/(?:p|div|li)>/gi, '\n'],
	[/<\/?[a-z]+(?=[ />])[^>]*?(?:href=["']?([^"'> ]+)[^>]*)?>/gi, ' $1 '],
	[/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0)],
	[/(?!\d)\p{Nd}/gu, asciiDigit],
	[/[\p{Pd}\u2212\u2043\u30fc]/gu, '-'],
	[/[\u00b7\u2022\u2027\u2219\u30fb]|[^\S\r\n]/g, ' '],
	[/[[{]/g, '('],
	[/[\]}]/g, ')'],
];

function plain(text: string): string {
	if (/^[\d +().-]*$/.test(text)) return text.trim();
	return RULES.reduce((left, [pattern, by]) => left.replace(pattern, by as string), text).trim();
}

/** The ten digits of every script follow each other, from its zero on. */
function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0) as number;
	let first = code;
	while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
	return String((code - first) % 10);
}
