/** Installed as a user does, and the connection test as the editor's button calls it. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../../scripts/n8n/content';
import { ended } from './executions';
import {
	callWebhook,
	chain,
	createWorld,
	INSTALL_TIMEOUT_MS,
	webhook,
	type World,
} from './harness';

let world: World;

/** In every token; nobody may read it. */
const MARK = 'PLANTED4c1b';

/** The HTTP Request node with the credential, as its field "Predefined Credential Type" offers it. */
const HTTP_REQUEST = {
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url: '={{ $json.url }}/waInstance7103000001/getStateInstance/{apiTokenInstance}',
		authentication: 'predefinedCredentialType',
		nodeCredentialType: CREDENTIAL_TYPE,
	},
	credentials: { [CREDENTIAL_TYPE]: { id: 'whatsapp', name: 'GREEN-API WhatsApp' } },
};

beforeAll(async () => {
	world = await createWorld({
		apiTokenInstance: `t0${MARK}`,
		env: { N8N_LOG_LEVEL: 'debug' },
		workflows: [chain('http-request', ...webhook('http-request'), HTTP_REQUEST)],
		published: ['http-request'],
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await world.close());

test('n8n starts without a complaint about the package', () => {
	// What n8n says at level debug is no complaint.
	const complaints = world.n8n.log.filter(
		(line) =>
			/greenApi|n8n-nodes-green-api-lookup(?!\/n8n-)/i.test(line) && !/\bdebug\b/.test(line),
	);

	expect(complaints).toEqual([]);
});

interface NodeType {
	readonly name: string;
	readonly displayName: string;
	readonly iconUrl?: { light: string; dark: string };
}

test('the node, its tool and the credential are there, with their icons', async () => {
	const { body } = await world.n8n.rest('GET', '/types/nodes.json');
	const ours = (body as NodeType[]).filter(({ name }) => name.includes('green-api-lookup'));

	expect(ours.map(({ name }) => name).sort()).toEqual([
		'n8n-nodes-green-api-lookup.greenApiLookup',
		'n8n-nodes-green-api-lookup.greenApiLookupTool',
	]);
	for (const { iconUrl } of ours) {
		for (const icon of Object.values(iconUrl ?? {})) {
			const { status, body: svg } = await world.n8n.rest('GET', `/${icon}`);
			expect([status, String(svg)]).toEqual([200, expect.stringContaining('<svg')]);
		}
		expect(Object.keys(iconUrl ?? {})).toEqual(['light', 'dark']);
	}
	const { body: types } = await world.n8n.rest('GET', '/types/credentials.json');
	expect(types).toContainEqual(expect.objectContaining({ name: CREDENTIAL_TYPE }));
});

test('the output of every operation is shown before the first run', async () => {
	for (const messenger of ['whatsapp', 'telegram', 'max']) {
		for (const operation of ['checkAccount', 'getAccountSettings', 'getContactInfo']) {
			const type = 'n8n-nodes-green-api-lookup.greenApiLookup';
			const { status, body } = await world.n8n.rest(
				'GET',
				`/schemas/${type}/1.0.0/${messenger}/${operation}.json`,
			);

			expect([status, body]).toEqual([
				200,
				expect.objectContaining({
					properties: expect.objectContaining({ messenger: expect.anything() }),
				}),
			]);
		}
	}
});

test('the HTTP Request node with the credential sends nothing, and no token is stored', async () => {
	await callWebhook(world.n8n, 'http-request', [{ url: world.simulator.url }]);
	const { status, resultData } = await ended(world.n8n, { newestOf: 'http-request' });

	expect([status, world.simulator.calls()]).toEqual(['error', []]);
	expect(resultData.error?.message).toContain('works in the GREEN-API Lookup node only');
	expect(JSON.stringify(resultData)).not.toContain(MARK);
	expect(world.n8n.log.filter((line) => line.includes(MARK))).toEqual([]);
	const files = readdirSync(path.join(world.userFolder, '.n8n')).filter((name) =>
		/sqlite/.test(name),
	);
	expect(files.length).toBeGreaterThan(0);
	for (const file of files) {
		expect(readFileSync(path.join(world.userFolder, '.n8n', file)).includes(MARK)).toBe(false);
	}
});

async function testConnection(fields: ICredentialDataDecryptedObject) {
	const { idInstance, apiTokenInstance } = world.simulator.instance('whatsapp');
	const data = { apiUrl: world.simulator.url, idInstance, apiTokenInstance, ...fields };
	// As the editor tests one that is open: n8n 1.x takes none that was never saved.
	const credentials = { id: 'whatsapp', name: 'GREEN-API', type: CREDENTIAL_TYPE, data };
	const { body } = await world.n8n.rest('POST', '/rest/credentials/test', { credentials });
	return (body as { data: { status: string; message: string } }).data;
}

test.each<[string, ICredentialDataDecryptedObject, string, RegExp]>([
	['passes', {}, 'OK', /./],
	[
		'names the field of a token that cannot be one',
		{ apiTokenInstance: 'wrong' },
		'Error',
		/API Token/,
	],
	[
		'names the host that does not accept the token',
		{ apiTokenInstance: 'f'.repeat(50) },
		'Error',
		/at 127\.0\.0\.1:\d+ does not accept this token/,
	],
	[
		'names the host that does not know the instance',
		{ idInstance: '1' },
		'Error',
		/no such GREEN-API instance at 127\.0\.0\.1:\d+\./,
	],
	['says that nothing listens', { apiUrl: 'http://127.0.0.1:1' }, 'Error', /refused|API URL/i],
])('the connection test %s', async (_title, fields, status, message) => {
	const before = world.simulator.calls().length;
	const tested = await testConnection(fields);

	expect(tested).toEqual({ status, message: expect.stringMatching(message) });
	expect(world.simulator.calls().length - before).toBeLessThanOrEqual(1);
});
