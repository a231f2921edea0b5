/**
 * Every way in which GREEN-API and the network are known to fail, and what an item's error says then.
 * Unit tests hold the meaning of each, engine tests that the token is nowhere.
 */

import type { IDataObject } from 'n8n-workflow';

import type { BrokenConnection, FaultyAnswer } from '../simulator/faults';
import type { Messenger } from '../simulator/instance';

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

const NOT_READY = 'instance is starting or not authorized';
const LIMIT_REACHED = 'User get contact info limit reached';
const ONLY_DIGITS =
	"Validation failed. Details: Wrong format. 'phoneNumber' must contain only digits";
const NO_GROUPS =
	'Validation failed. Details: The method GetContactInfo does not support group chats, to work with groups, use the GetGroupData method';

const TELEGRAM = { messenger: 'telegram' } as const;
const MAX = { messenger: 'max' } as const;
const MAX_CONTACT = { ...MAX, operation: 'getContactInfo' } as const;
const TWO_HOURS = { retryAfter: 7200 };

/** Codes of failures after which the same question may be answered. */
const RETRYABLE = [
	'badResponse',
	'instanceStarting',
	'network',
	'rateLimited',
	'serverError',
	'timeout',
];

interface Asked {
	readonly messenger?: Messenger;
	readonly operation?: 'checkAccount' | 'getContactInfo';
}

/** One way of failing, and what the item's error says. */
export interface KnownFailure extends Asked {
	readonly title: string;
	readonly fault: FaultyAnswer | BrokenConnection;
	/** The item's `error`, but for its message. */
	readonly error: IDataObject & { code: string };
	/** What the message must tell. */
	readonly message: RegExp;
}

function titleOf(fault: FaultyAnswer | BrokenConnection): string {
	if ('connection' in fault) return `connection: ${fault.connection}`;
	const { status, body, headers } = fault;
	return `HTTP ${status} ${body ?? JSON.stringify(headers ?? 'without a body')}`.slice(0, 150);
}

function known(
	fault: FaultyAnswer | BrokenConnection,
	code: string,
	message: RegExp,
	{ messenger, operation, ...more }: Asked & IDataObject = {},
): KnownFailure {
	const httpStatus = 'status' in fault ? { httpStatus: fault.status } : {};
	const error = { code, retryable: RETRYABLE.includes(code), ...httpStatus, ...more };
	return { title: titleOf(fault), fault, error, message, messenger, operation };
}

export const KNOWN_FAILURES: readonly KnownFailure[] = [
	known(
		failed(400, 'Validation failed'),
		'badRequest',
		/refused the question .*Validation failed\. Check the value/,
	),
	known(failed(400, 'Bad Request {path} {token}'), 'badRequest', /Bad Request/),
	known(
		failed(400, "Validation failed. Details: 'value' must have at least 1 key"),
		'badRequest',
		/at least 1 key/,
		TELEGRAM,
	),
	known(
		failed(400, ONLY_DIGITS),
		'invalidPhoneNumber',
		/must contain only digits\. Check its country code and its length/,
		TELEGRAM,
	),
	known(
		failed(400, 'bad phone number, valid 11 or 12 digits'),
		'invalidPhoneNumber',
		/valid 11 or 12 digits\. Check its country code and its length/,
		MAX,
	),
	known(
		failed(400, 'check phone number timeout limit exceeded'),
		'timeout',
		/in time .*Run this item again/,
	),
	known(failed(400, NOT_READY), 'notAuthorized', /not linked to a WhatsApp account.*console/),
	known(
		failed(400, 'Instance in starting process try later'),
		'instanceStarting',
		/is starting.*up to 5 minutes/,
		{ retryAfter: 300 },
	),
	known(
		failed(400, NO_GROUPS),
		'invalidChatId',
		/Use the chatId that Check Account returns/,
		MAX_CONTACT,
	),
	known(failed(400, 'Instance account is blocked'), 'instanceBlocked', /blocked or restricted/),
	known(failed(400, 'Instance is expired'), 'instanceExpired', /Renew it/),
	known({ status: 401 }, 'unauthorized', /does not accept the API Token.*Copy apiTokenInstance/),
	known(
		page(403, 'Forbidden'),
		'wrongInstance',
		/no such WhatsApp instance.*Check API URL and Instance ID.*Messenger/,
	),
	known(page(404, 'Not Found'), 'wrongInstance', /no such MAX instance/, MAX),
	known(failed(404, 'Cannot POST {path}'), 'wrongInstance', /no such Telegram instance/, TELEGRAM),
	known({ status: 429 }, 'rateLimited', /asked too often.*few seconds/),
	known({ status: 429, headers: { 'retry-after': '7' } }, 'rateLimited', /asked too often/, {
		retryAfter: 7,
	}),
	known(
		json(466, { invokeStatus: quota(100, 100) }),
		'quotaExceeded',
		/quota of checks.*100 of 100.*tariff/,
		{ used: 100, total: 100 },
	),
	known(json(466, quota('30000', '30000')), 'quotaExceeded', /30000 of 30000/, {
		...MAX,
		used: 30000,
		total: 30000,
	}),
	known(refusal(469, LIMIT_REACHED), 'contactLimit', /Telegram has stopped answering/, {
		...TELEGRAM,
		...TWO_HOURS,
	}),
	known(json(469, { reason: LIMIT_REACHED }), 'contactLimit', /MAX has stopped answering/, {
		...MAX,
		...TWO_HOURS,
	}),
	known(refusal(200, LIMIT_REACHED), 'contactLimit', /stopped answering/, {
		...TELEGRAM,
		...TWO_HOURS,
	}),
	...[200, 400, 403, 500].map((status) =>
		known(
			refusal(status, NOT_READY),
			'notAuthorized',
			/not linked to a Telegram account/,
			TELEGRAM,
		),
	),
	known({ status: 499 }, 'serverError', /could not answer.*again/),
	known(
		failed(500, 'interface conversion: interface {} is bool, not string'),
		'serverError',
		/could not answer/,
		MAX_CONTACT,
	),
	known(page(502, 'Bad Gateway'), 'serverError', /could not answer/),
	known(
		{ status: 302, headers: { location: 'http://127.0.0.1:1/{token}' } },
		'badResponse',
		/no clear answer.*Nothing is known/,
	),
	known(page(200, 'It works'), 'badResponse', /not a JSON object/),
	known({ status: 200 }, 'badResponse', /not a JSON object/),
	known(
		{ status: 200, body: '{"existsWhatsapp":"false"}' },
		'badResponse',
		/neither true nor false/,
	),
	known({ connection: 'half' }, 'network', /could not be reached/),
	known({ connection: 'reset' }, 'network', /could not be reached: the connection broke/),
	known({ connection: 'hang' }, 'timeout', /in time.*again/),
];
