/** What the documentation says, against what is in the repository. Samples: test/engine/docs.test.ts. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { INode } from 'n8n-workflow';

import { GreenApiInstanceApi } from '../../credentials/GreenApiInstanceApi.credentials';
import {
	DEFINITIONS,
	failure,
	type Definition,
	type FailureCode,
} from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { optionsField } from '../../nodes/GreenApiLookup/fields/options';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import { endpointOf, type Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { ENDPOINTS, messengerOf } from '../endpoints';
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
	const PAGE = 'docs/errors.md';

	/** What the page says of a code: `- **`code`**: Message. _Advice._` */
	interface Listed {
		readonly section: string;
		readonly code: FailureCode;
		readonly sentences: string;
	}

	const LISTED: readonly Listed[] = readText(PAGE)
		.split(/^## /m)
		.flatMap((section) =>
			[...section.matchAll(/^- \*\*`(\w+)`\*\*: (.+)$/gm)].map(([, code, sentences = '']) => ({
				section: section.split('\n', 1)[0] ?? '',
				code: code as FailureCode,
				sentences,
			})),
		);

	test('the README lists every code, once', () => {
		const listed = rowsOf('README.md', 'Code').flatMap(({ Code }) => codesIn(Code));

		expect(listed.sort()).toEqual(CODES.sort());
	});

	test(`${PAGE} lists every code, once`, () => {
		expect(LISTED.map(({ code }) => code).sort()).toEqual(CODES.sort());
	});

	test(`${PAGE} says rightly what is asked again, and how far a failure reaches`, () => {
		for (const { code, section } of LISTED) {
			const { transient, ends }: Definition = DEFINITIONS[code];
			const heading = transient
				? 'Transient failures'
				: ends
					? `Failures that end ${ends === 'method' ? 'one method of the instance' : 'the instance'}`
					: 'Failures of one item';
			expect([code, section]).toEqual([code, heading]);
		}
		for (const code of CODES.filter((name) => (DEFINITIONS[name] as Definition).forExecution)) {
			const { section } = LISTED.find((listed) => listed.code === code) as Listed;
			const [, text = ''] = readText(PAGE).split(`## ${section}\n`);
			expect(text).toMatch(new RegExp(`^\n.*\`${code}\`[^.]* in the (whole )?execution`));
		}
	});

	/** With a value that is left out, as the page shows it. */
	function sentencesOf(code: FailureCode): string {
		const messenger = messengerOf(code === 'unsupportedCountry' ? 'max' : 'whatsapp');
		const endpoint = endpointOf(messenger, 'checkAccount');
		const facts = { endpoint, value: '…', ...(code === 'callLimit' && { total: 500 }) };
		const { message, advice } = failure(code, facts);
		return `${message} _${advice}_`;
	}

	test(`${PAGE} has the message and the advice of each code`, () => {
		if (process.env.UPDATE_SAMPLES === '1') {
			const update = (page: string, { code, sentences }: Listed) =>
				page.replace(`\`${code}\`**: ${sentences}`, () => `\`${code}\`**: ${sentencesOf(code)}`);
			writeFileSync(path.resolve(__dirname, '../..', PAGE), LISTED.reduce(update, readText(PAGE)));
			return;
		}
		for (const { code, sentences } of LISTED) {
			expect([code, sentences]).toEqual([code, sentencesOf(code)]);
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

	/** Fields of every row, named above the tables. */
	const COMMON = ['messenger', 'checkedAt'].map((name) => [name, 'string']);

	test.each(Object.entries(OPERATIONS))('lists every field of a row of %s', (operation, title) => {
		const fields = new Map<string, string>();
		for (const { messenger } of ENDPOINTS) {
			const file = `nodes/GreenApiLookup/__schema__/v1.0.0/${messenger}/${operation}.json`;
			const { properties } = JSON.parse(readText(file)) as Schema;
			for (const [name, { type }] of Object.entries(properties)) fields.set(name, type);
		}

		const listed = rowsOf('docs/output.md', 'Field', title).flatMap(
			({ Field, 'What it is': text = '' }) =>
				codesIn(Field).map((name) => [
					name,
					/^(boolean|integer|object)\b/.exec(text)?.[0] ?? 'string',
				]),
		);

		expect([...COMMON, ...listed].sort()).toEqual([...fields].sort());
		expect(readText('docs/output.md')).toMatch(/Every row has `messenger` .+ and `checkedAt`/);
	});
});

test('docs/operations.md names every option of the node', () => {
	const { options = [] } = optionsField(MESSENGERS);
	const names = options.map((option) => 'displayName' in option && option.displayName);
	const [, section = ''] = readText('docs/operations.md').split(/^## /m);

	expect(names.length).toBeGreaterThan(8);
	for (const name of names) expect(section).toContain(`**${String(name).replace(/ \(.+\)/, '')}**`);
});

test('every figure of the README beside a link to the benchmarks is one of theirs', () => {
	const numbersIn = (text: string) => text.match(/\d+(?:\.\d+)?/g) ?? [];
	const measured = new Set(numbersIn(readText('docs/benchmarks.md')));
	const lines = readText('README.md').split('\n');
	const claims = lines.filter((line) => line.includes('docs/benchmarks.md#'));

	expect(claims.length).toBeGreaterThan(0);
	for (const claim of claims) {
		const unknown = numbersIn(claim).filter((number) => !measured.has(number));
		expect([claim, unknown]).toEqual([claim, []]);
	}
});

test('the README fits on one screen after the other: at most 120 lines', () => {
	expect(readText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120);
});

test('the pages of docs/ have at most 7,500 words, the Russian one and the decisions not counted', () => {
	const pages = FILES.filter((file) => /^docs\/[^/]+\.md$/.test(file) && !file.includes('.ru.'));
	const words = pages.flatMap((file) => readText(file).split(/\s+/).filter(Boolean));

	expect(words.length).toBeLessThanOrEqual(7500);
});

test.each(FILES.filter((file) => /^examples\/.+\.json$/.test(file)))(
	'%s holds a note and no credentials',
	(file) => {
		const { nodes } = JSON.parse(readText(file)) as { nodes: INode[] };

		expect(nodes.filter(({ credentials }) => credentials)).toEqual([]);
		expect(nodes.map(({ type }) => type)).toContain('n8n-nodes-base.stickyNote');
	},
);
