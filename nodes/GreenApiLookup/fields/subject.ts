/** What a query is about: a phone number or a chat ID, as each messenger takes it. */

import type { INodeProperties } from 'n8n-workflow';

import { OPERATIONS, SUBJECTS, type MessengerDefinition } from '../messengers/definition';

const NAMES = { phoneNumber: 'Phone Number', chatId: 'Chat ID' } as const;

/** What an AI that builds workflows should know. */
const HINTS = {
	phoneNumber:
		'An expression that reads one number from the item, e.g. ={{ $json.phone }}. Any common spelling works. Set options.defaultCountry (ISO code) where numbers have no country code.',
	chatId:
		'The chatId of a row of checkAccount, e.g. ={{ $json.chatId }}. To go from phone numbers to contacts use checkAccount with options.includeContactInfo.',
} as const;

/** The fields of one subject, one for each messenger. */
export function subjectFields(
	messengers: readonly MessengerDefinition[],
	subject: keyof typeof NAMES,
): INodeProperties[] {
	return messengers.map(({ id, texts }) => ({
		displayName: NAMES[subject],
		name: subject,
		type: 'string',
		required: true,
		default: '',
		...texts[subject],
		builderHint: { propertyHint: HINTS[subject] },
		displayOptions: {
			show: {
				resource: [id],
				operation: OPERATIONS.filter((operation) => SUBJECTS[operation] === subject),
			},
		},
	}));
}
