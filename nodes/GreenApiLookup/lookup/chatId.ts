/** Which chat an item asks about. */

import type { Endpoint } from '../endpoints';
import { failure, type Failure } from './failures';

/** Longer than any id of the three messengers; keeps a pasted document out of a request. */
const LONGEST = 64;

/** The chat ID as the string that the service wants, or a failure of the item. */
export function parseChatId(value: unknown, endpoint: Endpoint): string | Failure {
	const refuse = (detail?: string) =>
		failure('invalidChatId', { endpoint, asked: false, value, detail });
	const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
	if (typeof text !== 'string') return refuse('it is not text');
	const chatId = text.trim();
	if (chatId === '') return refuse();
	return chatId.length <= LONGEST ? chatId : refuse('it is too long');
}
