/** Rows of a list: order, pairing, input fields, through both entry points. */

import { ENTRY_POINTS, errorOf, lookUp, ONE_TRY, startService, unlimited } from './lookUp';

const VALUES = ['79876543210', '79876543211', '79876543212'];

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test('a list gives one row for each item, in order, paired with its item', async () => {
		const { error, items } = await lookUp({ entryPoint, values: VALUES });

		expect(error).toBeUndefined();
		expect(items).toEqual(
			[
				{ exists: true, chatId: '79876543210@c.us' },
				{ exists: false, chatId: null },
				{ exists: true, chatId: '79876543212@c.us' },
			].map((row, item) => ({ json: expect.objectContaining(row), pairedItem: { item } })),
		);
	});

	test('input fields are kept on request, the result wins, error and details are not copied', async () => {
		const { rows } = await lookUp({
			entryPoint,
			items: [{ value: VALUES[0], name: 'Ivan', exists: '?', error: 'old', details: 'old' }],
			options: { includeInputFields: true },
		});

		expect(rows).toEqual([
			{
				value: VALUES[0],
				name: 'Ivan',
				messenger: 'whatsapp',
				phoneNumber: VALUES[0],
				exists: true,
				chatId: '79876543210@c.us',
				country: 'RU',
				numberType: 'mobile',
				checkedAt: expect.any(String),
			},
		]);
	});

	test.each(['', '/', '/v3', '/v3/'])(
		'API URL may end with "%s" for every messenger',
		async (end) => {
			for (const messenger of ['whatsapp', 'telegram', 'max'] as const) {
				const service = await startService(unlimited(messenger));
				const credential = { apiUrl: service.simulator.url + end };
				const { error, calls } = await lookUp({
					entryPoint,
					service,
					messenger,
					credential,
					values: VALUES.slice(0, 1),
				});

				expect(error).toBeUndefined();
				expect(calls.map(({ status, path }) => [status, path.startsWith('/v3/')])).toEqual([
					[200, messenger === 'max'],
				]);
			}
		},
	);
});

test.each([
	['the API URL cannot be right', { apiUrl: 'green-api.com' }, /^API URL must start with https/],
	[
		'nothing listens there',
		{ apiUrl: 'http://127.0.0.1:1' },
		/^GREEN-API could not be .*ECONNREFUSED/,
	],
	['n8n cannot read the credential', null, /credential of this node could not be read/],
])('%s: every item fails and says so', async (_title, credential, message) => {
	const lookup = { credential, values: VALUES, options: ONE_TRY };

	const continued = await lookUp(lookup);
	const split = await lookUp({ ...lookup, onError: 'continueErrorOutput' });

	for (const rows of [continued.rows, split.failedRows]) {
		expect(rows.map((row) => errorOf(row)?.message)).toEqual(
			VALUES.map(() => expect.stringMatching(message) as unknown),
		);
	}
	expect([continued.error, split.error, split.rows]).toEqual([undefined, undefined, []]);
});
