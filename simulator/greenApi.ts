/**
 * What GREEN-API answers to one request: which checks it makes in which order, and what its bodies
 * look like. Pure: it knows neither sockets nor time.
 */

import type { Contact, InstanceSettings, MethodFamily } from './instance';
import { areForms, reachable } from './numbers';
import { BY_STATE, NOT_READY } from './refusals';

export interface SimulatedRequest {
	readonly verb: string;
	/** Raw path with the token: GREEN-API repeats it in its error bodies. */
	readonly path: string;
	/** Body as text. */
	readonly text: string;
}

export interface SimulatedAnswer {
	readonly status: number;
	readonly contentType: 'application/json' | 'text/html';
	/** JSON value, HTML text, or undefined for an empty body. */
	readonly body: unknown;
}

/** A path taken apart; undefined where it is no call of an instance at all. */
export interface Address {
	readonly v3: boolean;
	readonly idInstance: string;
	/** Lower case: GREEN-API does not mind the case of a method. */
	readonly method: string;
	readonly token: string;
}

export function parseAddress(path: string): Address | undefined {
	const match = /^(\/v3)?\/waInstance([^/]+)\/([^/]+)\/([^/]*)\/?$/i.exec(path);
	if (!match) return undefined;
	const [, v3, idInstance = '', method = '', token = ''] = match;
	return { v3: v3 !== undefined, idInstance, method: method.toLowerCase(), token: decode(token) };
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

type Body = Record<string, unknown>;
type Handler = (instance: InstanceSettings, body: Body) => Result;

/** What comes out behind the general checks: a 200 body, or an error by its message. */
type Result = { readonly body: unknown } | { readonly error: string; readonly status?: number };

interface Method {
	readonly verb: 'GET' | 'POST';
	readonly family: MethodFamily;
	readonly handle: Handler;
	/** Whether the messenger itself must be reachable: then state and quota are looked at. */
	readonly live: boolean;
}

const check: Method = { verb: 'POST', family: 'check', live: true, handle: checkAccount };
const contactInfo: Method = { verb: 'POST', family: 'contact', live: true, handle: getContactInfo };
const settings: Method = { verb: 'GET', family: 'account', live: false, handle: accountSettings };
const common: Readonly<Record<string, Method>> = {
	getcontactinfo: contactInfo,
	getstateinstance: {
		verb: 'GET',
		family: 'account',
		live: false,
		handle: ({ state }) => ({ body: { stateInstance: state } }),
	},
	getsettings: {
		verb: 'GET',
		family: 'account',
		live: false,
		handle: ({ messenger }) => ({
			body: { wid: '', typeInstance: messenger === 'max' ? 'v3' : messenger },
		}),
	},
};

const METHODS: Readonly<Record<InstanceSettings['messenger'], Readonly<Record<string, Method>>>> = {
	max: { ...common, checkaccount: check, getaccountsettings: settings },
	telegram: { ...common, checkaccount: check, getaccountsettings: settings },
	whatsapp: { ...common, checkwhatsapp: check, getwasettings: settings },
};

export function methodOf(instance: InstanceSettings, address: Address): Method | undefined {
	return METHODS[instance.messenger][address.method];
}

/** Whether this host knows the instance under this path: MAX below /v3, the others never. */
export function isServedAt(instance: InstanceSettings, { v3 }: Address): boolean {
	if (instance.messenger !== 'max') return !v3;
	return v3 || instance.v3 === 'lenient';
}

export const NGINX_403: SimulatedAnswer = nginx(403, 'Forbidden');
export const NGINX_404: SimulatedAnswer = nginx(404, 'Not Found');
export const TOO_MANY: SimulatedAnswer = empty(429);

/** The answer behind host, id and rate limit: token, verb, JSON, state, quota, messenger. */
export function answer(
	instance: InstanceSettings,
	address: Address,
	request: SimulatedRequest,
): SimulatedAnswer {
	if (address.token !== instance.apiTokenInstance) return empty(401);
	const method = methodOf(instance, address);
	if (method?.verb !== request.verb) {
		return failed(request, 404, `Cannot ${request.verb} ${request.path}`);
	}
	if (request.text.length > 100_000) return failed(request, 500, 'request entity too large');
	const body = parseBody(request.text);
	if (body === undefined) return failed(request, 400, 'Validation failed');
	const result = method.handle(instance, body);
	// Validation comes before the state, and both before anything is counted.
	if ('error' in result) return failed(request, result.status ?? 400, result.error);
	if (method.live && !isReady(instance)) return refused(instance, request);
	if (method.family === 'check') {
		if (instance.quota.used >= instance.quota.total) return quotaExceeded(instance, address);
		instance.quota.used++;
	}
	return json(200, result.body);
}

function isReady({ state }: InstanceSettings): boolean {
	return ['authorized', 'suspended', 'yellowCard'].includes(state);
}

function refused(instance: InstanceSettings, request: SimulatedRequest): SimulatedAnswer {
	const { messenger, state, refusalStatus } = instance;
	// Only WhatsApp tells "starting" apart.
	const isTold = messenger === 'whatsapp' || state !== 'starting';
	const reason = (isTold && BY_STATE[state]) || NOT_READY;
	if (messenger === 'whatsapp') return failed(request, 400, reason);
	return json(refusalStatus, { status: false, reason });
}

function quotaExceeded({ quota }: InstanceSettings, { method }: Address): SimulatedAnswer {
	const { used, total } = quota;
	const description =
		'Monthly quota has been exceeded. Choose another tariff or wait for the next month.';
	return json(466, {
		invokeStatus: { method, used, total, status: 'QUOTE_EXCEEDED', description },
	});
}

function checkAccount(instance: InstanceSettings, body: Body): Result {
	if (Object.keys(body).length === 0) {
		return { error: "Validation failed. Details: 'value' must have at least 1 key" };
	}
	if (instance.messenger === 'whatsapp') return checkWhatsapp(instance, body);
	const { messenger, answers } = instance;
	const username = messenger === 'telegram' ? body.username : undefined;
	const error = username === undefined ? phoneNumberError(instance, body.phoneNumber) : undefined;
	if (error !== undefined) return { error };
	const key = String(username ?? body.phoneNumber);
	const contact = contactOf(instance, key);
	const exists = contact !== undefined && contact.exists !== false;
	const answered = { exist: exists, chatId: exists ? (contact.chatId ?? lidOf(key)) : '' };
	if (answers === 'older') return { body: answered };
	const fromCache = body.force !== true;
	if (messenger === 'max') return { body: { ...answered, fromCache } };
	const name = exists && contact.username ? `@${contact.username.replace(/^@/, '')}` : '';
	const phoneNumber = exists && username === undefined ? Number(key) : 0;
	return { body: { ...answered, username: name, phoneNumber, fromCache } };
}

function checkWhatsapp(instance: InstanceSettings, { phoneNumber, chatId }: Body): Result {
	const isNewer = instance.answers === 'newer';
	if (isNewer && (phoneNumber === undefined) === (chatId === undefined)) {
		return { error: 'XOR Validation failed' };
	}
	const isById = isNewer && typeof chatId === 'string';
	const asked = isById ? chatId.replace(/@c\.us$/, '') : phoneNumber;
	const isLid = isById && /^\d+@lid$/.test(chatId);
	const error = isLid ? undefined : phoneNumberError(instance, asked);
	if (error !== undefined) return { error };
	const [registered, contact] = accountOf(instance, String(asked)) ?? [];
	const exists = contact !== undefined && contact.exists !== false;
	if (!isNewer) return { body: { existsWhatsapp: exists } };
	const found = exists && registered !== undefined;
	return {
		body: {
			existsWhatsapp: exists,
			chatId: found ? (contact.chatId ?? `${lidOf(registered)}@lid`) : '',
			username: found ? (contact.username ?? '') : '',
			phoneNumber: found ? `${registered}@c.us` : '',
			fromCache: false,
		},
	};
}

/**
 * The account that WhatsApp finds under a number or LID, and the number that the answer names: the
 * registered one, but for a number that cannot be written to, which is answered as it was asked.
 */
function accountOf(instance: InstanceSettings, asked: string): [string, Contact] | undefined {
	if (asked.endsWith('@lid')) return listedContact(instance, asked);
	const own = contactOf(instance, asked) ?? contactOf(instance, reachable(asked));
	if (own) return [asked, own];
	return Object.entries(instance.contacts).find(
		([registered, { resolves }]) => resolves && areForms(registered, asked),
	);
}

function phoneNumberError(instance: InstanceSettings, value: unknown): string | undefined {
	const digits = String(value);
	if (!/^\d+$/.test(digits)) {
		return "Validation failed. Details: Wrong format. 'phoneNumber' must contain only digits";
	}
	const { messenger, answers } = instance;
	if (messenger === 'telegram') return undefined;
	const longest = messenger === 'whatsapp' && answers === 'newer' ? 16 : 12;
	const supported = messenger !== 'max' || /^(7|375)/.test(digits);
	if (supported && digits.length >= 11 && digits.length <= longest) return undefined;
	return 'bad phone number, valid 11 or 12 digits';
}

function accountSettings(instance: InstanceSettings): Result {
	const { messenger, state } = instance;
	const suspendedUntil = state === 'suspended' ? { suspendedUntil: instance.suspendedUntil } : {};
	const linked = isReady(instance);
	const phone = linked ? '79991234567' : '';
	const avatar = linked ? 'https://example.com/avatar/79991234567.jpg' : '';
	if (messenger === 'whatsapp') {
		const deviceId = linked ? `${phone}:13@c.us` : '';
		return { body: { avatar, phone, stateInstance: state, deviceId, ...suspendedUntil } };
	}
	return {
		body: {
			avatar,
			phone,
			stateInstance: state,
			chatId: linked ? '10000000' : '',
			...suspendedUntil,
			historySyncProgress: linked ? 100 : 0,
		},
	};
}

function getContactInfo(instance: InstanceSettings, body: Body): Result {
	const { messenger } = instance;
	const { chatId = '' } = body;
	if (typeof chatId !== 'string') {
		const type = typeof chatId === 'boolean' ? 'bool' : 'float64';
		return { status: 500, error: `interface conversion: interface {} is ${type}, not string` };
	}
	const isPerson = messenger === 'whatsapp' ? /@(c\.us|lid)$/ : /^\d+$/;
	if (!isPerson.test(chatId)) {
		return {
			error:
				'Validation failed. Details: The method GetContactInfo does not support group chats, ' +
				'to work with groups, use the GetGroupData method',
		};
	}
	const digits = /^(\d+)@c\.us$/.exec(chatId)?.[1] ?? numberOf(chatId);
	const [listed, contact] = listedContact(instance, chatId) ?? [digits, unlisted(instance, digits)];
	const known = contact !== undefined;
	const { name = known ? 'Somebody' : '', contactName = '', avatar = '', lastSeen } = contact ?? {};
	const base = {
		avatar,
		name,
		contactName,
		chatId: known ? chatId : '',
		lastSeen: lastSeen ?? null,
	};
	if (messenger === 'whatsapp') {
		const unset = { email: '', category: '', description: '', products: [], isArchive: false };
		const { isBusiness = false } = contact ?? {};
		return { body: { ...base, ...unset, isDisappearing: false, isMute: false, isBusiness } };
	}
	const phoneNumber = listed !== undefined && /^\d+$/.test(listed) ? Number(listed) : 0;
	const chatType = known ? 'private' : '';
	if (messenger === 'max') return { body: { ...base, phoneNumber, chatType } };
	const { username = '' } = contact ?? {};
	const flags = { isPremium: false, isVerified: false, isScam: false, description: '' };
	return { body: { ...base, lastSeen: lastSeen ?? 0, username, phoneNumber, chatType, ...flags } };
}

/** The contact with this chat ID, and the number that it is listed under. */
function listedContact(
	{ contacts }: InstanceSettings,
	chatId: string,
): [string, Contact] | undefined {
	return Object.entries(contacts).find(
		([key, contact]) =>
			key === chatId || `${key}@c.us` === chatId || (contact.chatId ?? lidOf(key)) === chatId,
	);
}

function contactOf(instance: InstanceSettings, key: string): Contact | undefined {
	return Object.hasOwn(instance.contacts, key) ? instance.contacts[key] : unlisted(instance, key);
}

function unlisted(instance: InstanceSettings, digits: string | undefined): Contact | undefined {
	return instance.unlisted === 'even' && /^\d*[02468]$/.test(digits ?? 'no') ? {} : undefined;
}

/** An id that is no phone number, but always the same for one. */
function lidOf(key: string): string {
	return `1${key.replace(/\D/g, '').split('').reverse().join('')}`;
}

/** The phone number that `lidOf` made an id of. */
function numberOf(id: string): string | undefined {
	return /^1(\d{10,})$/.exec(id)?.[1]?.split('').reverse().join('');
}

function parseBody(text: string): Body | undefined {
	if (text === '') return {};
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Body) : undefined;
	} catch {
		return undefined;
	}
}

/** The error body of the service: it repeats the path, and with it the token. */
function failed({ path }: SimulatedRequest, status: number, message: string): SimulatedAnswer {
	const timestamp = '2026-11-22T00:00:00.000Z';
	return json(status, { statusCode: status, timestamp, path, message });
}

function json(status: number, body: unknown): SimulatedAnswer {
	return { status, contentType: 'application/json', body };
}

function empty(status: number): SimulatedAnswer {
	return json(status, undefined);
}

function nginx(status: number, text: string): SimulatedAnswer {
	const title = `${status} ${text}`;
	const body =
		`<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
		`<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
	return { status, contentType: 'text/html', body };
}
