/**
 * WhatsApp: one account, two forms of its number. "No" is believed only where both forms say so.
 */

import type { Fault } from '../../simulator/faults';
import type { Contact, InstanceChanges } from '../../simulator/instance';
import { codesOf, ENTRY_POINTS, errorOf, LIMITED, lookUp, ONE_TRY, type Lookup } from './lookUp';
import { runTwice } from './workflows';

/** Both forms of one number: of 12 digits and fewer, and the longer one. */
const FORMS = [
	['Mexico', 'MX', '525512345678', '5215512345678'],
	['Argentina', 'AR', '541123456789', '5491123456789'],
	['Brazil', 'BR', '553188887777', '5531988887777'],
	['the Ivory Coast', 'CI', '22507012345', '2250707012345'],
	['Benin', 'BJ', '22997000000', '2290197000000'],
] as const;

const [, , SHORT, LONG] = FORMS[2];
/** Mexican numbers without an account, in the written form and in the other one. */
const MEXICAN = ['525512345670', '525512345671', '525512345672'];
const OTHERS = ['5215512345670', '5215512345671', '5215512345672'];

/** A newer host with these accounts and no others. */
function host(contacts: Record<string, Contact> = {}, changes: InstanceChanges = {}) {
	return { instance: { answers: 'newer', unlisted: 'none', contacts, ...changes } } as const;
}

/** An older host, which takes 11 and 12 digits. */
const olderHost = (contacts: Record<string, Contact> = {}) => host(contacts, { answers: 'older' });

const international = (digits: readonly string[]) => digits.map((number) => `+${number}`);

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	const ask = async (value: string, lookup: Lookup) =>
		await lookUp({ entryPoint, values: [`+${value}`], ...lookup });

	describe.each(FORMS)('%s', (_name, country, short, long) => {
		const resolving = host({ [long]: { resolves: true } });
		const older = olderHost({ [short]: {} });

		test.each([
			['found under the long form', short, host({ [long]: {} }), [short, long], long],
			['found under the short form', long, host({ [short]: {} }), [long, short], short],
			['resolved by the service: one call', short, resolving, [short], long],
			['there under neither form', long, host(), [long, short], null],
			['found by an older host, which takes the short form', long, older, [long, short], short],
		])('an account is %s', async (_title, written, lookup, calls, found) => {
			const { rows, asked } = await ask(written, lookup);

			expect(asked).toEqual(calls);
			const chatId = found && `${found}@c.us`;
			expect(rows).toMatchObject([
				{ exists: found !== null, phoneNumber: found ?? written, chatId, country },
			]);
		});

		test.each([
			[short, [short, long]],
			[long, [long, short]],
		])('%s: an older host refuses the long form, which is no "no"', async (written, calls) => {
			const { rows, asked } = await ask(written, olderHost());

			expect(asked).toEqual(calls);
			expect(rows[0]).toMatchObject({ exists: null, phoneNumber: written });
			expect(errorOf(rows[0])).toMatchObject({
				code: 'invalidPhoneNumber',
				asked: true,
				retryable: false,
				httpStatus: 400,
				message: `+${short} has no account, and this instance does not take its other form (HTTP 400).`,
			});
		});
	});

	test.each<[string, Fault, string]>([
		['fails for the moment', { status: 502 }, 'serverError'],
		['meets a used-up quota', { status: 466, body: '{"used":9,"total":9}' }, 'quotaExceeded'],
		['meets the limit of the messenger', { status: 469 }, 'contactLimit'],
		['is refused', { status: 400, body: '{"message":"Validation failed"}' }, 'badRequest'],
	])('a second form that %s is that failure, and not "no"', async (_title, fault, code) => {
		const faults = [{ ...fault, values: [LONG] }];
		const { rows } = await ask(SHORT, { ...host({}, { faults }), options: ONE_TRY });

		expect(rows).toMatchObject([{ exists: null, phoneNumber: SHORT }]);
		expect(errorOf(rows[0])).toMatchObject({ code, asked: true });
	});

	test('with Stop, a first form that says no ends nothing, and a second one that fails does', async () => {
		const onError = 'stopWorkflow';
		const found = await ask(SHORT, { ...host({ [LONG]: {} }), onError });
		const failed = await ask(SHORT, { ...olderHost(), onError });

		expect([found.error, found.rows[0]?.exists]).toEqual([undefined, true]);
		expect(failed.error?.message).toMatch(/has no account, and .* does not take its other form/);
	});

	test('Force asks the messenger about both forms', async () => {
		const { calls } = await ask(SHORT, { ...host(), options: { force: true } });

		expect(calls.map(({ text }) => text)).toEqual([
			`{"phoneNumber":${SHORT},"force":true}`,
			`{"phoneNumber":${LONG},"force":true}`,
		]);
	});
});

describe('one form only', () => {
	test.each([
		['a landline of Brazil', 'whatsapp', '553132345678'],
		['a number of another country', 'whatsapp', '79876543211'],
		['Telegram', 'telegram', '525512345678'],
	] as const)('%s costs one call', async (_title, messenger, value) => {
		const { rows, asked } = await lookUp({
			messenger,
			values: [`+${value}`],
			instance: { unlisted: 'none' },
		});

		expect([rows[0]?.exists, asked]).toEqual([false, [value]]);
	});
});

describe('a list', () => {
	test.each([
		['no account is "no" for each as it is written', host(), [SHORT, LONG, SHORT], false],
		['both name their account', host({ [LONG]: {} }), [LONG, LONG, LONG], true],
	])('two spellings cost two calls at most: %s', async (_title, lookup, named, isFound) => {
		const values = international([SHORT, LONG, SHORT]);
		const { rows, asked } = await lookUp({ values, ...lookup });

		expect(asked).toEqual([SHORT, LONG]);
		expect(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists])).toEqual(
			named.map((phone) => [phone, isFound]),
		);
	});

	test('an account that has answered costs no call for the other form', async () => {
		const values = international([SHORT, ...MEXICAN, LONG]);
		const resolving = host({ [LONG]: { resolves: true } }, LIMITED);
		const { rows, asked } = await lookUp({ values, ...resolving });

		expect(asked).toEqual([SHORT, ...MEXICAN, ...OTHERS]);
		expect(rows.at(-1)).toMatchObject({ exists: true, phoneNumber: LONG });
	});

	test('Max Calls between the forms: what was asked in one form only is not told as "no"', async () => {
		const { rows, asked, hint } = await lookUp({
			values: international(MEXICAN),
			options: { maxCalls: 4 },
			...host(),
		});

		expect(hint).toMatch(/4 calls to GREEN-API .*\. 1 call for the second form of a number\./);
		expect(asked).toEqual([...MEXICAN, OTHERS[0]]);
		expect(rows.map(({ exists }) => exists)).toEqual([false, null, null]);
		expect(rows.slice(1).map(errorOf)).toEqual(
			[1, 2].map(() => expect.objectContaining({ code: 'callLimit', asked: true }) as unknown),
		);
	});

	test('Retry On Fail asks only the form that has no answer yet', async () => {
		const { asked } = await lookUp({
			values: [`+${SHORT}`],
			options: ONE_TRY,
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			...host({}, { faults: [{ calls: [2], status: 502 }] }),
		});

		expect(asked).toEqual([SHORT, LONG, LONG]);
	});

	test('a further run of the execution knows both forms', async () => {
		const { asked } = await lookUp({
			values: [`+${SHORT}`],
			...host(),
			pinned: { More: [{ value: `+${LONG}` }] },
			workflow: runTwice,
		});

		expect(asked).toEqual([SHORT, LONG]);
	});
});

describe.each(ENTRY_POINTS)('LIDs, through %s', (entryPoint) => {
	const LID = '123456789012345@lid';
	const contacts = { [LONG]: { chatId: LID, username: 'ana' } };
	const ask = async (value: string, lookup: Lookup = host(contacts)) =>
		await lookUp({ entryPoint, values: [value], ...lookup });

	test('a LID gives the number of its account', async () => {
		const { rows, calls } = await ask(LID);

		expect(calls.map(({ text }) => text)).toEqual([`{"chatId":"${LID}"}`]);
		expect(rows).toEqual([
			{
				messenger: 'whatsapp',
				phoneNumber: LONG,
				exists: true,
				chatId: `${LONG}@c.us`,
				country: 'BR',
				numberType: 'mobile',
				username: 'ana',
				lid: LID,
				checkedAt: expect.any(String),
			},
		]);
	});

	test('a LID that nobody has is "no", and its digits are no number', async () => {
		const lid = '525512345678@lid';
		const { rows, asked } = await ask(lid);

		expect(asked).toEqual([lid]);
		expect(rows).toMatchObject([
			{ exists: false, lid, phoneNumber: null, chatId: null, country: null, numberType: null },
		]);
	});

	test('an older host does not take a LID, which is no "no"', async () => {
		const { rows } = await ask(LID, olderHost(contacts));

		expect(rows[0]).toMatchObject({ exists: null, error: { asked: true, retryable: false } });
	});

	test('other messengers have no LIDs: no call', async () => {
		const { rows, asked } = await ask(LID, { messenger: 'telegram' });

		expect([codesOf(rows), asked]).toEqual([['invalidPhoneNumber'], []]);
	});
});
