/** Calls are what is scarce: what a run would cost, what is paid for already, and what was spent. */

import { instanceOf, type InstanceSettings } from '../../simulator/instance';
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
	type Lookup,
	type Service,
} from './lookUp';
import { addSecond, LOOKUP, runTwice } from './workflows';

const LIST = phones(6);
/** A Mexican number without an account, in both forms. */
const MEXICAN = ['525512345670', '5215512345670'] as const;
const HOUR_MS = 3600_000;
const FAILED_BODY = '{"message":"Validation failed"}';

describe('Dry Run', () => {
	const dry = async (lookup: Lookup) =>
		await lookUp({ ...lookup, options: { dryRun: true, ...lookup.options } });

	describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
		test('makes no call, also with a wrong token, and shows each number as it would be asked', async () => {
			const { rows, calls } = await dry({
				entryPoint,
				values: ['+7 987 654-32-10', '+55 31 98888-7777'],
				credential: { apiTokenInstance: 'wrong-token' },
			});

			expect(calls).toEqual([]);
			const nothing = { messenger: 'whatsapp', exists: null, chatId: null, checkedAt: null };
			expect(rows).toEqual([
				{ ...nothing, phoneNumber: '79876543210', country: 'RU', numberType: 'mobile' },
				{ ...nothing, phoneNumber: '5531988887777', country: 'BR', numberType: 'mobile' },
			]);
		});

		test.each(ON_ERROR)(
			'On Error %s: what cannot be read is a row, and nothing is thrown',
			async (onError) => {
				const { error, rows, failedRows } = await dry({
					entryPoint,
					onError,
					values: [LIST[0], 'nobody'],
				});

				expect(error).toBeUndefined();
				const all = [...rows, ...failedRows];
				expect(codesOf(all)).toEqual([undefined, 'invalidPhoneNumber']);
				expect(errorOf(all[1])).toMatchObject({ asked: false });
			},
		);

		test('rows are the same with Simplify off, and have a contact where it is asked for', async () => {
			const options = { includeContactInfo: true };
			const parameters = { simplify: false };
			const { rows } = await dry({ entryPoint, values: LIST.slice(0, 1), options, parameters });

			expect(rows).toMatchObject([{ phoneNumber: LIST[0], exists: null, contact: null }]);
		});

		test.each<[string, Lookup, RegExp]>([
			['a setting', { options: { maxCalls: 'many' } }, /Max Calls is set to "many"/],
			['the credential', { credential: { apiUrl: 'green-api.com' } }, /API URL must start with/],
		])('%s that cannot be used fails as always', async (_title, lookup, message) => {
			const stopped = await dry({
				entryPoint,
				values: LIST,
				onError: 'stopWorkflow',
				...lookup,
			});

			expect(stopped.error?.message).toMatch(message);
		});
	});

	const limited = async () => await startService(instanceOf('whatsapp'));

	test.each<[string, Lookup, RegExp, string]>([
		[
			'what the list would cost',
			{ values: [...phones(30), ...phones(10), `+${MEXICAN[0]}`] },
			/^Dry run: 41 items, 31 different numbers: 31 checks, at most 1 more for numbers with a second form\. All of it takes about 3\.3 s\.$/,
			'info',
		],
		[
			'that two spellings of one number add no second form',
			{ values: MEXICAN.map((number) => `+${number}`) },
			/^Dry run: 2 items, 2 different numbers: 2 checks\. /,
			'info',
		],
		[
			'why items cannot be asked, and what to do about most of them',
			{ values: [LIST[0], '030 123456', '030 123457', '030 123458', 'nobody'] },
			/Cannot be asked: 3 \(no country code\), 1 \(invalid phone number\)\. For 3 of them: Choose Default Country/,
			'warning',
		],
		[
			'that contacts count, and take the longer time',
			{ values: phones(120), options: { includeContactInfo: true } },
			/: 120 checks, at most 120 contacts\. All of it takes about 2 min\.$/,
			'info',
		],
		[
			'the time that Checks per Minute take',
			{ values: phones(40), options: { checksPerMinute: 20 } },
			/All of it takes about 2 min\.$/,
			'info',
		],
		[
			'the time that Batching takes',
			{
				values: phones(40),
				parameters: {
					requestOptions: { batching: { batch: { batchSize: 2, batchInterval: 6000 } } },
				},
			},
			/All of it takes about 2 min\.$/,
			'info',
		],
		[
			'the pace first that a long list needs on Telegram',
			{ messenger: 'telegram', values: phones(31), service: undefined },
			/^Telegram may stop all answers.* Dry run: 31 items/,
			'warning',
		],
	])('the hint says %s', async (_title, lookup, text, type) => {
		const { hint, hintType } = await dry({ service: await limited(), ...lookup });

		expect([hint, hintType]).toEqual([expect.stringMatching(text), type]);
	});

	test('with Stop, Max Calls and known answers: rows, what is known, and what is too much', async () => {
		const service = await startService(unlimited('whatsapp'));
		const reuse = { reuseAnswers: 1 };
		await lookUp({ service, values: LIST.slice(0, 2), options: reuse });

		const { error, rows, hint, calls } = await dry({
			service,
			values: [...LIST, 'nobody'],
			options: { ...reuse, maxCalls: 3 },
			onError: 'stopWorkflow',
		});

		expect([error, rows.length, calls.length]).toEqual([undefined, 7, 2]);
		expect(hint).toMatch(
			/^Dry run: 7 items, 6 different numbers: 4 checks\. 2 answers are known\. Max Calls allows 3 calls, up to 1 too few\. .*Cannot be asked: 1/,
		);
	});

	test('calls that the execution has made count for Max Calls', async () => {
		const { run } = await lookUp({
			values: LIST.slice(0, 2),
			options: { maxCalls: 5, dryRun: '={{ $json.dry ?? false }}' },
			pinned: { More: LIST.map((value) => ({ value, dry: true })) },
			workflow: runTwice,
		});

		const [, second] = run.data.resultData.runData[LOOKUP] ?? [];
		expect(second?.hints?.[0]?.message).toMatch(
			/6 different numbers: 4 checks\. 2 answers are known\. Max Calls allows 3 calls, up to 1 too few/,
		);
	});
});

describe('Reuse Answers', () => {
	const reuse = { reuseAnswers: 1 };
	let service: Service;
	let instance: InstanceSettings;

	beforeEach(async () => {
		service = await startService(unlimited('whatsapp'));
		instance = service.simulator.instance('whatsapp');
	});

	/** Runs one execution after the other. @returns how many calls each of them made */
	async function callsOf(...lookups: readonly Lookup[]): Promise<number[]> {
		const counts: number[] = [];
		for (const lookup of lookups) {
			const before = service.simulator.calls().length;
			const { error } = await lookUp({ service, values: LIST, options: reuse, ...lookup });
			expect(error).toBeUndefined();
			counts.push(service.simulator.calls().length - before);
		}
		return counts;
	}

	describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
		test('an answer costs no call and keeps its time, until it is older than the hours', async () => {
			const given = { service, entryPoint, values: LIST, options: reuse };
			const first = await lookUp(given);
			await service.sleep(HOUR_MS / 2);
			const second = await lookUp(given);
			await service.sleep(HOUR_MS / 2 + 1);
			const third = await lookUp(given);

			expect([first, second, third].map(({ calls }) => calls.length)).toEqual([6, 6, 12]);
			expect(second.rows).toEqual(first.rows);
		});

		test('contacts are used again, states of an instance never', async () => {
			const values = ['79876543210@c.us'];
			const contact: Lookup = { entryPoint, operation: 'getContactInfo', values };
			const state: Lookup = { entryPoint, operation: 'getAccountSettings', values };

			expect(await callsOf(contact, contact, state, state)).toEqual([1, 0, 1, 1]);
		});
	});

	test('what is kept is not what the nodes behind get: they may change their items', async () => {
		const raw: Lookup = {
			service,
			values: ['79876543210'],
			options: { ...reuse, includeContactInfo: true },
			parameters: { simplify: false },
		};
		const first = await lookUp(raw);
		Object.assign(first.rows[0]?.contact as object, { name: 'changed' });
		const second = await lookUp(raw);

		expect(second.calls).toHaveLength(2);
		expect(second.rows[0]?.contact).not.toMatchObject({ name: 'changed' });
	});

	test('without the option nothing is kept', async () => {
		expect(await callsOf({ options: {} }, {}, {})).toEqual([6, 6, 0]);
	});

	test.each<[string, Lookup]>([
		['token', { credential: { apiTokenInstance: 'e'.repeat(50) } }],
		['instance', { credential: { idInstance: '7103000002' } }],
		['messenger', { messenger: 'telegram' }],
	])('another %s is never served from it', async (_title, other) => {
		const options = { ...reuse, ...ONE_TRY };

		const [first, again, asked] = await callsOf({}, {}, { ...other, options });

		expect([first, again]).toEqual([6, 0]);
		expect(asked).toBeGreaterThan(0);
	});

	test('a forced answer is asked for, and replaces the one that was kept', async () => {
		const given = { service, values: LIST.slice(0, 1), options: reuse };
		const first = await lookUp(given);
		instance.unlisted = 'none';
		const forced = await lookUp({ ...given, options: { ...reuse, force: true } });
		const later = await lookUp(given);

		const exists = [first, forced, later].map(({ rows: [row] }) => row?.exists);
		expect(exists).toEqual([true, false, false]);
		expect(later.calls).toHaveLength(2);
	});

	test('a newer answer replaces the one that was kept, also of a run without the option', async () => {
		const given = { service, values: LIST.slice(0, 1), options: reuse };
		await lookUp(given);
		instance.unlisted = 'none';
		await lookUp({ ...given, options: {} });
		const { rows, calls } = await lookUp(given);

		expect(rows).toMatchObject([{ exists: false }]);
		expect(calls).toHaveLength(2);
	});

	test('a failure is never kept', async () => {
		instance.faults = [{ calls: [1], status: 400, body: FAILED_BODY }];

		expect(await callsOf({}, {})).toEqual([6, 1]);
	});

	test('the hint counts what it saved', async () => {
		await callsOf({ values: LIST.slice(0, 4) });
		const { hint } = await lookUp({ service, values: LIST, options: reuse });

		expect(hint).toMatch(
			/^6 items, 2 calls to GREEN-API in [^.]+\.\d s\. 4 items needed no call\. 4 answers came from earlier executions\.$/,
		);
	});

	describe('of numbers with two forms', () => {
		const values = MEXICAN.map((number) => `+${number}`);
		const [short, long] = MEXICAN;
		const ofShort = { values: values.slice(0, 1), options: reuse };

		beforeEach(() => Object.assign(instance, { answers: 'newer', unlisted: 'none' }));

		test('"no" is kept for both forms, as old as its older half', async () => {
			Object.assign(instance, LIMITED);
			const first = await lookUp({ service, ...ofShort });
			const second = await lookUp({ service, values, options: reuse });

			expect(second.asked).toEqual([short, long]);
			expect(second.rows.map(({ exists }) => exists)).toEqual([false, false]);
			expect(second.rows[0]?.checkedAt).toBe(first.rows[0]?.checkedAt);
		});

		test('an account in the second form is one answer: the first form alone is none', async () => {
			instance.contacts = { [long]: {} };
			const list = { service, values: [...ofShort.values, 'nobody'], options: reuse };
			await lookUp(list);
			const { rows, hint } = await lookUp(list);

			expect(rows[0]).toMatchObject({ exists: true, phoneNumber: long });
			expect(hint).toContain('1 answer came from earlier executions.');
		});

		test('a second form that failed: nothing is kept of the first', async () => {
			instance.faults = [{ calls: [2], status: 400, body: FAILED_BODY }];

			expect(await callsOf(ofShort, ofShort, ofShort)).toEqual([2, 2, 0]);
		});

		test('a forced "no" of both rows of a list replaces the "yes" of before', async () => {
			instance.contacts = { [long]: {} };
			const counts = await callsOf({ values }, { values });
			instance.contacts = {};
			const forced = { values, options: { ...reuse, force: true } };
			counts.push(...(await callsOf(forced, { values })));
			const { rows } = await lookUp({ service, values, options: reuse });

			expect(counts).toEqual([2, 0, 2, 0]);
			expect(rows.map(({ exists }) => exists)).toEqual([false, false]);
		});
	});
});

describe('Afterwards', () => {
	test('the rate that the hint tells is not above the limit', async () => {
		const service = await startService(instanceOf('whatsapp'));
		await lookUp({ service, values: LIST });
		await service.sleep(10_000);
		const { hint } = await lookUp({ service, values: phones(12) });

		const [, rate] = /\(([\d.]+) a second\)/.exec(hint ?? '') ?? [];
		expect(Number(rate)).toBeGreaterThan(8);
		expect(Number(rate)).toBeLessThanOrEqual(10);
	});

	test.each<[string, Lookup, RegExp, string]>([
		['only informs where all was answered', { values: LIST }, /^6 items/, 'info'],
		[
			'counts items that share a call, however they are written, and warns of failures',
			{ values: [...LIST, ...LIST.map((phone) => `+${phone}`), 'nobody'] },
			/^13 items, 6 calls to GREEN-API in .* s.*\. 6 items needed no call\. Not answered: 1 \(/,
			'warning',
		],
		[
			'advises what helps most failures',
			{ values: [LIST[0], '030 123456', '030 123457', 'nobody'] },
			/Not answered: 2 \(no country code\), 1 \(invalid phone number\)\. For 2 of them: Choose Default Country/,
			'warning',
		],
		[
			'tells the quota where GREEN-API told it',
			{ values: LIST, instance: { quota: { used: 97, total: 100 } } },
			/Quota of the month: 100 of 100 used\.$/,
			'warning',
		],
	])('the hint %s', async (_title, lookup, text, type) => {
		const { hint, hintType } = await lookUp(lookup);

		expect([hint, hintType]).toEqual([expect.stringMatching(text), type]);
	});

	describe.each(ENTRY_POINTS)('greenApiCalls, through %s', (entryPoint) => {
		test.each<[string, Lookup, string]>([
			['a run, failed ones included', { faults: [{ calls: [2], status: 502 }] }, '7'],
			['two nodes', { workflow: addSecond }, '12'],
			[
				'a run that was stopped',
				{ onError: 'stopWorkflow', faults: [{ status: 401 }], values: LIST.slice(0, 1) },
				'1',
			],
			['a dry run: none', { options: { dryRun: true } }, '0'],
		])('counts the calls of %s', async (_title, lookup, greenApiCalls) => {
			const { customData } = await lookUp({ entryPoint, values: LIST, ...lookup });

			expect(customData).toEqual({ greenApiCalls });
		});
	});

	test('greenApiCalls is the sum over the runs of a loop, which ask about every number once', async () => {
		const { customData, calls } = await lookUp({
			values: LIST.slice(0, 4),
			pinned: { More: LIST.slice(2).map((value) => ({ value })) },
			workflow: runTwice,
		});

		expect(customData).toEqual({ greenApiCalls: '6' });
		expect(calls).toHaveLength(6);
	});
});
