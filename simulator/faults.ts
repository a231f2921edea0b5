/**
 * What goes wrong, on request: an answer that replaces the service's own, or a connection that
 * breaks. Each fault says which calls it meets: by number, by what is asked about, or by share.
 */

import type { FastifyReply } from 'fastify';

/** Which calls of an instance a fault meets; all of them where nothing is said. */
export interface FaultFilter {
	/** Numbers of calls, counted from 1 since the fault was set. */
	readonly calls?: readonly number[];
	/** Every nth call. */
	readonly every?: number;
	/** Phone numbers, @usernames or chat IDs. */
	readonly values?: readonly string[];
	/** Share of the calls, 0 to 1, drawn from the simulator's randomness. */
	readonly share?: number;
}

export type Fault = FaultFilter & (FaultyAnswer | BrokenConnection);

/** `{token}` and `{path}` in the body or a header are replaced by those of the request. */
export interface FaultyAnswer {
	readonly status: number;
	readonly body?: string;
	readonly contentType?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

export interface BrokenConnection {
	/**
	 * `reset` before an answer; `hang` without one until the client gives up; `half` of the body, then
	 * a reset.
	 */
	readonly connection: 'reset' | 'hang' | 'half';
}

/** Fault to a call, with the count that its filter needs. */
export class Faults {
	private calls = 0;

	constructor(
		private readonly faults: readonly Fault[],
		private readonly random: () => number,
	) {}

	/** The first fault that meets this call. Asked once for every call. */
	next(value: string | undefined): Fault | undefined {
		this.calls++;
		return this.faults.find((fault) => this.meets(fault, value));
	}

	private meets({ calls, every, values, share }: FaultFilter, value: string | undefined): boolean {
		if (calls && !calls.includes(this.calls)) return false;
		if (every !== undefined && this.calls % every !== 0) return false;
		if (values && (value === undefined || !values.includes(value))) return false;
		return share === undefined || this.random() < share;
	}
}

/** What a request asks about, as a fault's `values` name it. */
export function valueOf(text: string): string | undefined {
	try {
		const body = JSON.parse(text) as Record<string, unknown>;
		const value = body.phoneNumber ?? body.username ?? body.chatId;
		return value === undefined ? undefined : String(value as string | number);
	} catch {
		return undefined;
	}
}

/** Carries a fault out. */
export async function inflict(
	fault: Fault,
	reply: FastifyReply,
	request: { readonly path: string; readonly token: string },
): Promise<FastifyReply> {
	if ('connection' in fault) {
		reply.hijack();
		if (fault.connection === 'reset') reply.raw.socket?.resetAndDestroy();
		if (fault.connection === 'half') {
			reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
			reply.raw.write('{"existsWhatsapp": false, "exi', () => reply.raw.socket?.destroy());
		}
		return reply;
	}
	const { status, body = '', contentType = 'application/json', headers = {} } = fault;
	const fill = (text: string, write: (value: string) => string) =>
		text
			.replaceAll('{path}', () => write(request.path))
			.replaceAll('{token}', () => write(request.token));
	for (const [name, value] of Object.entries(headers)) {
		void reply.header(name, fill(value, encodeURI));
	}
	// Inside JSON as the service would write it there.
	const write = contentType.includes('json') ? inJson : String;
	return await reply.code(status).type(contentType).send(fill(body, write));
}

function inJson(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}
