/**
 * Several instances and workflows in one process: they share what is one instance's, and no more. An
 * instance of another messenger than the chosen one is told from a wrong address.
 */

import { messengerOf } from '../endpoints';
import type { Fault } from '../../simulator/faults';
import { instanceOf, type Messenger } from '../../simulator/instance';
import { findMark } from './findMark';
import {
	codesOf,
	ENTRY_POINTS,
	errorOf,
	lookUp,
	ONE_TRY,
	phones,
	startService,
	unlimited,
	type Lookup,
	type Service,
} from './lookUp';

const MARK = 'PLANTED7b1e';
const IDS = ['7103000001', '7103000002'] as const;
const LIST = phones(40);

/** Two WhatsApp instances with the true limit: on the first even numbers exist, on the second none. */
async function startTwo(faults: readonly Fault[] = []): Promise<Service> {
	const [first, second] = [instanceOf('whatsapp', { faults }), instanceOf('whatsapp')];
	return await startService(
		{ ...first, idInstance: IDS[0], apiTokenInstance: `t0${MARK}1` },
		{ ...second, idInstance: IDS[1], apiTokenInstance: `t0${MARK}2`, unlisted: 'none' },
	);
}

/** Looks numbers up on the first or second instance. */
async function rowsOf(service: Service, index: 0 | 1, values = LIST, options = ONE_TRY) {
	const { idInstance, apiTokenInstance } = service.simulator.instances[index] ?? {};
	const credential = { idInstance, apiTokenInstance } as Record<string, string>;
	const { error, rows } = await lookUp({ service, credential, values, options });
	expect(error).toBeUndefined();
	return rows;
}

test('two instances at once: each row has the answer of its own, and each has its own limit', async () => {
	const service = await startTwo();

	const [one, two, again] = await Promise.all(
		([0, 1, 0] as const).map((index) => rowsOf(service, index)),
	);

	const isEven = LIST.map((phone) => Number(phone) % 2 === 0);
	expect(one?.map(({ exists }) => exists)).toEqual(isEven);
	expect(again?.map(({ exists }) => exists)).toEqual(isEven);
	expect(two?.map(({ exists }) => exists)).toEqual(LIST.map(() => false));
	const { simulator } = service;
	// The two workflows of the first one share its ten calls a second.
	expect(IDS.map((idInstance) => simulator.highestRate({ idInstance }))).toEqual([10, 10]);
	expect(IDS.map((idInstance) => simulator.calls({ idInstance }).length)).toEqual([80, 40]);
	expect(simulator.calls().filter(({ status }) => status === 429)).toEqual([]);
});

test.each<[string, Fault, string]>([
	['a wrong token', { status: 401 }, 'unauthorized'],
	['a used-up quota', { status: 466, body: '{"used":1,"total":1}' }, 'quotaExceeded'],
	[
		'a 469',
		{ status: 469, body: '{"reason":"User get contact info limit reached"}' },
		'contactLimit',
	],
	[
		'a 429 that asks for a minute',
		{ status: 429, headers: { 'retry-after': '60' } },
		'rateLimited',
	],
])('%s on one instance does not touch the other', async (_title, fault, code) => {
	const service = await startTwo([fault]);

	const [broken, whole] = await Promise.all([
		rowsOf(service, 0, LIST.slice(0, 4)),
		rowsOf(service, 1),
	]);
	const after = await rowsOf(service, 1, LIST.slice(0, 4));

	expect(new Set(codesOf(broken))).toEqual(new Set([code]));
	expect(new Set(codesOf([...whole, ...after]))).toEqual(new Set([undefined]));
});

test('what the process keeps between executions names no token and no instance', async () => {
	const service = await startTwo([
		{ status: 469, body: '{"reason":"User get contact info limit reached"}' },
	]);
	const options = { ...ONE_TRY, reuseAnswers: 1 };
	await Promise.all(([0, 1] as const).map((index) => rowsOf(service, index, LIST, options)));

	expect(findMark(service.node, LIST[1] as string)).toBeDefined();
	for (const mark of [MARK, ...IDS]) expect(findMark(service.node, mark)).toBeUndefined();
});

describe("a Messenger that is not the instance's", () => {
	const MESSENGERS = ['max', 'telegram', 'whatsapp'] as const;
	const PAIRS = MESSENGERS.flatMap((chosen) =>
		MESSENGERS.filter((own) => own !== chosen).map((own) => [chosen, own] as const),
	);

	async function chosenFor(chosen: Messenger, own: Messenger, lookup: Lookup = {}) {
		const service = await startService(unlimited(own));
		const apiUrl = `${service.simulator.url}${own === 'max' ? '/v3' : ''}`;
		const credential = { apiUrl, ...lookup.credential };
		return await lookUp({ values: phones(1), ...lookup, service, messenger: chosen, credential });
	}

	describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
		test.each(PAIRS)('%s chosen for an instance of %s is said', async (chosen, own) => {
			const { rows, calls } = await chosenFor(chosen, own, { entryPoint });

			const [wrong, right] = [messengerOf(chosen).name, messengerOf(own).name];
			expect(rows.map(errorOf)).toEqual([
				expect.objectContaining({
					code: 'wrongInstance',
					asked: true,
					message: expect.stringMatching(new RegExp(`${right} instance.*${wrong}`)),
				}),
			]);
			expect(calls.map(({ method }) => method)).toContain('getsettings');
		});
	});

	test('a list asks for the settings once, and nothing after them', async () => {
		const lookup = { values: phones(30) };
		const { rows, calls, hint } = await chosenFor('whatsapp', 'telegram', lookup);

		expect(hint).toMatch(/Choose Telegram as Messenger/);
		expect(new Set(rows.map((row) => errorOf(row)?.message)).size).toBe(1);
		expect(calls.map(({ method }) => method)).toEqual(['checkwhatsapp', 'getsettings']);
	});

	test.each<[string, Lookup, number]>([
		['with Max Calls 1 it is not asked for', { options: { maxCalls: 1 } }, 1],
		[
			'an id that the host does not know is a wrong address',
			{ credential: { idInstance: '7999999999' } },
			2,
		],
	])('%s', async (_title, lookup, most) => {
		const { rows, calls } = await chosenFor('whatsapp', 'telegram', lookup);

		expect(errorOf(rows[0])).toMatchObject({
			code: 'wrongInstance',
			advice: expect.stringContaining('Check API URL and Instance ID'),
		});
		expect(calls.length).toBeLessThanOrEqual(most);
	});
});
