/** A real n8n with the packed package in it, and a simulated GREEN-API, for one test file. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ICredentialDataDecryptedObject, IDataObject, INode } from 'n8n-workflow';
import { request } from 'undici';

import {
	credentialsOf,
	importInto,
	withCredential,
	type ImportedCredential,
	type ImportedWorkflow,
} from '../../scripts/n8n/content';
import { installN8n, NEWEST } from '../../scripts/n8n/install';
import { installPackage } from '../../scripts/n8n/pack';
import { RealN8n, waitFor } from '../../scripts/n8n/process';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';

/** Milliseconds for installing n8n into an empty cache, and starting it. */
export const INSTALL_TIMEOUT_MS = 20 * 60_000;

export interface World {
	readonly n8n: RealN8n;
	readonly simulator: Simulator;
	/** n8n's folder with settings, database and packages. */
	readonly userFolder: string;
	/** Ends all of it. */
	readonly close: () => Promise<void>;
}

export interface WorldOptions {
	/** Their lookups use the simulator's credentials (`withCredential` chooses them). */
	readonly workflows?:
		| readonly ImportedWorkflow[]
		| ((simulator: Simulator) => readonly ImportedWorkflow[]);
	readonly instances?: InstanceChanges;
	/** The token of all instances. */
	readonly apiTokenInstance?: string;
	/** Fields beside those that the simulator gives. */
	readonly credentialFields?: ICredentialDataDecryptedObject;
	/** Further credentials. */
	readonly credentials?: readonly ImportedCredential[];
	/** Ids of workflows whose triggers are to listen. */
	readonly published?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly version?: string;
	/** Draws the simulator's faults. */
	readonly random?: () => number;
	/** Puts more into n8n's folder before n8n is used. */
	readonly prepare?: (userFolder: string) => void;
	/** Whether only n8n's command line is used. */
	readonly isNotStarted?: boolean;
}

/** Calls a second that no test's list reaches. */
const UNLIMITED = { check: 100_000, contact: 100_000, account: 100_000 };

export async function createWorld(options: WorldOptions = {}): Promise<World> {
	const version = options.version ?? process.env.N8N_VERSION ?? NEWEST;
	const installed = await installN8n(version, (line) => process.stderr.write(`${line}\n`));
	const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-e2e-'));
	const changes = { ratePerSecond: UNLIMITED, ...options.instances };
	const simulator = await startSimulator({
		instances: (['whatsapp', 'telegram', 'max'] as const).map((messenger) => ({
			...instanceOf(messenger, changes),
			...(options.apiTokenInstance && { apiTokenInstance: options.apiTokenInstance }),
		})),
		...(options.random && { random: options.random }),
	});
	const n8n = await RealN8n.create({
		installed,
		userFolder,
		...(options.env && { env: options.env }),
	});
	const close = async () => {
		await n8n.stop();
		await simulator.close();
		rmSync(userFolder, { recursive: true, force: true });
	};
	try {
		installPackage(userFolder);
		options.prepare?.(userFolder);
		const { workflows = [], credentials = [] } = options;
		await importInto(
			n8n,
			[...credentialsOf(simulator, options.credentialFields), ...credentials],
			typeof workflows === 'function' ? workflows(simulator) : workflows,
		);
		for (const id of options.published ?? []) {
			// What 2.x calls to publish is to activate in 1.x.
			if (version.startsWith('1.')) {
				await n8n.command('update:workflow', `--id=${id}`, '--active=true');
			} else {
				await n8n.command('publish:workflow', `--id=${id}`);
			}
		}
		if (!options.isNotStarted) {
			await n8n.start();
			await n8n.setUpOwner();
		}
	} catch (error) {
		await close();
		throw error;
	}
	return { n8n, simulator, userFolder, close };
}

/** Name of the webhook node in `webhookWorkflow`, and of the lookup behind it. */
export const LOOKUP = 'Lookup';

/** A webhook that takes items by POST, and answers with the rows of the last node. */
export function webhookParameters(id: string): INode['parameters'] {
	return { path: id, httpMethod: 'POST', responseMode: 'lastNode', responseData: 'allEntries' };
}

/** Webhook → Lookup → answer: the items of the body's `items` are looked up. */
export function webhookWorkflow(
	id: string,
	parameters: IDataObject,
	node: Partial<INode> = {},
): ImportedWorkflow {
	const nodeOf = (name: string, type: string, typeVersion: number, x: number, rest: object) => ({
		id: name,
		name,
		type,
		typeVersion,
		position: [x, 0] as [number, number],
		parameters: {},
		...rest,
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		id,
		name: id,
		nodes: [
			nodeOf('Webhook', 'n8n-nodes-base.webhook', 2, 0, {
				webhookId: id,
				parameters: webhookParameters(id),
			}),
			nodeOf('Items', 'n8n-nodes-base.splitOut', 1, 200, {
				parameters: { fieldToSplitOut: 'body.items' },
			}),
			withCredential(
				nodeOf(LOOKUP, 'n8n-nodes-green-api-lookup.greenApiLookup', 1, 400, {
					parameters,
					...node,
				}),
			),
		],
		connections: { Webhook: { main: [to('Items')] }, Items: { main: [to(LOOKUP)] } },
	};
}

/** Calls a published webhook; waits until n8n has registered it. Gives what the workflow answers. */
export async function callWebhook(n8n: RealN8n, id: string, items: unknown[]): Promise<unknown> {
	let answer: unknown;
	await waitFor(`webhook ${id}`, 30_000, async () => {
		const { statusCode, body } = await request(`${n8n.url}/webhook/${id}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ items }),
			headersTimeout: 600_000,
			bodyTimeout: 600_000,
		});
		const text = await body.text();
		if (statusCode === 404) return false;
		answer = JSON.parse(text) as unknown;
		return true;
	});
	return answer;
}
