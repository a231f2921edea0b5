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
	/** What GREEN-API's console puts behind the host; only instances of MAX have one. */
	readonly version: '' | '/v3';
	readonly idInstance: string;
	readonly apiTokenInstance: string;
}

/** A credential field that cannot be right. */
export class InstanceError extends Error {
	/**
	 * @param what names the field and what is wrong with it, in one sentence
	 * @param advice what to fill in
	 */
	constructor(
		readonly what: string,
		readonly advice: string,
	) {
		super(`${what} ${advice}`);
	}
}

const API_URL_HINT =
	'Copy apiUrl from the instance in the GREEN-API console, e.g. https://7103.api.greenapi.com.';

/** @throws InstanceError naming the field to correct. The token is never part of the message. */
export function parseInstance(fields: InstanceFields): Instance {
	return {
		...parseApiUrl(text(fields.apiUrl)),
		idInstance: parseIdInstance(text(fields.idInstance)),
		apiTokenInstance: parseToken(text(fields.apiTokenInstance)),
	};
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

/** GREEN-API's have about 40 characters; servers refuse very long ones. */
const LONGEST_URL = 500;

function parseApiUrl(apiUrl: string): Pick<Instance, 'baseUrl' | 'version'> {
	if (apiUrl === '') throw new InstanceError('API URL is empty.', API_URL_HINT);
	if (!/^https?:\/\//i.test(apiUrl)) {
		throw new InstanceError('API URL must start with https://.', API_URL_HINT);
	}
	if (apiUrl.length > LONGEST_URL || !URL.canParse(apiUrl)) {
		throw new InstanceError('API URL is not a valid address.', API_URL_HINT);
	}
	const url = new URL(apiUrl);
	if (url.username || url.password || url.search || url.hash || /wainstance/i.test(url.pathname)) {
		throw new InstanceError(
			'API URL must hold the host only, without instance, token, "?" or "#".',
			API_URL_HINT,
		);
	}
	if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
		throw new InstanceError(
			'API URL must use https://, because the token is part of every request.',
			'http:// is accepted only for this machine (localhost).',
		);
	}
	const path = url.pathname.replace(/\/+$/, '');
	const before = path.replace(/\/v3$/i, '');
	return {
		baseUrl: url.origin + before.replace(/\/+$/, ''),
		version: before === path ? '' : '/v3',
	};
}

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function parseIdInstance(idInstance: string): string {
	if (/^\d{1,32}$/.test(idInstance)) return idInstance;
	throw new InstanceError(
		'Instance ID must be digits only.',
		'Copy idInstance from the GREEN-API console, e.g. 7103000000.',
	);
}

const TOKEN_HINT = 'Copy apiTokenInstance from the instance in the GREEN-API console.';

/** GREEN-API's tokens are 50 hexadecimal digits. */
const TOKEN = /^[\w-]{8,200}$/;

function parseToken(token: string): string {
	if (token === '') throw new InstanceError('API Token is empty.', TOKEN_HINT);
	if (TOKEN.test(token)) return token;
	throw new InstanceError(
		'API Token must be 8 to 200 letters, digits, "-" or "_", and nothing else.',
		TOKEN_HINT,
	);
}
