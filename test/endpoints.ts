/** What the node offers, from its definitions, for tests that go over all of it. */

import { MESSENGERS } from '../nodes/GreenApiLookup/messengers';
import {
	endpointOf,
	OPERATIONS,
	type Endpoint,
	type MessengerDefinition,
	type Operation,
} from '../nodes/GreenApiLookup/messengers/definition';
import type { Messenger } from '../simulator/instance';

/** Every cell of Messenger × Operation, with the messenger's id. */
export const ENDPOINTS = MESSENGERS.flatMap(({ id }) =>
	OPERATIONS.map((operation) => ({
		...findEndpoint(id, operation),
		messenger: id as Messenger,
	})),
);

export function messengerOf(id: string): MessengerDefinition {
	const found = MESSENGERS.find((messenger) => messenger.id === id);
	if (!found) throw new Error(`No messenger has the id ${id}`);
	return found;
}

export function findEndpoint(id: string, operation: Operation): Endpoint {
	return endpointOf(messengerOf(id), operation);
}
