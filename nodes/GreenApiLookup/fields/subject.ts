/** What a query is about: a phone number or a chat ID, as each messenger takes it. */

import type { INodeProperties } from 'n8n-workflow';

import { OPERATIONS, SUBJECTS, type MessengerDefinition } from '../messengers/definition';

const NAMES = { phoneNumber: 'Phone Number', chatId: 'Chat ID' } as const;

/** What an AI that builds workflows should know. */
const BUILDER_HINTS = {
	phoneNumber:
		'An expression that reads one number from the item, e.g. ={{ $json.phone }}. Any common spelling works. Set options.defaultCountry (ISO code) where numbers have no country code.',
	chatId:
		'The chatId of a row of checkAccount, e.g. ={{ $json.chatId }}. To go from phone numbers to contacts use checkAccount with options.includeContactInfo.',
} as const;

const NUMBER_HINT =
	'If numbers have no country code, set Default Country under Options. For a list, use an expression such as {{ $json.phone }}.';

/** What Telegram does, and by report MAX: docs/limits.md. */
const PACE_HINT =
	'Many different numbers within minutes can stop all answers for about 2 hours: for a list, set Checks per Minute under Options.';

/** The fields of one subject, one for each messenger. */
export function subjectFields(
	messengers: readonly MessengerDefinition[],
	subject: keyof typeof NAMES,
): INodeProperties[] {
	return messengers.map((messenger) => ({
		displayName: NAMES[subject],
		name: subject,
		type: 'string',
		required: true,
		default: '',
		placeholder: messenger.texts[subject].placeholder,
		description: descriptionOf(messenger, subject),
		builderHint: { propertyHint: BUILDER_HINTS[subject] },
		displayOptions: {
			show: {
				resource: [messenger.id],
				operation: OPERATIONS.filter((operation) => SUBJECTS[operation] === subject),
			},
		},
	}));
}

function descriptionOf(messenger: MessengerDefinition, subject: keyof typeof NAMES): string {
	const { description } = messenger.texts[subject];
	if (subject === 'chatId') return description;
	const isPaced = messenger.checksPerMinute !== undefined;
	return [description, NUMBER_HINT, ...(isPaced ? [PACE_HINT] : [])].join(' ');
}
