/** Which phone number an item asks about: cleaned before a call is spent on it. */

import type { Endpoint } from '../endpoints';
import { failure, type Failure } from './failures';

/** What people put between the digits of a number. */
const SEPARATORS = /[ \t().\-\u00a0]/g;

/** A cell that a spreadsheet took for a number: its dot separates no digits of a phone number. */
const DECIMAL = /^\d+\.\d+$/;

/** Shortest and longest number that is asked: E.164 with room for the service's own 16 digits. */
const NUMBER = /^[1-9]\d{6,15}$/;

/** A Telegram username as GREEN-API takes it: 5 to 32 letters, digits and underscores after the @. */
const USERNAME = /^@[a-z]\w{3,31}$/i;

/**
 * The digits to ask about, in international form and without a plus sign, or for Telegram an
 * @username. Anything that is neither is a failure of the item; nothing is guessed.
 */
export function parsePhoneNumber(value: unknown, endpoint: Endpoint): string | Failure {
	const text = Number.isSafeInteger(value) && Number(value) > 0 ? String(value) : value;
	const refuse = (detail?: string) =>
		failure('invalidPhoneNumber', { endpoint, asked: false, value, detail });
	if (typeof text !== 'string') return refuse('it is not text');
	const trimmed = text.trim();
	if (trimmed.startsWith('@')) {
		if (endpoint.messenger !== 'telegram') return refuse('only Telegram looks up usernames');
		return USERNAME.test(trimmed)
			? trimmed
			: refuse('a username is @ and 4 to 32 letters or digits');
	}
	if (DECIMAL.test(trimmed)) return refuse('it is a decimal number');
	if (/\(0\)/.test(trimmed)) return refuse('leave out the (0)');
	const digits = trimmed.replace(/^\+/, '').replace(SEPARATORS, '').replace(/^00/, '');
	if (/\D/.test(digits)) return refuse('it holds something other than digits');
	return NUMBER.test(digits) ? digits : refuse();
}
