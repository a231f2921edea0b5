/** What an answer means: only a clear one is true or false, whatever else comes is a failure. */

import fc from 'fast-check';

import {
	DEFINITIONS,
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

/** What Check Account says of an account, or the code of the failure. */
function verdict(query: Query, status: number, text: string): unknown {
	const outcome = read(query, status, text);
	return isFailure(outcome) ? outcome.code : outcome.body[query.endpoint.messenger.existsField];
}

const REACHED = 'User get contact info limit reached';

/** In these bodies E is the field with the messenger's answer, and OTHER that of another messenger. */
const ANSWERS: ReadonlyArray<[body: string, exists: boolean]> = [
	['{"E":true}', true],
	['{"E":false}', false],
	['{"E":false,"chatId":""}', false],
	['{"E":true,"chatId":"","fromCache":true}', true],
	['{"E":true,"chatId":{"odd":[]},"other":{"error":"x"}}', true],
	[' {"E": false } ', false],
	['{"E":true,"status":"ok"}', true],
	['{"E":true,"status":200,"reason":"","error":null,"errors":[],"message":false}', true],
	['{"E":false,"data":{"reason":{}}}', false],
	['{"E":true,"Reason":"x","errorCode":1,"description":"not authorized dealer"}', true],
];

const UNCLEAR: readonly string[] = [
	...['{"E":"true"}', '{"E":"false"}', '{"E":0}', '{"E":1}', '{"E":null}', '{"E":""}'],
	...['{"E":[]}', '{"E":[true]}', '{"E":{"value":true}}', '{"e":true}', '{"exists":false}'],
	...['{"OTHER":false}', '{"chatId":""}', '{"data":{"E":false}}', '{"__proto__":{"E":false}}'],
	...['[{"E":false}]', '{"E":false,"E":true}', '{"E":true,"chatId":1e21}'],
	...['{"E":true,"phoneNumber":4915112345678}', '{}', '[]', 'true', 'false', 'null', '0'],
	// No JSON.
	...['"false"', '', ' ', '{"E":fal', '{"E":false', '{"E":false}}', "{'E':false}"],
	'<html>E: false</html>',
	// An error beside an answer.
	...['{"statusCode":200,"E":false}', '{"status":false,"E":false}', '{"status":0,"E":false}'],
	...['{"E":false,"data":{"status":"fail"}}', '{"E":false,"reason":"something new"}'],
];

describe.each(MESSENGERS)('Check Account of $name', ({ id, existsField }) => {
	const other = existsField === 'exist' ? 'existsWhatsapp' : 'exist';
	const verdictOn = (body: string) => {
		const text = body.replaceAll('"E"', `"${existsField}"`).replaceAll('OTHER', other);
		return verdict(queryOf(id), 200, text);
	};

	test.each(ANSWERS)('%s is %j', (body, exists) => {
		expect(verdictOn(body)).toBe(exists);
	});

	test.each(UNCLEAR)('%s is neither true nor false', (body) => {
		expect(verdictOn(body)).toBe('badResponse');
	});
});

/** Those that are seen most often are in test/knownFailures.ts. */
test.each<[number, string, FailureCode]>([
	[200, `{"exist":false,"reason":"${REACHED}"}`, 'contactLimit'],
	[200, `{"exist":false,"reason":["${REACHED}"]}`, 'contactLimit'],
	[200, `{"exist":false,"reason":{"text":"${REACHED}"}}`, 'contactLimit'],
	[500, `{"reason":"${REACHED}"}`, 'contactLimit'],
	[469, '', 'contactLimit'],
	[200, '{"exist":false,"reason":"instance is starting or not authorized"}', 'notAuthorized'],
	[200, '{"exist":false,"invokeStatus":{"status":"QUOTE_EXCEEDED"}}', 'quotaExceeded'],
	[200, '{"invokeStatus":{"status":"QUOTA_EXCEEDED"}}', 'quotaExceeded'],
	[466, '', 'quotaExceeded'],
	[201, '{"exist":true}', 'badResponse'],
	[203, '{"exist":false}', 'badResponse'],
	[206, '{"exist":false}', 'badResponse'],
	[301, '{"exist":false}', 'badResponse'],
	[304, '{"exist":false}', 'badResponse'],
	[307, '{"exist":false}', 'badResponse'],
	[308, '{"exist":false}', 'badResponse'],
	[406, '{"exist":true}', 'badResponse'],
	[418, '{"exist":true}', 'badResponse'],
	[400, '{"message":["not","text"]}', 'badRequest'],
	[400, '{"message":"XOR Validation failed"}', 'badRequest'],
	[400, '<html>400</html>', 'badRequest'],
	[413, '', 'badRequest'],
	[414, '', 'badRequest'],
	[422, '', 'badRequest'],
	[408, '', 'timeout'],
	[503, '', 'serverError'],
	[504, '', 'serverError'],
	[520, '', 'serverError'],
])('HTTP %i %s is %s', (status, body, code) => {
	expect(verdict(queryOf('telegram'), status, body)).toBe(code);
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

test('of a long message of the service the beginning is shown, as plain text', () => {
	const message = `\u001b[2J<b>instance </b>${'instance '.repeat(1000)}`;
	const outcome = read(queryOf('whatsapp'), 400, JSON.stringify({ message })) as Failure;

	expect(outcome.message).toContain('instance');
	expect(outcome.message.length).toBeLessThan(500);
	expect(outcome.message).not.toMatch(/[\p{Cc}<>]/u);
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

	test('every code but those of the node itself is among them', () => {
		const own = ['callLimit', 'invalidSettings', 'unsupportedCountry'];
		const known = KNOWN_FAILURES.map(({ error }) => error.code);

		expect(new Set([...known, ...own])).toEqual(new Set(Object.keys(DEFINITIONS)));
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
		expect(failure.message).not.toContain('secret');
	});

	test('an error that is its own cause ends', () => {
		const error: Error & { code?: string } = new Error('loop');
		error.cause = error;

		expect(readNetworkError(queryOf('whatsapp'), error).code).toBe('network');
	});
});
