/**
 * Where a GREEN-API instance lives. A credential is typed by hand, so everything about it that
 * can be wrong is found here, before a request is made, and said with the name of the field.
 */

/** The credential's fields as n8n hands them over: unchecked. */
export interface InstanceFields {
	readonly apiUrl?: unknown;
	readonly idInstance?: unknown;
	readonly apiTokenInstance?: unknown;
}

/** An instance that can be asked. */
export interface Instance {
	/** Scheme, host and perhaps a gateway's path; no trailing slash and no `/v3`. */
	readonly baseUrl: string;
	/** The end of API URL that belongs to every path; only instances of MAX have one. */
	readonly pathPrefix: '' | '/v3';
	readonly idInstance: string;
	readonly apiTokenInstance: string;
}

/** A credential field that cannot be right. */
export class InstanceError extends Error {
	constructor(
		/** Names the field and what is wrong with it, in one sentence. */
		readonly what: string,
		/** What to fill in. */
		readonly advice: string,
	) {
		super(`${what} ${advice}`);
	}
}

const COPY_URL =
	'Copy apiUrl from the instance in the GREEN-API console, e.g. https://7103.api.greenapi.com.';
const COPY_ID = 'Copy idInstance from the GREEN-API console, e.g. 7103000000.';
const COPY_TOKEN = 'Copy apiTokenInstance from the instance in the GREEN-API console.';

/** GREEN-API's tokens are 50 hexadecimal digits. */
const TOKEN = /^[\w-]{8,200}$/;

/** @throws InstanceError naming the field to correct. The token is never part of the message. */
export function parseInstance(fields: InstanceFields): Instance {
	const address = parseApiUrl(text(fields.apiUrl));
	const idInstance = text(fields.idInstance);
	demand(/^\d{1,32}$/.test(idInstance), 'Instance ID must be digits only.', COPY_ID);
	const apiTokenInstance = text(fields.apiTokenInstance);
	demand(apiTokenInstance !== '', 'API Token is empty.', COPY_TOKEN);
	const allowed = '8 to 200 letters, digits, "-" or "_", and nothing else';
	demand(TOKEN.test(apiTokenInstance), `API Token must be ${allowed}.`, COPY_TOKEN);
	return { ...address, idInstance, apiTokenInstance };
}

/**
 * Fills a path's {idInstance} and {apiTokenInstance}. Neither holds a brace, so a filled path has
 * no placeholder any more, and filling it again changes nothing.
 */
export function fillPath(path: string, instance: Instance): string {
	return path
		.replaceAll('{idInstance}', () => instance.idInstance)
		.replaceAll('{apiTokenInstance}', () => instance.apiTokenInstance);
}

function text(value: unknown): string {
	if (typeof value === 'string') return value.trim();
	return typeof value === 'number' ? String(value) : '';
}

function demand(isRight: boolean, what: string, advice: string): void {
	if (!isRight) throw new InstanceError(what, advice);
}

/** GREEN-API's have about 40 characters; servers refuse very long ones. */
const LONGEST_URL = 500;

function parseApiUrl(apiUrl: string): Pick<Instance, 'baseUrl' | 'pathPrefix'> {
	demand(apiUrl !== '', 'API URL is empty.', COPY_URL);
	demand(/^https?:\/\//i.test(apiUrl), 'API URL must start with https://.', COPY_URL);
	const isUrl = apiUrl.length <= LONGEST_URL && URL.canParse(apiUrl);
	demand(isUrl, 'API URL is not a valid address.', COPY_URL);
	const url = new URL(apiUrl);
	const more = url.username || url.password || url.search || url.hash;
	demand(
		!more && !/wainstance/i.test(url.pathname),
		'API URL must not contain a user name, an instance, a token, "?" or "#".',
		COPY_URL,
	);
	demand(
		url.protocol === 'https:' || isLoopback(url.hostname),
		'API URL must use https://, because the token is part of every request.',
		'http:// is accepted only for this machine (localhost).',
	);
	const path = url.pathname.replace(/\/+$/, '');
	const before = path.replace(/\/v3$/i, '');
	return {
		baseUrl: url.origin + before.replace(/\/+$/, ''),
		pathPrefix: before === path ? '' : '/v3',
	};
}

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
