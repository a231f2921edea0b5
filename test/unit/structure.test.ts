/** How the package is built: what its files may import, and what is in none of them. */

import path from 'node:path';

import ts from 'typescript';

import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import { FILES, readText } from '../markdown';

const ROOT = 'nodes/GreenApiLookup';

/** By file: its text, and the modules that it imports, those of the package as files. */
const SOURCES = new Map(
	FILES.filter((file) => /^(nodes|credentials)\/.*\.ts$/.test(file)).map((file) => {
		const text = readText(file);
		const imports = ts
			.preProcessFile(text)
			.importedFiles.map(({ fileName }) =>
				fileName.startsWith('.') ? fileOf(path.posix.join(path.dirname(file), fileName)) : fileName,
			);
		return [file, { text, imports }] as const;
	}),
);

function fileOf(module: string): string {
	return FILES.find((file) => [`${module}.ts`, `${module}/index.ts`].includes(file)) ?? module;
}

/** The files in a folder that import something that they may not. */
function wrongImports(folder: string, isWrong: (module: string) => boolean): string[] {
	return [...SOURCES].flatMap(([file, { imports }]) =>
		file.startsWith(`${ROOT}/${folder}/`)
			? imports.filter(isWrong).map((module) => `${file} imports ${module}`)
			: [],
	);
}

/** A file that leads back to itself, with the way; undefined where there is none. */
function cycleThrough(
	file: string,
	way: readonly string[] = [],
	done = new Set<string>(),
): unknown {
	if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
	if (done.has(file)) return undefined;
	done.add(file);
	const { imports = [] } = SOURCES.get(file) ?? {};
	return imports.map((module) => cycleThrough(module, [...way, file], done)).find(Boolean);
}

/** The files in which something is written. */
function filesWith(pattern: RegExp): string[] {
	return [...SOURCES].filter(([, { text }]) => pattern.test(text)).map(([file]) => file);
}

test('all source files are looked at', () => {
	expect(SOURCES.size).toBeGreaterThan(30);
	expect(SOURCES.get(`${ROOT}/messengers/index.ts`)?.imports).toContain(
		`${ROOT}/messengers/whatsapp.ts`,
	);
});

test('no file leads back to itself through what it imports', () => {
	expect([...SOURCES.keys()].map((file) => cycleThrough(file)).filter(Boolean)).toEqual([]);
});

test('no file has more than 250 lines', () => {
	const lengths = [...SOURCES].map(([file, { text }]) => [file, text.trimEnd().split('\n').length]);

	expect(lengths.filter(([, lines]) => Number(lines) > 250)).toEqual([]);
});

test('the core and the messengers know nothing of n8n', () => {
	const isOfN8n = (module: string) => /n8n|\/adapters\/|\/fields\//.test(module);

	expect(wrongImports('lookup', isOfN8n)).toEqual([]);
	expect(wrongImports('messengers', isOfN8n)).toEqual([]);
});

test('reading phone numbers needs nothing of the rest', () => {
	const isElsewhere = (module: string) =>
		module.startsWith('nodes/') && !module.startsWith(`${ROOT}/lookup/phone/`);

	expect(wrongImports('lookup/phone', isElsewhere)).toEqual([]);
});

test('the ids of messengers are written in their definitions only', () => {
	const ids = new RegExp(`(['"\`])(${MESSENGERS.map(({ id }) => id).join('|')})\\1`);

	expect(filesWith(ids)).toEqual(MESSENGERS.map(({ id }) => `${ROOT}/messengers/${id}.ts`).sort());
});

test('no rule of lint or of the compiler is switched off', () => {
	expect(filesWith(/eslint-|@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
});

test('no type is any', () => {
	const hasAny = (node: ts.Node): boolean =>
		node.kind === ts.SyntaxKind.AnyKeyword || (ts.forEachChild(node, hasAny) ?? false);
	const files = [...SOURCES].filter(([file, { text }]) =>
		hasAny(ts.createSourceFile(file, text, ts.ScriptTarget.Latest)),
	);

	expect(files.map(([file]) => file)).toEqual([]);
});
