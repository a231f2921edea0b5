/** The rows of items: the same fields for every messenger, null where nothing is known. */

import type { Endpoint, Operation } from '../../messengers/definition';
import { describeNumber } from '../phone/numberingPlans';
import type { Query } from '../query';
import type { Failure } from './failures';
import { namedNumber, numberOf, textOf, timeOf } from './fields';
import type { JsonObject } from './json';
import { isFailure, type Answer, type Outcome } from './response';

export type Row = Record<string, unknown>;

const SIMPLIFIED: Readonly<Record<Operation, (body: JsonObject, query: Query) => Row>> = {
	checkAccount: accountRow,
	getAccountSettings: settingsRow,
	getContactInfo: contactRow,
};

/** How the rows of a run are written. */
export interface RowShape {
	/** Whether rows have the same fields for every messenger, or are the service's own body. */
	readonly simplify: boolean;
	/** Whether rows of Check Account have a `contact`. */
	readonly includeContactInfo: boolean;
	readonly dryRun: boolean;
}

/** The row of an answered item. */
export function rowOf(answer: Answer, { simplify, includeContactInfo, dryRun }: RowShape): Row {
	const { query, body, at, contact } = answer;
	const { messenger, operation } = query.endpoint;
	const isSimple = simplify || dryRun;
	const found = includeContactInfo && contactOf(contact, isSimple);
	// A copy: the answer is remembered, and the nodes behind may change their items.
	if (!isSimple) return structuredClone({ ...body, ...found });
	const row = SIMPLIFIED[operation](body, query);
	const checkedAt = at === null ? null : new Date(at).toISOString();
	return { messenger: messenger.id, ...row, ...found, checkedAt };
}

/** A failed contact does not cost the row its check: the failure goes into `contactError`. */
function contactOf(contact: Outcome | undefined, simplify: boolean): Row {
	if (contact === undefined) return { contact: null };
	if (!isFailure(contact)) {
		const { body } = contact;
		return { contact: simplify ? personOf(body) : body };
	}
	const { code, message, advice, retryable } = contact;
	return { contact: null, contactError: { code, message, advice, retryable } };
}

/**
 * The row of a failed item where failed and answered items share one output: `error` first of what
 * is not known, then the fields of an answered row.
 * @param value what the item asks about
 */
export function failedRowOf(
	endpoint: Endpoint,
	value: unknown,
	error: Failure,
	shape: RowShape,
): Row {
	const { operation, subject } = endpoint;
	const query = { endpoint, value: null, force: false };
	const { messenger, checkedAt, ...fields } = rowOf(
		{ query, body: {}, at: null },
		{ ...shape, simplify: true },
	);
	const unknown = Object.keys(fields).filter((field) => field !== subject && field !== 'exists');
	return {
		messenger,
		...(subject && { [subject]: value ?? null }),
		...(operation === 'checkAccount' && { exists: null }),
		error,
		...Object.fromEntries(unknown.map((field) => [field, null])),
		checkedAt,
	};
}

/** Whether an answer of Check Account says that there is an account. */
export function existsIn({ query, body }: Answer): boolean {
	return body[query.endpoint.messenger.existsField] === true;
}

/** The chat ID of the account that an answer of Check Account names; null where there is none. */
export function chatIdOf({ query, body }: Answer): string | null {
	const { chatId, lid } = accountRow(body, query);
	return textOf(chatId) ?? textOf(lid);
}

/** `username` and `lid`, which only newer hosts send, are in the row only if they are in the answer. */
function accountRow(body: JsonObject, { endpoint: { messenger }, value }: Query): Row {
	const { numberSuffix } = messenger.chatIds;
	const exists = body[messenger.existsField] ?? null;
	const isNumber = value !== null && /^\d+$/.test(value);
	const isLid = value?.endsWith('@lid') === true;
	const digits = namedNumber(body) ?? (isNumber ? value : null);
	const answered = textOf(body.chatId);
	// Hosts that tell LIDs leave chatId empty where there is no account.
	const hasNone = numberSuffix !== undefined && exists === false && body.chatId === '';
	const hasLid = isLid || hasNone || answered?.endsWith('@lid');
	const chatId =
		numberSuffix === undefined ? answered : digits === null ? null : digits + numberSuffix;
	return {
		phoneNumber: isNumber || isLid ? digits : value,
		exists,
		chatId: exists ? chatId : null,
		...describeNumber(digits ?? ''),
		...('username' in body && { username: textOf(body.username) }),
		...(hasLid && { lid: isLid ? value : answered }),
	};
}

function settingsRow(body: JsonObject): Row {
	return {
		stateInstance: body.stateInstance,
		phone: textOf(body.phone),
		chatId: textOf(body.chatId),
		avatar: textOf(body.avatar),
		suspendedUntil: timeOf(body.suspendedUntil),
		historySyncProgress: numberOf(body.historySyncProgress),
	};
}

function contactRow(body: JsonObject): Row {
	const { name, contactName, avatar, ...person } = personOf(body);
	const phoneNumber = namedNumber(body) ?? null;
	return { chatId: textOf(body.chatId), name, contactName, avatar, phoneNumber, ...person };
}

/** What is known of the person of a contact. */
function personOf(body: JsonObject): Row {
	return {
		name: textOf(body.name),
		contactName: textOf(body.contactName),
		avatar: textOf(body.avatar),
		username: textOf(body.username),
		isBusiness: typeof body.isBusiness === 'boolean' ? body.isBusiness : null,
		lastSeen: timeOf(body.lastSeen),
	};
}
