/** A question to GREEN-API, and what it looks like on the wire. */

import type { Endpoint } from '../endpoints';
import { parseChatId } from './chatId';
import type { Failure } from './failures';
import { parsePhoneNumber } from './phoneNumber';

/** One thing that can be asked. Two equal questions have the same answer. */
export interface Question {
	readonly endpoint: Endpoint;
	/** Digits, @username or chat ID; null where the question is about the instance. */
	readonly value: string | null;
	/** Asks the messenger itself instead of the service's cache. */
	readonly force: boolean;
}

/** An item's parameters as n8n hands them over: unchecked. */
export interface QuestionFields {
	readonly subject: unknown;
	readonly force: boolean;
	/** ISO code of the country of numbers without a country code; empty for none. */
	readonly defaultCountry?: unknown;
}

/** A request without host and secrets. */
export interface LookupRequest {
	readonly verb: 'GET' | 'POST';
	/** Holds the placeholders of `Endpoint.path`. */
	readonly path: string;
	/** JSON text; written here because a 16-digit number does not survive a JavaScript number. */
	readonly body: string | undefined;
}

/** The question of one item, or why there is none. */
export function parseQuestion(endpoint: Endpoint, fields: QuestionFields): Question | Failure {
	if (endpoint.subject === null) return { endpoint, value: null, force: false };
	const parse = endpoint.subject === 'chatId' ? parseChatId : parsePhoneNumber;
	const value = parse(fields.subject, endpoint, fields.defaultCountry);
	return typeof value === 'string' ? { endpoint, value, force: fields.force } : value;
}

/** phoneNumber goes out as a JSON integer, username and chatId as JSON strings. */
export function requestOf({ endpoint, value, force }: Question): LookupRequest {
	const { verb, path, subject } = endpoint;
	if (subject === null || value === null) return { verb, path, body: undefined };
	const fields = [
		subject === 'chatId'
			? `"chatId":${JSON.stringify(value)}`
			: value.startsWith('@')
				? `"username":${JSON.stringify(value)}`
				: `"phoneNumber":${value}`,
	];
	if (force) fields.push('"force":true');
	return { verb, path, body: `{${fields.join(',')}}` };
}
