/**
 * The one table of what GREEN-API can be asked. The description's dropdowns and routing, both
 * doors and the core are made from it, so a new operation starts with a row here.
 */

export type Messenger = 'max' | 'telegram' | 'whatsapp';
export type Operation = 'checkAccount' | 'getAccountSettings' | 'getContactInfo';

/** Which phone numbers the service takes. */
export interface NumberRule {
	readonly fewest: number;
	readonly most: number;
	/** The only country codes; undefined for all. */
	readonly countryCodes?: readonly string[];
}

/**
 * WhatsApp: green-api.com/docs, CheckWhatsapp, as of 2026. MAX: green-api.com/v3/docs, CheckAccount.
 * Telegram's page names no length, so it is E.164's with room for one more. Read 2026-11-22.
 */
const NUMBERS: Readonly<Record<Messenger, NumberRule>> = {
	max: { fewest: 11, most: 12, countryCodes: ['7', '375'] },
	telegram: { fewest: 7, most: 16 },
	whatsapp: { fewest: 11, most: 16 },
};

/** Numbers that are chat IDs: GetContactInfo names no length. */
const CHAT_NUMBERS: NumberRule = { fewest: 7, most: 16 };

/** One cell of Messenger × Operation: what it asks about and how it looks on the wire. */
export interface Endpoint {
	readonly messenger: Messenger;
	readonly operation: Operation;
	readonly verb: 'GET' | 'POST';
	/**
	 * Path below the host. The placeholders are filled in by the credential's `authenticate`,
	 * so that no URL with the token in it ever exists inside the node.
	 */
	readonly path: string;
	/** The parameter that the question is about; null where it is about the instance itself. */
	readonly subject: 'phoneNumber' | 'chatId' | null;
	readonly numbers: NumberRule;
	/** The service's limit per instance and method, until it tells it itself with an answer. */
	readonly callsPerSecond: number;
}

function endpoint(
	messenger: Messenger,
	operation: Operation,
	verb: Endpoint['verb'],
	method: string,
	subject: Endpoint['subject'],
	callsPerSecond: number,
): Endpoint {
	// MAX lives below /v3 (its specification asks for it), the other two never do.
	const version = messenger === 'max' ? '/v3' : '';
	const path = `${version}/waInstance{idInstance}/${method}/{apiTokenInstance}`;
	const numbers = subject === 'chatId' ? CHAT_NUMBERS : NUMBERS[messenger];
	return { messenger, operation, verb, path, subject, numbers, callsPerSecond };
}

/**
 * Verbs, method names and WhatsApp's limits: green-api.com/docs and green-api.com/v3/docs, read
 * 2026-11-22. MAX's limits are second-hand; Telegram's are not published, and taken from WhatsApp.
 */
export const ENDPOINTS: readonly Endpoint[] = [
	endpoint('max', 'checkAccount', 'POST', 'checkAccount', 'phoneNumber', 10),
	endpoint('max', 'getAccountSettings', 'GET', 'getAccountSettings', null, 1),
	endpoint('max', 'getContactInfo', 'POST', 'getContactInfo', 'chatId', 10),
	endpoint('telegram', 'checkAccount', 'POST', 'checkAccount', 'phoneNumber', 10),
	endpoint('telegram', 'getAccountSettings', 'GET', 'getAccountSettings', null, 1),
	endpoint('telegram', 'getContactInfo', 'POST', 'getContactInfo', 'chatId', 1),
	endpoint('whatsapp', 'checkAccount', 'POST', 'checkWhatsapp', 'phoneNumber', 10),
	endpoint('whatsapp', 'getAccountSettings', 'GET', 'getWaSettings', null, 1),
	endpoint('whatsapp', 'getContactInfo', 'POST', 'getContactInfo', 'chatId', 1),
];

/** The messengers' own spelling, for people. */
export const MESSENGER_NAMES: Readonly<Record<Messenger, string>> = {
	max: 'MAX',
	telegram: 'Telegram',
	whatsapp: 'WhatsApp',
};
