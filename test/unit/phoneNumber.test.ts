/** Phone numbers as people write them: which number is asked about, and when none is. */

import fc from 'fast-check';
import { isValidPhoneNumber } from 'libphonenumber-js/max';

import {
	readAccount,
	type AccountRule,
	type PhoneIssue,
} from '../../nodes/GreenApiLookup/lookup/phone/phoneNumber';

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

const WRITTEN: Written[] = [
	[
		'RU',
		'79123456789',
		[
			'79123456789',
			79123456789,
			79123456789.0,
			'+79123456789',
			'+7 912 345 67 89',
			'+7 (912) 345-67-89',
			'+7(912)3456789',
			'+7-912-345-67-89',
			'+7.912.345.67.89',
			'7 912 345-67-89',
			'(+7) 912 345 67 89',
			'+ 7 912 345 67 89',
			'007 912 345 67 89',
			'+7 8 912 345 67 89',
			'+7\u00a0912\u00a0345\u201167\u201189',
			'\u202a+7 912 345-67-89\u202c',
			'\ufeff79123456789',
			'7912\u200b3456789',
			'+7 912 345–67–89',
			"'79123456789",
			'’+79123456789',
			'="79123456789"',
			'"+7 912 345-67-89"',
			'79123456789.0',
			'79123456789.00',
			'79123456789,0',
			'7.9123456789E+10',
			'7,9123456789E+10',
			'7.9123456789e10',
			'79,123,456,789',
			'tel:+79123456789',
			'tel:+7-912-345-67-89',
			'TEL:%2B79123456789',
			'tel://+79123456789',
			'sms:+79123456789',
			'callto:+79123456789',
			'https://wa.me/79123456789',
			'wa.me/79123456789?text=hello',
			'http://www.wa.me/+79123456789/',
			'https://api.whatsapp.com/send?phone=79123456789',
			'https://api.whatsapp.com/send/?phone=%2B79123456789&text=1',
			'whatsapp://send?text=hi&phone=79123456789',
			'https://t.me/+79123456789',
			'79123456789@c.us',
			'79123456789@s.whatsapp.net',
			'79123456789:12@s.whatsapp.net',
			'+７９１２３４５６７８９',
			'＋７（９１２）３４５－６７－８９',
			'٧٩١٢٣٤٥٦٧٨٩',
			'+۷۹۱۲۳۴۵۶۷۸۹',
			' 79123456789\n',
			'79123456789,',
			'+7 912 345-67-89;',
			'=+79123456789',
			'‘79123456789',
			'“+7 912 345-67-89”',
			'тел. +7 912 345-67-89',
			'Tel.: +7 912 345-67-89',
			'Mobil:+79123456789',
			'79,123,456,789.00',
			'79 123 456 789,00',
			'7.91234567890E+10',
			'https://wa.me/%2B79123456789',
			'api.whatsapp.com/send?phone=79123456789',
			'https://t.me/+79123456789?text=1',
			'٧٩١٢٣٤٥٦٧٨٩+',
			'๗๙๑๒๓๔๕๖๗๘๙',
			'\t+79123456789 ',
		],
		[
			'8 (912) 345-67-89',
			'89123456789',
			89123456789,
			'8-912-345-67-89',
			'8 912 345 67 89',
			'9123456789',
			'(912) 345-67-89',
			'912 345 67 89',
			'8.912.345.67.89',
			'8(912)345-67-89',
			'tel:89123456789',
		],
	],
	[
		'RU',
		'74951234567',
		['+7 (495) 123-45-67', '74951234567'],
		['8 (495) 123-45-67', '(495) 123-45-67', '8 495 1234567'],
	],
	['RU', '78612345678', ['+7 861 234-56-78'], ['8 (861) 234-56-78', '88612345678']],
	[
		'BY',
		'375291234567',
		[
			'+375 29 123-45-67',
			'375291234567',
			'00375 29 123 45 67',
			'+375(29)1234567',
			'+375 (0)29 123-45-67',
		],
		[
			'8 (029) 123-45-67',
			'80291234567',
			'8 029 123 45 67',
			'029 123 45 67',
			'(29) 123-45-67',
			'291234567',
		],
	],
	[
		'KZ',
		'77012345678',
		['+7 701 234 56 78', '77012345678', '+7 (701) 234-56-78'],
		['8 (701) 234-56-78', '87012345678', '7012345678', '8 701 234 56 78'],
	],
	[
		'UA',
		'380501234567',
		[
			'+380 50 123 45 67',
			'+38 (050) 123-45-67',
			'+38 050 123 45 67',
			'380501234567',
			'00380 50 1234567',
		],
		['050 123 45 67', '(050) 123-45-67', '0501234567', '501234567', '38 050 123 45 67'],
	],
	['UZ', '998901234567', ['+998 90 123 45 67', '998901234567'], ['90 123 45 67', '901234567']],
	['KG', '996700123456', ['+996 700 123 456'], ['0700 123 456', '0700123456']],
	['AM', '37477123456', ['+374 77 123456', '37477123456'], ['077 123456', '077-12-34-56']],
	['GE', '995555123456', ['+995 555 12 34 56'], ['555 12 34 56', '555123456']],
	['AZ', '994501234567', ['+994 50 123 45 67', '+994 (0)50 123 45 67'], ['050 123 45 67']],
	[
		'DE',
		'4915123456789',
		[
			'+49 151 23456789',
			'+49 (0)151 23456789',
			'+49 (0) 151 / 23456789',
			'0049 151 23456789',
			'tel:+49-151-23456789',
			'+49151-23456789',
		],
		['0151 23456789', '0151/23456789', '0151-23456789', '015123456789', '(0151) 23456789'],
	],
	[
		'DE',
		'49301234567',
		['+49 30 1234567', '+49 (0)30/1234567', '0049 (0)30 1234567'],
		['030 1234567', '030/1234567', '(030) 1234567', '030.1234567'],
	],
	[
		'AT',
		'436641234567',
		['+43 664 1234567', '+43 (0)664 1234567'],
		['0664 1234567', '0664/1234567', '0664/123 45 67'],
	],
	[
		'CH',
		'41781234567',
		['+41 78 123 45 67', '+41 (0)78 123 45 67'],
		['078 123 45 67', '0781234567'],
	],
	[
		'GB',
		'447911123456',
		['+44 7911 123456', '+44 (0)7911 123456', '447911123456', '0044 7911 123456'],
		['07911 123456', '(07911) 123456', '07911123456', '07911 123 456'],
	],
	[
		'GB',
		'442079460958',
		['+44 (0)20 7946 0958', '+44 20 7946 0958'],
		['020 7946 0958', '(020) 7946 0958'],
	],
	[
		'FR',
		'33612345678',
		['+33 6 12 34 56 78', '+33 (0)6 12 34 56 78', '33612345678'],
		['06 12 34 56 78', '06.12.34.56.78', '06-12-34-56-78', '0612345678'],
	],
	[
		'ES',
		'34612345678',
		['+34 612 34 56 78', '34612345678', '0034 612345678'],
		['612 34 56 78', '612345678', '612-345-678'],
	],
	[
		'IT',
		'393123456789',
		['+39 312 345 6789', '393123456789'],
		['312 345 6789', '3123456789', '312-3456789'],
	],
	['IT', '390612345678', ['+39 06 12345678', '+39 (06) 12345678'], ['06 12345678', '06/12345678']],
	['PT', '351912345678', ['+351 912 345 678'], ['912 345 678', '912345678']],
	['PL', '48512345678', ['+48 512 345 678', '48512345678'], ['512 345 678', '512-345-678']],
	['CZ', '420601123456', ['+420 601 123 456'], ['601 123 456']],
	[
		'NL',
		'31612345678',
		['+31 6 12345678', '+31 (0)6 12345678', '+31(0)612345678'],
		['06 12345678', '06-12345678'],
	],
	[
		'SE',
		'46701234567',
		['+46 70 123 45 67', '+46 (0)70-123 45 67'],
		['070-123 45 67', '0701234567'],
	],
	[
		'FI',
		'358412345678',
		['+358 41 2345678', '+358 (0)41 2345678'],
		['041 2345678', '041-234 5678'],
	],
	['NO', '4740612345', ['+47 406 12 345', '+47 40612345'], ['406 12 345', '40612345']],
	[
		'TR',
		'905012345678',
		['+90 501 234 56 78', '+90 (501) 234 56 78', '905012345678'],
		['0501 234 56 78', '(0501) 234 56 78', '0 (501) 234 56 78', '5012345678'],
	],
	['IL', '972502345678', ['+972 50-234-5678', '+972-50-2345678'], ['050-234-5678', '0502345678']],
	[
		'AE',
		'971501234567',
		['+971 50 123 4567', '00971501234567', '٠٠٩٧١٥٠١٢٣٤٥٦٧'],
		['050 123 4567', '٠٥٠ ١٢٣ ٤٥٦٧'],
	],
	['SA', '966512345678', ['+966 51 234 5678', '966512345678'], ['051 234 5678', '0512345678']],
	['EG', '201001234567', ['+20 100 123 4567', '201001234567'], ['0100 123 4567', '٠١٠٠١٢٣٤٥٦٧']],
	[
		'IN',
		'918123456789',
		['+91 81234 56789', '+91-8123456789', '918123456789'],
		['08123456789', '81234 56789', '०८१२३४५६७८९'],
	],
	[
		'ID',
		'628123456789',
		['+62 812-345-6789', '+62 (0)812 345 6789', '628123456789'],
		['0812-345-6789', '08123456789'],
	],
	[
		'VN',
		'84912345678',
		['+84 91 234 56 78', '+84912345678', '0084 912345678'],
		['091 234 56 78', '0912345678'],
	],
	['CN', '8613812345678', ['+86 138 1234 5678', '8613812345678'], ['138 1234 5678']],
	[
		'JP',
		'819012345678',
		['+81 90-1234-5678', '+81 (0)90-1234-5678'],
		['090-1234-5678', '０９０－１２３４－５６７８', '09012345678'],
	],
	[
		'KR',
		'821012345678',
		['+82 10-1234-5678', '+82 (0)10 1234 5678'],
		['010-1234-5678', '01012345678'],
	],
	['SG', '6581234567', ['+65 8123 4567', '6581234567'], ['8123 4567']],
	[
		'AU',
		'61412345678',
		['+61 412 345 678', '+61 (0)412 345 678'],
		['0412 345 678', '(0412) 345 678'],
	],
	[
		'US',
		'14155552671',
		[
			'+1 (415) 555-2671',
			'1-415-555-2671',
			'+1 415 555 2671',
			'+1.415.555.2671',
			'14155552671',
			'001 415 555 2671',
		],
		['(415) 555-2671', '415-555-2671', '415.555.2671', '4155552671', '1 (415) 555-2671'],
	],
	['US', '49301234567', ['+49 30 1234567'], ['011 49 30 1234567', '00 49 30 1234567']],
	['CA', '16135550123', ['+1 613-555-0123'], ['613-555-0123', '(613) 555-0123']],
	// With and without the ninth digit: different accounts, so each as it was written.
	[
		'BR',
		'5511987654321',
		['+55 11 98765-4321', '+55 (11) 98765-4321', '+55 (011) 98765-4321', '5511987654321'],
		['(11) 98765-4321', '11987654321', '011 98765-4321'],
	],
	['BR', '551187654321', ['+55 11 8765-4321', '551187654321'], ['(11) 8765-4321']],
	[
		'MX',
		'525512345678',
		['+52 55 1234 5678', '525512345678'],
		['55 1234 5678', '(55) 1234-5678', '5512345678'],
	],
	['MX', '5215512345678', ['+52 1 55 1234 5678', '5215512345678', '+521 55 1234 5678'], []],
	[
		'AR',
		'541123456789',
		['+54 11 2345-6789', '541123456789'],
		['011 2345-6789', '(011) 2345-6789'],
	],
	[
		'AR',
		'5491123456789',
		['+54 9 11 2345-6789', '5491123456789'],
		['011 15-2345-6789', '(011) 15-2345-6789'],
	],
	['CO', '573211234567', ['+57 321 1234567', '573211234567'], ['(321) 123 4567']],
	['CL', '56961234567', ['+56 9 6123 4567'], ['9 6123 4567']],
	[
		'NG',
		'2348021234567',
		['+234 802 123 4567', '2348021234567', '+234 (0) 802 123 4567'],
		['0802 123 4567', '08021234567'],
	],
	['ZA', '27711234567', ['+27 71 123 4567', '27711234567'], ['071 123 4567']],
];

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
		['+0501234567', undefined, /no country has such a code/],
		['79123456789, 79123456780', undefined, /more than one number.*item of its own/],
		['79123456789; 79123456780', undefined, /more than one number/],
		['79123456789\n79123456780', undefined, /more than one number/],
		['79123456789 79123456780', undefined, /more than one number/],
		['06 12 34 56 78 - 06 12 34 56 79', 'FR', /more than one number.*item of its own/],
		['+79123456789+79123456780', undefined, /more than one number/],
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
		['+1 415 555 2671 x5', undefined, /extension/],
		['+1 415 555 2671#5', undefined, /extension/],
		['tel:+74951234567;ext=12', undefined, /extension/],
		['tel:7042;phone-context=example.com', undefined, /no country code/],
		['7.91E+10', undefined, /not all digits.*as text/],
		['7,91235E+10', undefined, /not all digits/],
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
		['-79123456789', undefined, /"-" beside its digits/],
		// Not a number of the Default Country, and none with a country code either.
		['0501234567', 'RU', /no number of the Default Country RU.*with \+ and its country code/],
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
		['112-233-445 95', undefined, /no country code/],
		['+54 11 15 2345-6789', undefined, /\+54111523456789 or \+5491123456789/],
		['61234567 61234568', undefined, /more than one number/],
		['030 1234567 - 69', 'DE', /range/],
		['089/12345/12346', 'DE', /range/],
		['192.168.100.101', undefined, /address/],
		['2024-01-15', 'DE', /date.*Fill in a phone number/],
		['15.01.2024', 'DE', /date/],
		['7987654321x', undefined, /"x" beside its digits/],
		['+79²123456789', undefined, /"²" beside its digits/],
		['123456789012345@lid', undefined, /LID.*Get Contact Info/],
		['120363043968066561@g.us', undefined, /group/],
		['https://t.me/+AbCdEf', undefined, /no digits/],
		['https://example.com/79123456789', undefined, /"\/" beside its digits/],
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

	test('a prefix that is dialled inside the country only is left out behind its code', () => {
		expect(read('+36 06 20 123 4567')).toBe('36201234567');
		expect(read('+370 (8) 612 34567')).toBe('37061234567');
		expect(read('+375 8 029 123 45 67')).toBe('375291234567');
	});

	test('brackets hold an area code, unless it is the country code', () => {
		expect(read('(375) 29 123-45-67', 'RU')).toBe('375291234567');
		expect(read('(44) 99876-5432', 'BR')).toBe('5544998765432');
		expect(read('001 65 8123 4567', 'HK')).toBe('6581234567');
		expect(read('0011 49 171 1234567', 'AU')).toBe('491711234567');
		expect(read('00 21 55 11 91234 5678', 'BR')).toBe('5511912345678');
	});

	test.each([Symbol('x'), 10n ** 30n, () => 1, new Date(), Buffer.from('7912')])(
		'%p is refused without a throw',
		(value) => {
			expect(read(value)).toBe('refused');
		},
	);

	test('a country may be written small, and an empty one is none', () => {
		expect(read('8 (912) 345-67-89', ' ru ')).toBe('79123456789');
		expect(read('79123456789', '')).toBe('79123456789');
		expect(read('79123456789', null)).toBe('79123456789');
	});
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
