/** Hosts that are not GREEN-API's: proxies, gateways, pages of something else. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const open = new Set<Server>();

afterEach(() => {
	for (const server of open) {
		server.closeAllConnections();
		server.close();
	}
	open.clear();
});

/** Lets a server listen on this machine until the end of the test; gives its address and port. */
export async function hostOf(server: Server): Promise<string> {
	open.add(server);
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
