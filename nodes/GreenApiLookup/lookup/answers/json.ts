/** Bodies as the service sends them, read without trust. */

export interface JsonObject {
	readonly [key: string]: unknown;
}

/** Whole strings, so that a search cannot begin inside of one. */
const STRING = /"(?:[^"\\]|\\.)*"/;
/** Strings and numbers, each as a whole. */
const VALUES = new RegExp(`(${STRING.source})|-?\\d[\\d.eE+-]*`, 'gs');
/** Integers that a JavaScript number may not hold: 2^53 has 16 digits. */
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Undefined where the text is no JSON: an nginx page, an empty or a half body. Integers of 16 digits
 * and more, which ids can have, become text: as numbers they would lose digits.
 */
export function parseJson(text: string): unknown {
	try {
		// First as it is: only where every string has its end, the search takes no longer than that.
		const parsed: unknown = JSON.parse(text);
		if (!/\d{16}/.test(text)) return parsed;
		const asText = (value: string) => (LONG_INTEGER.test(value) ? `"${value}"` : value);
		return JSON.parse(text.replace(VALUES, (value, string?: string) => string ?? asText(value)));
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a top-level field is written more than once: JSON.parse takes the last one silently. */
export function hasRepeatedField(text: string): boolean {
	const fields: unknown[] = [];
	let depth = 0;
	for (const [token, name, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/gs)) {
		if (token === '{' || token === '[') depth++;
		else if (token === '}' || token === ']') depth--;
		else if (depth === 1 && colon) fields.push(parseJson(name ?? ''));
	}
	return new Set(fields).size < fields.length;
}

/** Levels of a body; n8n, which walks rows by recursion, would not survive much more. */
const DEEPEST = 100;

export function isTooDeep(value: unknown, levels = DEEPEST): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** Characters of foreign words that are read: enough for the service's, too few to hang on. */
export const LONGEST_REASON = 1000;

/** Levels in which the service's words are looked for. */
const WORD_LEVELS = 3;

/** The texts in a value: itself, or those of a list or an object. */
export function textsIn(value: unknown, levels = WORD_LEVELS): string[] {
	if (typeof value === 'string') return value === '' ? [] : [value.slice(0, LONGEST_REASON)];
	if (typeof value !== 'object' || value === null || levels === 0) return [];
	return Object.values(value)
		.slice(0, 10)
		.flatMap((inner) => textsIn(inner, levels - 1));
}
