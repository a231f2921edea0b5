/** A table in Markdown. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
	const lines = [head, head.map(() => '---'), ...rows];
	return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}
