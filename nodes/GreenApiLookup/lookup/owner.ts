/**
 * Which messenger an instance belongs to. A wrong Messenger in the node is answered as a wrong address
 * is; the instance's settings tell the two apart. They are asked for after such a failure only.
 */

import type { Messenger } from '../endpoints';
import type { Instance } from './instance';
import { isObject, parseJson, type LookupResponse } from './outcome';
import type { LookupRequest } from './question';

/** GREEN-API's limit of getSettings: green-api.com/docs, GetSettings, read 2026-11-22. */
const CALLS_PER_SECOND = 1;

/** `typeInstance` in the answer of getSettings: green-api.com/docs and /v3/docs, read 2026-11-22. */
const MESSENGERS = new Map<unknown, Messenger>([
	['whatsapp', 'whatsapp'],
	['telegram', 'telegram'],
	['v3', 'max'],
]);

/** The request for an instance's settings, and its limit. */
export function ownerRequest({
	version,
}: Instance): LookupRequest & { readonly callsPerSecond: number } {
	const path = `${version}/waInstance{idInstance}/getSettings/{apiTokenInstance}`;
	return { verb: 'GET', path, body: undefined, callsPerSecond: CALLS_PER_SECOND };
}

/** The messenger that the settings name; undefined where they do not. */
export function readOwner({ text }: LookupResponse): Messenger | undefined {
	const settings = parseJson(text);
	return isObject(settings) ? MESSENGERS.get(settings.typeInstance) : undefined;
}
