/** The credential: what its connection test says in words, and how it signs a request. */

import type { IHttpRequestOptions } from 'n8n-workflow';

import { instanceOf, type InstanceChanges, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { testCredential } from './credentialTester';
import { loadCredentialType } from './engine';
import { startHost, type HostAnswer } from './hosts';

let simulator: Simulator;

afterEach(async () => await simulator?.close());

/** A credential and its instance. */
interface Given {
	/** WhatsApp where none is given. */
	readonly messenger?: Messenger;
	/** API URL for the simulator's address. */
	readonly apiUrl?: (url: string) => string;
	readonly fields?: { readonly idInstance?: string; readonly apiTokenInstance?: string };
	readonly changes?: InstanceChanges;
}

/** A credential that fits the simulated instance, but for what is given. */
async function credentialFor({ messenger = 'whatsapp', apiUrl, fields, changes }: Given = {}) {
	simulator = await startSimulator({ instances: [instanceOf(messenger, changes)] });
	const { idInstance, apiTokenInstance } = simulator.instance(messenger);
	const { url } = simulator;
	const fitting = url + (messenger === 'max' ? '/v3' : '');
	return { apiUrl: apiUrl ? apiUrl(url) : fitting, idInstance, apiTokenInstance, ...fields };
}

test.each<[string, Given]>([
	['for WhatsApp', {}],
	['for Telegram', { messenger: 'telegram' }],
	['for MAX with /v3', { messenger: 'max' }],
	['for MAX with /v3 and slashes', { messenger: 'max', apiUrl: (url) => `${url}/v3//` }],
	[
		'for MAX without /v3 where the host is lenient',
		{ messenger: 'max', apiUrl: (url) => url, changes: { v3: 'lenient' } },
	],
	['with slashes at the end of API URL', { apiUrl: (url) => `${url}//` }],
	['with spaces around API URL', { apiUrl: (url) => `  ${url} ` }],
	['while the account is suspended', { messenger: 'max', changes: { state: 'suspended' } }],
	['while the account has a yellow card', { changes: { state: 'yellowCard' } }],
])('the connection test passes %s', async (_title, given) => {
	expect(await testCredential(await credentialFor(given))).toEqual({
		status: 'OK',
		message: 'Connection successful!',
	});
});

const inState = (state: string): Given => ({ messenger: 'telegram', changes: { state } });

test.each<[string, Given, RegExp]>([
	['a wrong token', { fields: { apiTokenInstance: 'f'.repeat(50) } }, /does not accept this token/],
	['a wrong Instance ID', { fields: { idInstance: '9999999999' } }, /Check Instance ID/],
	['MAX without /v3', { messenger: 'max', apiUrl: (url) => url }, /for a MAX instance add \/v3/],
	['WhatsApp with /v3', { apiUrl: (url) => `${url}/v3` }, /Check Instance ID/],
	['no scheme', { apiUrl: () => 'api.green-api.com' }, /^API URL must start with/],
	['an empty API URL', { apiUrl: () => ' ' }, /^API URL is empty/],
	['no address', { apiUrl: () => 'https://' }, /^API URL is not a valid address/],
	['a whole method URL', { apiUrl: (url) => `${url}/waInstance1/x/y` }, /must not contain/],
	['http:// to a remote host', { apiUrl: () => 'http://10.0.0.1' }, /https:\/\//],
	['an id with letters', { fields: { idInstance: 'wa7103' } }, /^Instance ID must be/],
	['an empty token', { fields: { apiTokenInstance: ' ' } }, /^API Token is empty/],
	['no linked account', inState('notAuthorized'), /no messenger account is linked/],
	['a blocked account', inState('blocked'), /has blocked/],
	['an instance that is starting', inState('starting'), /up to 5 minutes/],
	['an open two-step password', inState('pendingPassword'), /two-step password/],
	['nothing listens', { apiUrl: () => 'http://127.0.0.1:1' }, /ECONNREFUSED|refused/],
])('the connection test says what is wrong: %s', async (_title, given, message) => {
	const credential = await credentialFor(given);

	const result = await testCredential(credential);

	expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
	expect(result.message).not.toContain(credential.apiTokenInstance.trim() || 'no token');
});

describe('the connection test names the host that it asked', () => {
	/** Another host, and a credential for it. */
	async function elsewhere(answer: HostAnswer) {
		const { host, received } = await startHost({ headers: {}, ...answer });
		const fields = { apiUrl: `http://${host}/v3/`, idInstance: '7103000001' };
		return { host, received, credential: { ...fields, apiTokenInstance: 'f'.repeat(50) } };
	}

	/** n8n 1.85 hands these on as if they were answers, and 2.20 has words of its own for them. */
	const inWords = (words: string) =>
		new RegExp(
			process.env.COMPAT_MODULES
				? `${words}|no such .* at HOST\\.|^Bad gateway|code \\d+$|too many`
				: words,
			'i',
		);

	const OUTAGE = { status: 502, body: '<html>' };
	const REDIRECT = { status: 302, body: '<html>', headers: { location: 'http://127.0.0.1:1/' } };

	test.each<[string, HostAnswer, RegExp]>([
		['a page of something else', { body: '<html>It works!</html>' }, /no such .* at HOST\./],
		['an instance that is not there', { status: 403, body: '<html>' }, /no such .* at HOST\./],
		['a wrong token', { status: 401 }, /at HOST does not accept this token/],
		[
			'a limit',
			{ status: 429, body: '<html>' },
			inWords('^This instance is being asked too often'),
		],
		['an outage', OUTAGE, inWords('not available at HOST at the moment')],
		['a redirect', REDIRECT, inWords('^HOST answers with a redirect')],
	])('%s', async (_title, answer, message) => {
		const { host, credential, received } = await elsewhere(answer);

		const result = await testCredential(credential);

		expect(result.message.replaceAll(host, 'HOST')).toMatch(message);
		expect(received).toHaveLength(1);
		expect(Object.keys(received[0]?.headers ?? {}).join()).not.toMatch(/test/);
	});

	test('two tests at the same moment: each names its own', async () => {
		const two = await Promise.all([elsewhere({ status: 403 }), elsewhere({ status: 403 })]);
		const results = await Promise.all(two.map(({ credential }) => testCredential(credential)));

		const own = two.map(({ host }) => expect.stringContaining(`at ${host} `) as unknown);
		expect(results.map(({ message }) => message)).toEqual(own);
	});

	test('the editor is told that the credential can be tested', async () => {
		const written = JSON.parse(JSON.stringify(await loadCredentialType())) as object;

		expect(written).toMatchObject({ test: { request: { url: expect.any(String) as unknown } } });
	});
});

test('API URL has no default: each instance has a host of its own', async () => {
	const { properties } = await loadCredentialType();

	expect(properties.find(({ name }) => name === 'apiUrl')).toMatchObject({
		default: '',
		placeholder: expect.stringMatching(/^e\.g\. https:/) as unknown,
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

	async function sign(
		options: Partial<IHttpRequestOptions>,
		fields = {},
	): Promise<IHttpRequestOptions> {
		const { authenticate } = await loadCredentialType();
		if (typeof authenticate !== 'function') throw new Error('authenticate is a function');
		return await authenticate({ ...credentials, ...fields }, options as IHttpRequestOptions);
	}

	test.each([{}, { baseURL: 'https://evil.example' }])(
		'puts instance and token into the path, and takes the host from API URL: %j',
		async (request) => {
			const { baseURL, url } = await sign({ ...request, url: PATH });

			expect(baseURL).toBe('https://gateway.example.com/green');
			expect(url).toBe(`/v3/waInstance1/checkAccount/${TOKEN}`);
		},
	);

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
});
