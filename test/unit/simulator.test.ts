/** The simulator keeps the service's promises: limits, headers, order of checks, counts. */

import { request } from 'undici';

import { Faults, type Fault } from '../../simulator/faults';
import { highestCount, RollingWindow } from '../../simulator/rollingWindow';
import { instanceOf, type InstanceSettings, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';

type Body = Record<string, unknown>;

const NUMBER = { phoneNumber: 79876543210 };

let now = 0;
let simulator: Simulator;

beforeEach(async () => {
	now = 0;
	simulator = await startSimulator({
		now: () => now,
		instances: [instanceOf('max'), instanceOf('telegram'), instanceOf('whatsapp')],
	});
});

afterEach(async () => await simulator.close());

interface Asked {
	readonly method: string;
	readonly body?: object | string;
	readonly token?: string;
	readonly prefix?: string;
}

async function ask(instance: InstanceSettings, asked: Asked) {
	const { method: name, body, prefix = '', token = instance.apiTokenInstance } = asked;
	const url = `${simulator.url}${prefix}/waInstance${instance.idInstance}/${name}/${token}`;
	const method = body === undefined ? 'GET' : 'POST';
	const text = typeof body === 'object' ? JSON.stringify(body) : body;
	const { statusCode: status, headers, body: answer } = await request(url, { method, body: text });
	return { status, headers, text: await answer.text() };
}

describe('a rolling window', () => {
	test('lets an event leave exactly one second after it came', () => {
		const window = new RollingWindow();
		window.add(0);
		window.add(500);

		const counts = [999, 1000, 1499, 1500].map((at) => window.count(at));
		expect(counts).toEqual([2, 1, 1, 0]);
	});

	test('finds the densest second, wherever it begins', () => {
		expect(highestCount([])).toBe(0);
		expect(highestCount([0, 1000, 2000])).toBe(1);
		expect(highestCount([1999, 0, 1000, 1500])).toBe(3);
	});
});

describe('limits', () => {
	const check = { method: 'checkWhatsapp', body: NUMBER };

	test('the eleventh check of a second gets an empty 429, the next second is free again', async () => {
		const whatsapp = simulator.instance('whatsapp');
		const statuses: number[] = [];
		for (let call = 0; call < 11; call++) statuses.push((await ask(whatsapp, check)).status);
		const refused = await ask(whatsapp, check);
		now = 1000;

		expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
		expect(refused).toMatchObject({ status: 429, text: '' });
		expect((await ask(whatsapp, check)).status).toBe(200);
		expect(simulator.highestRate({ method: 'checkWhatsapp' })).toBe(12);
	});

	test('every answer of an instance, also a 401, tells the limit and how much of it remains', async () => {
		const { status, headers, text } = await ask(simulator.instance('whatsapp'), {
			...check,
			token: 'wrong',
		});

		expect({ status, text }).toEqual({ status: 401, text: '' });
		expect(headers).toMatchObject({
			'x-ratelimit-remaining': '9',
			'x-ratelimit-replenish-rate': '10',
		});
	});

	test('past the quota of the month a check gets 466 and is not counted', async () => {
		const whatsapp = simulator.instance('whatsapp');
		whatsapp.quota = { used: 99, total: 100 };

		expect((await ask(whatsapp, check)).status).toBe(200);
		const { status, text } = await ask(whatsapp, check);

		expect(status).toBe(466);
		expect(JSON.parse(text)).toEqual({
			invokeStatus: expect.objectContaining({ used: 100, total: 100, status: 'QUOTE_EXCEEDED' }),
		});
		expect(whatsapp.quota.used).toBe(100);
	});
});

const CHECK = 'checkWhatsapp';
const whatsapp = (body: object | string): Asked => ({ method: CHECK, body });
const max = (method: string, body: object): Asked => ({ method, body, prefix: '/v3' });

test.each<[string, Messenger, Asked, number, RegExp]>([
	['a method in any case', 'whatsapp', { method: 'CHECKwhatsapp', body: NUMBER }, 200, /exists/],
	['an empty question', 'whatsapp', whatsapp({}), 400, /at least 1 key/],
	['spaces', 'whatsapp', whatsapp({ phoneNumber: '8 912' }), 400, /must contain only digits/],
	['a short number', 'whatsapp', whatsapp({ phoneNumber: 7987 }), 400, /valid 11 or 12 digits/],
	['half a body', 'whatsapp', whatsapp('{"phone'), 400, /Validation failed/],
	['a country', 'max', max('checkAccount', { phoneNumber: 491711234567 }), 400, /11 or 12 digits/],
	['a boolean', 'max', max('getContactInfo', { chatId: true }), 500, /\{\} is bool, not string/],
])('%s on %s: %j gets HTTP %i', async (_title, messenger, asked, status, text) => {
	const instance = simulator.instance(messenger);

	const answer = await ask(instance, asked);

	expect(answer).toMatchObject({ status, text: expect.stringMatching(text) });
	// As the service does it.
	expect(answer.text.includes(instance.apiTokenInstance)).toBe(status !== 200);
});

describe('a newer WhatsApp host', () => {
	const contacts = {
		'5215512345678': {},
		'5491123456789': { resolves: true },
		'553188887777': { resolves: true, chatId: '123456789012345@lid', username: 'ana' },
		'79123456789': {},
		'12123456789': {},
	};

	async function checked(body: object) {
		const whatsapp = simulator.instance('whatsapp');
		Object.assign(whatsapp, { answers: 'newer', contacts, unlisted: 'none' });
		const { status, text } = await ask(whatsapp, { method: CHECK, body });
		const { existsWhatsapp, phoneNumber, chatId, message } = JSON.parse(text) as Body;
		return status === 200 ? [existsWhatsapp, phoneNumber, chatId] : message;
	}

	test.each([
		['the form that the account has', 5215512345678, true, '5215512345678@c.us'],
		['the other form', 525512345678, false, ''],
		['the other form, resolved', 541123456789, true, '5491123456789@c.us'],
		['a Russian number with 8', 89123456789, true, '89123456789@c.us'],
		['a US number with zeros', 1002123456789, true, '1002123456789@c.us'],
		['zeros in front of no account', 1003123456789, false, ''],
	])('is asked about %s', async (_title, phoneNumber, exists, named) => {
		expect(await checked({ phoneNumber })).toEqual([exists, named, expect.any(String)]);
	});

	test.each([['123456789012345@lid'], ['553188887777@c.us'], ['553188887777'], ['5531988887777']])(
		'names the number and the LID of %s',
		async (chatId) => {
			const names = [true, '553188887777@c.us', '123456789012345@lid'];

			expect(await checked({ chatId })).toEqual(names);
		},
	);

	test.each([[{ chatId: '1', phoneNumber: 1 }], [{ force: true }]])(
		'wants a chat ID or a number: %j',
		async (body) => {
			expect(await checked(body)).toBe('XOR Validation failed');
		},
	);
});

test.each([
	['whatsapp', 'blocked', 400, 'instance is starting or not authorized'],
	['whatsapp', 'starting', 400, 'instance in starting process try later'],
	['whatsapp', 'expired', 400, 'Instance account is expired'],
	['whatsapp', 'deleted', 400, 'Instance is deleted'],
	['telegram', 'blocked', 200, '{"status":false,"reason":"instance is starting or not authorized"'],
	[
		'telegram',
		'starting',
		200,
		'{"status":false,"reason":"instance is starting or not authorized"',
	],
	['whatsapp', 'suspended', 200, '"existsWhatsapp":true'],
] as const)('%s, %s: HTTP %i %s', async (messenger, state, status, text) => {
	const instance = simulator.instance(messenger);
	instance.state = state;
	const method = messenger === 'whatsapp' ? CHECK : 'checkAccount';

	const answer = await ask(instance, { method, body: NUMBER });

	expect(answer).toMatchObject({ status, text: expect.stringContaining(text) });
});

test('an unknown instance gets a page of nginx', async () => {
	const unknown = { ...instanceOf('whatsapp'), idInstance: '1' };

	expect(await ask(unknown, { method: 'getStateInstance' })).toMatchObject({
		status: 403,
		headers: { 'content-type': 'text/html' },
		text: expect.stringContaining('nginx'),
	});
});

describe('faults', () => {
	test.each<[string, Partial<Fault>, number[]]>([
		['number', { calls: [2, 3] }, [2, 3]],
		['every nth', { every: 2 }, [2, 4]],
		['what is asked about', { values: ['4', '1'] }, [1, 4]],
		['share', { share: 0.5 }, [1, 3]],
		['number and what is asked about', { calls: [1, 2], values: ['2'] }, [2]],
	])('meet calls by %s: %j', (_title, chosen, expected) => {
		const draws = [0.1, 0.9, 0.49, 0.5];
		const faults = new Faults([{ status: 500, ...chosen } as Fault], () => draws.shift() ?? 1);

		const met = [1, 2, 3, 4].filter((value) => faults.next(String(value)) !== undefined);

		expect(met).toEqual(expected);
	});

	test('replace the answer, with token and path filled in', async () => {
		const whatsapp = simulator.instance('whatsapp');
		whatsapp.faults = [{ status: 302, headers: { location: '/{token}' }, body: '{path}' }];

		const { status, headers, text } = await ask(whatsapp, { method: 'getSettings' });

		expect(status).toBe(302);
		expect(headers.location).toBe(`/${whatsapp.apiTokenInstance}`);
		expect(text).toMatch(/^\/waInstance7103000001\/getSettings\//);
	});
});
