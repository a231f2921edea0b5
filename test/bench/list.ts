/** The lists that are measured: three of ten items repeat a number that came before. */

/** How many different numbers a list holds. */
export function differentOf(items: number): number {
	return Math.ceil(items * 0.7);
}

export function numbersOf(items: number): string[] {
	const different = differentOf(items);
	return Array.from({ length: items }, (_, index) => String(79_000_000_000 + (index % different)));
}
