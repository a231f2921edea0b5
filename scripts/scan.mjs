/**
 * Runs n8n's official package scan on the source and on the packed package, and looks at what is
 * in the pack: only what n8n needs, and little of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

/** What n8n loads, and what npm adds by itself. */
const ALLOWED =
	/^(dist\/.+\.(js|json|svg)|dist\/THIRD_PARTY_LICENSES\.txt|package\.json|README\.md|LICENSE)$/;
/** For what n8n loads, most of it the numbering plans of all countries (docs/decisions). */
const LARGEST_BYTES = 450_000;

const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(path.join(tmpdir(), 'pack-'));
let failed = false;

try {
	const [pack] = JSON.parse(run('npm', ['pack', root, '--json', '--pack-destination', folder]));
	run('tar', ['-xzf', path.join(folder, pack.filename), '-C', folder]);

	const odd = pack.files.map((file) => file.path).filter((file) => !ALLOWED.test(file));
	report('only what n8n needs is in the pack', odd.length === 0, odd.join('\n'));
	const loaded = pack.files.filter((file) => file.path.startsWith('dist/'));
	const bytes = loaded.reduce((sum, file) => sum + file.size, 0);
	report(`dist/ is ${bytes} bytes, at most ${LARGEST_BYTES}`, bytes <= LARGEST_BYTES);

	const source = await analyzePackage(root, SOURCE_FILE_PATTERNS);
	report("n8n's scan of the source", source.passed, source.details ?? source.message);
	const packed = await analyzePackage(path.join(folder, 'package'), ['**/*.js', 'package.json']);
	report("n8n's scan of the pack", packed.passed, packed.details ?? packed.message);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

function report(title, passed, details = '') {
	console.log(`${passed ? '✓' : '✗'} ${title}${passed ? '' : `\n${details}`}`);
	failed ||= !passed;
}

function run(command, args) {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
	return stdout;
}
