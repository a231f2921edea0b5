/**
 * Installs a real n8n, one copy for each version, in a cache folder outside of the checkout: 2 GB and
 * several minutes that are spent once. What is there already is used.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** An n8n that can be started. */
export interface InstalledN8n {
	readonly version: string;
	/** The folder of Node.js's program, for PATH. */
	readonly nodeFolder: string;
	/** Node.js's program. */
	readonly node: string;
	/** n8n's program, to be run by it. */
	readonly n8n: string;
}

/** The newest n8n that can be installed from the registry, and the one that the tests use. */
export const NEWEST = '2.41.0';

/** n8n 2.41 needs Node.js 24, and runs of 1.x too; whatever this process runs on. */
const NODE_VERSION = '24';

/**
 * Versions of n8n's own dependencies: of linkedom, a newer one asks for a package that some registries
 * lack; xlsx comes from a web server of its own otherwise.
 */
const OVERRIDES: Readonly<Record<string, Record<string, string>>> = {
	'1': { linkedom: '0.18.12', xlsx: '0.18.5' },
	'2': { linkedom: '0.18.12' },
};

/** Where the copies are; N8N_CACHE moves them. */
export const CACHE =
	process.env.N8N_CACHE ?? path.join(homedir(), '.cache', 'n8n-nodes-green-api-lookup');

/** @param tell is given a line of progress now and then */
export async function installN8n(
	version: string,
	tell: (line: string) => void,
): Promise<InstalledN8n> {
	const [major = ''] = version.split('.');
	// Node.js 24 is too new for n8n 1.85.
	const nodeFolder = await installNode(tell, version.startsWith('1.85.') ? '22' : NODE_VERSION);
	const copy = await installed(`n8n-${version}`, tell, async (folder) => {
		const manifest = {
			private: true,
			dependencies: { n8n: version },
			overrides: OVERRIDES[major] ?? {},
		};
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
		// One of n8n's clients wants to compile; what n8n needs itself is built below.
		await npm(folder, ['install', '--ignore-scripts'], tell);
		await npm(folder, ['rebuild', 'sqlite3', '--ignore-scripts=false'], tell, nodeFolder);
	});
	return {
		version,
		nodeFolder,
		node: path.join(nodeFolder, 'node'),
		n8n: path.join(copy, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

/**
 * The folder of the Node.js that n8n runs on.
 * @param tell is given a line of progress now and then
 */
export async function installNode(
	tell: (line: string) => void,
	version = NODE_VERSION,
): Promise<string> {
	const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
	const runtime = await installed(`node-${version}`, tell, async (folder) => {
		await npm(folder, ['install', `${nodePackage}@${version}`], tell);
	});
	return path.join(runtime, 'node_modules', nodePackage, 'bin');
}

/**
 * A folder that has n8n-core, the engine, of a version in its node_modules, and its n8n-workflow.
 * @param tell is given a line of progress now and then
 */
export async function installCore(version: string, tell: (line: string) => void): Promise<string> {
	return await installed(`n8n-core-${version}`, tell, async (folder) => {
		writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
		await npm(folder, ['install', '--ignore-scripts', `n8n-core@${version}`], tell);
	});
}

/** A folder of the cache, filled if it is not there; never half, because it gets its name at the end. */
async function installed(
	name: string,
	tell: (line: string) => void,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = path.join(CACHE, name);
	if (existsSync(folder)) return folder;
	const partial = `${folder}.${process.pid}`;
	tell(`Installing ${name} into ${CACHE} …`);
	mkdirSync(partial, { recursive: true });
	try {
		await fill(partial);
		renameSync(partial, folder);
	} finally {
		rmSync(partial, { recursive: true, force: true });
	}
	return folder;
}

/** Milliseconds between two lines that say that it goes on. */
const TELL_MS = 15_000;

async function npm(
	folder: string,
	args: readonly string[],
	tell: (line: string) => void,
	nodeFolder?: string,
): Promise<void> {
	const what = `npm ${args.join(' ')}`;
	const PATH = [nodeFolder, process.env.PATH].filter(Boolean).join(path.delimiter);
	const begun = Date.now();
	const seconds = () => Math.round((Date.now() - begun) / 1000);
	const progress = setInterval(() => tell(`… ${what}: ${seconds()} s`), TELL_MS);
	const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: folder,
		env: { ...process.env, PATH },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let errors = '';
	child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once('error', reject);
			child.once('close', resolve);
		});
		if (code !== 0) throw new Error(`${what} failed:\n${errors.slice(-3000)}`);
	} finally {
		clearInterval(progress);
	}
	tell(`${what}: done in ${seconds()} s`);
}

if (require.main === module) {
	const [version = NEWEST] = process.argv.slice(2);
	installN8n(version, (line) => process.stderr.write(`${line}\n`)).catch((error: unknown) => {
		process.stderr.write(`${(error as Error).message}\n`);
		process.exitCode = 1;
	});
}
