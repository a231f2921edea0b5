/** Sentences of the editor that several messengers share. */

import type { FieldText } from './definition';

export const PHONE_NUMBER_HINT =
	'Without country code: set Default Country under Options. For a list: an expression such as {{ $json.phone }}.';

/** What Telegram does, and by report MAX: docs/limits.md. */
export const SLICES =
	'Many different numbers within minutes can stop all answers for about 2 hours: set Checks per Minute under Options for a list.';

export const NUMERIC_CHAT_ID: FieldText = {
	placeholder: 'e.g. 10000000',
	description: 'The chatId that Check Account returns. No phone numbers, no groups.',
};
