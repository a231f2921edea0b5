/** A query to GREEN-API, and what it looks like on the wire. */

import type { Endpoint } from '../messengers/definition';
import { failure, type Failure } from './answers/failures';
import { otherForm } from './phone/numberingPlans';
import { readAccount, readChatId } from './phone/phoneNumber';

/** One thing that can be asked of an instance. Two equal queries have the same answer. */
export interface Query {
	readonly endpoint: Endpoint;
	/** Digits, @username or chat ID; null where the query is about the instance. */
	readonly value: string | null;
	/** Asks the messenger itself instead of the service's cache. */
	readonly force: boolean;
}

/** An item's parameters as n8n hands them over: unchecked. */
export interface QueryFields {
	/** What is asked about. */
	readonly value: unknown;
	readonly force: boolean;
	/** Country of numbers without a country code; empty for none. */
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

/** The query of one item, or why there is none. */
export function readQuery(endpoint: Endpoint, fields: QueryFields): Query | Failure {
	const { messenger, subject } = endpoint;
	const { value, force, defaultCountry } = fields;
	if (subject === null) return { endpoint, value: null, force: false };
	const read =
		subject === 'chatId'
			? readChatId(value, messenger.chatIds, defaultCountry)
			: readAccount(value, messenger.accounts, defaultCountry);
	if (typeof read === 'string') {
		return { endpoint, value: read, force };
	}
	const invalid = subject === 'chatId' ? 'invalidChatId' : 'invalidPhoneNumber';
	return failure(read.isUnsupported ? 'unsupportedCountry' : invalid, {
		endpoint,
		value,
		// That it is empty is said already.
		detail: (value ?? '') === '' ? undefined : read.why,
		advice: read.advice,
	});
}

/** The query in the other form of its number, where the messenger knows two. */
export function otherFormOf(query: Query): Query | undefined {
	const { messenger, operation } = query.endpoint;
	if (operation !== 'checkAccount' || !messenger.twoForms) return undefined;
	const value = otherForm(query.value ?? '');
	return value === undefined ? undefined : { ...query, value };
}

/** Two queries to one instance with the same key have the same answer. */
export function keyOf({ endpoint: { messenger, operation }, value, force }: Query): string {
	// Of a @username, capitals say nothing.
	return JSON.stringify([messenger.id, operation, value?.toLowerCase(), force]);
}

/** phoneNumber goes out as a JSON integer, username and chatId (also a LID) as JSON strings. */
export function requestOf({ endpoint, value, force }: Query): LookupRequest {
	const { verb, path, subject } = endpoint;
	if (subject === null || value === null) return { verb, path, body: undefined };
	const fields = [
		subject === 'chatId' || value.endsWith('@lid')
			? `"chatId":${JSON.stringify(value)}`
			: value.startsWith('@')
				? `"username":${JSON.stringify(value)}`
				: `"phoneNumber":${value}`,
	];
	if (force) fields.push('"force":true');
	return { verb, path, body: `{${fields.join(',')}}` };
}
