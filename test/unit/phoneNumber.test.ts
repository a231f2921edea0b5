/** Phone numbers as people write them: which number is asked about, and when none is. */

import fc from 'fast-check';
import { isValidPhoneNumber } from 'libphonenumber-js/max';

import { readAccount, type AccountRule } from '../../nodes/GreenApiLookup/lookup/phone/phoneNumber';
import type { PhoneIssue } from '../../nodes/GreenApiLookup/lookup/phone/writtenNumber';
import spellings from './fixtures/spellings.json';

/** Rules like those of the messengers: few countries, any number and username, the longer numbers. */
const RULES = {
	withLids: { numbers: { fewest: 11, most: 16 }, lids: true },
	max: { numbers: { fewest: 11, most: 12, countryCodes: ['7', '375'] } },
	telegram: { numbers: { fewest: 7, most: 16 }, usernames: true },
	whatsapp: { numbers: { fewest: 11, most: 16 } },
} satisfies Record<string, AccountRule>;

type Messenger = keyof typeof RULES;

/** The digits that are asked about, or which kind of issue it is. */
function read(value: unknown, country?: unknown, messenger: Messenger = 'telegram'): string {
	const digits = readAccount(value, RULES[messenger], country);
	if (typeof digits === 'string') return digits;
	return digits.isUnsupported ? 'unsupported' : 'refused';
}

function issueOf(value: unknown, country?: unknown, messenger: Messenger = 'telegram'): PhoneIssue {
	const issue = readAccount(value, RULES[messenger], country);
	if (typeof issue === 'string') throw new Error(`Read as ${issue}`);
	return issue;
}

function messageFor(value: unknown, country?: unknown, messenger: Messenger = 'telegram'): string {
	const { why, advice } = issueOf(value, country, messenger);
	return `${why}. ${advice ?? 'Write it with its country code, or choose a Default Country.'}`;
}

/** A number: its country, its digits, spellings that need no Default Country, and those that do. */
type Written = [country: string, digits: string, anywhere: unknown[], atHome: unknown[]];

const WRITTEN = spellings as Written[];

describe('a number is read from', () => {
	const spellings = WRITTEN.flatMap(([country, digits, anywhere, atHome]) => [
		...anywhere.map((spelling) => [spelling, undefined, digits] as const),
		...anywhere.map((spelling) => [spelling, country, digits] as const),
		...atHome.map((spelling) => [spelling, country, digits] as const),
	]);

	test('more than 200 spellings in more than 25 countries', () => {
		const different = new Set(spellings.map(([spelling]) => String(spelling)));
		expect(different.size).toBeGreaterThanOrEqual(200);
		expect(new Set(WRITTEN.map(([country]) => country)).size).toBeGreaterThanOrEqual(25);
	});

	test.each(spellings)('%j, Default Country %s: %s', (spelling, country, digits) => {
		expect(read(spelling, country)).toBe(digits);
	});
});

describe('nothing is guessed', () => {
	test.each<[unknown, string | undefined, RegExp]>([
		['84912345678', undefined, /\+74912345678 or \+84912345678.*Default Country/],
		['84951234567', undefined, /can be read as \+74951234567 or \+84951234567/],
		['+8 (912) 345-67-89', undefined, /no country has the code 8.*\+7/],
		['+8 (495) 123-45-67', 'RU', /no country has the code 8/],
		['9123456789', undefined, /no country code/],
		['(495) 123-45-67', undefined, /no country code/],
		['030 1234567', undefined, /no country code/],
		['0501234567', undefined, /no country code/],
		// A 0 in front is dialled inside a country: no reading with it is proposed.
		['0151/23456789', undefined, /no country code\. Choose Default Country/],
		['0176/12345678', undefined, /no country code/],
		['0171 2345678', undefined, /no country code/],
		['07911 123456', undefined, /no country code/],
		['01512 3456789', undefined, /no country code/],
		['+015123456789', undefined, /no country has such a code/],
		['{{ $json.phone }}', undefined, /expression.*Switch the field to Expression/],
		['={{ $json.phone }}', 'RU', /expression/],
		[['+7 912 345-67-80', '+7 912 345-67-81'], undefined, /list of several.*Split Out/],
		[[{ VALUE: '+79123456789' }, { VALUE: '+79123456780' }], undefined, /PHONE\[0\]\.VALUE \}\}/],
		['+0501234567', undefined, /no country has such a code/],
		['+89123456789', undefined, /no country has the code 8/],
		['+1 002 123 4567', undefined, /begins with \+1 0/],
		['+7 000 000-00-00', undefined, /one digit repeated/],
		['+7 912 345-67-8', undefined, /length/],
		['+7 912 345-67-89, +7 912 345-67-80', undefined, /: \+7 912 345-67-89, \+7 912 345-67-80/],
		['79123456789, 79123456780', undefined, /more than one number.*item of its own/],
		['79123456789; 79123456780', undefined, /more than one number/],
		['79123456789\n79123456780', undefined, /more than one number/],
		['79123456789 79123456780', undefined, /more than one number/],
		['06 12 34 56 78 - 06 12 34 56 79', 'FR', /more than one number.*item of its own/],
		['+79123456789/79123456780', undefined, /more than one number/],
		['+7 912 345-67-89 / 90', undefined, /more than one number/],
		['+79123456789 и +79123456780', undefined, /more than one number/],
		['+79123456789 or +79123456780', undefined, /more than one number/],
		['79123456789,79123456780', undefined, /more than one number/],
		['+7 912 345-67-89-90', undefined, /without "90" it would be \+79123456789/],
		['+7 912 345-67-89…91', undefined, /range/],
		['+7 912 345-67-89..91', undefined, /range/],
		['+7 912 345-67-89 – 91', undefined, /range/],
		['+7 495 123-45-67 ext. 12', undefined, /extension/],
		['+7 495 123-45-67 доб. 12', undefined, /extension/],
		['+7 495 123-45-67 (доб. 12)', undefined, /extension/],
		['+7 495 123-45-67 через приёмную', undefined, /somebody else answers/],
		['+1 415 555 2671 x5', undefined, /extension/],
		['+1 415 555 2671#5', undefined, /extension/],
		['tel:+74951234567;ext=12', undefined, /extension/],
		['tel:7042;phone-context=example.com', undefined, /no country code/],
		['7.91E+10', undefined, /not all digits.*as text/],
		['79123456789.5', undefined, /decimal/],
		[79123456789.5, undefined, /decimal/],
		[1e21, undefined, /not stored exactly/],
		[2 ** 53, undefined, /not stored exactly/],
		[Number.NaN, undefined, /positive/],
		[Number.POSITIVE_INFINITY, undefined, /positive/],
		[-79123456789, undefined, /positive/],
		[0, undefined, /positive/],
		['', undefined, /empty/],
		['   ', undefined, /empty/],
		["'", undefined, /no digits/],
		['nobody', undefined, /no digits/],
		['1-800-FLOWERS', undefined, /no country code/],
		['+', undefined, /no digits/],
		['-79123456789', undefined, /"-" next to its digits/],
		// Not a number of the Default Country, and none with a country code either.
		[
			'0501234567',
			'RU',
			/not a valid number of the Default Country RU.*with \+ and its country code/,
		],
		['067 123 45 67', 'RU', /Default Country RU/],
		['0912 345 67 89', 'RU', /Default Country RU/],
		['091 98765 43210', 'IN', /Default Country IN/],
		['8 (067) 123 45 67', 'UA', /Default Country UA/],
		['8 (912) 345-67-89', 'US', /Default Country US/],
		['8 (912) 345-67-89', 'DE', /Default Country DE/],
		['8-701-234-56-78', 'KG', /Default Country KG/],
		['912 345 67 89 90', 'RU', /without "90" it would be \+79123456789/],
		['415-555-2671-2672', 'US', /without "2672"/],
		['415 555 2671 3', 'US', /without "3"/],
		['11 3222-1234 1235', 'BR', /without "1235"/],
		['67 123 45 67 12', 'UA', /without "12"/],
		['+7 912 345 67 89 1 2', undefined, /without "1 2"/],
		// The country code twice: the plans know fixed lines of that shape.
		['+49 49 151 12345678', undefined, /\+494915112345678 or \+4915112345678/],
		['+39 39 347 1234567', undefined, /\+393471234567/],
		['+39 (0)347 1234567', undefined, /\+3903471234567 or \+393471234567/],
		['112-233-445 95', undefined, /no country code/],
		['+54 11 15 2345-6789', undefined, /\+54111523456789 or \+5491123456789/],
		['61234567 61234568', undefined, /more than one number/],
		['030 1234567 - 69', 'DE', /range/],
		['089/12345/12346', 'DE', /range/],
		['192.168.100.101', undefined, /address/],
		['2024-01-15', 'DE', /date.*Fill in a phone number/],
		['15.01.2024', 'DE', /date/],
		['15.01.2024', undefined, /date/],
		['+7 9O2 345-67-89', undefined, /"O" next to its digits/],
		['7987654321x', undefined, /"x" next to its digits/],
		['+79²123456789', undefined, /"²" next to its digits/],
		['123456789012345@lid', undefined, /LID.*Get Contact Info/],
		['120363043968066561@g.us', undefined, /group/],
		['https://t.me/+AbCdEf', undefined, /no digits/],
		['https://example.com/79123456789', undefined, /"\/" next to its digits/],
		['1'.repeat(17), undefined, /more than one number/],
		['9'.repeat(201), undefined, /too long/],
		[null, undefined, /empty/],
		[undefined, undefined, /empty/],
		[true, undefined, /neither text nor a number/],
		[{}, undefined, /neither/],
		['79123456789', 'XX', /Default Country is not a country.*ISO code/],
		['79123456789', 7 as unknown as string, /Default Country/],
		['79123456789', '__proto__', /Default Country/],
	])('%j, Default Country %s: %s', (value, country, message) => {
		expect(read(value, country)).toBe('refused');
		expect(messageFor(value, country)).toMatch(message);
		expect(messageFor(value, country).length).toBeLessThan(350);
	});

	test('a megabyte is refused at once', () => {
		const begun = performance.now();
		expect(messageFor('9'.repeat(1_000_000))).toMatch(/too long/);
		expect(messageFor({ a: '9'.repeat(1_000_000) })).toMatch(/neither/);
		expect(performance.now() - begun).toBeLessThan(100);
	});

	test.each<[string, string | undefined, string]>([
		// A prefix that is dialled inside the country only is left out behind its code.
		['+36 06 20 123 4567', undefined, '36201234567'],
		['+370 (8) 612 34567', undefined, '37061234567'],
		['+375 8 029 123 45 67', undefined, '375291234567'],
		// Brackets hold an area code, unless it is the country code.
		['(375) 29 123-45-67', 'RU', '375291234567'],
		['(44) 99876-5432', 'BR', '5544998765432'],
		['001 65 8123 4567', 'HK', '6581234567'],
		['0011 49 171 1234567', 'AU', '491711234567'],
		['00 21 55 11 91234 5678', 'BR', '5511912345678'],
		// An empty Default Country is none.
		['79123456789', '', '79123456789'],
	])('%j, Default Country %j, is %s', (value, country, digits) => {
		expect(read(value, country)).toBe(digits);
	});

	test.each([Symbol('x'), 10n ** 30n, () => 1, new Date(), Buffer.from('7912')])(
		'%p is refused without a throw',
		(value) => {
			expect(read(value)).toBe('refused');
		},
	);
});

describe('each messenger has its rule', () => {
	test.each<[Messenger, unknown, string]>([
		['max', '+7 912 345-67-89', '79123456789'],
		['max', '77012345678', '77012345678'],
		['max', '375291234567', '375291234567'],
		['max', '+49 151 23456789', 'unsupported'],
		['max', '+1 415 555 2671', 'unsupported'],
		['max', '6581234567', 'unsupported'],
		['max', '9123456789', 'refused'],
		['max', '+7 912 345', 'refused'],
		['max', '+712345678901', 'refused'],
		['max', '+37529123456', '37529123456'],
		['max', '@durov', 'refused'],
		['whatsapp', '+65 8123 4567', '6581234567'],
		['whatsapp', '+7 912', 'refused'],
		['whatsapp', '11001234567', '11001234567'],
		['whatsapp', '+12345678901234567', 'refused'],
		['telegram', '+88812345678', '88812345678'],
		['telegram', '+42777123', '42777123'],
		['telegram', '+65 8123 4567', '6581234567'],
		['telegram', '6581234567', '6581234567'],
		['telegram', '+123456', 'refused'],
		['telegram', '@durov', '@durov'],
		['telegram', '@ivan_petrov_1', '@ivan_petrov_1'],
		['telegram', 'https://t.me/ivan_petrov', '@ivan_petrov'],
		['telegram', ['@ivan_petrov'], '@ivan_petrov'],
		['telegram', ' @durov ', '@durov'],
		['telegram', "'@durov", '@durov'],
		['telegram', '@durov\u200b', '@durov'],
		['telegram', '＠durov', '@durov'],
		['telegram', '(65) 8123 4567', '6581234567'],
		['telegram', '+789123456789', '79123456789'],
		['telegram', '+490301234567', '49301234567'],
		['telegram', '789123456789@c.us', '79123456789'],
		['telegram', 'https://t.me/durov', '@durov'],
		['telegram', `@durov${' '.repeat(150)}79123456789`, 'refused'],
		['telegram', 't.me/durov/', '@durov'],
		['telegram', 't.me/durov/123', 'refused'],
		['whatsapp', 't.me/durov', 'refused'],
		['whatsapp', '123456789012345@lid', 'refused'],
		['withLids', '123456789012345@lid', '123456789012345@lid'],
		['withLids', ' \u200e123456789012345@lid', '123456789012345@lid'],
		['withLids', '123@lid', 'refused'],
		['withLids', '+7 912 345-67-89', '79123456789'],
		['telegram', '@du', 'refused'],
		['telegram', '@a"b', 'refused'],
	])('%s: %j is %s', (messenger, value, expected) => {
		expect(read(value, undefined, messenger)).toBe(expected);
	});

	test('the message tells what was read', () => {
		expect(messageFor('+49 151 23456789', undefined, 'max')).toContain('+4915123456789');
		expect(messageFor('+49 123456', undefined, 'whatsapp')).toContain(
			'+49123456 has 8 digits, and GREEN-API takes 11 to 16 here',
		);
	});
});

describe('for any input', () => {
	const messenger = fc.constantFrom<Messenger>('max', 'telegram', 'whatsapp');
	const country = fc.option(fc.constantFrom('RU', 'DE', 'US', 'BR', 'CN', 'MX', 'IT', 'AR'), {
		nil: undefined,
	});
	const written = fc.constantFrom(...WRITTEN.map(([, digits]) => digits));
	const cell = fc.oneof(
		fc.anything(),
		fc.string({ unit: 'binary', maxLength: 300 }),
		fc.string({ unit: fc.constantFrom(...'0123456789+8 ()-./,eE@٣９x\u200b'), maxLength: 24 }),
		fc.double(),
		fc.bigInt(),
		fc.integer({ min: 1_000_000, max: Number.MAX_SAFE_INTEGER }),
		fc.stringMatching(/^[+0]?[1-9]\d{2} ?\d{3,4}[- ]?\d{2,4}$/),
	);

	test('nothing throws, and what is read is digits or a @username', () => {
		fc.assert(
			fc.property(cell, messenger, country, (value, asked, home) => {
				const digits = readAccount(value, RULES[asked], home);
				if (typeof digits === 'string') expect(digits).toMatch(/^([1-9]\d{6,15}|@\w+)$/);
			}),
			{ numRuns: 20_000 },
		);
	});

	test('reading again what was read changes nothing', () => {
		fc.assert(
			fc.property(cell, messenger, country, (value, asked, home) => {
				const digits = read(value, home, asked);
				if (!/^\d+$/.test(digits)) return;
				expect(read(`+${digits}`, home, asked)).toBe(digits);
				// Without the plus sign a number of a plan may be unclear, but it is never another one.
				if (!isValidPhoneNumber(`+${digits}`)) return;
				expect([digits, 'refused']).toContain(read(digits, undefined, asked));
			}),
			{ numRuns: 20_000 },
		);
	});

	test('two numbers do not become one', () => {
		// E.164 in any country; digits behind the country code begin with anything but a trunk prefix.
		const number = fc
			.tuple(
				fc.constantFrom('1', '7', '49', '52', '54', '55', '375', '380', '39', '44', '81', '86'),
				fc.stringMatching(/^[1-79]\d{6,10}$/),
			)
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(number, country, (digits, home) => {
				expect([digits, 'refused']).toContain(read(`+${digits}`, home));
			}),
			{ numRuns: 10_000 },
		);
	});

	test('separators behind the country code change nothing', () => {
		const separator = fc.constantFrom('', '', '', ' ', '-', '.', '\u00a0', '\u200b', ') (');
		fc.assert(
			fc.property(
				written,
				fc.array(separator, { minLength: 16, maxLength: 16 }),
				(digits, marks) => {
					const spelling = [...digits]
						.map((digit, at) => (at < 3 ? '' : marks[at]) + digit)
						.join('');
					expect(read(`+${spelling}`)).toBe(digits);
				},
			),
			{ numRuns: 5000 },
		);
	});
});
