/**
 * What n8n's queue mode needs besides n8n: a PostgreSQL and a Redis of their own for one test file,
 * on free ports of this machine, without what the system may run. Their programs have to be
 * installed (Debian: `apt-get install postgresql redis-server`).
 */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { freePort, waitFor } from '../../scripts/n8n/process';

const run = promisify(execFile);

/** Milliseconds for a service to start or to end; either takes less than two seconds. */
const SERVICE_TIMEOUT_MS = 30_000;

/** Who owns the databases; no password, loopback only. */
export const POSTGRES_USER = 'n8n';

/** A PostgreSQL server with its data in a temporary folder. */
export class Postgres {
	private constructor(
		/** Port on 127.0.0.1. */
		readonly port: number,
		private readonly folder: string,
		private readonly programs: string,
	) {}

	/** Makes an empty server and waits until it takes connections. */
	static async start(databases: readonly string[]): Promise<Postgres> {
		const folder = mkdtempSync(path.join(tmpdir(), 'postgres-'));
		const postgres = new Postgres(await freePort(), folder, postgresPrograms());
		try {
			// It refuses to run as root.
			if (isRoot()) await run('chown', ['postgres', folder]);
			const authentication = ['-A', 'trust', '-U', POSTGRES_USER];
			await postgres.program('initdb', '-D', postgres.data, ...authentication);
			await postgres.boot();
			for (const name of databases) await postgres.run('postgres', `CREATE DATABASE "${name}"`);
		} catch (error) {
			await postgres.stop();
			throw error;
		}
		return postgres;
	}

	/** Runs statements. @throws Error with what PostgreSQL says if one of them fails */
	async run(database: string, sql: string): Promise<string> {
		const server = [
			'-h',
			'127.0.0.1',
			'-p',
			String(this.port),
			'-U',
			POSTGRES_USER,
			'-d',
			database,
		];
		const how = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql];
		const { stdout } = await run('psql', [...server, ...how], { timeout: SERVICE_TIMEOUT_MS });
		return stdout.trim();
	}

	/** The rows of one query, in its order. */
	async rows<Row>(database: string, query: string): Promise<Row[]> {
		const json = await this.run(
			database,
			`SELECT coalesce(json_agg(r), '[]') FROM (${query}) AS r`,
		);
		return JSON.parse(json) as Row[];
	}

	/** Ends it with all connections, and starts it again after so many milliseconds. */
	async restart(downMs: number): Promise<void> {
		await this.stopServer();
		await sleep(downMs);
		await this.boot();
	}

	/** Ends it and deletes its data. */
	async stop(): Promise<void> {
		if (existsSync(path.join(this.data, 'postmaster.pid'))) await this.stopServer();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private get data(): string {
		return path.join(this.folder, 'data');
	}

	private async boot(): Promise<void> {
		const settings = {
			port: this.port,
			listen_addresses: '127.0.0.1',
			unix_socket_directories: this.folder,
			fsync: 'off',
		};
		const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
		const log = ['-l', path.join(this.folder, 'log')];
		await this.program('pg_ctl', '-D', this.data, ...log, '-w', '-o', options.join(' '), 'start');
	}

	private async stopServer(): Promise<void> {
		await this.program('pg_ctl', '-D', this.data, '-m', 'fast', '-w', 'stop');
	}

	private async program(name: string, ...args: readonly string[]): Promise<void> {
		const command = [path.join(this.programs, name), ...args];
		const [file = '', ...rest] = isRoot()
			? ['runuser', '-u', 'postgres', '--', ...command]
			: command;
		// Not by a pipe: the server would keep it open after pg_ctl has ended.
		const child = spawn(file, rest, { cwd: this.folder, stdio: 'ignore' });
		const [code] = (await once(child, 'exit', {
			signal: AbortSignal.timeout(SERVICE_TIMEOUT_MS),
		})) as [number | null];
		if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
	}
}

/** A Redis server that keeps nothing on disk: a restart loses all that was in it. */
export class Redis {
	private child: ChildProcess | undefined;

	private constructor(
		/** Port on 127.0.0.1. */
		readonly port: number,
	) {}

	/** Starts an empty server and waits until it answers. */
	static async start(): Promise<Redis> {
		const redis = new Redis(await freePort());
		await redis.boot();
		return redis;
	}

	/** Ends it, and starts it again, empty, after so many milliseconds. */
	async restart(downMs: number): Promise<void> {
		await this.stop();
		await sleep(downMs);
		await this.boot();
	}

	/** Ends it. */
	async stop(): Promise<void> {
		const { child } = this;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, 'exit', { signal: AbortSignal.timeout(SERVICE_TIMEOUT_MS) });
		child.kill();
		await ended;
	}

	private async boot(): Promise<void> {
		const settings = { port: this.port, bind: '127.0.0.1', save: '', appendonly: 'no' };
		const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
		const child = spawn('redis-server', options, { cwd: tmpdir(), stdio: 'ignore' });
		this.child = child;
		await once(child, 'spawn');
		await waitFor('Redis', SERVICE_TIMEOUT_MS, async () => {
			if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
			return await this.answers();
		});
	}

	private async answers(): Promise<boolean> {
		const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
		try {
			const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(1000) })) as [
				Buffer,
			];
			return data.toString().startsWith('+PONG');
		} catch {
			return false;
		} finally {
			socket.destroy();
		}
	}
}

function isRoot(): boolean {
	return userInfo().uid === 0;
}

/** Where Debian keeps initdb and pg_ctl, which are not on the PATH there. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** The folder with initdb and pg_ctl: of the newest version in Debian's place, or on the PATH. */
function postgresPrograms(): string {
	const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
	const folders = [
		...versions
			.sort((a, b) => Number(b) - Number(a))
			.map((version) => path.join(DEBIAN_POSTGRES, version, 'bin')),
		...(process.env.PATH ?? '').split(path.delimiter),
	];
	const found = folders.find((folder) => existsSync(path.join(folder, 'pg_ctl')));
	if (!found) throw new Error('PostgreSQL is not installed: its program pg_ctl was not found');
	return found;
}
