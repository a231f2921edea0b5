/** Puts the packed package where n8n looks for community packages, as an installation does. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const NAME = 'n8n-nodes-green-api-lookup';

/** Installs the package as a community package of the n8n of that user folder. */
export function installPackage(userFolder: string): void {
	unpackPackage(packageIn(userFolder));
}

/** Packs what `npm publish` would publish, and unpacks it into a folder. */
export function unpackPackage(target: string): void {
	const folder = mkdtempSync(path.join(tmpdir(), 'pack-'));
	try {
		const output = run('npm', ['pack', ROOT, '--json', '--pack-destination', folder]);
		const [{ filename }] = JSON.parse(output) as [{ filename: string }];
		mkdirSync(target, { recursive: true });
		run('tar', ['-xzf', path.join(folder, filename), '-C', target, '--strip-components=1']);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Milliseconds after a change in which an editor still writes other files. */
const SETTLE_MS = 100;

/**
 * Builds after every change in nodes/ and credentials/, and copies dist/ into the package that
 * `installPackage` made, where n8n with N8N_DEV_RELOAD reads it again.
 * @param tell is given a line after each build, with its errors where it failed
 * @returns a function that ends the watching
 */
export function watchPackage(userFolder: string, tell: (line: string) => void): () => void {
	let timer: NodeJS.Timeout | undefined;
	const rebuild = () => {
		try {
			run('npx', ['--no-install', 'gulp', 'build', '--silent'], ROOT);
			cpSync(path.join(ROOT, 'dist'), path.join(packageIn(userFolder), 'dist'), {
				recursive: true,
			});
			tell('Built; reload the editor to see it');
		} catch (error) {
			tell((error as Error).message);
		}
	};
	const watchers = ['nodes', 'credentials'].map((folder) =>
		watch(path.join(ROOT, folder), { recursive: true }, () => {
			clearTimeout(timer);
			timer = setTimeout(rebuild, SETTLE_MS);
		}),
	);
	return () => {
		clearTimeout(timer);
		for (const watcher of watchers) watcher.close();
	};
}

function packageIn(userFolder: string): string {
	return path.join(userFolder, '.n8n', 'nodes', 'node_modules', NAME);
}

function run(command: string, args: readonly string[], cwd?: string): string {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
	return stdout;
}
