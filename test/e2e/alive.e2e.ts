/** One n8n process looks up a long list and stays alive for everybody else. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { INode } from 'n8n-workflow';

import type { ImportedWorkflow } from '../../scripts/n8n/content';
import {
	callWebhook,
	createWorld,
	INSTALL_TIMEOUT_MS,
	LOOKUP,
	webhookWorkflow,
	type World,
} from './harness';

const ITEMS = 5000;

const ASKER = path.join(__dirname, 'asker.mjs');

/** Milliseconds between two questions to n8n, and by which its worst answer may be later. */
const ASK_EVERY_MS = 100;
const MOST_MS = 250;

/** Webhook → Code that makes the items → the lookup, or nothing. */
function longList(id: string, isLookup: boolean): ImportedWorkflow {
	const workflow = webhookWorkflow(id, {
		resource: 'whatsapp',
		operation: 'checkAccount',
		phoneNumber: '={{ $json.phone }}',
	});
	const nodes = workflow.nodes.map((node): INode => {
		if (node.name === 'Webhook') {
			return { ...node, parameters: { ...node.parameters, responseData: 'firstEntryJson' } };
		}
		if (node.name === LOOKUP) return isLookup ? node : { ...node, ...NOTHING };
		const jsCode = `return Array.from({ length: ${ITEMS} }, (_, index) => ({ json: { phone: String(79000000000 + index) } }));`;
		return { ...node, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
	});
	return { ...workflow, nodes };
}

const NOTHING = { type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {}, credentials: {} };

let world: World;

beforeAll(async () => {
	world = await createWorld({
		workflows: [longList('lookup', true), longList('empty', false)],
		published: ['lookup', 'empty'],
		instances: {
			// The highest limit that the node believes.
			ratePerSecond: { check: 1000, contact: 1, account: 1 },
			quota: { used: 0, total: 1_000_000 },
		},
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await world.close());

/** Milliseconds of n8n's latest answer while a workflow runs. */
async function worstAnswer(id: string): Promise<number> {
	const args = [ASKER, `${world.n8n.url}/healthz`, String(ASK_EVERY_MS)];
	const asker = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	let output = '';
	asker.stdout.on('data', (data: Buffer) => (output += data.toString()));
	// Asking has begun.
	await once(asker.stdout, 'data');
	await callWebhook(world.n8n, id, []);
	asker.stdin.end();
	const [code] = (await once(asker, 'close')) as [number | null];
	expect(code).toBe(0);
	return Math.max(...output.trim().split('\n').map(Number));
}

test(`while ${ITEMS} numbers are looked up, n8n answers as fast as while it does nothing with them`, async () => {
	// What a process does for the first time takes longer, with the lookup and without.
	await worstAnswer('empty');
	await worstAnswer('lookup');

	const empty = await worstAnswer('empty');
	const lookup = await worstAnswer('lookup');

	process.stdout.write(
		`Worst answer of /healthz: ${lookup.toFixed(0)} ms with the lookup, ${empty.toFixed(0)} ms without\n`,
	);
	expect(world.simulator.calls()).toHaveLength(2 * ITEMS);
	expect(lookup - empty).toBeLessThanOrEqual(MOST_MS);
});
