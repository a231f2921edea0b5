/** What the documentation says, against what is in the repository. Samples: test/engine/docs.test.ts. */

import path from 'node:path';

import type { INode } from 'n8n-workflow';

import { GreenApiInstanceApi } from '../../credentials/GreenApiInstanceApi.credentials';
import {
	DEFINITIONS,
	type Definition,
	type FailureCode,
} from '../../nodes/GreenApiLookup/lookup/answers/failureCodes';
import type { Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { ENDPOINTS } from '../endpoints';
import { FILES, readPages, readText, type Page } from '../markdown';

const PAGES = readPages();
const PACKAGE = JSON.parse(readText('package.json')) as {
	readonly homepage: string;
	readonly scripts: Readonly<Record<string, string>>;
};

function pageOf(file: string): Page | undefined {
	return PAGES.find((page) => page.file === file);
}

function leadsSomewhere({ file }: Page, link: string): boolean {
	if (/^[a-z]+:/i.test(link)) return link.startsWith('https://') && URL.canParse(link);
	const [target = '', anchor] = link.split('#');
	const found = target === '' ? file : path.posix.join(path.dirname(file), target);
	if (anchor !== undefined) return pageOf(found)?.anchors.includes(anchor) === true;
	return isThere(found);
}

/** Whether there is such a file, or a folder with files. */
function isThere(name: string): boolean {
	return FILES.some((file) => file === name || file.startsWith(`${name.replace(/\/$/, '')}/`));
}

const EXTENSIONS = new Set(FILES.map((file) => path.extname(file)).filter(Boolean));

/** Whether code in a text names a file or a folder of the repository; what a build makes is not. */
function isPath(span: string): boolean {
	if (!/^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(span) || span.startsWith('dist/')) return false;
	return span.endsWith('/') || EXTENSIONS.has(path.extname(span));
}

/** A path is written from the top, or only its end where the text has named the folder. */
function namesSomething(span: string): boolean {
	return isThere(span) || FILES.some((file) => `/${file}`.includes(`/${span}`));
}

describe.each(PAGES)('$file', (page) => {
	const { links, spans, fences } = page;

	test('its links and pictures lead to something', () => {
		expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
	});

	test('the files and folders that it names are there', () => {
		expect(spans.filter((span) => isPath(span) && !namesSomething(span))).toEqual([]);
	});

	test('the commands that it names are scripts of package.json', () => {
		const code = [...spans, ...fences.map((fence) => fence.code)].join('\n');
		const names = [...code.matchAll(/\bnpm (?:run(?: -\S+)* ([\w:-]+)|(test|start)\b)/g)];

		expect(
			names
				.map(([, script, word]) => script ?? word)
				.filter((name) => !PACKAGE.scripts[name ?? '']),
		).toEqual([]);
	});

	test('its JSON can be read', () => {
		for (const { language, code } of fences) {
			if (language === 'json') expect(() => JSON.parse(code) as unknown).not.toThrow();
		}
	});
});

test('the links that the editor shows lead to a heading of the README', () => {
	const codex = readText('nodes/GreenApiLookup/GreenApiLookup.node.json');
	const links = [PACKAGE.homepage, new GreenApiInstanceApi().documentationUrl];
	for (const [link] of codex.matchAll(/https:[^"]+/g)) links.push(link);

	expect(links).toHaveLength(4);
	for (const link of links) {
		const [address, anchor = ''] = link.split('#');
		expect(address).toBe('https://github.com/green-api-lookup/n8n-nodes-green-api-lookup');
		expect(['readme', ...(pageOf('README.md')?.anchors ?? [])]).toContain(anchor);
	}
});

/** The rows of a page's tables that have such a first column. */
function rowsOf(file: string, column: string, heading?: string): Array<Record<string, string>> {
	const tables = pageOf(file)?.tables ?? [];
	return tables
		.filter(({ head }) => head[0] === column)
		.filter((table) => heading === undefined || table.heading === heading)
		.flatMap(({ head, rows }) =>
			rows.map((cells) =>
				Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])),
			),
		);
}

/** The pieces of code in a cell. */
function codesIn(cell = ''): string[] {
	return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

describe('failures', () => {
	const CODES = Object.keys(DEFINITIONS) as FailureCode[];

	test.each(['README.md', 'docs/errors.md'])('%s lists every code, once', (file) => {
		const listed = rowsOf(file, 'Code').flatMap(({ Code }) => codesIn(Code));

		expect(listed.sort()).toEqual(CODES.sort());
	});

	test('docs/errors.md says rightly what is asked again, and how far a failure reaches', () => {
		for (const row of rowsOf('docs/errors.md', 'Code')) {
			const [code] = codesIn(row.Code) as [FailureCode];
			const { 'Asked again': again, Ends: ends } = row;
			const { transient, ends: scope, forExecution }: Definition = DEFINITIONS[code];
			if (again !== undefined) expect([code, again]).toEqual([code, transient ? 'yes' : 'no']);
			const reach = forExecution ? 'execution' : 'run';
			if (ends !== undefined)
				expect([code, ends]).toEqual([
					code,
					expect.stringMatching(scope ? new RegExp(`^the ${reach}\\b`) : /^–$/),
				]);
		}
	});
});

describe('docs/output.md', () => {
	interface Schema {
		readonly properties: Readonly<Record<string, { readonly type: string }>>;
	}

	const OPERATIONS: Record<Operation, string> = {
		checkAccount: 'Check Account',
		getAccountSettings: 'Get Account Settings',
		getContactInfo: 'Get Contact Info',
	};

	test.each(Object.entries(OPERATIONS))('lists every field of a row of %s', (operation, title) => {
		const fields = new Map<string, string>();
		for (const { messenger } of ENDPOINTS) {
			const file = `nodes/GreenApiLookup/__schema__/v1.0.0/${messenger}/${operation}.json`;
			const { properties } = JSON.parse(readText(file)) as Schema;
			for (const [name, { type }] of Object.entries(properties)) fields.set(name, type);
		}

		const listed = rowsOf('docs/output.md', 'Field', title).flatMap(({ Field, Type = '' }) =>
			codesIn(Field).map((name) => [name, Type]),
		);

		expect(listed.sort()).toEqual([...fields].sort());
	});
});

test.each(FILES.filter((file) => /^examples\/.+\.json$/.test(file)))(
	'%s holds a note and no credentials',
	(file) => {
		const { nodes } = JSON.parse(readText(file)) as { nodes: INode[] };

		expect(nodes.filter(({ credentials }) => credentials)).toEqual([]);
		expect(nodes.map(({ type }) => type)).toContain('n8n-nodes-base.stickyNote');
	},
);
