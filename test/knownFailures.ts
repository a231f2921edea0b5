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
const quota = (used: unknown, total: unknown) => ({
	method: 'checkwhatsapp',
	used,
	total,
	status: 'QUOTE_EXCEEDED',
	description: 'Monthly quota has been exceeded.',
});

const NOT_READY = 'instance is starting or not authorized';
const LIMIT_REACHED = 'User get contact info limit reached';
const NO_GROUPS =
	'Validation failed. Details: The method GetContactInfo does not support group chats, to work with groups, use the GetGroupData method';

/** One way of failing, and what the item's error says. */
export interface KnownFailure {
	readonly title: string;
	readonly messenger?: Messenger;
	readonly operation?: 'checkAccount' | 'getContactInfo';
	readonly fault: FaultyAnswer | BrokenConnection;
	/** The item's `error`, but for its words. */
	readonly error: IDataObject & { code: string };
	/** What its message tells: what happened. */
	readonly message: RegExp;
	/** What its advice tells: what to do. */
	readonly advice: RegExp;
}

export const KNOWN_FAILURES: KnownFailure[] = [
	{
		title: '400 Validation failed',
		fault: failed(400, 'Validation failed'),
		error: { code: 'badRequest', retryable: false, httpStatus: 400 },
		message: /refused the query .*Validation failed\.$/,
		advice: /Check the value of this item/,
	},
	{
		title: '400 whose message repeats the token',
		fault: failed(400, 'Bad Request {path} {token}'),
		error: { code: 'badRequest', retryable: false, httpStatus: 400 },
		message: /Bad Request/,
		advice: /Check the value/,
	},
	{
		title: "400 'value' must have at least 1 key",
		messenger: 'telegram',
		fault: failed(400, "Validation failed. Details: 'value' must have at least 1 key"),
		error: { code: 'badRequest', retryable: false, httpStatus: 400 },
		message: /at least 1 key/,
		advice: /Check the value/,
	},
	{
		title: '400 only digits',
		messenger: 'telegram',
		fault: failed(
			400,
			"Validation failed. Details: Wrong format. 'phoneNumber' must contain only digits",
		),
		error: { code: 'invalidPhoneNumber', retryable: false, httpStatus: 400 },
		message: /must contain only digits\.$/,
		advice: /Check its country code and its length/,
	},
	{
		title: '400 bad phone number',
		messenger: 'max',
		fault: failed(400, 'bad phone number, valid 11 or 12 digits'),
		error: { code: 'invalidPhoneNumber', retryable: false, httpStatus: 400 },
		message: /valid 11 or 12 digits\.$/,
		advice: /Check its country code and its length/,
	},
	{
		title: '400 check timeout',
		fault: failed(400, 'check phone number timeout limit exceeded'),
		error: { code: 'timeout', retryable: true, httpStatus: 400 },
		message: /^No answer .*in time/,
		advice: /Run this item again/,
	},
	{
		title: '400 starting or not authorized',
		fault: failed(400, NOT_READY),
		error: { code: 'notAuthorized', retryable: false, httpStatus: 400 },
		message: /not linked to a WhatsApp account, is blocked or is still starting/,
		advice: /GREEN-API console/,
	},
	{
		title: '400 in starting process',
		fault: failed(400, 'Instance in starting process try later'),
		error: { code: 'instanceStarting', retryable: true, httpStatus: 400, retryAfter: 300 },
		message: /is starting/,
		advice: /up to 5 minutes/,
	},
	{
		title: '400 no groups',
		messenger: 'max',
		operation: 'getContactInfo',
		fault: failed(400, NO_GROUPS),
		error: { code: 'invalidChatId', retryable: false, httpStatus: 400 },
		message: /not the chat ID of a person on MAX/,
		advice: /Use the chatId that Check Account returns/,
	},
	{
		title: '400 blocked',
		fault: failed(400, 'Instance account is blocked'),
		error: { code: 'notAuthorized', retryable: false, httpStatus: 400 },
		message: /is blocked/,
		advice: /GREEN-API console/,
	},
	{
		title: '400 expired',
		fault: failed(400, 'Instance is expired'),
		error: { code: 'instanceExpired', retryable: false, httpStatus: 400 },
		message: /has expired or was deleted/,
		advice: /Renew it/,
	},
	{
		title: '401 with an empty body',
		fault: { status: 401 },
		error: { code: 'unauthorized', retryable: false, httpStatus: 401 },
		message: /does not accept the API Token/,
		advice: /Copy apiTokenInstance/,
	},
	{
		title: '403 of nginx',
		fault: page(403, 'Forbidden'),
		error: { code: 'wrongInstance', retryable: false, httpStatus: 403 },
		message: /no such WhatsApp instance/,
		advice: /Check API URL and Instance ID.*Messenger/,
	},
	{
		title: '404 of nginx',
		messenger: 'max',
		fault: page(404, 'Not Found'),
		error: { code: 'wrongInstance', retryable: false, httpStatus: 404 },
		message: /no such MAX instance/,
		advice: /Check API URL and Instance ID/,
	},
	{
		title: '404 of the service, with the token in path and message',
		messenger: 'telegram',
		fault: failed(404, 'Cannot POST {path}'),
		error: { code: 'wrongInstance', retryable: false, httpStatus: 404 },
		message: /no such Telegram instance/,
		advice: /Check API URL and Instance ID/,
	},
	{
		title: '429 with an empty body',
		fault: { status: 429 },
		error: { code: 'rateLimited', retryable: true, httpStatus: 429 },
		message: /asked too often/,
		advice: /few seconds/,
	},
	{
		title: '429 with Retry-After',
		fault: { status: 429, headers: { 'retry-after': '7' } },
		error: { code: 'rateLimited', retryable: true, httpStatus: 429, retryAfter: 7 },
		message: /asked too often/,
		advice: /few seconds/,
	},
	{
		title: '466, nested',
		fault: { status: 466, body: JSON.stringify({ invokeStatus: quota(100, 100) }) },
		error: {
			code: 'quotaExceeded',
			retryable: false,
			httpStatus: 466,
			used: 100,
			total: 100,
		},
		message: /quota of checks.*100 of 100/,
		advice: /tariff/,
	},
	{
		title: '466, flat and with numbers as text',
		messenger: 'max',
		fault: { status: 466, body: JSON.stringify(quota('30000', '30000')) },
		error: {
			code: 'quotaExceeded',
			retryable: false,
			httpStatus: 466,
			used: 30000,
			total: 30000,
		},
		message: /30000 of 30000/,
		advice: /tariff/,
	},
	{
		title: '469 with status false',
		messenger: 'telegram',
		fault: refusal(469, LIMIT_REACHED),
		error: { code: 'contactLimit', retryable: false, httpStatus: 469, retryAfter: 7200 },
		message: /Telegram has stopped answering/,
		advice: /for 2 hours.*restart of n8n/,
	},
	{
		title: '469 with a reason alone',
		messenger: 'max',
		fault: { status: 469, body: JSON.stringify({ reason: LIMIT_REACHED }) },
		error: { code: 'contactLimit', retryable: false, httpStatus: 469, retryAfter: 7200 },
		message: /MAX has stopped answering/,
		advice: /for 2 hours/,
	},
	{
		title: '200 that is a 469',
		messenger: 'telegram',
		fault: refusal(200, LIMIT_REACHED),
		error: { code: 'contactLimit', retryable: false, httpStatus: 200, retryAfter: 7200 },
		message: /stopped answering/,
		advice: /for 2 hours/,
	},
	...[200, 400, 403, 500].map(
		(status): KnownFailure => ({
			title: `${status} that says status false, not authorized`,
			messenger: 'telegram',
			fault: refusal(status, NOT_READY),
			error: { code: 'notAuthorized', retryable: false, httpStatus: status },
			message: /not linked to a Telegram account/,
			advice: /GREEN-API console/,
		}),
	),
	{
		title: "200 with Telegram's limit under data",
		messenger: 'telegram',
		fault: {
			status: 200,
			body: '{"status":false,"data":{"status":"fail","reason":"rate_limit_exceeded","retryAfter":11930619}}',
		},
		error: { code: 'contactLimit', retryable: false, httpStatus: 200, retryAfter: 7200 },
		message: /Telegram has stopped answering/,
		advice: /for 2 hours/,
	},
	{
		title: "469 with Telegram's shorter limit",
		messenger: 'telegram',
		fault: refusal(469, 'Rate limited by messenger'),
		error: { code: 'contactLimit', retryable: false, httpStatus: 469, retryAfter: 900 },
		message: /Telegram has stopped answering/,
		advice: /Pause/,
	},
	{
		title: '200 while the messenger is unavailable',
		messenger: 'telegram',
		fault: refusal(200, 'Messenger is temporarily unavailable'),
		error: { code: 'serverError', retryable: true, httpStatus: 200 },
		message: /could not answer/,
		advice: /Run this item again/,
	},
	{
		title: '466 because of the 3 chats of the free plan',
		fault: {
			status: 466,
			body: JSON.stringify({
				invokeStatus: { method: 'checkwhatsapp', used: 1, total: 100, status: 'QUOTE_ALLOWED' },
				correspondentsStatus: { status: 'CORRESPONDENTS_QUOTE_EXCEEDED' },
			}),
		},
		error: { code: 'quotaExceeded', retryable: false, httpStatus: 466 },
		message: /3 chats a month .* used up/,
		advice: /tariff/,
	},
	{
		title: '407 of a proxy',
		fault: { status: 407 },
		error: { code: 'network', retryable: true, httpStatus: 407 },
		message: /could not be reached/,
		advice: /network of this n8n/,
	},
	...[402, 405, 410, 451].map(
		(status): KnownFailure => ({
			title: `${status}, which is not GREEN-API's`,
			fault: page(status, 'Odd'),
			error: { code: 'badResponse', retryable: true, httpStatus: status },
			message: /no clear answer/,
			advice: /Nothing is known about this item/,
		}),
	),
	{
		title: '200 with an error beside the answer',
		fault: { status: 200, body: '{"error":"Too Many Requests","existsWhatsapp":false}' },
		error: { code: 'badResponse', retryable: true, httpStatus: 200 },
		message: /no clear answer.*Too Many Requests/,
		advice: /Nothing is known about this item/,
	},
	{
		title: '499',
		fault: { status: 499 },
		error: { code: 'serverError', retryable: true, httpStatus: 499 },
		message: /could not answer/,
		advice: /Run this item again/,
	},
	{
		title: '500 interface conversion',
		messenger: 'max',
		operation: 'getContactInfo',
		fault: failed(500, 'interface conversion: interface {} is bool, not string'),
		error: { code: 'serverError', retryable: true, httpStatus: 500 },
		message: /could not answer/,
		advice: /Run this item again/,
	},
	{
		title: '502 Bad Gateway',
		fault: page(502, 'Bad Gateway'),
		error: { code: 'serverError', retryable: true, httpStatus: 502 },
		message: /could not answer/,
		advice: /Run this item again/,
	},
	{
		title: 'a redirect',
		fault: { status: 302, headers: { location: 'http://127.0.0.1:1/{token}' } },
		error: { code: 'badResponse', retryable: true, httpStatus: 302 },
		message: /no clear answer/,
		advice: /Nothing is known about this item/,
	},
	{
		title: '200 with a page',
		fault: page(200, 'It works'),
		error: { code: 'badResponse', retryable: true, httpStatus: 200 },
		message: /not a JSON object/,
		advice: /Nothing is known/,
	},
	{
		title: '200 with an empty body',
		fault: { status: 200 },
		error: { code: 'badResponse', retryable: true, httpStatus: 200 },
		message: /not a JSON object/,
		advice: /Nothing is known/,
	},
	{
		title: '200 that says "false" in quotes',
		fault: { status: 200, body: '{"existsWhatsapp":"false"}' },
		error: { code: 'badResponse', retryable: true, httpStatus: 200 },
		message: /neither true nor false/,
		advice: /Nothing is known/,
	},
	{
		title: 'half a body',
		fault: { connection: 'half' },
		error: { code: 'network', retryable: true },
		message: /could not be reached/,
		advice: /Check API URL/,
	},
	{
		title: 'a reset connection',
		fault: { connection: 'reset' },
		error: { code: 'network', retryable: true },
		message: /could not be reached: the connection broke/,
		advice: /Check API URL/,
	},
	{
		title: 'no answer at all',
		fault: { connection: 'hang' },
		error: { code: 'timeout', retryable: true },
		message: /in time/,
		advice: /Run this item again/,
	},
];
