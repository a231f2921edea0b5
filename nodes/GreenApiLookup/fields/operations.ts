/** The two dropdowns, Messenger and Operation, with the routing of each pair. */

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { keepResponse, routedOperation, type LookupNode } from '../adapters/entryPoints';
import {
	endpointOf,
	OPERATIONS,
	SUBJECTS,
	type MessengerDefinition,
	type Operation,
} from '../messengers/definition';

export function messengerField({ messengers }: LookupNode): INodeProperties {
	const options = messengers.map(({ id, name }) => ({
		name,
		value: id,
		// n8n refuses to load a node with such a hint on the dropdown itself.
		builderHint: {
			propertyHint: `A GREEN-API instance, and so its credential, serves one messenger only: this one needs an instance of ${name}. To search several messengers use one node with a credential of its own for each.`,
		},
	}));
	const first = options[0]?.value;
	return {
		displayName: 'Messenger',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options,
		default: first,
		description:
			'The messenger that your GREEN-API instance is linked to: each instance serves one',
	};
}

interface OperationText {
	readonly name: string;
	readonly action: (messenger: string) => string;
	readonly description: string;
}

const TEXTS: Readonly<Record<Operation, OperationText>> = {
	checkAccount: {
		name: 'Check Account',
		action: (messenger) => `Check ${messenger} account`,
		description: 'Find out whether a phone number has an account, and its chat ID',
	},
	getAccountSettings: {
		name: 'Get Account Settings',
		action: (messenger) => `Get ${messenger} account settings`,
		description: 'See whether the instance works: its state, phone number and avatar',
	},
	getContactInfo: {
		name: 'Get Contact Info',
		action: (messenger) => `Get ${messenger} contact info`,
		description: 'Look up name, avatar and more of one person by chat ID',
	},
};

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
		action: action(messenger.name),
		description: (operation === 'checkAccount' && messenger.texts.checkAccount) || description,
		...(SUBJECTS[operation] !== null && { builderHint: { propertyHint: LIST_HINT } }),
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
	const operations = Object.fromEntries(
		OPERATIONS.map((operation) => [operation, TEXTS[operation].name]),
	);
	return `={{ (${JSON.stringify(names)})[$parameter.resource] + ": " + (${JSON.stringify(operations)})[$parameter.operation] }}`;
}
