import type { MessengerDefinition } from './definition';

/** green-api.com/docs: CheckWhatsapp, GetWaSettings, GetContactInfo; read 2026-11-22. */
export const whatsapp: MessengerDefinition = {
	id: 'whatsapp',
	name: 'WhatsApp',
	pathPrefix: '',
	typeInstance: 'whatsapp',
	methods: {
		checkAccount: { verb: 'POST', name: 'checkWhatsapp', callsPerSecond: 10 },
		getAccountSettings: { verb: 'GET', name: 'getWaSettings', callsPerSecond: 1 },
		getContactInfo: { verb: 'POST', name: 'getContactInfo', callsPerSecond: 1 },
	},
	accounts: { numbers: { fewest: 11, most: 16 }, lids: true },
	twoForms: true,
	existsField: 'existsWhatsapp',
	chatIds: {
		person: /^[1-9]\d{4,19}@(c\.us|lid)$/,
		group: /@g\.us$/,
		expected: 'it must end with @c.us or @lid',
		numberSuffix: '@c.us',
	},
	texts: {
		phoneNumber: {
			placeholder: 'e.g. +7 987 654-32-10',
			description:
				'Phone number with its country code, in any common spelling, or an ID that ends with @lid.',
		},
		chatId: {
			placeholder: 'e.g. 79876543210@c.us',
			description:
				'The chatId that Check Account returns, an ID that ends with @lid, or a phone number. No groups.',
		},
	},
};
