/** Request Options of the node work for lists as they do in n8n's routing. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { startHost } from './hosts';
import { ENTRY_POINTS, lookUp, ONE_TRY, type Lookup } from './lookUp';

const FIXTURES = path.join(__dirname, 'fixtures');
const read = (file: string) => readFileSync(path.join(FIXTURES, file));

const YES = { body: '{"existsWhatsapp":true}' };

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
		const { host, received } = await startHost(YES);

		const requestOptions = { proxy: `http://${host}` };
		const row = await rowAt('http://127.0.0.1:9', requestOptions, { entryPoint });

		expect(row).toMatchObject({ exists: true });
		expect(received.map(({ url }) => url)).toEqual([
			'http://127.0.0.1:9/waInstance1/checkWhatsapp/some-token',
		]);
	});

	test('a certificate that nobody signed is refused, unless SSL issues are ignored', async () => {
		const certificate = { key: read('self-signed.key'), cert: read('self-signed.crt') };
		const { host } = await startHost(YES, (listener) => createServer(certificate, listener));
		const ignoring = { allowUnauthorizedCerts: true };

		const refused = await rowAt(`https://${host}`, {}, { entryPoint });
		const ignored = await rowAt(`https://${host}`, ignoring, { entryPoint });

		expect(refused).toMatchObject({
			exists: null,
			error: { code: 'network', message: expect.stringContaining('self-signed') },
		});
		expect(ignored).toMatchObject({ exists: true });
	});

	test('a call is given up after the timeout, which may be text, and asked again', async () => {
		const { rows, calls } = await lookUp({
			entryPoint,
			values: ['79876543210'],
			parameters: { requestOptions: { timeout: '={{ "5000" }}' } },
			faults: [{ calls: [1], connection: 'hang' }],
		});

		expect(rows).toMatchObject([{ exists: true }]);
		const [first, again] = calls.map(({ at }) => at) as [number, number];
		expect(again - first).toBeGreaterThanOrEqual(5000);
		expect(again - first).toBeLessThan(7000);
	});
});
