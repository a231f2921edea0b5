/** What an answer means: only a clear one is true or false, whatever else comes is a failure. */

import fc from 'fast-check';

import {
	definitionOf,
	type Failure,
	type FailureCode,
} from '../../nodes/GreenApiLookup/lookup/answers/failures';
import { readNetworkError } from '../../nodes/GreenApiLookup/lookup/answers/networkErrors';
import {
	isFailure,
	readResponse,
	type LookupResponse,
	type Outcome,
} from '../../nodes/GreenApiLookup/lookup/answers/response';
import { mayBeRetried } from '../../nodes/GreenApiLookup/lookup/calls/retry';
import type { Query } from '../../nodes/GreenApiLookup/lookup/query';
import { MESSENGERS } from '../../nodes/GreenApiLookup/messengers';
import { OPERATIONS, type Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { findEndpoint } from '../endpoints';
import { KNOWN_FAILURES, type KnownFailure } from '../knownFailures';

const AT = Date.UTC(2026, 10, 22);

function queryOf(messenger: string, operation: Operation = 'checkAccount'): Query {
	const endpoint = findEndpoint(messenger, operation);
	const value = endpoint.subject === 'chatId' ? '10000000' : '79876543210';
	return { endpoint, value: endpoint.subject && value, force: false };
}

function read(query: Query, status: number, text: string): Outcome {
	return readResponse(query, { status, text }, AT);
}

/** `true`, `false`, or what a failure means: its code, whether it is asked again, and what it ends. */
function verdict(query: Query, status: number, text: string): unknown {
	const outcome = read(query, status, text);
	return isFailure(outcome)
		? meaningOf(outcome)
		: outcome.body[query.endpoint.messenger.existsField];
}

function meaningOf(failure: Failure): string {
	const { ends } = definitionOf(failure.code);
	const again = mayBeRetried(failure) ? ' again' : '';
	return failure.code + again + (ends === undefined ? '' : ` ends ${ends}`);
}

const UNCLEAR = 'badResponse again';
const PAUSED = 'contactLimit ends method';
const NOT_READY = 'notAuthorized ends instance';
const REACHED = 'User get contact info limit reached';

type Row = readonly [status: number, body: string, expected: unknown];

/** For every messenger; E is the field with the messenger's answer, OTHER that of another one. */
const CHECK_ACCOUNT: Readonly<Record<string, readonly Row[]>> = {
	'a clear answer': [
		[200, '{"E":true}', true],
		[200, '{"E":false}', false],
		[200, '{"E":false,"chatId":""}', false],
		[200, '{"E":true,"chatId":"","fromCache":true}', true],
		[200, '{"E":true,"chatId":{"odd":[]},"other":{"error":"x"}}', true],
		[200, ' {"E": false } ', false],
		[200, '{"E":true,"status":"ok"}', true],
		[200, '{"E":true,"status":200,"reason":"","error":null,"errors":[],"message":false}', true],
		[200, '{"E":false,"data":{"reason":{}}}', false],
		[200, '{"E":true,"Reason":"x","errorCode":1,"description":"not authorized dealer"}', true],
	],
	'nearly an answer': [
		...['"true"', '"false"', '0', '1', 'null', '""', '[]', '[true]', '{"value":true}'].map(
			(value): Row => [200, `{"E":${value}}`, UNCLEAR],
		),
		[200, '{"e":true}', UNCLEAR],
		[200, '{"exists":false}', UNCLEAR],
		[200, '{"OTHER":false}', UNCLEAR],
		[200, '{"chatId":""}', UNCLEAR],
		[200, '{"data":{"E":false}}', UNCLEAR],
		[200, '{"__proto__":{"E":false}}', UNCLEAR],
		[200, '[{"E":false}]', UNCLEAR],
		[200, '{"E":false,"E":true}', UNCLEAR],
		[200, '{"E":true,"chatId":1e21}', UNCLEAR],
		[200, '{"E":true,"phoneNumber":4915112345678}', UNCLEAR],
		...['{}', '[]', 'true', 'false', 'null', '0', '"false"'].map(
			(text): Row => [200, text, UNCLEAR],
		),
	],
	'no JSON': [
		...[
			'',
			' ',
			'{"E":fal',
			'{"E":false',
			'{"E":false}}',
			"{'E':false}",
			'<html>E: false</html>',
		].map((text): Row => [200, text, UNCLEAR]),
	],
	'an error beside an answer': [
		[200, '{"error":"Too Many Requests","E":false}', UNCLEAR],
		[200, '{"statusCode":429,"message":"Too Many Requests","E":false}', UNCLEAR],
		[200, '{"errorMessage":"x","E":false}', UNCLEAR],
		[200, '{"statusCode":200,"E":false}', UNCLEAR],
		[200, '{"invokeStatus":{},"E":false}', UNCLEAR],
		[200, '{"errors":[{"code":1}],"E":true}', UNCLEAR],
		[200, '{"status":false,"E":false}', UNCLEAR],
		[200, '{"status":0,"E":false}', UNCLEAR],
		[200, '{"status":"error","invokeStatus":{},"E":false}', UNCLEAR],
		[200, '{"E":false,"data":{"status":"fail"}}', UNCLEAR],
		[200, '{"E":false,"reason":"something new"}', UNCLEAR],
		[200, `{"E":false,"reason":"${REACHED}"}`, PAUSED],
		[200, `{"E":false,"reason":["${REACHED}"]}`, PAUSED],
		[200, `{"E":false,"reason":{"text":"${REACHED}"}}`, PAUSED],
		[200, '{"E":false,"reason":"instance is starting or not authorized"}', NOT_READY],
		[200, '{"E":false,"invokeStatus":{"status":"QUOTE_EXCEEDED"}}', 'quotaExceeded ends method'],
		[201, '{"E":true}', 'badResponse again'],
		[203, '{"E":false}', 'badResponse again'],
		[206, '{"E":false}', 'badResponse again'],
	],
	"the messenger's own limit": [
		[469, '', PAUSED],
		[469, `{"status":false,"reason":"${REACHED}"}`, PAUSED],
		[469, `{"reason":"${REACHED}"}`, PAUSED],
		[200, `{"status":false,"reason":"${REACHED}"}`, PAUSED],
		[500, `{"reason":"${REACHED}"}`, PAUSED],
		[
			200,
			'{"status":false,"data":{"status":"fail","reason":"rate_limit_exceeded","retryAfter":11930619}}',
			PAUSED,
		],
		[469, '{"status":false,"reason":"Rate limited by messenger"}', PAUSED],
		[200, '{"status":false,"reason":"Messenger is temporarily unavailable"}', 'serverError again'],
	],
	'the instance': [
		[401, '', 'unauthorized ends instance'],
		[403, '<html>403</html>', 'wrongInstance ends instance'],
		[404, '{"statusCode":404,"message":"Cannot GET /waInstance"}', 'wrongInstance ends instance'],
		...[200, 400, 403, 500].map(
			(status): Row => [
				status,
				'{"status":false,"reason":"instance is starting or not authorized"}',
				NOT_READY,
			],
		),
		[400, '{"message":"Instance account is blocked"}', NOT_READY],
		[400, '{"message":"Instance in starting process try later"}', 'instanceStarting'],
		[
			400,
			'{"message":"Instance account is expired. Renew your instance from personal area"}',
			'instanceExpired ends instance',
		],
		[400, '{"message":"Instance is deleted"}', 'instanceExpired ends instance'],
		[466, '', 'quotaExceeded ends method'],
		[466, '{"status":"QUOTE_EXCEEDED","used":"100","total":"100"}', 'quotaExceeded ends method'],
		[200, '{"invokeStatus":{"status":"QUOTA_EXCEEDED"}}', 'quotaExceeded ends method'],
		[
			466,
			'{"invokeStatus":{"status":"QUOTE_ALLOWED"},"correspondentsStatus":{"status":"CORRESPONDENTS_QUOTE_EXCEEDED"}}',
			'quotaExceeded ends method',
		],
	],
	'the item': [
		[400, '{"statusCode":400,"message":"Validation failed"}', 'badRequest'],
		[
			400,
			'{"message":"Validation failed. Details: \'value\' must have at least 1 key"}',
			'badRequest',
		],
		[400, '{"message":["not","text"]}', 'badRequest'],
		[400, '{"message":"XOR Validation failed"}', 'badRequest'],
		[400, '<html>400</html>', 'badRequest'],
		...[413, 414, 422].map((status): Row => [status, '', 'badRequest']),
		[400, '{"message":"bad phone number, valid 11 or 12 digits"}', 'invalidPhoneNumber'],
		[
			400,
			'{"message":"Validation failed. Details: Wrong format. \'phoneNumber\' must contain only digits"}',
			'invalidPhoneNumber',
		],
	],
	'of the moment': [
		[400, '{"message":"check phone number timeout limit exceeded"}', 'timeout again'],
		[408, '', 'timeout again'],
		[429, '', 'rateLimited again'],
		[499, '', 'serverError again'],
		[
			500,
			'{"message":"interface conversion: interface {} is bool, not string"}',
			'serverError again',
		],
		[502, '<html>Bad Gateway</html>', 'serverError again'],
		...[503, 504, 520].map((status): Row => [status, '', 'serverError again']),
	],
	"not GREEN-API's": [
		...[301, 302, 304, 307, 308].map((status): Row => [status, '{"E":false}', 'badResponse']),
		...[402, 405, 406, 410, 418, 451].map((status): Row => [status, '{"E":true}', 'badResponse']),
		[407, '<html>Proxy Authentication Required</html>', 'network'],
	],
};

describe.each(MESSENGERS)('Check Account of $name', ({ id, existsField }) => {
	const other = existsField === 'exist' ? 'existsWhatsapp' : 'exist';

	describe.each(Object.entries(CHECK_ACCOUNT))('%s', (_title, rows) => {
		test.each(rows)('%i %s: %s', (status, body, expected) => {
			const text = body.replaceAll('"E"', `"${existsField}"`).replaceAll('OTHER', other);

			expect(verdict(queryOf(id), status, text)).toBe(expected);
		});
	});
});

test.each([
	['a text without an end', `{"a":"${'\\"'.repeat(100_000)}`],
	['a long decimal', `{"a":0.${'1'.repeat(200_000)}}`],
	[
		'words that repeat',
		JSON.stringify({ message: Array(10).fill(Array(10).fill('instance '.repeat(111))) }),
	],
])('%s is read in no time', (_title, text) => {
	const begun = performance.now();
	read(queryOf('whatsapp'), 200, text);

	// Each took seconds.
	expect(performance.now() - begun).toBeLessThan(500);
});

test.each<[string, RegExp]>([
	['{"status":"ok","existsWhatsapp":"false"}', /: it says neither true nor false\.$/],
	['{"message":"Try again."}', /\(HTTP 200\): Try again\.$/],
])('the message about %s says why', (text, message) => {
	expect((read(queryOf('whatsapp'), 200, text) as Failure).message).toMatch(message);
});

describe('any answer', () => {
	const messenger = fc.constantFrom(...MESSENGERS.map(({ id }) => id));
	const json = fc.jsonValue({ maxDepth: 2 });
	const isSomething = (value: unknown) =>
		typeof value === 'object' && value !== null
			? Object.keys(value).length > 0
			: ![undefined, null, '', false].includes(value as never);
	const sign = fc.oneof(
		fc.tuple(
			fc.constantFrom('reason', 'message', 'error', 'errors', 'errorMessage'),
			json.filter(isSomething),
		),
		fc.tuple(
			fc.constant('status'),
			json.filter((value) => ![null, true, 200, 'ok', 'success'].includes(value as never)),
		),
		fc.tuple(fc.constantFrom('statusCode', 'invokeStatus'), json),
	);

	test('with any sign of an error, at its top or under data, is neither true nor false', () => {
		fc.assert(
			fc.property(
				messenger,
				fc.boolean(),
				sign,
				fc.boolean(),
				(id, exists, [key, value], isTop) => {
					const query = queryOf(id);
					const said = { [key]: value };
					const answer = { [query.endpoint.messenger.existsField]: exists, chatId: '1' };
					const body = isTop ? { ...answer, ...said } : { ...answer, data: said };

					expect(isFailure(read(query, 200, JSON.stringify(body)))).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});

	test('under any other status than 200 is none, and no text makes the reading throw', () => {
		const status = fc.integer({ min: 100, max: 599 });
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.json(),
			fc.boolean().map((exists) => JSON.stringify({ exist: exists, existsWhatsapp: exists })),
		);
		const operation = fc.constantFrom(...OPERATIONS);
		fc.assert(
			fc.property(messenger, operation, status, text, (id, asked, code, body) => {
				const outcome = read(queryOf(id, asked), code, body);

				expect(code === 200 || isFailure(outcome)).toBe(true);
				if (isFailure(outcome)) expect(outcome.asked).toBe(true);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('account settings', () => {
	const settings = queryOf('max', 'getAccountSettings');

	test.each([
		'authorized',
		'notAuthorized',
		'blocked',
		'starting',
		'suspended',
		'sleepMode',
		'new',
	])('the state "%s" is a row, also beside words that are a failure elsewhere', (stateInstance) => {
		const body = { stateInstance, message: 'instance is starting or not authorized' };

		expect(read(settings, 200, JSON.stringify(body))).toEqual({ query: settings, body, at: AT });
	});

	test.each(['{}', '{"stateInstance":null}', '{"stateInstance":1}', '[]', ''])(
		'%s is no answer',
		(text) => {
			expect(read(settings, 200, text)).toMatchObject({ code: 'badResponse' });
		},
	);
});

describe('contact information', () => {
	const contact = queryOf('whatsapp', 'getContactInfo');

	test('a description of a shop that is "not authorized" is no failure', () => {
		const body = { chatId: '1@c.us', name: 'Shop', description: 'not authorized dealer' };

		expect(read(contact, 200, JSON.stringify(body))).toMatchObject({ body });
	});

	test.each([{}, { chatId: null }, { chatId: 1 }, { avatar: '' }, { chatId: '1', status: false }])(
		'%j is no answer',
		(body) => {
			expect(read(contact, 200, JSON.stringify(body))).toMatchObject({ code: 'badResponse' });
		},
	);

	test('a group is a wrong chat ID', () => {
		const message = 'The method GetContactInfo does not support group chats';

		expect(verdict(contact, 400, JSON.stringify({ message }))).toBe('invalidChatId');
	});
});

test.each([
	[429, '', 7],
	[503, '', 7],
	// How long a messenger's own limit lasts is told by no header and by no field.
	[469, '', 7200],
	[200, '{"status":false,"data":{"reason":"rate_limit_exceeded","retryAfter":11930619}}', 7200],
	[469, '{"reason":"Rate limited by messenger"}', 900],
])('%i %s with Retry-After 7: asked again after %i s', (status, text, retryAfter) => {
	const outcome = readResponse(queryOf('telegram'), { status, text, retryAfter: 7 }, AT);

	expect(outcome).toMatchObject({ retryAfter });
});

describe('every known failure says what happened and what to do', () => {
	/** What comes back in place of an answer. */
	function responseOf(fault: KnownFailure['fault']): LookupResponse | Error {
		if ('connection' in fault) {
			const code = fault.connection === 'hang' ? 'ECONNABORTED' : 'ECONNRESET';
			return Object.assign(new Error(), { code });
		}
		const { status, body = '', headers = {} } = fault;
		const told = headers['retry-after'];
		return { status, text: body, retryAfter: told ? Number(told) : undefined };
	}

	test.each(KNOWN_FAILURES)('$title', (known) => {
		const { messenger = 'whatsapp', operation, error, message, advice, fault } = known;
		const response = responseOf(fault);

		const outcome = readResponse(queryOf(messenger, operation), response, AT) as Failure;

		expect(outcome).toMatchObject({ ...error, asked: true });
		expect(outcome.message).toMatch(message);
		expect(outcome.advice).toMatch(advice);
	});

	test('every code that an answer can have is among them', () => {
		const codes = new Set(KNOWN_FAILURES.map(({ error }) => error.code as FailureCode));
		const missing = Object.values(CHECK_ACCOUNT)
			.flat()
			.map(([, , expected]) => String(expected).split(' ')[0] as FailureCode)
			.filter((code) => !['true', 'false'].includes(code) && !codes.has(code));

		expect(missing).toEqual([]);
	});
});

describe('a request without an answer', () => {
	const wrapped = (error: object) => Object.assign(new Error('outer'), { cause: error });

	test.each<[string, unknown, string]>([
		['a call that was given up', { code: 'ECONNABORTED' }, 'timeout'],
		['a connection that timed out', { code: 'ETIMEDOUT' }, 'timeout'],
		['the same inside another error', wrapped({ code: 'ECONNABORTED' }), 'timeout'],
		['a refused connection, deep inside', wrapped(wrapped({ code: 'ECONNREFUSED' })), 'network'],
		['an unknown host', { code: 'ENOTFOUND' }, 'network'],
		['a timeout in words alone', new Error('timeout of 300ms exceeded'), 'timeout'],
		['an error with the URL', new Error('connect to https://h/waInstance1/x/secret'), 'network'],
		['a text', 'text', 'network'],
		['nothing', undefined, 'network'],
	])('%s: it is asked again, and no URL is shown', (_title, error, code) => {
		const failure = readNetworkError(queryOf('whatsapp'), error);

		expect(failure).toMatchObject({ code, retryable: true, asked: true });
		expect(mayBeRetried(failure)).toBe(true);
		expect(failure.message).not.toContain('secret');
	});

	test('an error that is its own cause ends', () => {
		const error: Error & { code?: string } = new Error('loop');
		error.cause = error;

		expect(readNetworkError(queryOf('whatsapp'), error).code).toBe('network');
	});
});
