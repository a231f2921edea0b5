/** A real n8n on this machine: one process of it, its command line and its REST API. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { request } from 'undici';

import type { InstalledN8n } from './install';

/** Who may log in to the n8n that the scripts and tests start; it listens on loopback only. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Lookup12345',
	firstName: 'Olga',
	lastName: 'Owner',
};

/** Milliseconds: n8n starts in 10 s on an idle machine, and migrates its database before. */
const START_TIMEOUT_MS = 120_000;

/** Milliseconds for n8n to end by itself; it waits for its executions. */
const STOP_TIMEOUT_MS = 15_000;

export interface N8nOptions {
	readonly installed: InstalledN8n;
	/** Where it keeps settings, database and community packages. */
	readonly userFolder: string;
	/** 0 takes a free one. */
	readonly port?: number;
	/** More settings, by the names of n8n's environment variables. */
	readonly env?: Readonly<Record<string, string>>;
	/** Told every line of its log. */
	readonly onLog?: (line: string) => void;
}

/** A REST answer of n8n. */
export interface Reply {
	readonly status: number;
	readonly body: unknown;
}

/** Loaded before n8n: an n8n must not outlive who started it. */
const END_WITH_PARENT = path.join(__dirname, 'endWithParent.cjs');

export class RealN8n {
	/** All that it has logged. */
	readonly log: string[] = [];

	private child: ChildProcess | undefined;
	private cookie = '';

	private constructor(
		private readonly options: N8nOptions,
		/** Where it listens. */
		readonly url: string,
		private readonly env: NodeJS.ProcessEnv,
	) {}

	/** An n8n that is not started yet: its command line can be used first. */
	static async create(options: N8nOptions): Promise<RealN8n> {
		const port = await freePort(options.port);
		const { nodeFolder } = options.installed;
		const env = {
			PATH: [nodeFolder, process.env.PATH].join(path.delimiter),
			HOME: options.userFolder,
			N8N_USER_FOLDER: options.userFolder,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_HOST: '127.0.0.1',
			N8N_ENCRYPTION_KEY: 'this machine only',
			N8N_SECURE_COOKIE: 'false',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
			...options.env,
		};
		return new RealN8n(options, `http://127.0.0.1:${port}`, env);
	}

	/** Runs one of n8n's commands to its end. @throws Error with its output if it fails */
	async command(...args: readonly string[]): Promise<string> {
		const child = this.spawn(args);
		let output = '';
		child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
		const [code] = (await once(child, 'close')) as [number | null];
		if (code !== 0) {
			throw new Error(
				`n8n ${args.join(' ')} failed:\n${output}\n${this.log.slice(-20).join('\n')}`,
			);
		}
		return output;
	}

	/** Starts it, as main process or as a worker, and waits until it takes work. */
	async start(kind: 'start' | 'worker' = 'start', ...args: readonly string[]): Promise<void> {
		const child = this.spawn([kind, ...args]);
		this.child = child;
		const url = this.options.env?.QUEUE_HEALTH_CHECK_PORT
			? `http://127.0.0.1:${this.options.env.QUEUE_HEALTH_CHECK_PORT}`
			: this.url;
		await waitFor('n8n', START_TIMEOUT_MS, async () => {
			if (child.exitCode !== null) {
				throw new Error(`n8n ${kind} ended:\n${this.log.slice(-30).join('\n')}`);
			}
			const reply = await request(`${url}/healthz/readiness`).catch(() => undefined);
			await reply?.body.dump();
			return reply?.statusCode === 200;
		});
	}

	/** Its process id, while it runs. */
	get pid(): number | undefined {
		return this.child?.pid;
	}

	/** Ends it with all its executions; waits until it is gone. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		const { child } = this;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const closed = once(child, 'close');
		child.kill(signal);
		const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await closed;
		clearTimeout(timer);
	}

	/** Makes the owner and logs in. */
	async setUpOwner(): Promise<void> {
		// Ready is not all: a fresh n8n answers 404 here for a moment.
		await waitFor('the owner', START_TIMEOUT_MS, async () => {
			const { status } = await this.rest('POST', '/rest/owner/setup', OWNER);
			return status === 200;
		});
		await this.logIn();
	}

	async logIn(): Promise<void> {
		const { email, password } = OWNER;
		const body = { emailOrLdapLoginId: email, password };
		const { status } = await this.rest('POST', '/rest/login', body);
		if (status !== 200) throw new Error(`n8n did not let the owner in: HTTP ${status}`);
	}

	/** Calls n8n's own API, the one of its editor. */
	async rest(method: 'GET' | 'POST' | 'PATCH', url: string, body?: unknown): Promise<Reply> {
		const {
			statusCode,
			headers,
			body: answer,
		} = await request(this.url + url, {
			method,
			headers: {
				'content-type': 'application/json',
				...(this.cookie && { cookie: this.cookie }),
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const cookies = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]);
		if (cookies.length > 0) this.cookie = cookies.join('; ');
		const text = await answer.text();
		return { status: statusCode, body: parse(text) };
	}

	private spawn(args: readonly string[]): ChildProcess {
		const { node, n8n } = this.options.installed;
		const child = spawn(node, ['-r', END_WITH_PARENT, n8n, ...args], {
			cwd: this.options.userFolder,
			env: this.env,
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (data: Buffer) => {
				for (const line of data.toString().split('\n')) this.tell(line);
			});
		}
		return child;
	}

	private tell(line: string): void {
		if (line.trim() === '') return;
		this.log.push(line);
		this.options.onLog?.(line);
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/**
 * A port on loopback that nobody uses at the moment: the wished one, or any.
 * @throws Error (EADDRINUSE) if somebody uses the wished one
 */
export async function freePort(wished = 0): Promise<number> {
	const server = createServer();
	server.listen(wished, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Asks every 200 ms until it is so. @throws Error if it is not within the time */
export async function waitFor(
	what: string,
	timeoutMs: number,
	isSo: () => Promise<boolean>,
): Promise<void> {
	const end = Date.now() + timeoutMs;
	while (!(await isSo())) {
		if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}`);
		await sleep(200);
	}
}
