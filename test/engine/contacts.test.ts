/** Include Contact Info: from a number to a person in one step, and the check is never lost for it. */

import type { IDataObject } from 'n8n-workflow';

import type { Contact } from '../../simulator/instance';
import { KNOWN_FAILURES } from '../knownFailures';
import {
	codesOf,
	ENTRY_POINTS,
	errorOf,
	LIMITED,
	lookUp,
	ON_ERROR,
	ONE_TRY,
	phones,
	startService,
	unlimited,
	type Looked,
	type Lookup,
} from './lookUp';

const PERSON: Contact = {
	name: 'Ivan Petrov',
	contactName: 'Ivan, accounts',
	avatar: 'https://example.com/ivan.jpg',
	lastSeen: 1754632014,
	isBusiness: true,
};
const NOBODY = {
	name: null,
	contactName: null,
	avatar: null,
	username: null,
	isBusiness: null,
	lastSeen: null,
};
const KNOWN = {
	...NOBODY,
	name: 'Ivan Petrov',
	contactName: 'Ivan, accounts',
	avatar: 'https://example.com/ivan.jpg',
	lastSeen: '2025-08-08T05:46:54.000Z',
};
const NUMBER = '79876543210';
const CONTACT = `${NUMBER}@c.us`;
const LID = '123456789012345@lid';
/** Numbers with an account. */
const FOUND = phones(8).filter((phone) => Number(phone) % 2 === 0);
const INCLUDED = { includeContactInfo: true };

async function ask(lookup: Lookup): Promise<Looked> {
	return await lookUp({ ...lookup, options: { ...INCLUDED, ...lookup.options } });
}

/** How many calls each method got. */
function callsOf({ calls }: Looked): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { method } of calls) counts[method] = (counts[method] ?? 0) + 1;
	return counts;
}

const contactErrorOf = (row: IDataObject | undefined) =>
	row?.contactError as IDataObject | undefined;

const contactCodes = (rows: readonly IDataObject[]) => rows.map((row) => contactErrorOf(row)?.code);

/** A fault that only calls about the contacts of these numbers meet. */
const contactsOf = (values: readonly string[]) => ({
	values: values.map((value) => `${value}@c.us`),
});

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test('each row has the contact of its account, in order, paired with its item', async () => {
		const values = ['79876543211', NUMBER, 'nobody', '79876543212'];
		const looked = await ask({
			entryPoint,
			values,
			instance: { contacts: { [NUMBER]: PERSON } },
		});

		expect(looked.items.map(({ json, pairedItem }) => [json.contact, pairedItem])).toEqual([
			[null, { item: 0 }],
			[{ ...KNOWN, isBusiness: true }, { item: 1 }],
			[null, { item: 2 }],
			[{ ...NOBODY, name: 'Somebody', isBusiness: false }, { item: 3 }],
		]);
		expect(looked.rows.map(({ exists }) => exists)).toEqual([false, true, null, true]);
		expect(codesOf(looked.rows)).toEqual([undefined, undefined, 'invalidPhoneNumber', undefined]);
		expect(callsOf(looked)).toEqual({ checkwhatsapp: 3, getcontactinfo: 2 });
	});

	test.each([
		['telegram', { chatId: '10000000', username: 'ivan' }, '10000000', { username: 'ivan' }],
		['max', { chatId: '11111111' }, '11111111', {}],
	] as const)(
		'on %s the contact is asked by the chat ID',
		async (messenger, more, chatId, known) => {
			const { rows, asked } = await ask({
				entryPoint,
				messenger,
				values: [NUMBER],
				instance: { contacts: { [NUMBER]: { ...PERSON, ...more } } },
			});

			expect(asked).toEqual([NUMBER, chatId]);
			expect(rows).toMatchObject([{ exists: true, chatId, contact: { ...KNOWN, ...known } }]);
		},
	);

	test("with Simplify off, contact is the service's own body beside that of the check", async () => {
		const { rows } = await ask({
			entryPoint,
			values: [NUMBER, '79876543211'],
			parameters: { simplify: false },
			instance: { contacts: { [NUMBER]: PERSON } },
		});

		const { contact, ...check } = rows[0] ?? {};
		expect(check).toEqual({ existsWhatsapp: true });
		expect(contact).toMatchObject({ chatId: CONTACT, name: 'Ivan Petrov', products: [] });
		expect(rows[1]).toEqual({ existsWhatsapp: false, contact: null });
	});

	test('Force is for the check alone', async () => {
		const { calls } = await ask({ entryPoint, values: [NUMBER], options: { force: true } });

		expect(calls.map(({ text }) => text)).toEqual([
			`{"phoneNumber":${NUMBER},"force":true}`,
			`{"chatId":"${CONTACT}"}`,
		]);
	});

	test.each(ON_ERROR)(
		'On Error %s: a contact without an answer is no failed item',
		async (onError) => {
			const { error, rows, failedRows } = await ask({
				entryPoint,
				onError,
				values: [NUMBER],
				faults: [{ ...contactsOf([NUMBER]), status: 400, body: '{"message":"Bad Request"}' }],
			});

			expect([error, failedRows]).toEqual([undefined, []]);
			expect(rows).toEqual([
				expect.objectContaining({
					exists: true,
					chatId: CONTACT,
					contact: null,
					contactError: {
						code: 'badRequest',
						message: expect.stringContaining('refused'),
						advice: expect.any(String),
						retryable: false,
					},
				}),
			]);
		},
	);

	test('a contact that failed is asked again by the next execution, and its check is not', async () => {
		const service = await startService(
			unlimited('whatsapp', { faults: [{ calls: [2], status: 502 }] }),
		);
		const lookup = {
			service,
			entryPoint,
			values: [NUMBER],
			options: { ...ONE_TRY, reuseAnswers: 1 },
		};
		const first = await ask(lookup);
		const second = await ask(lookup);
		const third = await ask(lookup);

		expect(first.rows[0]).toMatchObject({ contact: null, contactError: { code: 'serverError' } });
		expect(third.rows).toMatchObject([{ exists: true, contact: { name: 'Somebody' } }]);
		expect([first, second, third].map(({ asked }) => asked.length)).toEqual([2, 3, 3]);
	});
});

test.each(KNOWN_FAILURES)('$title of the contact: the row keeps its check', async (known) => {
	const { error, rows } = await ask({
		values: [NUMBER],
		onError: 'stopWorkflow',
		faults: [{ ...known.fault, ...contactsOf([NUMBER]) }],
		options: ONE_TRY,
	});

	expect(error).toBeUndefined();
	const contactError = { code: known.error.code };
	expect(rows).toMatchObject([{ exists: true, chatId: CONTACT, contact: null, contactError }]);
});

describe('a list', () => {
	test('two forms of one account share the call for its contact', async () => {
		const contacts = { '5215512345678': PERSON };
		const looked = await ask({
			values: ['+52 55 1234 5678', '+52 1 55 1234 5678'],
			instance: { answers: 'newer', unlisted: 'none', contacts },
		});

		expect(looked.rows).toMatchObject([
			{ contact: { name: KNOWN.name } },
			{ contact: { name: KNOWN.name } },
		]);
		expect(callsOf(looked)).toEqual({ checkwhatsapp: 2, getcontactinfo: 1 });
	});

	test.each([
		['has the contact of the LID where nobody tells its number', true, [LID, LID]],
		['has none, and costs no call for one, where it has no account', false, [LID]],
	])('a LID %s', async (_title, existsWhatsapp, expected) => {
		const chatId = existsWhatsapp ? LID : '';
		const body = JSON.stringify({ existsWhatsapp, chatId, phoneNumber: '' });
		const { asked } = await ask({ values: [LID], faults: [{ calls: [1], status: 200, body }] });

		expect(asked).toEqual(expected);
	});

	test.each<[string, string, { status: number; body: string }]>([
		['the quota is used up', 'quotaExceeded', { status: 466, body: '{"used":9,"total":9}' }],
		[
			'the messenger stops answering',
			'contactLimit',
			{ status: 469, body: '{"reason":"User get contact info limit reached"}' },
		],
	])(
		'%s for contacts: no further contact is asked, and every number is checked',
		async (_title, code, fault) => {
			const values = [...FOUND, ...phones(30).slice(8)];
			const looked = await ask({
				values,
				instance: LIMITED,
				faults: [{ ...fault, ...contactsOf(FOUND.slice(1)) }],
			});

			expect(looked.rows.every(({ exists }) => exists !== null)).toBe(true);
			expect(callsOf(looked)).toEqual({ checkwhatsapp: values.length, getcontactinfo: 2 });
			expect(contactCodes(looked.rows.slice(0, 4))).toEqual([undefined, code, code, code]);
			expect([looked.hintType, looked.hint]).toEqual([
				'warning',
				expect.stringMatching(/Contact not answered: 14 \(/),
			]);
		},
	);

	test.each<[string, number, string]>([
		['a wrong token', 401, 'unauthorized'],
		['a wrong instance', 403, 'wrongInstance'],
	])('%s, told for a contact, ends the checks too', async (_title, status, code) => {
		const values = phones(60);
		const looked = await ask({
			values,
			instance: LIMITED,
			faults: [{ ...contactsOf(values), status }],
		});

		const failed = looked.rows.filter((row) => errorOf(row)?.code === code);
		expect(failed.length).toBeGreaterThan(50);
		expect(callsOf(looked).getcontactinfo).toBe(2);
		expect(contactCodes(looked.rows).filter(Boolean)).toEqual(
			contactCodes(looked.rows).filter((one) => one === code),
		);
	});

	test.each(ON_ERROR)('On Error %s: Max Calls is spent on checks first', async (onError) => {
		const looked = await ask({ values: FOUND, onError, options: { maxCalls: 5 } });

		expect([looked.error, looked.failedRows]).toEqual([undefined, []]);
		expect(looked.rows.map(({ exists }) => exists)).toEqual(FOUND.map(() => true));
		expect(contactCodes(looked.rows)).toEqual([undefined, 'callLimit', 'callLimit', 'callLimit']);
		expect(callsOf(looked)).toEqual({ checkwhatsapp: 4, getcontactinfo: 1 });
	});

	test('Retry On Fail asks only the part that has no answer', async () => {
		const [one, other] = FOUND as [string, string];
		const looked = await ask({
			values: [one, other],
			options: ONE_TRY,
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			// n8n tries again where the first row has an error.
			faults: [{ calls: [1, 3], status: 502 }],
		});

		expect(looked.asked.slice(0, 3)).toEqual([one, other, `${other}@c.us`]);
		expect(looked.asked.slice(3).sort()).toEqual([one, `${one}@c.us`, `${other}@c.us`]);
	});

	test('equal numbers share the calls for check and contact, and the hint counts the check', async () => {
		const { hint } = await ask({ values: [NUMBER, NUMBER, '79876543211'] });

		expect(hint).toMatch(/^3 items, 3 calls to GREEN-API .*\. 1 item needed no check\.$/);
	});
});
