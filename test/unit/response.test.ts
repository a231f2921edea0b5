/** What an answer means: only a clear one is true or false, whatever else comes is a failure. */

import {
	ENDPOINTS,
	type Endpoint,
	type Messenger,
	type Operation,
} from '../../nodes/GreenApiLookup/endpoints';
import {
	existsOf,
	isFailure,
	readNetworkError,
	readOutcome,
} from '../../nodes/GreenApiLookup/lookup/outcome';
import type { Question } from '../../nodes/GreenApiLookup/lookup/question';
import type { Failure } from '../../nodes/GreenApiLookup/lookup/failures';
import { rowOf } from '../../nodes/GreenApiLookup/lookup/rows';
import type { FaultyAnswer } from '../../simulator/faults';
import { KNOWN_FAILURES } from '../knownFailures';

function question(messenger: Messenger, operation: Operation = 'checkAccount'): Question {
	const endpoint = ENDPOINTS.find(
		(row) => row.messenger === messenger && row.operation === operation,
	) as Endpoint;
	const value = endpoint.subject === 'chatId' ? '10000000' : '79876543210';
	return { endpoint, value: endpoint.subject && value, force: false };
}

const AT = Date.UTC(2026, 10, 22);

/** `true`, `false`, or the code of the failure. */
function verdict(messenger: Messenger, status: number, text: string): unknown {
	const asked = question(messenger);
	const outcome = readOutcome(asked, { status, headers: {}, text }, AT);
	return isFailure(outcome) ? outcome.code : existsOf(asked.endpoint, outcome.body);
}

/** What every messenger is given; the body that would be clear is written with the key `E`. */
const BODIES: ReadonlyArray<readonly [status: number, body: string, expected: unknown]> = [
	// Clear answers, and nothing else is one.
	[200, '{"E":true}', true],
	[200, '{"E":false}', false],
	[200, '{"E":true,"chatId":"10000000"}', true],
	[200, '{"E":false,"chatId":""}', false],
	[200, '{"E":true,"chatId":"","fromCache":true}', true],
	[200, ' {"E":\n false } ', false],
	[200, '{"E":true,"chatId":{"odd":[]}}', true],
	[201, '{"E":true}', true],
	// Nearly an answer.
	[200, '{"E":"true"}', 'badResponse'],
	[200, '{"E":"false"}', 'badResponse'],
	[200, '{"E":0}', 'badResponse'],
	[200, '{"E":1}', 'badResponse'],
	[200, '{"E":null}', 'badResponse'],
	[200, '{"E":""}', 'badResponse'],
	[200, '{"E":[]}', 'badResponse'],
	[200, '{"E":[true]}', 'badResponse'],
	[200, '{"E":{"value":true}}', 'badResponse'],
	[200, '{"e":true}', 'badResponse'],
	[200, '{"exists":false}', 'badResponse'],
	[200, '{"OTHER":false}', 'badResponse'],
	[200, '{"chatId":""}', 'badResponse'],
	[200, '{"data":{"E":false}}', 'badResponse'],
	[200, '{"__proto__":{"E":false}}', 'badResponse'],
	[200, '[{"E":false}]', 'badResponse'],
	[200, '{}', 'badResponse'],
	[200, '[]', 'badResponse'],
	[200, 'true', 'badResponse'],
	[200, 'false', 'badResponse'],
	[200, 'null', 'badResponse'],
	[200, '0', 'badResponse'],
	[200, '"false"', 'badResponse'],
	// No JSON.
	[200, '', 'badResponse'],
	[200, ' ', 'badResponse'],
	[200, '{"E":fal', 'badResponse'],
	[200, '{"E":false', 'badResponse'],
	[200, '{"E":false}}', 'badResponse'],
	[200, "{'E':false}", 'badResponse'],
	[200, '<html>E: false</html>', 'badResponse'],
	[200, 'E=false', 'badResponse'],
	// A refusal under 200, also beside what looks like an answer.
	[200, '{"status":false}', 'badResponse'],
	[200, '{"status":false,"E":false}', 'badResponse'],
	[200, '{"status":false,"reason":"something new"}', 'badResponse'],
	[200, '{"E":false,"reason":"something new"}', 'badResponse'],
	[200, '{"status":false,"reason":"instance is starting or not authorized"}', 'notAuthorized'],
	[200, '{"E":false,"reason":"instance is starting or not authorized"}', 'notAuthorized'],
	[200, '{"status":false,"reason":"User get contact info limit reached"}', 'contactLimit'],
	[200, '{"E":false,"reason":"User get contact info limit reached"}', 'contactLimit'],
	[200, '{"reason":"User get contact info limit reached"}', 'contactLimit'],
	[200, '{"message":"Instance in starting process try later"}', 'instanceStarting'],
	[200, '{"invokeStatus":{"status":"QUOTE_EXCEEDED","used":1,"total":1}}', 'quotaExceeded'],
	[200, '{"E":false,"invokeStatus":{"status":"QUOTE_EXCEEDED"}}', 'quotaExceeded'],
	// An answer under a status that is none.
	[204, '', 'badResponse'],
	[301, '{"E":false}', 'badResponse'],
	[304, '', 'badResponse'],
	[400, '{"E":false}', 'badRequest'],
	[401, '{"E":false}', 'unauthorized'],
	[403, '{"E":false}', 'wrongInstance'],
	[404, '{"E":false}', 'wrongInstance'],
	[429, '{"E":false}', 'rateLimited'],
	[466, '{"E":false}', 'quotaExceeded'],
	[469, '{"E":false}', 'contactLimit'],
	[499, '{"E":false}', 'serverError'],
	[500, '{"E":false}', 'serverError'],
	[502, '{"E":false}', 'serverError'],
	// The service's errors, in every answers.
	[400, '{"statusCode":400,"message":"Validation failed"}', 'badRequest'],
	[
		400,
		'{"statusCode":400,"message":"bad phone number, valid 11 or 12 digits"}',
		'invalidPhoneNumber',
	],
	[400, '{"message":"check phone number timeout limit exceeded"}', 'timeout'],
	[400, '{"message":"instance is starting or not authorized"}', 'notAuthorized'],
	[400, '{"message":["not","text"]}', 'badRequest'],
	[400, '<html>400</html>', 'badRequest'],
	[401, '', 'unauthorized'],
	[403, '<html>403</html>', 'wrongInstance'],
	[404, '<html>404</html>', 'wrongInstance'],
	[408, '', 'timeout'],
	[418, '', 'badRequest'],
	[429, '', 'rateLimited'],
	[466, '', 'quotaExceeded'],
	[466, '{"status":"QUOTE_EXCEEDED","used":"100","total":"100"}', 'quotaExceeded'],
	[469, '', 'contactLimit'],
	[469, '{"status":false,"reason":"User get contact info limit reached"}', 'contactLimit'],
	[499, '', 'serverError'],
	[500, '{"message":"interface conversion: interface {} is bool, not string"}', 'serverError'],
	[502, '<html>Bad Gateway</html>', 'serverError'],
	[503, '', 'serverError'],
	[504, '', 'serverError'],
	[520, '', 'serverError'],
];

const KEYS = {
	max: { own: 'exist', other: 'existsWhatsapp' },
	telegram: { own: 'exist', other: 'existsWhatsapp' },
	whatsapp: { own: 'existsWhatsapp', other: 'exist' },
} as const;

describe.each(Object.entries(KEYS))('%s', (messenger, { own, other }) => {
	test.each(BODIES)('%i %s: %s', (status, body, expected) => {
		const text = body.replaceAll('"E"', `"${own}"`).replaceAll('OTHER', other);

		expect(verdict(messenger as Messenger, status, text)).toBe(expected);
	});
});

describe('account settings', () => {
	const settings = question('max', 'getAccountSettings');

	test.each([
		'authorized',
		'notAuthorized',
		'blocked',
		'starting',
		'suspended',
		'sleepMode',
		'new',
	])('the state "%s" is a row', (stateInstance) => {
		const text = JSON.stringify({ stateInstance });

		const outcome = readOutcome(settings, { status: 200, headers: {}, text }, AT);

		expect(outcome).toEqual({ question: settings, body: { stateInstance }, at: AT });
	});

	test.each(['{}', '{"stateInstance":null}', '{"stateInstance":1}', '[]', ''])(
		'%s is no answer',
		(text) => {
			expect(readOutcome(settings, { status: 200, headers: {}, text }, AT)).toMatchObject({
				code: 'badResponse',
			});
		},
	);
});

describe('contact information', () => {
	const contact = question('whatsapp', 'getContactInfo');
	const row = (body: object) => {
		const text = JSON.stringify(body);
		const outcome = readOutcome(contact, { status: 200, headers: {}, text }, AT);
		return isFailure(outcome) ? outcome.code : rowOf(outcome, true);
	};

	test('a description of a shop that is "not authorized" is no failure', () => {
		const body = { chatId: '1@c.us', name: 'Shop', description: 'not authorized dealer' };

		expect(row(body)).toMatchObject({ name: 'Shop' });
	});

	test.each([{}, { chatId: null }, { chatId: 1 }, { avatar: '' }])('%j is no answer', (body) => {
		expect(row(body)).toBe('badResponse');
	});

	test.each([
		[1754632014, '2025-08-08T05:46:54.000Z'],
		['1754632014', '2025-08-08T05:46:54.000Z'],
		[0, null],
		['', null],
		[null, null],
		[1e20, null],
		['soon', null],
		[{}, null],
	])('lastSeen %j becomes %j', (lastSeen, expected) => {
		expect(row({ chatId: '79876543210@c.us', lastSeen })).toMatchObject({ lastSeen: expected });
	});

	test('fields of the wrong type are null, not text', () => {
		const body = { chatId: '79876543210@c.us', name: {}, contactName: [], avatar: true };

		expect(row(body)).toMatchObject({ name: null, contactName: null, avatar: null });
	});
});

describe('Retry-After', () => {
	test.each([
		['7', 7],
		['0', 0],
		['Sun, 22 Nov 2026 00:01:00 GMT', 60],
		['Sat, 21 Nov 2026 00:00:00 GMT', 0],
		['soon', undefined],
		[undefined, undefined],
	])('%s is %s seconds', (header, retryAfter) => {
		const response = { status: 429, headers: { 'retry-after': header }, text: '' };

		const outcome = readOutcome(question('whatsapp'), response, AT);

		expect(outcome).toMatchObject({ code: 'rateLimited' });
		expect('retryAfter' in outcome ? outcome.retryAfter : undefined).toBe(retryAfter);
	});
});

describe('every known failure: its code, its figures, and a message that says what to do', () => {
	test.each(KNOWN_FAILURES.filter(({ fault }) => 'status' in fault))('$title', (known) => {
		const { messenger = 'whatsapp', operation = 'checkAccount', error, message } = known;
		const { status, body = '', headers = {} } = known.fault as FaultyAnswer;

		const outcome = readOutcome(
			question(messenger, operation),
			{ status, headers, text: body },
			AT,
		);

		expect(outcome).toMatchObject({ ...error, asked: true });
		expect((outcome as Failure).message).toMatch(message);
	});
});

describe('a request without an answer', () => {
	const wrapped = (error: object) => Object.assign(new Error('outer'), { cause: error });

	test.each([
		[{ code: 'ECONNABORTED' }, 'timeout'],
		[{ code: 'ETIMEDOUT' }, 'timeout'],
		[wrapped({ code: 'ECONNABORTED' }), 'timeout'],
		[wrapped(wrapped({ code: 'ECONNREFUSED' })), 'network'],
		[{ code: 'ENOTFOUND' }, 'network'],
		[new Error('connect to https://host/waInstance1/x/secret'), 'network'],
		['text', 'network'],
		[undefined, 'network'],
	])('%s is %s', (error, code) => {
		const failure = readNetworkError(question('whatsapp'), error);

		expect(failure).toMatchObject({ code, retryable: true, asked: true });
		expect(failure.message).not.toContain('secret');
	});

	test('an error that is its own cause ends', () => {
		const error: Error & { code?: string } = new Error('loop');
		error.cause = error;

		expect(readNetworkError(question('whatsapp'), error).code).toBe('network');
	});
});
