/** Puts the packed package where n8n looks for community packages, as an installation does. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const NAME = 'n8n-nodes-green-api-lookup';

/** Packs what `npm publish` would publish, and unpacks it for the n8n of that user folder. */
export function installPackage(userFolder: string): void {
	const folder = mkdtempSync(path.join(tmpdir(), 'pack-'));
	try {
		const output = run('npm', ['pack', ROOT, '--json', '--pack-destination', folder]);
		const [{ filename }] = JSON.parse(output) as [{ filename: string }];
		const target = path.join(userFolder, '.n8n', 'nodes', 'node_modules', NAME);
		mkdirSync(target, { recursive: true });
		run('tar', ['-xzf', path.join(folder, filename), '-C', target, '--strip-components=1']);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function run(command: string, args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
	return stdout;
}
