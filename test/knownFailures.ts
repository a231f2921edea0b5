/**
 * Every way in which GREEN-API and the network are known to fail, and what an item's error says then.
 * Unit tests hold the meaning of each, engine tests that the token is nowhere.
 */

import type { IDataObject } from 'n8n-workflow';

import type { BrokenConnection, FaultyAnswer } from '../simulator/faults';
import type { Messenger } from '../simulator/instance';
import {
	BAD_LENGTH,
	CHATS_USED_UP,
	CHECK_TIMEOUT,
	MESSENGER_LIMITS,
	MESSENGER_UNAVAILABLE,
	NOT_READY,
	refused,
} from '../simulator/refusals';

/** The error body of the service: it repeats the token. */
const failed = (status: number, message: string) => ({
	status,
	body: JSON.stringify({ statusCode: status, timestamp: '', path: '{path}', message }),
});
const page = (status: number, title: string) => ({
	status,
	body: `<html><head><title>${status} ${title}</title></head>{token}<center>nginx</center></html>`,
	contentType: 'text/html',
});
const refusal = (status: number, reason: string) => ({
	status,
	body: JSON.stringify({ status: false, reason }),
});
const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) });
const quota = (used: unknown, total: unknown) => ({
	method: 'checkwhatsapp',
	used,
	total,
	status: 'QUOTE_EXCEEDED',
	description: 'Monthly quota has been exceeded.',
});

const ONLY_DIGITS =
	"Validation failed. Details: Wrong format. 'phoneNumber' must contain only digits";
const NO_GROUPS =
	'Validation failed. Details: The method GetContactInfo does not support group chats, to work with groups, use the GetGroupData method';

const TELEGRAM = { messenger: 'telegram' } as const;
const MAX = { messenger: 'max' } as const;
const MAX_CONTACT = { ...MAX, operation: 'getContactInfo' } as const;
interface Asked {
	readonly messenger?: Messenger;
	readonly operation?: 'checkAccount' | 'getContactInfo';
}

function titleOf(fault: FaultyAnswer | BrokenConnection): string {
	if ('connection' in fault) return `connection: ${fault.connection}`;
	const { status, body, headers } = fault;
	return `HTTP ${status} ${body ?? JSON.stringify(headers ?? 'without a body')}`.slice(0, 150);
}

/** What is said where a row of the table does not say otherwise. */
const SAID = {
	badRequest: [false, /refused the query/, /Check the value of this item/],
	invalidPhoneNumber: [false, /is not a phone number/, /country code and its length/],
	invalidChatId: [false, /not the chat ID of a person/, /chatId that Check Account returns/],
	unauthorized: [false, /does not accept the API Token/, /Copy apiTokenInstance/],
	wrongInstance: [false, /no such .* instance/, /Check API URL and Instance ID.*Messenger/],
	notAuthorized: [false, /is not linked to a .* account, is blocked/, /GREEN-API console/],
	instanceStarting: [true, /is starting/, /in 5 minutes/],
	instanceExpired: [false, /has expired or was deleted/, /Renew it/],
	rateLimited: [true, /asked too often/, /in a few minutes.*fewer workflows/],
	quotaExceeded: [false, /used up the month.s quota/, /plan/],
	contactLimit: [false, /such queries .+ for 2 hours/, /^Wait for 2 hours and run the rest then/],
	timeout: [true, /in time/, /Run this item again/],
	network: [true, /could not be reached/, /Check API URL.*network of this n8n/],
	serverError: [true, /could not answer/, /again in a few minutes/],
	badResponse: [true, /gave no clear answer/, /Nothing is known about this item/],
} satisfies Record<string, readonly [retryable: boolean, message: RegExp, advice: RegExp]>;

/** What is not the usual of its code. */
interface More extends Asked {
	/** Further fields of the item's error. */
	readonly error?: IDataObject;
	/** What its message tells: what happened. */
	readonly message?: RegExp;
	/** What its advice tells: what to do. */
	readonly advice?: RegExp;
}

/** Not the service's own: the same the next time. */
const FOREIGN = { error: { retryable: false } };

function known(
	fault: FaultyAnswer | BrokenConnection,
	code: keyof typeof SAID,
	{ messenger, operation, error, message, advice }: More = {},
) {
	const [retryable, usualMessage, usualAdvice] = SAID[code];
	const httpStatus = 'status' in fault ? { httpStatus: fault.status } : {};
	return {
		title: titleOf(fault),
		messenger,
		operation,
		fault,
		error: { code, retryable, ...httpStatus, ...error },
		message: message ?? usualMessage,
		advice: advice ?? usualAdvice,
	};
}

/** One way of failing. */
export type KnownFailure = ReturnType<typeof known>;

export const KNOWN_FAILURES: readonly KnownFailure[] = [
	known(failed(400, 'Validation failed'), 'badRequest', { message: /: Validation failed\.$/ }),
	known(failed(400, 'Bad Request {path} {token}'), 'badRequest', { message: /Bad Request/ }),
	known(failed(400, "Validation failed. Details: 'value' must have at least 1 key"), 'badRequest', {
		...TELEGRAM,
		message: /at least 1 key/,
	}),
	known(failed(400, ONLY_DIGITS), 'invalidPhoneNumber', {
		...TELEGRAM,
		message: /must contain only digits\.$/,
	}),
	known(BAD_LENGTH, 'invalidPhoneNumber', {
		...MAX,
		message: /valid 11 or 12 digits\.$/,
	}),
	known(CHECK_TIMEOUT, 'timeout'),
	known(failed(400, NOT_READY), 'notAuthorized', { message: /linked to a WhatsApp account/ }),
	known(failed(400, 'Instance in starting process try later'), 'instanceStarting', {
		error: { retryAfter: 300 },
	}),
	known(failed(400, NO_GROUPS), 'invalidChatId', MAX_CONTACT),
	known(refused('bad request data'), 'badRequest', { message: /: bad request data/ }),
	known(refused('Unexpected token } in JSON at position 3'), 'badRequest', {
		message: /Unexpected token/,
	}),
	known(failed(400, 'Instance account is blocked'), 'notAuthorized'),
	known(
		refused('Instance account is expired. Renew your instance from personal area'),
		'instanceExpired',
	),
	known(failed(400, 'Instance is deleted'), 'instanceExpired'),
	known({ status: 401 }, 'unauthorized'),
	known(page(403, 'Forbidden'), 'wrongInstance', { message: /no such WhatsApp instance/ }),
	known(page(404, 'Not Found'), 'wrongInstance', { ...MAX, message: /no such MAX instance/ }),
	known(failed(404, 'Cannot POST {path}'), 'wrongInstance', TELEGRAM),
	known({ status: 429 }, 'rateLimited'),
	known({ status: 429, headers: { 'retry-after': '7' } }, 'rateLimited', {
		error: { retryAfter: 7 },
		advice: /^Run again in 7 s, with fewer workflows/,
	}),
	known(json(466, { invokeStatus: quota(100, 100) }), 'quotaExceeded', {
		error: { used: 100, total: 100 },
		message: /quota of checks, 100 of 100 \(HTTP 466\)\.$/,
	}),
	known(json(466, quota('30000', '30000')), 'quotaExceeded', {
		...MAX,
		error: { used: 30000, total: 30000 },
		message: /30000 of 30000/,
	}),
	known(CHATS_USED_UP, 'quotaExceeded', {
		message: /The 3 chats a month .* are used up \(HTTP 466\)\.$/,
	}),
	...MESSENGER_LIMITS.map((fault) => {
		const retryAfter = fault.body.includes('Rate limited by messenger') ? 900 : 7200;
		return known(fault, 'contactLimit', { ...TELEGRAM, error: { retryAfter } });
	}),
	known(MESSENGER_LIMITS[1], 'contactLimit', { ...MAX, message: /^MAX has stopped answering/ }),
	known(MESSENGER_UNAVAILABLE, 'serverError', TELEGRAM),
	...[200, 400, 403, 500].map((status) =>
		known(refusal(status, NOT_READY), 'notAuthorized', {
			...TELEGRAM,
			message: /not linked to a Telegram account/,
		}),
	),
	known({ status: 407 }, 'network', {
		...FOREIGN,
		message: /the proxy wants a user name and a password/,
		advice: /under Request Options/,
	}),
	...[402, 405, 410, 451].map((status) => known(page(status, 'Odd'), 'badResponse', FOREIGN)),
	known({ status: 499 }, 'serverError'),
	known(
		failed(500, 'interface conversion: interface {} is bool, not string'),
		'serverError',
		MAX_CONTACT,
	),
	known(page(502, 'Bad Gateway'), 'serverError'),
	known(
		{ status: 302, headers: { location: 'http://127.0.0.1:1/{token}' } },
		'badResponse',
		FOREIGN,
	),
	known(page(200, 'It works'), 'badResponse', { message: /not a JSON object/ }),
	known({ status: 200 }, 'badResponse', { message: /not a JSON object/ }),
	known(json(200, { existsWhatsapp: 'false' }), 'badResponse', {
		message: /neither true nor false/,
	}),
	known(json(200, { error: 'Too Many Requests', existsWhatsapp: false }), 'badResponse', {
		message: /: Too Many Requests\.$/,
	}),
	known({ connection: 'half' }, 'network'),
	known({ connection: 'reset' }, 'network', { message: /the connection broke/ }),
	known({ connection: 'hang' }, 'timeout'),
];
