/** What a proxy in n8n's environment sees of a call over https://: the host, and nothing behind it. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { NODE_TYPE } from '../../scripts/n8n/content';
import { rowsOf } from './executions';
import { chain, createWorld, execute, INSTALL_TIMEOUT_MS, LOOKUP, manual } from './harness';

const HOST = '7103.api.example.com';

test(
	'HTTP_PROXY and HTTPS_PROXY see the host of API URL only, where it is https://',
	async () => {
		const seen: string[] = [];
		const proxy = createServer((request, response) => {
			seen.push(`${request.method} ${request.url}`);
			response.writeHead(502).end();
		});
		proxy.on('connect', ({ url }, socket) => {
			seen.push(`CONNECT ${url}`);
			socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
		});
		await once(proxy.listen(0, '127.0.0.1'), 'listening');
		const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		const parameters = {
			resource: 'whatsapp',
			operation: 'checkAccount',
			phoneNumber: '={{ $json.phone }}',
			options: { maxWait: 0.001 },
		};
		const onError = 'continueRegularOutput';
		const lookup = { name: LOOKUP, type: NODE_TYPE, parameters, onError } as const;
		const world = await createWorld({
			env: { HTTP_PROXY: url, HTTPS_PROXY: url },
			credentialFields: { apiUrl: `https://${HOST}` },
			workflows: [chain('list', ...manual([{ phone: '79876543210' }]), lookup)],
			isNotStarted: true,
		});
		try {
			const rows = rowsOf(await execute(world, 'list'), LOOKUP);

			expect(rows).toMatchObject([{ exists: null, error: { code: 'network' } }]);
			expect(seen.filter((line) => line.includes(HOST))).toEqual([`CONNECT ${HOST}:443`]);
			expect(seen.join()).not.toContain(world.simulator.instance('whatsapp').apiTokenInstance);
		} finally {
			await world.close();
			proxy.close();
		}
	},
	INSTALL_TIMEOUT_MS,
);
