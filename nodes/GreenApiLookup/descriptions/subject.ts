/** What a question is about: a phone number or a chat ID, as each messenger takes it. */

import type { INodeProperties } from 'n8n-workflow';

import type { Messenger } from '../endpoints';

interface SubjectText {
	readonly placeholder: string;
	readonly description: string;
}

const LIST =
	'Without country code: set Default Country under Options. For a list: an expression such as {{ $json.phone }}.';

/** What Telegram does, and by report MAX: docs/limits.md. */
export const SLICES =
	'Many different numbers within minutes can stop all answers for about 2 hours: check long lists in slices.';

const PHONE_NUMBER: Readonly<Record<Messenger, SubjectText>> = {
	max: {
		placeholder: 'e.g. +7 987 654-32-10',
		description: `Phone number with its country code, in any common spelling. GREEN-API can ask MAX only about numbers that begin with 7 (Russia, Kazakhstan) or 375 (Belarus). ${LIST} ${SLICES}`,
	},
	telegram: {
		placeholder: 'e.g. +7 987 654-32-10 or @username',
		description: `Phone number with its country code, in any common spelling, or a username that begins with @. ${LIST} ${SLICES}`,
	},
	whatsapp: {
		placeholder: 'e.g. +7 987 654-32-10',
		description: `Phone number with its country code, in any common spelling. ${LIST}`,
	},
};

const NUMERIC_CHAT_ID: SubjectText = {
	placeholder: 'e.g. 10000000',
	description: 'The chatId that Check Account returns. No phone numbers, no groups.',
};

const CHAT_ID: Readonly<Record<Messenger, SubjectText>> = {
	max: NUMERIC_CHAT_ID,
	telegram: NUMERIC_CHAT_ID,
	whatsapp: {
		placeholder: 'e.g. 79876543210@c.us',
		description:
			'The chatId that Check Account returns, an ID that ends with @lid, or a phone number. No groups.',
	},
};

export function phoneNumberField(messenger: Messenger): INodeProperties {
	return {
		displayName: 'Phone Number',
		name: 'phoneNumber',
		type: 'string',
		required: true,
		default: '',
		...PHONE_NUMBER[messenger],
		displayOptions: { show: { resource: [messenger], operation: ['checkAccount'] } },
		routing: { send: { type: 'body', property: 'phoneNumber' } },
	};
}

export function chatIdField(messenger: Messenger): INodeProperties {
	return {
		displayName: 'Chat ID',
		name: 'chatId',
		type: 'string',
		required: true,
		default: '',
		...CHAT_ID[messenger],
		displayOptions: { show: { resource: [messenger], operation: ['getContactInfo'] } },
		routing: { send: { type: 'body', property: 'chatId' } },
	};
}
