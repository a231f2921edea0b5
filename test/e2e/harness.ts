/** A real n8n with the packed package in it, and a simulated GREEN-API, for one test file. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import type {
	ICredentialDataDecryptedObject,
	INode,
	INodeConnections,
	IRunExecutionData,
} from 'n8n-workflow';
import { request } from 'undici';

import {
	credentialsOf,
	importInto,
	NODE_TYPE,
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

/** Environment variables of n8n, also by its folder. */
type EnvOf =
	| Readonly<Record<string, string>>
	| ((userFolder: string) => Readonly<Record<string, string>>);

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
	readonly env?: EnvOf;
	readonly version?: string;
	/** Draws the simulator's faults. */
	readonly random?: () => number;
	/** Installs the package into n8n's folder; as a community package where nothing is given. */
	readonly install?: (userFolder: string) => void;
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
	const { env = {} } = options;
	const n8n = await RealN8n.create({
		installed,
		userFolder,
		env: typeof env === 'function' ? env(userFolder) : env,
	});
	const close = async () => {
		await n8n.stop();
		await simulator.close();
		rmSync(userFolder, { recursive: true, force: true });
	};
	try {
		(options.install ?? installPackage)(userFolder);
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

/** Runs something while the WhatsApp instance has a problem. */
export async function whileBroken<T>(
	{ simulator }: World,
	problem: InstanceChanges,
	run: () => Promise<T>,
): Promise<T> {
	const instance = simulator.instance('whatsapp');
	Object.assign(instance, problem);
	try {
		return await run();
	} finally {
		Object.assign(instance, { state: 'authorized', faults: [] });
	}
}

/** A node of a workflow that a test builds. */
export type Piece = Pick<INode, 'name' | 'type'> & Partial<INode>;

/** Connections of a node: one node for each of its outputs. */
export function to(...names: readonly string[]): INodeConnections {
	return { main: names.map((node) => [{ node, type: 'main', index: 0 }]) };
}

/** A workflow whose nodes follow one another; a lookup has the credential of its messenger. */
export function chain(id: string, ...pieces: readonly Piece[]): ImportedWorkflow {
	const links = pieces.slice(1).map(({ name }, index) => [pieces[index]?.name, to(name)] as const);
	return {
		id,
		name: id,
		nodes: pieces.map((piece, index) =>
			withCredential({
				id: piece.name,
				typeVersion: 1,
				position: [index * 200, 0],
				parameters: {},
				...piece,
			}),
		),
		connections: Object.fromEntries(links) as ImportedWorkflow['connections'],
	};
}

/** A webhook that takes `items` by POST and answers with the rows of the last node; then the items. */
export function webhook(id: string): readonly Piece[] {
	return [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: id,
			parameters: {
				path: id,
				httpMethod: 'POST',
				responseMode: 'lastNode',
				responseData: 'allEntries',
			},
		},
		{
			name: 'Items',
			type: 'n8n-nodes-base.splitOut',
			parameters: { fieldToSplitOut: 'body.items' },
		},
	];
}

/** A manual trigger, for n8n's command line, and then these items. */
export function manual(items: readonly object[]): readonly Piece[] {
	const jsonOutput = JSON.stringify({ items });
	return [
		{ name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' },
		{
			name: 'List',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput },
		},
		{ name: 'Items', type: 'n8n-nodes-base.splitOut', parameters: { fieldToSplitOut: 'items' } },
	];
}

/** Runs a workflow by n8n's command line. @returns its run, from what that prints */
export async function execute({ n8n }: World, id: string): Promise<IRunExecutionData> {
	const output = await n8n.command('execute', `--id=${id}`, '--rawOutput');
	// Among the lines of the log, in colours.
	const plain = stripVTControlCharacters(output);
	const [json = ''] = /\{\n\s+"data"[^]*?\n\}/.exec(plain) ?? [];
	return (JSON.parse(json) as { data: IRunExecutionData }).data;
}

/** Name of the lookup in `webhookWorkflow`. */
export const LOOKUP = 'Lookup';

/** Webhook → Lookup → answer: the items of the body's `items` are looked up. */
export function webhookWorkflow(
	id: string,
	parameters: INode['parameters'],
	node: Partial<INode> = {},
): ImportedWorkflow {
	return chain(id, ...webhook(id), { name: LOOKUP, type: NODE_TYPE, parameters, ...node });
}

/** Posts JSON, or a form, to a published webhook; waits until n8n has registered it. */
export async function post(
	n8n: RealN8n,
	path: string,
	body: object | URLSearchParams,
	headers: Readonly<Record<string, string>> = {},
) {
	const isForm = body instanceof URLSearchParams;
	const contentType = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
	let answer = { status: 404, retryAfter: '', text: '' };
	await waitFor(`webhook ${path}`, 30_000, async () => {
		const reply = await request(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': contentType, ...headers },
			body: isForm ? body.toString() : JSON.stringify(body),
			headersTimeout: 600_000,
			bodyTimeout: 600_000,
		});
		const retryAfter = String(reply.headers['retry-after'] ?? '');
		answer = { status: reply.statusCode, retryAfter, text: await reply.body.text() };
		return answer.status !== 404;
	});
	return answer;
}

/** Calls a published webhook with items. Gives what the workflow answers. */
export async function callWebhook(n8n: RealN8n, id: string, items: unknown[]): Promise<unknown> {
	return JSON.parse((await post(n8n, id, { items })).text) as unknown;
}
