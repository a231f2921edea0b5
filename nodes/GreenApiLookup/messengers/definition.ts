/**
 * What a messenger is to this package. Fields, routing, rows and texts are derived from the
 * definitions, so a new messenger is one file beside this one and a line in index.ts.
 */

import type { AccountRule, ChatIdRule } from '../lookup/phone/phoneNumber';

/** Ids of the operations, in the order of the dropdown: stored in users' workflows. */
export const OPERATIONS = ['checkAccount', 'getAccountSettings', 'getContactInfo'] as const;

/** One of them. */
export type Operation = (typeof OPERATIONS)[number];

/** The node's parameter that holds what an operation asks about; null: the instance itself. */
export type Subject = 'phoneNumber' | 'chatId' | null;

/** What each operation asks about. */
export const SUBJECTS: Readonly<Record<Operation, Subject>> = {
	checkAccount: 'phoneNumber',
	getAccountSettings: null,
	getContactInfo: 'chatId',
};

/** One method of GREEN-API. */
export interface Method {
	readonly verb: 'GET' | 'POST';
	readonly name: string;
	/** GREEN-API's limit for one instance, until an answer tells it. */
	readonly callsPerSecond: number;
}

/** All that the package knows about one messenger. */
export interface MessengerDefinition {
	/** Stored in users' workflows. */
	readonly id: string;
	/** The messenger's own spelling. */
	readonly name: string;
	/** In front of the path of every method. */
	readonly pathPrefix: '' | '/v3';
	/** The messenger's name in the answer of GREEN-API's getSettings. */
	readonly typeInstance: string;
	readonly methods: Readonly<Record<Operation, Method>>;
	/** What Check Account takes. */
	readonly accounts: AccountRule;
	/** Whether an account can be found under another form of its number only: docs/phone-numbers.md. */
	readonly twoForms?: boolean;
	/** Checks a minute that the messenger bears, where it is stricter than GREEN-API: docs/limits.md. */
	readonly checksPerMinute?: number;
	/** The boolean in the answer of Check Account. */
	readonly existsField: string;
	/** What Get Contact Info takes. */
	readonly chatIds: ChatIdRule;
	/** What the editor shows; what holds for all messengers is added in fields/. */
	readonly texts: {
		readonly phoneNumber: { readonly placeholder: string; readonly description: string };
		readonly chatId: { readonly placeholder: string; readonly description: string };
		/** The description of Check Account, where the common one is not enough. */
		readonly checkAccount?: string;
	};
}

/** One cell of Messenger × Operation. */
export interface Endpoint extends Omit<Method, 'name'> {
	readonly messenger: MessengerDefinition;
	readonly operation: Operation;
	/**
	 * Path below the host. The credential's `authenticate` fills in the placeholders, so that no
	 * URL with the token in it exists inside the node.
	 */
	readonly path: string;
	readonly subject: Subject;
}

/** The path of a method, with the placeholders that `authenticate` fills in. */
export function pathOf(prefix: string, method: string): string {
	return `${prefix}/waInstance{idInstance}/${method}/{apiTokenInstance}`;
}

/** Everything about a cell that the definition of its messenger says. */
export function endpointOf(messenger: MessengerDefinition, operation: Operation): Endpoint {
	const { name, ...method } = messenger.methods[operation];
	const path = pathOf(messenger.pathPrefix, name);
	return { ...method, messenger, operation, path, subject: SUBJECTS[operation] };
}
