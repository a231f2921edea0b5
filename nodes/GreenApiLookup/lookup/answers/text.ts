/** Foreign text in sentences for people. */

/** Characters of a value that a sentence shows; enough to find the item, too few to flood a log. */
const QUOTED_LENGTH = 40;

/** A value in quotation marks. */
export function quote(value: unknown): string {
	const hasText = typeof value !== 'object' && typeof value !== 'function';
	return `"${clip(hasText ? String(value) : 'an object', QUOTED_LENGTH)}"`;
}

/** The beginning of a text, without what a terminal or a browser would take for a command. */
export function clip(text: string, length: number): string {
	const piece = text.length > length ? `${text.slice(0, length)}…` : text;
	return piece.replace(/\p{Cc}+/gu, ' ').replace(/[<>]/g, '');
}

/** @param ms milliseconds since 1970 */
export function clockTime(ms: number): string {
	return new Date(ms).toISOString().replace(/^(.+)T(\d\d:\d\d).*$/, '$1 $2 UTC');
}
