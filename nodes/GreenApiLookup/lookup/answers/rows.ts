/** The rows of items: the same fields for every messenger, null where nothing is known. */

import type { Endpoint, Operation } from '../../messengers/definition';
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

/** The row of a failed item where failed and answered items share one output. */
export function failedRowOf(
	{ messenger, operation, subject }: Endpoint,
	value: unknown,
	error: Failure,
): Row {
	return {
		messenger: messenger.id,
		...(subject && { [subject]: value ?? null }),
		...(operation === 'checkAccount' && { exists: null, chatId: null }),
		error,
	};
}

/** What only newer hosts tell is in the row if it is in the answer, as null where it is empty. */
function accountRow({ endpoint: { messenger }, value }: Query, body: JsonObject): Row {
	const { numberSuffix } = messenger.chatIds;
	const exists = body[messenger.existsField];
	const isNumber = !value?.startsWith('@');
	const phoneNumber = (isNumber && namedNumber(body)) || value;
	const answered = textOf(body.chatId);
	const chatId = numberSuffix === undefined ? answered : `${phoneNumber}${numberSuffix}`;
	const lid = answered?.endsWith('@lid') ? answered : null;
	return {
		phoneNumber,
		exists,
		chatId: exists ? chatId : null,
		...('username' in body && { username: textOf(body.username) }),
		...(numberSuffix !== undefined && 'chatId' in body && { lid }),
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
		lastSeen: timeOf(body.lastSeen),
	};
}
