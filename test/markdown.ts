/** What tests read out of the repository's Markdown: headings, links, code, tables, samples. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
	/** The heading that it stands under. */
	readonly heading: string;
	readonly head: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
}

/** Every Markdown file of the repository. */
export function readPages(): Page[] {
	return FILES.filter((file) => file.endsWith('.md')).map((file) => pageOf(file, readText(file)));
}

function pageOf(file: string, text: string): Page {
	const prose = text.replace(FENCE, '');
	const plain = prose.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
	return {
		file,
		links: [
			...plain.matchAll(/\]\(([^)\s]+)[^)]*\)/g),
			...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
			...plain.matchAll(/\b(?:href|src)="([^"]+)"/g),
		].map(([, link = '']) => link),
		anchors: anchorsOf(prose),
		spans: [...prose.matchAll(/(`+)(?!`)(.*?[^`])\1(?!`)/g)].map(([, , code = '']) => code.trim()),
		fences: fencesOf(text),
		tables: tablesOf(prose),
	};
}

const FENCE = /(?:<!-- sample: (.+?) -->\s*)?^( *)(`{3,})(\S*).*\n([\s\S]*?)^\2\3 *$/gm;

function fencesOf(text: string): Fence[] {
	return [...text.matchAll(FENCE)].map((match) => {
		const [, sample, indent = '', , language = '', body = ''] = match;
		const code = body.split('\n').map((line) => line.slice(indent.length));
		const line = text.slice(0, match.index).split('\n').length;
		return { line, language, code: code.join('\n').trimEnd(), sample };
	});
}

/** As GitHub makes them of headings: a heading that stands there twice gets a number. */
function anchorsOf(prose: string): string[] {
	const counts = new Map<string, number>();
	return [...prose.matchAll(/^#+ +(.+?) *#*$/gm)].map(([, heading = '']) => {
		const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
		const anchor = shown
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
			.replaceAll(' ', '-');
		const count = counts.get(anchor) ?? 0;
		counts.set(anchor, count + 1);
		return count === 0 ? anchor : `${anchor}-${count}`;
	});
}

function tablesOf(prose: string): Table[] {
	return prose.split(/^#+ +/m).flatMap((section) => {
		const [heading = ''] = section.split('\n');
		return [...section.matchAll(/^\|.*(?:\n\|.*)+/gm)].map(([table]) => {
			const [head = [], , ...rows] = table.split('\n').map(cellsOf);
			return { heading, head, rows };
		});
	});
}

function cellsOf(line: string): string[] {
	const cells = line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/);
	return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}
