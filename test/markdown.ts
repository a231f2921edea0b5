/** What tests read out of the repository's Markdown: headings, links, code, tables, samples. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import MarkdownIt from 'markdown-it';

const ROOT = path.resolve(__dirname, '..');

/** Folders in a clone that are no part of the repository. */
const ELSEWHERE = new Set(['.git', 'coverage', 'dist', 'node_modules']);

/** Every file of the repository, as a path from its top. */
export const FILES: readonly string[] = filesIn('');

function filesIn(folder: string): string[] {
	return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
		const file = path.posix.join(folder, entry.name);
		if (!entry.isDirectory()) return [file];
		return ELSEWHERE.has(entry.name) ? [] : filesIn(file);
	});
}

export function readText(file: string): string {
	return readFileSync(path.join(ROOT, file), 'utf8');
}

export interface Page {
	/** Path from the top of the repository. */
	readonly file: string;
	/** Where links and pictures lead, as they are written. */
	readonly links: readonly string[];
	/** What a link can name behind its #. */
	readonly anchors: readonly string[];
	/** `Code` within a line. */
	readonly spans: readonly string[];
	readonly fences: readonly Fence[];
	readonly tables: readonly Table[];
}

/** A block of code. */
export interface Fence {
	/** Where it begins, counted from 1. */
	readonly line: number;
	readonly language: string;
	readonly code: string;
	/** What a comment above it, which readers do not see, says that it is a sample of. */
	readonly sample: string | undefined;
}

export interface Table {
	/** The heading above it. */
	readonly heading: string;
	readonly head: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
}

/** Every Markdown file of the repository. */
export function readPages(): Page[] {
	return FILES.filter((file) => file.endsWith('.md')).map((file) => pageOf(file, readText(file)));
}

const markdown = new MarkdownIt({ html: true });
// Links as they are written, not encoded.
markdown.normalizeLink = (link) => link;

function pageOf(file: string, text: string): Page {
	const blocks = markdown.parse(text, {});
	const inline = blocks.flatMap(({ children }) => children ?? []);
	const html = [...blocks, ...inline].filter(({ type }) => type.startsWith('html_'));
	const page = {
		file,
		links: [
			...inline.map((token) => token.attrGet(token.type === 'image' ? 'src' : 'href')),
			...html.flatMap(({ content }) =>
				[...content.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(([, link]) => link),
			),
		].filter((link) => typeof link === 'string'),
		anchors: [] as string[],
		spans: inline.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
		fences: [] as Fence[],
		tables: [] as Array<{ heading: string; head: string[]; rows: string[][] }>,
	};
	let heading = '';
	blocks.forEach(({ type, content, info, map }, index) => {
		const next = blocks[index + 1];
		if (type === 'heading_open' && next) {
			heading = next.content;
			page.anchors.push(anchorOf((next.children ?? []).map((token) => token.content).join('')));
		}
		if (type === 'fence') {
			page.fences.push({
				line: (map?.[0] ?? 0) + 1,
				language: info.split(' ')[0] ?? '',
				code: content.trimEnd(),
				sample: /^<!-- sample: (.+?) -->/.exec(blocks[index - 1]?.content ?? '')?.[1],
			});
		}
		if (type === 'table_open') page.tables.push({ heading, head: [], rows: [] });
		const table = page.tables.at(-1);
		if (type === 'th_open') table?.head.push(next?.content ?? '');
		if (type === 'tr_open' && table && table.head.length > 0) table.rows.push([]);
		if (type === 'td_open') table?.rows.at(-1)?.push(next?.content ?? '');
	});
	return { ...page, anchors: numbered(page.anchors) };
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
		.replaceAll(' ', '-');
}

/** A heading that is there twice gets a number. */
function numbered(anchors: readonly string[]): string[] {
	return anchors.map((anchor, index) => {
		const count = anchors.slice(0, index).filter((earlier) => earlier === anchor).length;
		return count === 0 ? anchor : `${anchor}-${count}`;
	});
}
