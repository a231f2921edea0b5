/** Chat IDs as spreadsheets and messengers write them reach GREEN-API clean. */

import type { Messenger } from '../../simulator/instance';
import { codesOf, lookUp } from './lookUp';

test.each<[Messenger, unknown, string]>([
	['telegram', '\u200e10000000', '10000000'],
	['telegram', "'10000000", '10000000'],
	['telegram', '10000000.0', '10000000'],
	['telegram', ' 10000000\u00a0', '10000000'],
	['max', '\u200e10000000', '10000000'],
	['max', "'10000000", '10000000'],
	['max', '="10000000"', '10000000'],
	['max', 10000000, '10000000'],
	['whatsapp', '\u200e393921234567@c.us', '393921234567@c.us'],
	['whatsapp', '+393921234567@c.us', '393921234567@c.us'],
	['whatsapp', '393921234567 @c.us', '393921234567@c.us'],
	['whatsapp', '39 392 123 4567 @c.us', '393921234567@c.us'],
	['whatsapp', "'393921234567@c.us", '393921234567@c.us'],
	['whatsapp', '\u2066123456789012345@lid\u2069', '123456789012345@lid'],
])('%s: %j is %s', async (messenger, value, chatId) => {
	const given = { messenger, operation: 'getContactInfo', values: [value] } as const;
	const { rows, calls } = await lookUp(given);

	expect(codesOf(rows)).toEqual([undefined]);
	expect(calls.map(({ text }) => JSON.parse(text) as unknown)).toEqual([{ chatId }]);
});
