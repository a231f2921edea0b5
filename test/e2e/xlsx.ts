/** Excel files, as far as the tests need them: one sheet of texts and numbers, written and read. */

import { crc32, inflateRawSync } from 'node:zlib';

export type Cell = string | number;

const SPREADSHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** A workbook with one sheet. Numbers above 2^31 stand in it as Excel writes them: 7.987654321E10. */
export function writeXlsx(rows: readonly (readonly Cell[])[]): Buffer {
	const sheet = rows
		.map((cells, row) => {
			const written = cells.map((cell, column) => writeCell(cell, nameOf(row, column)));
			return `<row r="${row + 1}">${written.join('')}</row>`;
		})
		.join('');
	const files = {
		'[Content_Types].xml':
			`<Types xmlns="${PACKAGE}/content-types">` +
			'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
			`<Override PartName="/xl/workbook.xml" ContentType="${EXCEL}.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${EXCEL}.worksheet+xml"/>` +
			'</Types>',
		'_rels/.rels':
			`<Relationships xmlns="${PACKAGE}/relationships">` +
			`<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/>` +
			'</Relationships>',
		'xl/workbook.xml':
			`<workbook xmlns="${SPREADSHEET}" xmlns:r="${OFFICE}">` +
			'<sheets><sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>',
		'xl/_rels/workbook.xml.rels':
			`<Relationships xmlns="${PACKAGE}/relationships">` +
			`<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
			'</Relationships>',
		'xl/worksheets/sheet1.xml': `<worksheet xmlns="${SPREADSHEET}"><sheetData>${sheet}</sheetData></worksheet>`,
	};
	return zip(Object.entries(files).map(([name, text]) => [name, DECLARATION + text]));
}

function writeCell(cell: Cell, name: string): string {
	if (cell === '') return '';
	if (typeof cell === 'number') {
		const digits = cell > 2 ** 31 ? cell.toExponential().replace('e+', 'E') : String(cell);
		return `<c r="${name}"><v>${digits}</v></c>`;
	}
	return `<c r="${name}" t="inlineStr"><is><t xml:space="preserve">${escape(cell)}</t></is></c>`;
}

/** "A1" for the first cell of the first row; the tests have no more than 26 columns. */
function nameOf(row: number, column: number): string {
	return `${String.fromCharCode(65 + column)}${row + 1}`;
}

/** The cells of the first sheet. @throws Error if one of them is a formula */
export function readXlsx(file: Buffer): Cell[][] {
	const sheet = unzip(file, 'xl/worksheets/sheet1.xml');
	if (sheet.includes('<f')) throw new Error('A cell of the sheet is a formula');
	return [...sheet.matchAll(/<row .*?<\/row>/gs)].map(([row]) => {
		const cells: Cell[] = [];
		for (const [, column = '', attributes = '', value = ''] of row.matchAll(
			/<c r="([A-Z])\d+"([^>]*)>.*?<v[^>]*>(.*?)<\/v>/gs,
		)) {
			const text = unescape(value);
			cells[column.charCodeAt(0) - 65] = attributes.includes('t="str"') ? text : Number(text);
		}
		return Array.from(cells, (cell) => cell ?? '');
	});
}

const ENTITIES: ReadonlyArray<readonly [string, string]> = [
	['<', '&lt;'],
	['>', '&gt;'],
	['"', '&quot;'],
	["'", '&apos;'],
	['&', '&amp;'],
];

function escape(text: string): string {
	return [...ENTITIES].reverse().reduce((done, [sign, name]) => done.replaceAll(sign, name), text);
}

function unescape(text: string): string {
	return ENTITIES.reduce((done, [sign, name]) => done.replaceAll(name, sign), text);
}

/** A zip file whose entries are stored as they are. */
function zip(entries: ReadonlyArray<readonly [string, string]>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, text] of entries) {
		const content = Buffer.from(text);
		// Both headers: version, flags, method (stored), time and date, checksum, two sizes, two lengths.
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(0x21, 8);
		common.writeUInt32LE(crc32(content), 10);
		common.writeUInt32LE(content.length, 14);
		common.writeUInt32LE(content.length, 18);
		common.writeUInt16LE(name.length, 22);
		const part = [Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), content];
		// Comment, disk, attributes: none of them; then where the entry begins.
		const rest = Buffer.alloc(14);
		rest.writeUInt32LE(offset, 10);
		directory.push(Buffer.from('PK\u0001\u0002\u0014\0'), common, rest, Buffer.from(name));
		parts.push(...part);
		offset += Buffer.concat(part).length;
	}
	const end = Buffer.alloc(18);
	end.writeUInt16LE(entries.length, 4);
	end.writeUInt16LE(entries.length, 6);
	end.writeUInt32LE(Buffer.concat(directory).length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}

/** The text of one entry. */
function unzip(file: Buffer, wanted: string): string {
	const end = file.lastIndexOf('PK\u0005\u0006');
	let entry = file.readUInt32LE(end + 16);
	while (file.readUInt32LE(entry) === 0x02014b50) {
		const nameLength = file.readUInt16LE(entry + 28);
		const name = file.toString('utf8', entry + 46, entry + 46 + nameLength);
		if (name === wanted) {
			const header = file.readUInt32LE(entry + 42);
			const begin = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
			const content = file.subarray(begin, begin + file.readUInt32LE(entry + 20));
			return (file.readUInt16LE(entry + 10) === 8 ? inflateRawSync(content) : content).toString();
		}
		entry += 46 + nameLength + file.readUInt16LE(entry + 30) + file.readUInt16LE(entry + 32);
	}
	throw new Error(`There is no ${wanted} in the file`);
}
