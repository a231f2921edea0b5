/** Hostile values in every field: encoded or refused, never another path, header or host. */

import type { IDataObject } from 'n8n-workflow';

import { startHost, type Received } from './hosts';
import {
	ENTRY_POINTS,
	lookUp,
	ONE_TRY,
	startService,
	unlimited,
	type Lookup,
	type Service,
} from './lookUp';

let host = '';
let service: Service;
let received: Received[];

const YES = '{"existsWhatsapp":true,"exist":true,"chatId":"1","name":"Anna"}';

beforeEach(async () => {
	({ host, received } = await startHost({ body: YES }));
	service = await startService(unlimited('whatsapp'));
});

const ID = '7103000001';
const TOKEN = 'd75b3a66';
const NUMBER_BODY = '{"phoneNumber":79876543210}';

const HOSTILE: readonly string[] = [
	'/',
	'//evil.example/',
	'?a=b',
	'#fragment',
	'.',
	'..',
	'../../waInstance1/logout/x',
	'%2e%2e%2f',
	'%2F',
	'a%0d%0aX-Evil: 1',
	'\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1',
	'\n',
	'\u0000',
	'\\..\\',
	'@evil.example',
	':80@evil.example',
	'ünïcödé',
	'漢字🐘',
	'\ud800',
	'\u202e',
	'{idInstance}',
	'{apiTokenInstance}',
	'{{ $credentials }}',
	"={{ 'x' }}",
	'$&$1',
	'__proto__',
	'constructor',
	'"},{"a":"',
	'{"phoneNumber":1,"force":true}',
	'x'.repeat(1_000_000),
];

/** Looks one value up at the server above; gives the row. */
async function rowOf(lookup: Lookup): Promise<IDataObject> {
	received.length = 0;
	const { error, rows } = await lookUp({
		service,
		values: ['79876543210'],
		options: ONE_TRY,
		...lookup,
		credential: {
			apiUrl: `http://${host}`,
			idInstance: ID,
			apiTokenInstance: TOKEN,
			...lookup.credential,
		},
	});
	expect(error).toBeUndefined();
	expect(rows).toHaveLength(1);
	return rows[0] ?? {};
}

/** Refused before a call with a code, or one call of exactly this shape. */
async function attack(lookup: Lookup, path: RegExp | string, bodies = [NUMBER_BODY]) {
	const row = await rowOf(lookup);
	const [first, ...others] = received;
	expect(others).toEqual([]);
	if (!first) {
		expect(row.error).toMatchObject({ code: expect.stringMatching(/^[a-zA-Z]+$/), asked: false });
		return;
	}
	const { verb, url, headers, body } = first;
	expect([verb, headers.host]).toEqual(['POST', host]);
	if (typeof path === 'string') expect(url).toBe(path);
	else expect(url).toMatch(path);
	expect(Object.keys(headers).sort()).toEqual([
		'accept',
		'accept-encoding',
		'connection',
		'content-length',
		'content-type',
		'host',
		'user-agent',
	]);
	expect(bodies).toContain(body);
}

const title = (value: string) => JSON.stringify(value).slice(0, 40);
const shown = HOSTILE.map((value) => [title(value), value] as const);

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	test.each(shown)('as apiTokenInstance: %s', async (_title, hostile) => {
		for (const apiTokenInstance of [hostile, `${TOKEN}${hostile}`]) {
			const isText = !/\p{Surrogate}/u.test(apiTokenInstance);
			const encoded = isText ? encodeURIComponent(apiTokenInstance.trim()) : 'never';

			const path = `/waInstance${ID}/checkWhatsapp/${encoded}`;
			await attack({ entryPoint, credential: { apiTokenInstance } }, path);
		}
	});

	test.each(shown)('as idInstance: %s', async (_title, hostile) => {
		for (const idInstance of [hostile, `${ID}${hostile}`]) {
			// The id alone, where the rest was white space.
			const path = `/waInstance${ID}/checkWhatsapp/${TOKEN}`;
			await attack({ entryPoint, credential: { idInstance } }, path);
		}
	});

	test.each(shown)('behind apiUrl: %s', async (_title, hostile) => {
		// A gateway's path may be anything, as long as host and what follows are ours.
		const path = /^(\/[^?#]*)?\/waInstance7103000001\/checkWhatsapp\/d75b3a66$/;
		const apiUrl = `http://${host}/base${hostile}`;
		await attack({ entryPoint, credential: { apiUrl } }, path);
	});

	test.each(['http://evil.example', 'ftp://127.0.0.1', 'file:///etc/passwd', 'javascript:1'])(
		'as apiUrl: %s is refused',
		async (apiUrl) => {
			expect(await rowOf({ entryPoint, credential: { apiUrl } })).toMatchObject({
				error: { code: 'wrongInstance', asked: false },
			});
			expect(received).toEqual([]);
		},
	);

	test.each(shown)('as phoneNumber and @username: %s', async (_title, hostile) => {
		for (const value of [hostile, `79876543210${hostile}`, `@durov${hostile}`]) {
			const lookup = { entryPoint, messenger: 'telegram', values: [value] } as const;
			// The names in the list are names like others.
			const usernames = ['@durov', value].map((username) => JSON.stringify({ username }));
			await attack(lookup, `/waInstance${ID}/checkAccount/${TOKEN}`, [NUMBER_BODY, ...usernames]);

			if (received.length > 0) expect(value).toMatch(/^79876543210|^@\w+/);
		}
	});

	test.each(shown)('as chatId: %s', async (_title, hostile) => {
		const bodies = ['79876543210', '79876543210@c.us'].map((chatId) => JSON.stringify({ chatId }));
		for (const messenger of ['whatsapp', 'telegram'] as const) {
			for (const value of [hostile, `79876543210${hostile}`, `79876543210@c.us${hostile}`]) {
				const operation = 'getContactInfo';
				const lookup = { entryPoint, messenger, operation, values: [value] } as const;

				await attack(lookup, `/waInstance${ID}/getContactInfo/${TOKEN}`, bodies);
			}
		}
	});
});

/** The credential does not offer them, but one from elsewhere may carry them. */
describe('Allowed HTTP Request Domains', () => {
	test.each([
		['all', ''],
		['domains', '127.0.0.1'],
		// The list is for requests to other hosts; this one is the credential's own.
		['domains', 'example.com'],
		['none', ''],
	])('%s %s: the node asks the host of API URL', async (mode, allowedDomains) => {
		const row = await rowOf({
			credential: { allowedHttpRequestDomains: mode, allowedDomains },
		});

		expect(row.exists).toBe(true);
		expect(received).toHaveLength(1);
	});
});
