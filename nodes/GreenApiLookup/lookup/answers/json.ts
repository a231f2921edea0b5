/** Bodies as the service sends them, read without trust. */

export interface JsonObject {
	readonly [key: string]: unknown;
}

/** Undefined where the text is no JSON: an nginx page, an empty or a half body. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters of foreign words that are read: enough for the service's, too few to hang on. */
export const LONGEST_REASON = 1000;

/** Whether a field is written more than once: JSON.parse takes the last one silently. */
export function hasRepeatedField(text: string): boolean {
	const fields: unknown[] = [];
	let depth = 0;
	// Whole strings at a time: the search cannot begin again inside of one.
	for (const [token, name, colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"\s*(:?)|[{}[\]]/gs)) {
		if (token === '{' || token === '[') depth++;
		else if (token === '}' || token === ']') depth--;
		else if (depth === 1 && colon) fields.push(unescaped(name));
	}
	return new Set(fields).size < fields.length;
}

function unescaped(name = ''): unknown {
	return name.includes('\\') ? parseJson(`"${name}"`) : name;
}

/** Deeper than any answer; n8n, which walks rows by recursion, would not survive much more. */
const DEEPEST = 100;

export function isTooDeep(body: JsonObject): boolean {
	let level: unknown[] = [body];
	for (let depth = 0; depth < DEEPEST; depth++) {
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
		if (level.length === 0) return false;
	}
	return true;
}
