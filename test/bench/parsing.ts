/** What reading phone numbers costs: 100,000 of them in each way of writing. */

import { performance } from 'node:perf_hooks';

import { readAccount } from '../../nodes/GreenApiLookup/lookup/phone/phoneNumber';
import { telegram } from '../../nodes/GreenApiLookup/messengers/telegram';

export interface Parsed {
	readonly written: string;
	readonly defaultCountry: string;
	/** Numbers that were read. */
	readonly read: number;
	readonly seconds: number;
}

/** How many of each. */
export const NUMBERS = 100_000;

/** Each makes another number of the same seven digits. */
const WRITTEN: ReadonlyArray<readonly [string, (seven: string) => unknown, string]> = [
	['79121234567', (seven) => `7912${seven}`, ''],
	['+7 (912) 123-45-67', (seven) => `+7 (912) ${grouped(seven)}`, ''],
	['8 (912) 123-45-67', (seven) => `8 (912) ${grouped(seven)}`, 'RU'],
	['9121234567', (seven) => `912${seven}`, 'RU'],
	['nobody 1234567', (seven) => `nobody ${seven}`, 'RU'],
];

export function measureParsing(): Parsed[] {
	return WRITTEN.map(([written, write, defaultCountry]) => {
		const cells = Array.from({ length: NUMBERS }, (_, index) => write(String(1_000_000 + index)));
		const begun = performance.now();
		const read = cells.filter(
			(cell) => typeof readAccount(cell, telegram.accounts, defaultCountry) === 'string',
		).length;
		return { written, defaultCountry, read, seconds: (performance.now() - begun) / 1000 };
	});
}

function grouped(seven: string): string {
	return `${seven.slice(0, 3)}-${seven.slice(3, 5)}-${seven.slice(5)}`;
}
