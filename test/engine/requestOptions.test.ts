/** Request Options of the node work for lists as they do in n8n's routing. */

import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { hostOf } from './hosts';
import { codesOf, ENTRY_POINTS, lookUp, ONE_TRY, type Lookup } from './lookUp';

const FIXTURES = path.join(__dirname, 'fixtures');
const read = (file: string) => readFileSync(path.join(FIXTURES, file));

/** Says that everybody has an account. */
const yes: RequestListener = (_request, response) => {
	response.setHeader('content-type', 'application/json').end('{"existsWhatsapp":true}');
};

/** The row of one number that is asked about at that address. */
async function rowAt(apiUrl: string, requestOptions: IDataObject, lookup: Lookup = {}) {
	const { rows } = await lookUp({
		credential: { apiUrl, idInstance: '1', apiTokenInstance: 'some-token' },
		values: ['79876543210'],
		options: ONE_TRY,
		parameters: { requestOptions },
		...lookup,
	});
	return rows[0];
}

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test('a proxy gets the calls', async () => {
		const seen: string[] = [];
		const proxy = await hostOf(
			createServer((request, response) => {
				seen.push(request.url ?? '');
				yes(request, response);
			}),
		);

		const requestOptions = { proxy: `http://${proxy}` };
		const row = await rowAt('http://127.0.0.1:9', requestOptions, { entryPoint });

		expect(row).toMatchObject({ exists: true });
		expect(seen).toEqual(['http://127.0.0.1:9/waInstance1/checkWhatsapp/some-token']);
	});

	test('a certificate that nobody signed is refused, unless SSL issues are ignored', async () => {
		const host = await hostOf(
			createTlsServer({ key: read('self-signed.key'), cert: read('self-signed.crt') }, yes),
		);

		const refused = await rowAt(`https://${host}`, {}, { entryPoint });
		const ignored = await rowAt(
			`https://${host}`,
			{ allowUnauthorizedCerts: true },
			{ entryPoint },
		);

		expect(refused).toMatchObject({
			exists: null,
			error: { code: 'network', message: expect.stringContaining('self-signed') },
		});
		expect(ignored).toMatchObject({ exists: true });
	});

	test('a call is given up after the timeout', async () => {
		const { rows } = await lookUp({
			entryPoint,
			values: ['79876543210'],
			parameters: { requestOptions: { timeout: 50 } },
			options: ONE_TRY,
			faults: [{ connection: 'hang' }],
		});

		expect(codesOf(rows)).toEqual(['timeout']);
	});
});
