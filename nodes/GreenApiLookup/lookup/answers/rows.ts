/** The rows of items: the same fields for every messenger, null where nothing is known. */

import type { Endpoint, Operation } from '../../messengers/definition';
import { describeNumber } from '../phone/numberForms';
import type { Query } from '../query';
import type { Failure } from './failures';
import { namedNumber, numberOf, textOf, timeOf } from './fields';
import type { JsonObject } from './json';
import type { Answer } from './response';

export type Row = Record<string, unknown>;

const SIMPLIFIED: Readonly<Record<Operation, (query: Query, body: JsonObject) => Row>> = {
	checkAccount: accountRow,
	getAccountSettings: settingsRow,
	getContactInfo: contactRow,
};

/** The row of an answered item: the same fields for every messenger, or the service's own body. */
export function rowOf({ query, body, at }: Answer, simplify: boolean): Row {
	if (!simplify) return { ...body };
	const { messenger, operation } = query.endpoint;
	const row = SIMPLIFIED[operation](query, body);
	return { messenger: messenger.id, ...row, checkedAt: new Date(at).toISOString() };
}

/**
 * The row of a failed item where failed and answered items share one output: `error` first of what
 * is not known, then the fields of an answered row.
 * @param value what the item asks about
 */
export function failedRowOf(endpoint: Endpoint, value: unknown, error: Failure): Row {
	const { messenger, operation, subject } = endpoint;
	const query = { endpoint, value: null, force: false };
	const fields = Object.keys(SIMPLIFIED[operation](query, {})).map((field) => [field, null]);
	return {
		messenger: messenger.id,
		...(subject && { [subject]: value ?? null }),
		...(operation === 'checkAccount' && { exists: null }),
		error,
		...Object.fromEntries(fields.filter(([field]) => field !== subject && field !== 'exists')),
		checkedAt: null,
	};
}

/** What only newer hosts tell is in the row if it is in the answer, as null where it is empty. */
function accountRow({ endpoint: { messenger }, value }: Query, body: JsonObject): Row {
	const { numberSuffix } = messenger.chatIds;
	const exists = body[messenger.existsField];
	const isNumber = value !== null && /^\d+$/.test(value);
	const digits = namedNumber(body) ?? (isNumber ? value : null);
	const answered = textOf(body.chatId);
	const chatId =
		numberSuffix === undefined ? answered : digits === null ? null : digits + numberSuffix;
	return {
		phoneNumber: isNumber ? digits : value,
		exists,
		chatId: exists ? chatId : null,
		...describeNumber(digits ?? ''),
		...('username' in body && { username: textOf(body.username) }),
		...(answered?.endsWith('@lid') && { lid: answered }),
	};
}

function settingsRow(_query: Query, body: JsonObject): Row {
	return {
		stateInstance: body.stateInstance,
		phone: textOf(body.phone),
		chatId: textOf(body.chatId),
		avatar: textOf(body.avatar),
		suspendedUntil: timeOf(body.suspendedUntil),
		historySyncProgress: numberOf(body.historySyncProgress),
	};
}

function contactRow(_query: Query, body: JsonObject): Row {
	return {
		chatId: textOf(body.chatId),
		name: textOf(body.name),
		contactName: textOf(body.contactName),
		avatar: textOf(body.avatar),
		phoneNumber: namedNumber(body) ?? null,
		username: textOf(body.username),
		isBusiness: typeof body.isBusiness === 'boolean' ? body.isBusiness : null,
		lastSeen: timeOf(body.lastSeen),
	};
}
