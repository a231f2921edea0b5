/** The text of a cell, and the phone numbers in it. What their digits mean is not decided here. */

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
const AS_TEXT = 'Keep phone numbers as text where they come from.';
const PUT_ONE = 'Fill in a phone number with its country code, e.g. +7 987 654-32-10.';
const NO_ID = 'Fill in a phone number; for a chat ID choose Get Contact Info.';
const NO_EXTENSION = 'Leave the extension out: a messenger account belongs to the number alone.';

const DECIMAL = { why: 'it is a decimal number', advice: AS_TEXT };
/** JSON numbers are exact up to 2^53, and rounded silently above. */
const ROUNDED = { why: 'a number of this size is not stored exactly', advice: AS_TEXT };
const NO_TEXT = { why: 'it is neither text nor a number' };
const LIST = {
	why: 'it is a list of several values',
	advice:
		'Make an item of each with the Split Out node, or take one of them in the expression, e.g. ' +
		'{{ $json.PHONE[0].VALUE }}.',
};
const EXPRESSION = {
	why: 'it is an expression in a field that is set to Fixed',
	advice: 'Switch the field to Expression.',
};

/**
 * The text of a value, in ASCII where that means the same, without invisible marks and markup, and
 * taken out of a list of one, `{ value }` (Google People, amoCRM, Pipedrive) and `{ VALUE }`
 * (Bitrix24). Empty for null and undefined.
 */
export function cellText(value: unknown, depth = 0): string | PhoneIssue {
	if (value === null || value === undefined) return '';
	if (typeof value === 'number') {
		if (!Number.isFinite(value) || value <= 0) return { why: 'it is not a positive number' };
		if (!Number.isInteger(value)) return DECIMAL;
		if (!Number.isSafeInteger(value)) return ROUNDED;
	}
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	if (typeof value === 'string') {
		if (value.length > LONGEST_TEXT) return { why: 'it is too long' };
		if (/^=?\s*\{\{.*\}\}/s.test(value)) return EXPRESSION;
		// Most cells have nothing to replace.
		if (/^\+?[\d ()-]*$/.test(value)) return value.trim();
		return RULES.reduce((text, [pattern, by]) => text.replace(pattern, by as string), value).trim();
	}
	if (typeof value !== 'object' || depth > 4) return NO_TEXT;
	if (Array.isArray(value)) {
		const [first, ...others] = new Set(value.filter((element) => (element ?? '') !== ''));
		return others.length > 0 ? LIST : cellText(first, depth + 1);
	}
	const key = ['value', 'VALUE', 'values'].find((name) => Object.hasOwn(value, name));
	return key ? cellText(Reflect.get(value, key), depth + 1) : NO_TEXT;
}

/** What is replaced in a text, one after the other. */
const RULES: ReadonlyArray<readonly [RegExp, string | ((...groups: string[]) => string)]> = [
	// What nobody sees: bidirectional marks, soft hyphens, zero-width characters.
	[/[\p{Default_Ignorable_Code_Point}\p{Cf}]|(?![\n\r\t])\p{Cc}/gu, ''],
	// Links hold a number with its country code, and a message with digits of its own.
	[
		/[^\s()<>|]*(?:\bwa\.me\/|\bt\.me\/\+|[?&](?:phone|number)=)(?:[+ ]|%20|%2B)*(\d[\d().-]*)\S*/gi,
		' +$1 ',
	],
	[/;waid=\d+(?=[:;])/gi, ''],
	[/^(?:https?:\/\/)?(?:t|telegram)\.me\/@?([a-z]\w{3,31})\/?(?:\?.*)?$/i, '@$1'],
	[/\bsips?:([^@\s]+)@\S*/gi, ' $1 '],
	[/([\d().-]+);phone-context=(\+[\d-]+)/gi, '$2 $1'],
	// Brazil and Argentina write xx or ** for the digits of a carrier.
	[/(?<=\b0)(?:xx|\*\*)(?=[ )\d])/gi, ''],
	[/%([2-7][\da-f])/gi, (_, code) => String.fromCharCode(Number(`0x${code}`))],
	[/&#(x[\da-f]{2,4}|\d{2,4});/gi, (_, code) => String.fromCharCode(Number(`0${code}`))],
	[/<br ?\/?>|<\/(?:p|div|li)>/gi, '\n'],
	// The number of a link is one, and its text is another or the same.
	[/<a [^>]*?href=["']?([^"'> ]+)[^>]*>/gi, '\n$1\n'],
	[/<\/?[a-z]+(?=[ />])[^>]*>/gi, ' '],
	[/[\uff01-\uff5e]/g, (mark) => mark.normalize('NFKC')],
	[/(?!\d)\p{Nd}/gu, asciiDigit],
	[/[\p{Pd}\u2212\u2043\u30fc]/gu, '-'],
	[/&nbsp;|[\u00b7\u2022\u2027\u2219\u30fb]|[^\S\r\n]/gi, ' '],
	[/[[\]{}]/g, (mark) => ('[{'.includes(mark) ? '(' : ')')],
	// Spreadsheets mark what is text, and write numbers as 79123456789.0, 79,123,456,789 or 7.9E+10.
	[/^[\s='"‘’“”]+(?=.)|(?<=.)[\s'"‘’“”,;]+$/g, ''],
	[/^([-+]?\d+|\d{1,3}(?:[ ,]\d{3}){2,})[.,]0{1,2}$/, (_, whole) => whole.replace(/[ ,]/g, '')],
	[/^\d{1,3}(?:,\d{3}){2,}$/, (whole) => whole.replaceAll(',', '')],
	[/^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i, withoutExponent],
	// Where people write from right to left, the plus sign of a copied number ends up behind it.
	[/^([\d ().-]+)\+$/, '+$1'],
];

/** The ten digits of every script follow each other, from its zero on. */
function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0) ?? 0;
	let value = 0;
	while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
	return String(value % 10);
}

/** Fewer digits than the exponent asks for: zeros at the end, or a rounded number. Nobody knows. */
function withoutExponent(text: string, first: string, fraction = '', power: string): string {
	const digits = fraction.slice(0, Number(power));
	const isExact = digits.length === Number(power) && /^0*$/.test(fraction.slice(digits.length));
	return isExact ? first + digits : text;
}

const DATE = /^(?:\d{4}([-./])[01]?\d\1[0-3]?\d|[0-3]?\d([-./])[0-3]?\d\2(?:\d{4}|\d\d))(?=$|[ T])/;
const IP_ADDRESS = /^(?=.*\d{3})(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const EXTENSION_WORDS = String.raw`\b(?:(?:ext|int)\p{L}*|x|ramal|anexo|poste|dw)|(?:доб|вн)\p{L}*|durchwahl`;
/** A word or a sign for it behind a digit, and up to six digits. */
const EXTENSION = new RegExp(
	String.raw`(?:${EXTENSION_WORDS}|#)(?<=\d.*)(?:\W{0,4}\d){1,6}(?!\W{0,4}\d)`,
	'isu',
);
/** Words in front of tax numbers, documents, accounts and orders. */
const OTHER_KINDS = `
инн|кпп|огрн|снилс|паспорт|иин|бин|унп|[єе]дрпоу|сч[её]т|заказ|карта|
ssn|vat|p\\.? ?iva|cpf|cnpj|cuit|dni|nif|ruc|nit|siren|nip|pesel|abn|tc(?:kn| kimlik)?|nin|bvn|
aadhaar|iban|account|acct|kto|passport|order|invoice`.replaceAll('\n', '');
/** One of these words and digits without +; "order no." too, but not "account manager". */
const OTHER_KIND = new RegExp(
	`(?<!\\p{L})(?:${OTHER_KINDS})(?:n[or](?!\\p{L})|[^\\p{L}\\d+])*\\d`,
	'iu',
);
const REACHED_THROUGH = /(?:^|\P{L})(?:через|спросить|via|ask|c\/o|reception|секретар)/iu;

/** What a text is or holds, instead of a number or beside it. */
const ISSUES: ReadonlyArray<readonly [RegExp, PhoneIssue]> = [
	[/^$/, { why: 'it is empty' }],
	[/@lid$/i, { why: 'a LID does not tell the phone number behind it', advice: NO_ID }],
	[/@g\.us$/i, { why: 'it is the ID of a group', advice: NO_ID }],
	[/^\D*$/, { why: 'it contains no digits', advice: PUT_ONE }],
	[DATE, { why: 'it is a date', advice: PUT_ONE }],
	[IP_ADDRESS, { why: 'it is an IP address', advice: PUT_ONE }],
	[/^\+?\d([.,]\d+)?e\+?\d\d?$/i, { why: 'not all digits are left', advice: AS_TEXT }],
	[/^\d{7,}[.,]\d{1,6}$/, DECIMAL],
	[/\d ?(?:\.{3}|…)$/, { why: 'its end is missing', advice: PUT_ONE }],
	[EXTENSION, { why: 'it contains an extension', advice: NO_EXTENSION }],
	[
		/\d{2} ?\(\d{1,4}(?!\d)[^()\d]*\)\D*$/,
		{ why: 'it has digits in brackets behind it', advice: NO_EXTENSION },
	],
	[
		/\d{6} \d{1,2} \p{L}/u,
		{ why: 'it has digits behind it that may belong to a note', advice: PUT_ONE },
	],
	[REACHED_THROUGH, { why: 'somebody else answers it', advice: NO_EXTENSION }],
];

/** WhatsApp's ID of a person or a device: the number with its country code. */
const WHATSAPP_ID = /\+?(\d[\d ().-]*)(?::\d+)? *@(?:c\.us|s\.whatsapp\.net)/gi;

/** What ends with a colon in front of a number: `Mobile 2:`, `tel:`, `TEL;TYPE=CELL:`. */
const LABEL = /^\p{L}(?:[^\d+:]|:(?=\p{L})|\d{1,2}(?!\d))*:\s*(?=[+(\d])/u;

/** The number of a label or a list, which is none of the phone number: "Mobile 2 +49 …", "1) +7 …". */
const BEFORE_PLUS = /^([^\d+@]*)\d{1,2}(?=[^\d+@]*\+)/;
/** In front of a 0 that is dialled: "Tel 2 030 …", but not Belarus' "тел. 8 029 …". */
const BEFORE_ZERO = /^([^\d+@]*\p{L}[^\d+@]*)[1-79](?=[^\d+@]+0\d)/u;
const EXTENSION_IN_FRONT = new RegExp(`^[^\\d+]*(?:${EXTENSION_WORDS})`, 'iu');

/** What no phone number has beside its digits, and a link that is none of a messenger. */
const STRANGE =
	/^-(?=\d)|(?<=\d)\p{L}(?=\d)|(?<=[.:/][^\s\d]+)\/(?=\d)|[\p{sc=Latin}\p{No}@](?=\d)|(?<=\d)[\p{sc=Latin}\p{No}@]/u;

/** Digits with what separates them; the brackets and plus signs in front belong to it. */
const RUN = /(?:[+(][+( ]*)?\d(?:[\d ()./_-]*\d)?\)?/g;

/** Brackets that hold a whole number behind another. */
const SECOND_IN_BRACKETS = /(?<=\d) ?\((?:[ /.-]?\d){9,}\)/g;

/** The numbers in a text of cellText, at least one, as they are written; or what is in the way. */
export function readText(text: string): readonly string[] | PhoneIssue {
	if (OTHER_KIND.test(text)) return { why: 'it is a number of another kind', advice: PUT_ONE };
	const unlabelled = text.replace(WHATSAPP_ID, ' +$1 ').replace(LABEL, '');
	const single = EXTENSION_IN_FRONT.test(unlabelled)
		? unlabelled
		: unlabelled.replace(BEFORE_PLUS, '$1').replace(BEFORE_ZERO, '$1');
	const plain = single.replace(SECOND_IN_BRACKETS, '\n$&');
	const [, issue] = ISSUES.find(([pattern]) => pattern.test(plain)) ?? [];
	if (issue) return issue;
	const [strange] = STRANGE.exec(plain) ?? [];
	const why = `"${strange}" next to its digits does not belong in a phone number`;
	if (strange !== undefined) return { why, advice: PUT_ONE };
	return (plain.match(RUN) ?? []).flatMap(partsOf);
}

/** A slash between area and number, or between pairs of digits; other slashes separate two numbers. */
const SLASH_WITHIN =
	/^\D*(?:\d[^\d/]*){1,8}\/(?:[^\d/]*\d){4,}[^/]*$|^\D*\d{1,4}(?:\/\d{1,3})+(?:\/\d[\d -]*)?\D*$/;
const RANGE = /^(?:(?! - ).)*\d{2} - \d{1,3}\D*$|\d\.{2,}\d/;

function partsOf(run: string): readonly string[] {
	const separator = RANGE.test(run) ? / - |\.{2,}/ : /(?<=(?!00)\d{7})\D+(?=\d{7,}\D*$)/;
	const parts = SLASH_WITHIN.test(run) ? [run] : run.split(/ *\/[/ ]*/);
	return parts.flatMap((part) => part.split(separator));
}
