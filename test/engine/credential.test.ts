/** The credential: what its connection test says in words, and how it signs a request. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IHttpRequestOptions } from 'n8n-workflow';

import { instanceOf, type InstanceChanges, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { testCredential } from './credentialTester';
import { loadCredentialType } from './engine';

let simulator: Simulator;

afterEach(async () => await simulator?.close());

/** A credential that fits the simulated instance, but for what `fields` says. */
async function credentialFor(
	messenger: Messenger,
	fields: (url: string) => Partial<Record<string, string>> = () => ({}),
	changes: InstanceChanges = {},
) {
	simulator = await startSimulator({ instances: [instanceOf(messenger, changes)] });
	const { idInstance, apiTokenInstance } = simulator.instance(messenger);
	const apiUrl = simulator.url + (messenger === 'max' ? '/v3' : '');
	return { apiUrl, idInstance, apiTokenInstance, ...fields(simulator.url) };
}

describe('the connection test passes', () => {
	test.each<[string, Messenger, (url: string) => Partial<Record<string, string>>, InstanceChanges]>(
		[
			['for WhatsApp', 'whatsapp', () => ({}), {}],
			['for Telegram', 'telegram', () => ({}), {}],
			['for MAX with /v3', 'max', () => ({}), {}],
			['for MAX with /v3 and slashes', 'max', (url) => ({ apiUrl: `${url}/v3//` }), {}],
			[
				'for MAX without /v3 where the host is lenient',
				'max',
				(url) => ({ apiUrl: url }),
				{ v3: 'lenient' },
			],
			['with slashes at the end of API URL', 'whatsapp', (url) => ({ apiUrl: `${url}//` }), {}],
			['with spaces around API URL', 'whatsapp', (url) => ({ apiUrl: `  ${url} ` }), {}],
			['while the account is suspended', 'max', () => ({}), { state: 'suspended' }],
			['while the account has a yellow card', 'whatsapp', () => ({}), { state: 'yellowCard' }],
		],
	)('%s', async (_title, messenger, fields, changes) => {
		const credential = await credentialFor(messenger, fields, changes);

		expect(await testCredential(credential)).toEqual({
			status: 'OK',
			message: 'Connection successful!',
		});
	});
});

describe('the connection test says what is wrong', () => {
	test.each<[string, Messenger, (url: string) => Partial<Record<string, string>>, RegExp]>([
		[
			'a wrong token',
			'whatsapp',
			() => ({ apiTokenInstance: 'f'.repeat(50) }),
			/does not accept this token/,
		],
		['a wrong Instance ID', 'whatsapp', () => ({ idInstance: '9999999999' }), /Check Instance ID/],
		['MAX without /v3', 'max', (url) => ({ apiUrl: url }), /for a MAX instance add \/v3/],
		['WhatsApp with /v3', 'whatsapp', (url) => ({ apiUrl: `${url}/v3` }), /Check Instance ID/],
		['no scheme', 'whatsapp', () => ({ apiUrl: 'api.green-api.com' }), /^API URL must start with/],
		['an empty API URL', 'whatsapp', () => ({ apiUrl: ' ' }), /^API URL is empty/],
		['no address', 'whatsapp', () => ({ apiUrl: 'https://' }), /^API URL is not a valid address/],
		[
			'a whole method URL',
			'whatsapp',
			(url) => ({ apiUrl: `${url}/waInstance1/x/y` }),
			/host only/,
		],
		['http:// to a remote host', 'whatsapp', () => ({ apiUrl: 'http://10.0.0.1' }), /https:\/\//],
		['an id with letters', 'whatsapp', () => ({ idInstance: 'wa7103' }), /^Instance ID must be/],
		['an empty token', 'whatsapp', () => ({ apiTokenInstance: ' ' }), /^API Token is empty/],
		[
			'nobody listening',
			'whatsapp',
			() => ({ apiUrl: 'http://127.0.0.1:1' }),
			/ECONNREFUSED|refused/,
		],
	])('%s', async (_title, messenger, fields, message) => {
		const credential = await credentialFor(messenger, fields);

		const result = await testCredential(credential);

		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
		expect(result.message).not.toContain(credential.apiTokenInstance.trim() || 'no token');
	});

	test.each([
		['notAuthorized', /no messenger account is linked/],
		['blocked', /has blocked/],
		['starting', /up to 5 minutes/],
		['pendingPassword', /two-step password/],
	])('an instance that is %s', async (state, message) => {
		const credential = await credentialFor('telegram', undefined, { state });

		expect(await testCredential(credential)).toEqual({
			status: 'Error',
			message: expect.stringMatching(message),
		});
	});

	test('a page of something else under HTTP 200', async () => {
		const server = createServer((_request, response) => response.end('<html>It works!</html>'));
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const { port } = server.address() as AddressInfo;
		const credential = await credentialFor('whatsapp', () => ({
			apiUrl: `http://127.0.0.1:${port}`,
		}));

		expect((await testCredential(credential)).message).toMatch(/no such GREEN-API instance/);

		server.close();
	});
});

describe('authenticate', () => {
	const TOKEN = 'd75b3a66_aB-9';
	const PATH = '/v3/waInstance{idInstance}/checkAccount/{apiTokenInstance}';
	const credentials = {
		apiUrl: 'https://gateway.example.com/green/v3/',
		idInstance: '1',
		apiTokenInstance: TOKEN,
	};

	async function sign(options: Partial<IHttpRequestOptions>): Promise<IHttpRequestOptions> {
		const { authenticate } = await loadCredentialType();
		if (typeof authenticate !== 'function') throw new Error('authenticate is a function');
		return await authenticate(credentials, options as IHttpRequestOptions);
	}

	test('puts instance and token into the path', async () => {
		const { baseURL, url } = await sign({ url: PATH });

		expect(baseURL).toBe('https://gateway.example.com/green');
		expect(url).toBe(`/v3/waInstance1/checkAccount/${TOKEN}`);
	});

	test('changes nothing when n8n calls it again on what it returned', async () => {
		const once = await sign({ url: PATH });

		expect(await sign(once)).toEqual(once);
	});

	test.each([
		{ url: 'https://evil.example/{apiTokenInstance}' },
		{ url: '//evil.example/{apiTokenInstance}' },
		{ uri: 'https://evil.example/{apiTokenInstance}' },
	])('sends the token nowhere but to API URL: %j', async (options) => {
		await expect(sign(options)).rejects.toThrow('works in the GREEN-API Lookup node only');
	});

	test('takes the host from API URL, whatever the request says', async () => {
		const { baseURL } = await sign({ baseURL: 'https://evil.example', url: PATH });

		expect(baseURL).toBe('https://gateway.example.com/green');
	});

	test.each(['.', '..'])('refuses the token "%s", which would change the path', async (token) => {
		const { authenticate } = await loadCredentialType();
		if (typeof authenticate !== 'function') throw new Error('authenticate is a function');

		await expect(
			authenticate({ ...credentials, apiTokenInstance: token }, { url: PATH }),
		).rejects.toThrow('API Token must be 8 to 200 letters');
	});
});
