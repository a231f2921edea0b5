/** The two dropdowns, Messenger and Operation, with the routing of each pair. */

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { keepResponse, routingDoor } from '../doors/routing';
import {
	ENDPOINTS,
	MESSENGER_NAMES,
	type Endpoint,
	type Messenger,
	type Operation,
} from '../endpoints';
import type { Shared } from '../lookup/shared';
import { SLICES } from './subject';

export const messengerField: INodeProperties = {
	displayName: 'Messenger',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: MESSENGER_NAMES.whatsapp, value: 'whatsapp' },
		{ name: MESSENGER_NAMES.telegram, value: 'telegram' },
		{ name: MESSENGER_NAMES.max, value: 'max' },
	],
	default: 'whatsapp',
	description: 'The messenger that your GREEN-API instance is linked to: each instance serves one',
};

const NAMES: Readonly<Record<Operation, string>> = {
	checkAccount: 'Check Account',
	getAccountSettings: 'Get Account Settings',
	getContactInfo: 'Get Contact Info',
};

const ACTIONS: Readonly<Record<Operation, (messenger: string) => string>> = {
	checkAccount: (messenger) => `Check whether a phone number has a ${messenger} account`,
	getAccountSettings: (messenger) => `Get state and phone number of the ${messenger} instance`,
	getContactInfo: (messenger) => `Get name and avatar of a ${messenger} contact`,
};

const DESCRIPTIONS: Readonly<Record<Operation, string>> = {
	checkAccount: 'Find out whether a phone number has an account, and its chat ID',
	getAccountSettings: 'See whether the instance works: its state, phone number and avatar',
	getContactInfo: 'Look up name, avatar and more of one person by chat ID',
};

const TELEGRAM_CHECK = `Find out whether a phone number or @username can be found, and its chat ID. "exists: false" can also mean that its privacy settings hide the account. ${SLICES}`;

/** One dropdown for each messenger: the AI tool's description is taken from the one that is shown. */
export function operationField(messenger: Messenger, shared: Shared): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [messenger] } },
		options: ENDPOINTS.filter((endpoint) => endpoint.messenger === messenger).map((endpoint) =>
			operationOption(endpoint, shared),
		),
		default: 'checkAccount',
	};
}

function operationOption(endpoint: Endpoint, shared: Shared): INodePropertyOptions {
	const { messenger, operation, verb, path } = endpoint;
	const isTelegramCheck = messenger === 'telegram' && operation === 'checkAccount';
	return {
		name: NAMES[operation],
		value: operation,
		action: ACTIONS[operation](MESSENGER_NAMES[messenger]),
		description: isTelegramCheck ? TELEGRAM_CHECK : DESCRIPTIONS[operation],
		routing: {
			request: { method: verb, url: path },
			send: { paginate: true },
			operations: { pagination: routingDoor(endpoint, shared) },
			output: { postReceive: [keepResponse] },
		},
	};
}
