/** Values of the service's fields, in whatever type and spelling they come. */

import type { JsonObject } from './json';

/** Text, or a number as text (ids and phone numbers come both ways); empty and 0 are null. */
export function textOf(value: unknown): string | null {
	if (typeof value === 'string') return value === '' ? null : value;
	return Number.isSafeInteger(value) && value !== 0 ? String(value) : null;
}

export function numberOf(value: unknown): number | null {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Above it a time is in milliseconds: as seconds it would be the year 5138. */
const LAST_SECOND = 1e11;

/** Unix seconds or milliseconds as ISO 8601; what is not after 1970, or in no calendar, is null. */
export function timeOf(value: unknown): string | null {
	const time = numberOf(value) ?? 0;
	const date = new Date(time > LAST_SECOND ? time : time * 1000);
	return time <= 0 || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A phone number with or without the ending that makes a chat ID of it. */
const NUMBER = /^\+?(\d{5,20})(?:@(?:c\.us|s\.whatsapp\.net))?$/;

/** The digits of the phone number that an answer names, in whatever field and spelling. */
export function namedNumber({ phoneNumber, chatId }: JsonObject): string | undefined {
	const isId = typeof chatId === 'string' && chatId.includes('@');
	return [phoneNumber, isId ? chatId : undefined]
		.map((value) => NUMBER.exec(textOf(value) ?? '')?.[1])
		.find((digits) => digits !== undefined);
}
