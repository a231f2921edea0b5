/** Foreign text in sentences for people. */

/** Characters of a value that a sentence shows; enough to find the item, too few to flood a log. */
const QUOTED_LENGTH = 40;

/** A value in quotation marks. */
export function quote(value: unknown): string {
	const hasText = value === null || !['object', 'function'].includes(typeof value);
	const what = Array.isArray(value) ? 'a list' : 'an object';
	return `"${clip(hasText ? String(value) : what, QUOTED_LENGTH)}"`;
}

/** A control of a terminal, or one that hides text or turns its direction. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const INVISIBLE = /[\p{Bidi_Control}\u200b\u2060-\u2064\ufeff<>]/gu;
const CHARACTERS = new Intl.Segmenter();

/** The beginning of a text, cut between characters as people see them, on one line. */
export function clip(text: string, length: number): string {
	// Far more than is shown: an emoji can have a dozen code units.
	const plain = text
		.slice(0, 20 * length)
		.replace(CONTROLS, ' ')
		.replace(INVISIBLE, '');
	const characters = Array.from(CHARACTERS.segment(plain), ({ segment }) => segment);
	const piece = characters.slice(0, length).join('');
	return characters.length > length ? `${piece}…` : piece;
}

/** To the nearest minute. @param ms milliseconds since 1970 */
export function clockTime(ms: number): string {
	return new Date(Math.round(ms / 60_000) * 60_000)
		.toISOString()
		.replace(/^(.+)T(\d\d:\d\d).*$/, '$1 $2 UTC');
}

/** A span of time in the unit in which people read it. @param seconds at least 0 */
export function duration(seconds: number): string {
	if (seconds < 10) return `${Number(Math.max(0.1, seconds).toFixed(1))} s`;
	if (seconds < 100) return `${Math.round(seconds)} s`;
	if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
	return `${Number((seconds / 3600).toFixed(1))} h`;
}
