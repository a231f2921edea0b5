/** Request Options of the node work for lists as they do in n8n's routing. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { runWorkflow, type Door } from './engine';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

const FIXTURES = path.join(__dirname, 'fixtures');
const read = (file: string) => readFileSync(path.join(FIXTURES, file));

/** Says that everybody has an account. */
const yes: RequestListener = (_request, response) => {
	response.setHeader('content-type', 'application/json').end('{"existsWhatsapp":true}');
};

let server: Server | undefined;

afterEach(() => {
	server?.closeAllConnections();
	server?.close();
});

async function listen(on: Server): Promise<number> {
	server = on;
	await once(on.listen(0, '127.0.0.1'), 'listening');
	return (on.address() as AddressInfo).port;
}

async function run(apiUrl: string, requestOptions: IDataObject, door: Door = 'bulk') {
	return await runWorkflow({
		door,
		credential: { apiUrl, idInstance: '1', apiTokenInstance: 'some-token' },
		pinned: { [ITEMS]: [{}] },
		workflow: lookupWorkflow(
			{
				resource: 'whatsapp',
				operation: 'checkAccount',
				phoneNumber: '79876543210',
				options: { maxTries: 1 },
				requestOptions,
			},
			{ onError: 'continueRegularOutput' },
		),
	});
}

describe.each<Door>(['bulk', 'routing'])('through the %s door', (door) => {
	test('a proxy gets the calls', async () => {
		const seen: string[] = [];
		const port = await listen(
			createServer((request, response) => {
				seen.push(request.url ?? '');
				yes(request, response);
			}),
		);

		const { output } = await run('http://127.0.0.1:9', { proxy: `http://127.0.0.1:${port}` }, door);

		expect(output(LOOKUP)[0]?.json).toMatchObject({ exists: true });
		expect(seen).toEqual(['http://127.0.0.1:9/waInstance1/checkWhatsapp/some-token']);
	});

	test('a certificate that nobody signed is refused, unless SSL issues are ignored', async () => {
		const port = await listen(
			createTlsServer({ key: read('self-signed.key'), cert: read('self-signed.crt') }, yes),
		);
		const url = `https://127.0.0.1:${port}`;

		const refused = await run(url, {}, door);
		const ignored = await run(url, { allowUnauthorizedCerts: true }, door);

		expect(refused.output(LOOKUP)[0]?.json).toMatchObject({
			exists: null,
			error: { code: 'network', message: expect.stringContaining('self-signed') },
		});
		expect(ignored.output(LOOKUP)[0]?.json).toMatchObject({ exists: true });
	});

	test('a call is given up after the timeout', async () => {
		const port = await listen(createServer(() => {}));

		const { output } = await run(`http://127.0.0.1:${port}`, { timeout: 50 }, door);

		expect(output(LOOKUP)[0]?.json).toMatchObject({ exists: null, error: { code: 'timeout' } });
	});
});

test.each([
	'my proxy',
	'proxy.local:3128',
	'localhost:3128',
	'ftp://proxy',
	'http://',
	'http://u:%E0%A4%A@proxy',
])('the proxy "%s" fails every item, and the message says how to write it', async (proxy) => {
	const { output } = await run('http://127.0.0.1:9', { proxy });

	expect(output(LOOKUP)[0]?.json).toMatchObject({
		exists: null,
		error: {
			code: 'network',
			asked: false,
			message: expect.stringContaining('http://127.0.0.1:3128'),
		},
	});
});
