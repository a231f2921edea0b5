/** What an item's row looks like: the same fields for every messenger, null where nothing is known. */

import type { Endpoint, Operation } from '../../messengers/definition';
import type { Query } from '../query';
import type { Failure } from './failures';
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
	const answered = textOf(body.chatId);
	const chatId = numberSuffix === undefined ? answered : numberChatId(body, value, numberSuffix);
	const lid = answered?.endsWith('@lid') ? answered : null;
	return {
		phoneNumber: value,
		exists,
		chatId: exists ? chatId : null,
		...('username' in body && { username: textOf(body.username) }),
		...(numberSuffix !== undefined && 'chatId' in body && { lid }),
		...(typeof body.fromCache === 'boolean' && { fromCache: body.fromCache }),
	};
}

/** Newer answers put an @lid into chatId and the form with the number into phoneNumber. */
function numberChatId(body: JsonObject, digits: string | null, suffix: string): string {
	const answered = textOf(body.phoneNumber);
	return answered?.endsWith(suffix) ? answered : `${digits}${suffix}`;
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
	const chatId = textOf(body.chatId);
	return {
		chatId,
		name: textOf(body.name),
		contactName: textOf(body.contactName),
		avatar: textOf(body.avatar),
		phoneNumber: textOf(body.phoneNumber) ?? /^(\d+)@c\.us$/.exec(chatId ?? '')?.[1] ?? null,
		username: textOf(body.username),
		lastSeen: timeOf(body.lastSeen),
	};
}

/** Text, or a number as text (ids and phone numbers come both ways); empty and 0 are null. */
function textOf(value: unknown): string | null {
	if (typeof value === 'string') return value === '' ? null : value;
	return typeof value === 'number' && value !== 0 ? String(value) : null;
}

function numberOf(value: unknown): number | null {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Unix seconds as ISO 8601; 0 and what no calendar holds are null. */
function timeOf(value: unknown): string | null {
	const date = new Date((numberOf(value) || Number.NaN) * 1000);
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
