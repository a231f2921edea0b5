/** One item that cannot be read is one failed row, and it keeps what came with it. */

import type { IDataObject } from 'n8n-workflow';

import { codesOf, errorOf, lookUp } from './lookUp';

const GOOD = ['79876543210', '79876543212'];
/** An expression that fails for an item without the field. */
const orError = (field: string) =>
	`={{ $json.${field} ? $json.${field} : $("Nobody").item.json.${field} }}`;
const FILE = { data: { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'hello.txt' } };

const ITEMS: readonly IDataObject[] = [
	{ name: 'Anna' },
	{ name: 'Ivan', value: GOOD[0], country: 'RU' },
	{ name: 'Olga', value: GOOD[1], country: 'RU' },
];

test.each([
	['nothing', undefined],
	['an object', { phone: GOOD[0] }],
	['a list of two', GOOD],
])('%s is one failed row and costs no call', async (_title, bad) => {
	const { error, rows, calls } = await lookUp({ values: [GOOD[0], bad, GOOD[0]] });

	expect(error).toBeUndefined();
	expect(rows.map(({ exists }) => exists)).toEqual([true, null, true]);
	const refused = { code: 'invalidPhoneNumber', asked: false, retryable: false };
	expect(errorOf(rows[1])).toMatchObject(refused);
	expect(calls).toHaveLength(1);
});

describe('an item whose expression fails', () => {
	const given = {
		items: ITEMS,
		parameters: { phoneNumber: orError('value') },
		options: { includeInputFields: true },
		binary: FILE,
	};

	test('keeps its fields and its binary data as a row', async () => {
		const { items } = await lookUp(given);

		expect(items.map(({ json, binary }) => [json.name, binary])).toEqual(
			ITEMS.map(({ name }) => [name, FILE]),
		);
		expect(codesOf(items.map(({ json }) => json))).toEqual([
			'invalidPhoneNumber',
			undefined,
			undefined,
		]);
		expect(errorOf(items[0]?.json)).toMatchObject({
			message: expect.stringMatching(/cannot be read: \w/) as unknown,
			advice: expect.stringContaining('expression') as unknown,
		});
	});

	test.each([true, false])(
		'keeps both on the error output, Include Input Fields %j',
		async (includeInputFields) => {
			const { output } = await lookUp({
				...given,
				onError: 'continueErrorOutput',
				options: { includeInputFields },
			});
			const [failed, ...others] = output('Lookup', 1);

			expect(others).toEqual([]);
			expect(failed?.json).toMatchObject({ name: 'Anna', error: { asked: false } });
			expect([failed?.binary, failed?.pairedItem]).toEqual([FILE, { item: 0 }]);
		},
	);
});

test.each([
	['a Default Country whose expression fails', 'invalidPhoneNumber', 'defaultCountry'],
	['a Force that is no value', 'invalidSettings', 'force'],
])('%s fails its item only', async (_title, code, option) => {
	const items = [
		{ value: GOOD[0], force: 'maybe' },
		{ value: GOOD[1], defaultCountry: 'RU', force: 'true' },
	] as IDataObject[];
	const { rows, calls } = await lookUp({ items, options: { [option]: orError(option) } });

	expect(codesOf(rows)).toEqual([code, undefined]);
	expect(calls).toHaveLength(1);
});
