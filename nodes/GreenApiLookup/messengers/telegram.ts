import type { MessengerDefinition } from './definition';

/**
 * green-api.com/telegram/docs: CheckAccount, GetAccountSettings, GetContactInfo; read 2026-11-22.
 * The page names no length of numbers: E.164's, with room for one digit more.
 */
export const telegram: MessengerDefinition = {
	id: 'telegram',
	name: 'Telegram',
	pathPrefix: '',
	typeInstance: 'telegram',
	methods: {
		checkAccount: { verb: 'POST', name: 'checkAccount', callsPerSecond: 10 },
		getAccountSettings: { verb: 'GET', name: 'getAccountSettings', callsPerSecond: 1 },
		getContactInfo: { verb: 'POST', name: 'getContactInfo', callsPerSecond: 10 },
	},
	accounts: { numbers: { fewest: 7, most: 16 }, usernames: true },
	checksPerMinute: 20,
	existsField: 'exist',
	chatIds: { person: /^\d{1,20}$/, group: /^-\d+$/, expected: 'it must be digits only' },
	texts: {
		phoneNumber: {
			placeholder: 'e.g. +7 987 654-32-10 or @username',
			description:
				'Phone number with its country code, in any common spelling, or a username that begins with @.',
		},
		chatId: {
			placeholder: 'e.g. 10000000',
			description: 'The chatId that Check Account returns. No phone numbers, no groups.',
		},
		checkAccount:
			'Find out whether a phone number or @username can be found, and get its chat ID. "exists: false" can also mean that privacy settings hide the account.',
	},
};
