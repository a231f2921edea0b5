/** What a simulated GREEN-API instance is: the settings that tests and people change. */

import type { Fault } from './faults';

export type Messenger = 'max' | 'telegram' | 'whatsapp';

/** The three families of methods that GREEN-API limits apart. */
export type MethodFamily = 'check' | 'contact' | 'account';

export interface Contact {
	/** False for an account that hides from being found by its number (Telegram). */
	readonly exists?: boolean;
	/** Id inside the messenger; made from the number where it is left out. */
	readonly chatId?: string;
	readonly name?: string;
	readonly contactName?: string;
	readonly username?: string;
	readonly avatar?: string;
	/** Unix seconds. */
	readonly lastSeen?: number;
	/** WhatsApp only. */
	readonly isBusiness?: boolean;
	/**
	 * Where a country's numbers have two forms on WhatsApp: whether the account is found under the
	 * other one, too. The key is the form that it is registered under.
	 */
	readonly resolves?: boolean;
}

export interface InstanceSettings {
	readonly messenger: Messenger;
	readonly idInstance: string;
	readonly apiTokenInstance: string;
	/** `older` answers as the specification's pages, `newer` as hosts do since 2026. */
	answers: 'older' | 'newer';
	/** MAX only: whether the path must begin with `/v3` or may. */
	v3: 'strict' | 'lenient';
	/** What getStateInstance says; all but authorized, suspended and yellowCard refuse lookups. */
	state: string;
	/** Unix seconds; given out while the state is suspended. */
	suspendedUntil: number;
	/** The month's checks. */
	quota: { used: number; total: number };
	/** Calls per rolling second, by method. */
	ratePerSecond: Record<MethodFamily, number>;
	/** How they are counted; GREEN-API's are rolling. */
	seconds: 'rolling' | 'whole';
	/** What the headers of an answer say about the limit. */
	rateHeaders: (remaining: number, perSecond: number) => Readonly<Record<string, string>>;
	/** Milliseconds before each answer. */
	latencyMs: number;
	/** HTTP status of Telegram's and MAX's `{"status": false}` bodies; GREEN-API's pages give none. */
	refusalStatus: number;
	/** By phone number (digits), @username or chat ID. */
	contacts: Record<string, Contact>;
	/** Numbers that are not in `contacts`: those with an even last digit exist, or none. */
	unlisted: 'even' | 'none';
	/** What goes wrong; the first fault that meets a call happens to it. */
	faults: readonly Fault[];
}

export type InstanceChanges = Partial<
	Omit<InstanceSettings, 'messenger' | 'idInstance' | 'apiTokenInstance'>
>;

/** Limits as GREEN-API's pages give them (read 2026-11-22); Telegram's are not published. */
const RATES: Readonly<Record<Messenger, Record<MethodFamily, number>>> = {
	max: { check: 10, contact: 10, account: 1 },
	telegram: { check: 10, contact: 10, account: 1 },
	whatsapp: { check: 10, contact: 1, account: 1 },
};

/** 50 hexadecimal digits, as GREEN-API's tokens are; never a real one. */
const tokenOf = (digit: string) => `d75b3a66${digit.repeat(34)}51234567`;

/** An authorized instance that answers as the specification does, with the published limits and no latency. */
export function instanceOf(messenger: Messenger, changes: InstanceChanges = {}): InstanceSettings {
	const number = { max: '3', telegram: '4', whatsapp: '7' }[messenger];
	return {
		messenger,
		idInstance: `${number}103000001`,
		apiTokenInstance: tokenOf(number),
		answers: 'older',
		v3: 'strict',
		state: 'authorized',
		suspendedUntil: 0,
		quota: { used: 0, total: 30_000 },
		ratePerSecond: { ...RATES[messenger] },
		seconds: 'rolling',
		rateHeaders: (remaining, perSecond) => ({
			'X-RateLimit-Remaining': String(remaining),
			'X-RateLimit-Replenish-Rate': String(perSecond),
		}),
		latencyMs: 0,
		refusalStatus: 200,
		contacts: {},
		unlisted: 'even',
		faults: [],
		...changes,
	};
}
