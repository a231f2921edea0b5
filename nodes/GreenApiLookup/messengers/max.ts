import type { MessengerDefinition } from './definition';

/**
 * green-api.com/v3/docs: CheckAccount, GetAccountSettings, GetContactInfo; read 2026-11-22. The
 * calls a second come from another source than these pages.
 */
export const max: MessengerDefinition = {
	id: 'max',
	name: 'MAX',
	pathPrefix: '/v3',
	typeInstance: 'v3',
	methods: {
		checkAccount: { verb: 'POST', name: 'checkAccount', callsPerSecond: 10 },
		getAccountSettings: { verb: 'GET', name: 'getAccountSettings', callsPerSecond: 1 },
		getContactInfo: { verb: 'POST', name: 'getContactInfo', callsPerSecond: 10 },
	},
	accounts: { numbers: { fewest: 11, most: 12, countryCodes: ['7', '375'] } },
	checksPerMinute: 20,
	existsField: 'exist',
	chatIds: { person: /^\d{1,20}$/, group: /^-\d+$/, expected: 'it must be digits only' },
	texts: {
		phoneNumber: {
			placeholder: 'e.g. +7 987 654-32-10',
			description:
				'Phone number with its country code, in any common spelling. On MAX, GREEN-API looks up only numbers that begin with 7 (Russia, Kazakhstan) or 375 (Belarus).',
		},
		chatId: {
			placeholder: 'e.g. 10000000',
			description: 'The chatId that Check Account returns. No phone numbers, no groups.',
		},
	},
};
