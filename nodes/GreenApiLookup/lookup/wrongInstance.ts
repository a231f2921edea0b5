/**
 * Which messenger an instance belongs to. A wrong Messenger in the node is answered as a wrong
 * address is; the instance's settings tell the two apart. They are asked for after such a run only.
 */

import { pathOf, type Endpoint, type MessengerDefinition } from '../messengers/definition';
import { failure, type Failure } from './answers/failures';
import { isObject, parseJson } from './answers/json';
import type { LookupResponse } from './answers/response';
import type { Instance } from './calls/instance';
import type { LookupRequest } from './query';

/** GREEN-API's limit of getSettings: green-api.com/docs, GetSettings, read 2026-11-22. */
export const SETTINGS_CALLS_PER_SECOND = 1;

/** The request for an instance's settings. */
export function settingsRequest({ pathPrefix }: Instance): LookupRequest {
	return { verb: 'GET', path: pathOf(pathPrefix, 'getSettings'), body: undefined };
}

/** `typeInstance` of the answer; undefined where there is none. */
export function readTypeInstance(response: LookupResponse | Error): string | undefined {
	const settings = response instanceof Error ? undefined : parseJson(response.text);
	const type = isObject(settings) ? settings.typeInstance : undefined;
	return typeof type === 'string' ? type : undefined;
}

/** The failure of a wrong instance, told with the messenger that the instance belongs to. */
export function namedFailure(
	{ asked, httpStatus }: Failure,
	endpoint: Endpoint,
	{ name }: MessengerDefinition,
): Failure {
	const chosen = endpoint.messenger.name;
	return failure('wrongInstance', {
		endpoint,
		asked,
		httpStatus,
		message: `The credential belongs to a ${name} instance, but Messenger is ${chosen}`,
		advice: `Choose ${name} as Messenger, or the credential of a ${chosen} instance.`,
	});
}
