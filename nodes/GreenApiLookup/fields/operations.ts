/** The two dropdowns, Messenger and Operation, with the routing of each pair. */

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { keepResponse, routedOperation, type LookupNode } from '../adapters/entryPoints';
import {
	endpointOf,
	OPERATIONS,
	type MessengerDefinition,
	type Operation,
} from '../messengers/definition';

/** The dropdown Messenger, stored as `resource`. */
export function messengerField({ messengers }: LookupNode): INodeProperties {
	const first = messengers[0]?.id;
	return {
		displayName: 'Messenger',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: messengers.map(({ id, name }) => ({
			name,
			value: id,
			// n8n refuses to load a node with such a hint on the dropdown itself.
			builderHint: {
				propertyHint: `A GREEN-API instance, and so its credential, serves one messenger only: this one needs an instance of ${name}. To search several messengers, give each its own node and credential.`,
			},
		})),
		default: first,
		description:
			'The messenger that your GREEN-API instance is linked to: each instance serves one',
	};
}

/** Texts of the operations; `action` gets the messenger's name in the place of `%`. */
const TEXTS = {
	checkAccount: {
		name: 'Check Account',
		action: 'Check % account',
		description: 'Find out whether a phone number has an account, and get its chat ID',
	},
	getAccountSettings: {
		name: 'Get Account Settings',
		action: 'Get % account settings',
		description: 'See whether the instance works: its state, phone number and avatar',
	},
	getContactInfo: {
		name: 'Get Contact Info',
		action: 'Get % contact info',
		description: 'Look up the name, avatar and more of a person by chat ID',
	},
} as const satisfies Record<Operation, object>;

/** What an AI that builds workflows should know of the operations that take a list. */
const LIST_HINT =
	'The node takes a whole list, one row out for every item in, and needs no loop. For lists set onError of the node to "continueErrorOutput": with the default the first item without an answer ends the run.';

/** One dropdown for each messenger: the AI tool's description is taken from the one that is shown. */
export function operationFields(lookup: LookupNode): INodeProperties[] {
	return lookup.messengers.map((messenger) => ({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [messenger.id] } },
		options: OPERATIONS.map((operation) => operationOption(messenger, operation, lookup)),
		default: 'checkAccount',
	}));
}

function operationOption(
	messenger: MessengerDefinition,
	operation: Operation,
	lookup: LookupNode,
): INodePropertyOptions {
	const endpoint = endpointOf(messenger, operation);
	const { name, action, description } = TEXTS[operation];
	return {
		name,
		value: operation,
		action: action.replace('%', messenger.name),
		description: (operation === 'checkAccount' && messenger.texts.checkAccount) || description,
		...(endpoint.subject && { builderHint: { propertyHint: LIST_HINT } }),
		routing: {
			request: { method: endpoint.verb, url: endpoint.path },
			send: { paginate: true },
			operations: { pagination: routedOperation(lookup, endpoint) },
			output: { postReceive: [keepResponse] },
		},
	};
}

/** An expression for the node's subtitle: "WhatsApp: Check Account". */
export function subtitleOf({ messengers }: LookupNode): string {
	const names = Object.fromEntries(messengers.map(({ id, name }) => [id, name]));
	const operations = Object.fromEntries(Object.entries(TEXTS).map(([id, { name }]) => [id, name]));
	return `={{ (${JSON.stringify(names)})[$parameter.resource] + ": " + (${JSON.stringify(operations)})[$parameter.operation] }}`;
}
