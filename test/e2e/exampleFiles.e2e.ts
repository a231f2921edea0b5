/** Two examples as people use them: a list through n8n's form and back, and answers kept in a data table. */

import { chromium, type Browser } from 'playwright-core';

import { exampleWorkflow } from '../../scripts/n8n/content';
import { waitFor } from '../../scripts/n8n/process';
import { CHROMIUM, CHROMIUM_ARGUMENTS, pictureFile } from './editor';
import { callerOf } from './exampleSetUp';
import { callWebhook, createWorld, INSTALL_TIMEOUT_MS, whileBroken, type World } from './harness';

type Cell = string | number;

/** A workbook with one sheet; an empty text is an empty cell. */
async function writeXlsx(rows: readonly (readonly Cell[])[]): Promise<Buffer> {
	const { default: writeExcelFile } = await import('write-excel-file/node');
	return await writeExcelFile(rows.map((row) => row.map((cell) => cell || null))).toBuffer();
}

/** The cells of the first sheet. A formula without a value is an empty cell. */
async function readXlsx(file: Buffer): Promise<Cell[][]> {
	const { readSheet } = await import('read-excel-file/node');
	const rows = await readSheet(file, { trim: false });
	return rows.map((row) => row.map((cell) => (cell ?? '') as Cell));
}

const MEMORY = 'memory';

let world: World;

beforeAll(async () => {
	world = await createWorld({
		// Hosts before 2026 take numbers of 11 and 12 digits only.
		instances: { answers: 'newer' },
		workflows: [exampleWorkflow('spreadsheet'), exampleWorkflow(MEMORY), callerOf(MEMORY)],
		published: ['spreadsheet', MEMORY, `caller-${MEMORY}`],
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await world?.close());

beforeEach(() => world.simulator.forget());

/** The calls that reached the simulated GREEN-API in this test. */
const callCount = () => world.simulator.calls().length;

const NOT_LINKED = { state: 'notAuthorized' };

describe('examples/spreadsheet.json', () => {
	/** The last page of the form, as its HTML has it. */
	interface Ending {
		readonly title: string;
		readonly message: string;
		/** The file that the page has the browser save. */
		readonly file?: { readonly name: string; readonly rows: Cell[][] };
	}

	const ADDED = ['WhatsApp', 'Chat ID', 'Asked about', 'Why unknown'];

	/** The upper part of a page: below it is nothing. */
	const CORNER = { x: 0, y: 0, width: 640 };

	const formUrl = () => `${world.n8n.url}/form/whatsapp-list`;

	/** Sends the form as a browser does: multipart, then asks until its last page is there. */
	async function submit(name: string, content: Buffer | string, column = ''): Promise<Ending> {
		const form = new FormData();
		// Browsers leave out an empty file.
		if (content.length > 0) form.append('field-0', new Blob([content]), name);
		form.append('field-1', column);
		let page = '';
		await waitFor('the form', 30_000, async () => {
			const answer = await fetch(formUrl(), { method: 'POST', body: form });
			if (answer.status === 404) return false;
			page = ((await answer.json()) as { formWaitingUrl: string }).formWaitingUrl;
			return true;
		});
		const status = new URL(page);
		status.pathname += '/n8n-execution-status';
		await waitFor('the last page', 60_000, async () => {
			const text = await (await fetch(status)).text();
			if (text.trim() === 'error') throw new Error('The workflow failed');
			return text.trim() === 'form-waiting';
		});
		const html = await (await fetch(page)).text();
		// The page's own script does this, and so ends the execution.
		await fetch(page, { method: 'POST' });
		return await endingOf(html);
	}

	async function endingOf(html: string): Promise<Ending> {
		const [, title = '', message = ''] = /<h1>(.*?)<\/h1>\s*<p[^>]*>(.*?)<\/p>/s.exec(html) ?? [];
		const [, encoded = ''] = /const binaries = "(.*?)"/.exec(html) ?? [];
		const [file] = JSON.parse(decodeURIComponent(encoded) || '[]') as Array<{
			fileName: string;
			data: { data: number[] };
		}>;
		return {
			title,
			message,
			...(file && {
				file: { name: file.fileName, rows: await readXlsx(Buffer.from(file.data.data)) },
			}),
		};
	}

	/** The rows of the result below its header. */
	async function check(name: string, content: Buffer | string, column?: string): Promise<Cell[][]> {
		const { message, file } = await submit(name, content, column);
		if (!file) throw new Error(message);
		const [, ...rows] = file.rows;
		return rows;
	}

	test('a CSV list comes back with its own columns, an answer in each row, in its order', async () => {
		const { title, message, file } = await submit(
			'contacts.csv',
			[
				'Name,Phone,Note',
				'Anna,+7 912 345-67-80,"first, of all"',
				'Front desk,ask at reception,',
				'Boris,7.9123456781E+10,"two\nlines"',
				'Carla,+55 11 91234-5678,"says ""hi"""',
				'Dan,7.98765E+10,digits are lost',
			].join('\r\n'),
		);

		expect(title).toBe('Checked');
		expect(message).toContain('With WhatsApp: 2, without: 1, unknown: 2.');
		expect(file).toEqual({
			name: 'contacts-checked.xlsx',
			rows: [
				['Name', 'Phone', 'Note', ...ADDED],
				[
					...['Anna', '+7 912 345-67-80', 'first, of all'],
					...['yes', '79123456780@c.us', '79123456780', ''],
				],
				[
					...['Front desk', 'ask at reception', ''],
					...['unknown', '', '', expect.stringContaining('is not a phone number')],
				],
				['Boris', '7.9123456781E+10', 'two\nlines', 'no', '', '79123456781', ''],
				[
					...['Carla', '+55 11 91234-5678', 'says "hi"'],
					...['yes', '5511912345678@c.us', '5511912345678', ''],
				],
				[
					...['Dan', '7.98765E+10', 'digits are lost'],
					...['unknown', '', '', expect.stringContaining('is not a phone number')],
				],
			],
		});
	});

	test('an Excel list: numbers that are stored as numbers are read, and no column is lost', async () => {
		const { file } = await submit(
			'contacts.xlsx',
			await writeXlsx([
				['Name', 'Phone', '2026', 'Note', 'Note'],
				['Anna & <Co>', 79123456780, 12.5, 'a', 'b'],
				['', '', '', '', ''],
				['Boris', 79123456781, '', '', 'c'],
				['Nobody', '', 1, '', ''],
			]),
		);

		expect(file?.rows).toEqual([
			['Name', 'Phone', '2026', 'Note', 'Note', ...ADDED],
			['Anna & <Co>', 79123456780, 12.5, 'a', 'b', 'yes', '79123456780@c.us', '79123456780', ''],
			['Boris', 79123456781, '', '', 'c', 'no', '', '79123456781', ''],
			['Nobody', '', 1, '', '', 'unknown', '', '', 'The cell is empty. Fill in a phone number.'],
		]);
	});

	test('commas in the cells of a list with semicolons separate nothing', async () => {
		const rows = await check(
			'list.csv',
			'Имя;Телефон;Адрес\nАнна;89123456780;Москва, ул. Ленина, д. 5, кв. 3\n',
		);

		expect(rows).toEqual([
			[
				'Анна',
				'89123456780',
				'Москва, ул. Ленина, д. 5, кв. 3',
				'yes',
				'79123456780@c.us',
				'79123456780',
				'',
			],
		]);
	});

	test.each([
		['semicolons and a byte order mark', Buffer.from('\uFEFFИмя;Телефон\r\nАнна;89123456780\r\n')],
		['a hint for Excel', Buffer.from('sep=;\r\nИмя;Телефон\r\nАнна;89123456780\r\n')],
		['tabs', Buffer.from('Имя\tТелефон\nАнна\t89123456780\n')],
		// The same letters in Windows-1251: capitals begin at 0xc0, small letters at 0xe0.
		[
			'semicolons, in the alphabet of a Russian Windows',
			Buffer.from(
				'\xc8\xec\xff;\xd2\xe5\xeb\xe5\xf4\xee\xed\r\n\xc0\xed\xed\xe0;89123456780',
				'latin1',
			),
		],
	])('a CSV list with %s is read', async (_, content) => {
		const { file } = await submit('список.csv', content);

		expect(file?.name).toBe('список-checked.xlsx');
		expect(file?.rows).toEqual([
			['Имя', 'Телефон', ...ADDED],
			['Анна', '89123456780', 'yes', '79123456780@c.us', '79123456780', ''],
		]);
	});

	test('the column is found as the node reads: invisible marks, labels and notes in the cells', async () => {
		const cells = [
			'\u202A+7 912 345\u201167\u201180\u202C',
			'тел. 8 912 345-67-82',
			'+7 912 345-67-81 (Anna)',
		];
		const list = ['Order,Contact', ...cells.map((cell, row) => `2024-0${row + 1}-15,"${cell}"`)];

		expect((await check('marks.csv', list.join('\n'))).map(([, , has]) => has)).toEqual([
			...['yes', 'yes', 'no'],
		]);
		expect(callCount()).toBe(3);
	});

	const TWO_COLUMNS = 'Name,Work,Home\nAnna,+79123456780,+79123456781';

	test('the person at the form says which column is meant', async () => {
		expect(await check('contacts.csv', TWO_COLUMNS, 'home')).toEqual([
			expect.arrayContaining(['no', '79123456781']),
		]);
	});

	test.each([
		['an empty file', 'empty.csv', '', '', /^The file is empty/],
		['column names alone', 'names.csv', 'Name,Phone\n', '', /only one row/],
		[
			'no phone column',
			'cities.csv',
			'Name,City\nAnna,Rome',
			'',
			/No column.+"Name", "City".+country code.+Default Country/,
		],
		['two phone columns', 'two.csv', TWO_COLUMNS, '', /More than one.+"Work", "Home"/],
		['a column that is not there', 'two.csv', TWO_COLUMNS, 'Cell', /No column.+"Cell".+"Work"/],
		['no column names', 'bare.csv', 'Anna,+79123456780\nIra,+79123456782', '', /first row/],
		['a broken workbook', 'broken.xlsx', 'PK\u0003\u0004 broken', '', /cannot be opened/],
		['a picture', 'picture.png', '\u0089PNG\r\n\u001a\n', '', /No column looks like/],
	])(
		'%s: the form says what is wrong, and nothing is asked',
		async (_, name, content, column, words) => {
			const { title, message, file } = await submit(name, content, column);

			expect(title).toBe('Nothing was checked');
			expect(message).toMatch(words);
			expect(file).toBeUndefined();
			expect(callCount()).toBe(0);
		},
	);

	test('the quota ends in mid-list: what is answered stays, the rest is unknown and not "no"', async () => {
		world.simulator.instance('whatsapp').quota = { used: 0, total: 2 };
		const list = ['Phone', ...[1, 2, 3, 4].map((digit) => `+7912355008${digit}`)].join('\n');
		const rows = await check('contacts.csv', list);
		world.simulator.instance('whatsapp').quota.total = 30_000;

		const unknown = rows.filter(([, has]) => has === 'unknown');
		expect([rows.length, unknown.length]).toEqual([4, 2]);
		for (const [, , , , why] of unknown) expect(why).toMatch(/quota/);
	});

	test('why a row is unknown is said in words for a spreadsheet; digits that are no number were not asked about', async () => {
		const list = ['Phone', '+79123456780', '"+79123456781, +79123456782"', '12345'].join('\n');
		const [, two, short] = await check('contacts.csv', list, 'Phone');

		expect(two?.slice(1, 4)).toEqual(['unknown', '', '']);
		expect(two?.[4]).toMatch(/\. Put each number into its own row\.$/);
		expect(short?.slice(1)).toEqual(['unknown', '', '', expect.stringMatching(/^"12345" is not/)]);
	});

	test('an instance that is not linked: every row is unknown, and the last page says so, with the reason', async () => {
		const { title, message, file } = await whileBroken(
			world,
			NOT_LINKED,
			async () =>
				await submit('contacts.csv', 'Phone\n+79123456780\n+79123456781\nask at reception'),
		);

		expect(title).toBe('Nothing could be answered');
		expect(message).toMatch(/unknown: 3\.\s+Most often: .+not linked/);
		expect(file?.rows.slice(1)).toEqual([
			['+79123456780', 'unknown', '', '79123456780', expect.stringContaining('not linked')],
			['+79123456781', 'unknown', '', '79123456781', expect.stringContaining('not linked')],
			['ask at reception', 'unknown', '', '', expect.stringContaining('not a phone number')],
		]);
	});

	test('a text that begins like a formula stays a text, and what is added never begins so', async () => {
		const starts = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://example.com")'];
		const list = starts.map(
			(start) => `"${start.replaceAll('"', '""')}","${start.replaceAll('"', '""')}"`,
		);
		const rows = await check('contacts.csv', ['Name,Phone', ...list].join('\n'), 'Phone');

		expect(rows.map(([name]) => name)).toEqual(starts);
		for (const [, , ...added] of rows) {
			expect(added[0]).toBe('unknown');
			for (const cell of added) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
		}
	});

	test('in a browser: the file is chosen, sent, checked and saved', async () => {
		let browser: Browser | undefined;
		try {
			browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
			const page = await browser.newPage({ viewport: { width: 640, height: 560 } });
			await page.goto(formUrl());
			await page.locator('input[type=file]').setInputFiles({
				name: 'contacts.csv',
				mimeType: 'text/csv',
				buffer: Buffer.from('Name,Phone\nAnna,+79123456780\nBoris,+79123456781\nDesk,none\n'),
			});
			await page.screenshot({ path: pictureFile('form'), clip: { ...CORNER, height: 450 } });
			const [download] = await Promise.all([
				page.waitForEvent('download'),
				page.getByRole('button', { name: 'Check' }).click(),
			]);
			await page.getByRole('heading', { name: 'Checked' }).waitFor();
			await page.screenshot({ path: pictureFile('form-result'), clip: { ...CORNER, height: 160 } });
			const saved: Buffer[] = [];
			for await (const part of await download.createReadStream()) saved.push(part as Buffer);

			expect(download.suggestedFilename()).toBe('contacts-checked.xlsx');
			expect((await readXlsx(Buffer.concat(saved))).map(([name, , has]) => [name, has])).toEqual([
				['Name', 'WhatsApp'],
				['Anna', 'yes'],
				['Boris', 'no'],
				['Desk', 'unknown'],
			]);
		} finally {
			await browser?.close();
		}
	});
});

describe('examples/memory.json, called by another workflow', () => {
	interface Answer {
		readonly phone: string | number;
		readonly exists: boolean | null;
		readonly error?: { readonly code: string };
	}

	interface DataTable {
		readonly id: string;
		readonly name: string;
		readonly project: { readonly id: string };
	}

	const DAY_MS = 24 * 60 * 60 * 1000;

	async function answersTo(phones: ReadonlyArray<string | number>): Promise<Answer[]> {
		const contacts = phones.map((phone, index) => ({ name: `Contact ${index}`, phone }));
		return (await callWebhook(world.n8n, `caller-${MEMORY}`, contacts)) as Answer[];
	}

	const existsOf = (answers: readonly Answer[]) => answers.map(({ exists }) => exists);

	/** Calls n8n's API for the table that the workflow has made. */
	async function rest(method: 'GET' | 'PATCH', path: string, body?: unknown): Promise<unknown> {
		const { body: all } = await world.n8n.rest('GET', '/rest/data-tables-global');
		const tables = (all as { data: { data: DataTable[] } }).data.data;
		const table = tables.find(({ name }) => name === 'green-api-answers');
		if (!table) throw new Error('There is no such data table');
		const url = `/rest/projects/${table.project.id}/data-tables/${table.id}${path}`;
		const { status, body: answer } = await world.n8n.rest(method, url, body);
		if (status !== 200) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
		return (answer as { data: unknown }).data;
	}

	async function numbersInTable(): Promise<string[]> {
		const { data } = (await rest('GET', '/rows?take=100')) as { data: Array<{ number: string }> };
		return data.map(({ number }) => number);
	}

	/** Makes an answer older than it is. */
	async function age(number: string, days: number): Promise<void> {
		await rest('PATCH', '/rows', {
			filter: { type: 'and', filters: [{ columnName: 'number', condition: 'eq', value: number }] },
			data: { checkedAt: new Date(Date.now() - days * DAY_MS).toISOString() },
		});
	}

	const PHONES = ['+7 912 345-67-80', '8 (912) 345-67-81', 79123456782, '89123456780', 'none'];

	test('the first run makes the table and asks about each number once, the second asks nothing', async () => {
		const first = await answersTo(PHONES);

		expect(callCount()).toBe(3);
		expect(first.map(({ phone }) => phone)).toEqual(PHONES);
		// The "no" is remembered as well.
		expect(existsOf(first)).toEqual([true, false, true, true, null]);
		expect(first[1]).toMatchObject({
			...{ name: 'Contact 1', phone: '8 (912) 345-67-81', phoneNumber: '79123456781' },
			...{ exists: false, chatId: null, country: 'RU', numberType: 'mobile' },
			checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
		});

		const second = await answersTo(PHONES);

		expect(callCount()).toBe(3);
		expect(second).toEqual(first);
		expect(await numbersInTable()).toEqual(['79123456780', '79123456781', '79123456782']);
	});

	test('a single contact is answered from the memory too', async () => {
		expect(existsOf(await answersTo(['8 (912) 345-67-81']))).toEqual([false]);
		expect(callCount()).toBe(0);
		expect(existsOf(await answersTo(['+7 912 345-67-83']))).toEqual([false]);
		expect(callCount()).toBe(1);
	});

	test('what is older than 30 days is asked again, what is younger is not', async () => {
		await age('79123456780', 31);
		await age('79123456781', 29);
		// The account is gone since.
		world.simulator.instance('whatsapp').contacts['79123456780'] = { exists: false };

		expect(existsOf(await answersTo(PHONES))).toEqual([false, false, true, false, null]);
		expect(callCount()).toBe(1);
		await answersTo(PHONES);
		expect(callCount()).toBe(1);
	});

	test('a failure is not remembered: the number is asked about again', async () => {
		const phones = ['+7 912 345-67-86', '+7 912 345-67-80'];
		const failed = await whileBroken(world, NOT_LINKED, async () => await answersTo(phones));

		expect(failed[0]).toMatchObject({ exists: null, error: { code: 'notAuthorized' } });
		expect(failed[1]).toMatchObject({ exists: false });
		const asked = callCount();
		expect(existsOf(await answersTo(phones))).toEqual([true, false]);
		expect(callCount()).toBe(asked + 1);
	});

	test('500 contacts: each is asked about once, and comes out in its order both times', async () => {
		const phones = Array.from({ length: 500 }, (_, index) => `+7 921 ${1_000_000 + index}`);
		const expected = phones.map((_, index) => index % 2 === 0);

		expect(existsOf(await answersTo(phones))).toEqual(expected);
		expect(callCount()).toBe(500);
		expect(existsOf(await answersTo(phones))).toEqual(expected);
		expect(callCount()).toBe(500);
	});
});
