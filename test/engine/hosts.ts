/** Hosts that are not GREEN-API's: proxies, gateways, pages of something else. */

import { once } from 'node:events';
import {
	createServer,
	type IncomingHttpHeaders,
	type RequestListener,
	type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a host got. */
export interface Received {
	readonly verb: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** What a host answers to every request: a JSON body with status 200 where nothing else is given. */
export interface HostAnswer {
	readonly status?: number;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const open = new Set<Server>();

afterEach(() => {
	for (const server of open) {
		server.closeAllConnections();
		server.close();
	}
	open.clear();
});

/** Starts a host on this machine until the end of the test; gives its address and port. */
export async function startHost(
	{ status = 200, body: answer = '', headers: sent = JSON_TYPE }: HostAnswer,
	create: (listener: RequestListener) => Server = createServer,
): Promise<{ readonly host: string; readonly received: Received[] }> {
	const received: Received[] = [];
	const server = create((request, response) => {
		let body = '';
		request.on('data', (data: Buffer) => (body += data.toString()));
		request.on('end', () => {
			const { method: verb, url, headers } = request;
			received.push({ verb, url, headers, body });
			response.writeHead(status, sent).end(answer);
		});
	});
	open.add(server);
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const { port } = server.address() as AddressInfo;
	return { host: `127.0.0.1:${port}`, received };
}
