/**
 * `npm run test:compat`: the engine tests of the built package in the engines of several n8n versions,
 * and the package in a real n8n of 1.x and of 2.x. Prints the table of docs/compatibility.md, and
 * writes it there when everything ran. `-- 1.85` runs the engine of that n8n alone.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { format, resolveConfig } from 'prettier';

import { installCore, installN8n, installNode } from '../../scripts/n8n/install';
import { table } from '../table';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/compatibility.md');

/** n8n-core's versions, and the n8n that brought each: the oldest, a middle, the border, the newest. */
const CORES: ReadonlyArray<readonly [core: string, n8n: string, where: string]> = [
	['1.84.0', '1.85', 'the oldest'],
	['1.100.0', '1.101', 'in the middle of 1.x'],
	['1.122.48', '1.123', 'the last of 1.x'],
	['2.0.2', '2.0', 'the first of 2.x'],
	['2.20.0', '2.20', 'in the middle of 2.x'],
	['2.41.0', '2.41', 'the newest'],
];

/** Real n8n's. */
const N8NS = ['1.85.4', '1.123.81', '2.41.0'] as const;

interface Result {
	readonly passed: number;
	readonly failed: number;
	readonly suites: number;
}

async function main(): Promise<void> {
	const chosen = process.argv.slice(2);
	const isChosen = (n8n: string) => chosen.length === 0 || chosen.includes(n8n);
	const cores = CORES.filter(([, n8n]) => isChosen(n8n));
	const n8ns = N8NS.filter(isChosen);
	if (cores.length + n8ns.length === 0) {
		throw new Error(`Choose among ${[...CORES.map(([, n8n]) => n8n), ...N8NS].join(', ')}`);
	}
	const rows: string[][] = [];
	let failed = 0;
	const folder = mkdtempSync(path.join(tmpdir(), 'compat-'));
	try {
		const node = path.join(await installNode(tell), 'node');
		for (const [core, n8n, where] of cores) {
			const modules = path.join(await installCore(core, tell), 'node_modules');
			tell(`Engine of n8n ${n8n} (n8n-core ${core}) …`);
			const result = jest(node, folder, 'test/compat/jest.config.js', { COMPAT_MODULES: modules });
			failed += result.failed + (result.passed === 0 ? 1 : 0);
			rows.push([`n8n ${n8n}`, where, `engine tests, n8n-core ${core}`, told(result)]);
		}
		for (const version of n8ns) {
			await installN8n(version, tell);
			tell(`Real n8n ${version} …`);
			const result = jest(node, folder, 'test/e2e/jest.config.js', { N8N_VERSION: version }, [
				'install',
				'workflows',
			]);
			failed += result.failed + (result.passed === 0 ? 1 : 0);
			const where = 'the whole of it: installed, connection test, workflows, database, log';
			rows.push([`n8n ${version}`, version.startsWith('1') ? '1.x' : '2.x', where, told(result)]);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const text = await format(document(rows), { ...(await resolveConfig(PAGE)), filepath: PAGE });
	process.stdout.write(text);
	if (failed === 0 && chosen.length === 0) writeFileSync(PAGE, text);
	process.exitCode = failed === 0 ? 0 : 1;
}

function jest(
	node: string,
	folder: string,
	config: string,
	env: Readonly<Record<string, string>>,
	files: readonly string[] = [],
): Result {
	const outputFile = path.join(folder, 'result.json');
	rmSync(outputFile, { force: true });
	spawnSync(
		node,
		[
			// n8n-core 2.0 requires ES modules, which Jest can do with this only.
			'--experimental-vm-modules',
			'node_modules/jest/bin/jest.js',
			`--config=${config}`,
			'--json',
			`--outputFile=${outputFile}`,
			'--silent',
			// Older engines leave the timers of broken requests behind, for up to five minutes.
			'--forceExit',
			...files,
		],
		// Jest shows its own progress; what it prints as JSON is in the file as well.
		{ cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] },
	);
	const { numPassedTests, numFailedTests, numFailedTestSuites, numTotalTestSuites } = JSON.parse(
		readFileSync(outputFile, 'utf8'),
	) as Record<string, number>;
	return {
		passed: numPassedTests ?? 0,
		failed: (numFailedTests ?? 0) + (numFailedTestSuites ?? 0),
		suites: numTotalTestSuites ?? 0,
	};
}

function told({ passed, failed, suites }: Result): string {
	return failed === 0 ? `${passed} of ${passed} passed` : `${failed} FAILED (${suites} files)`;
}

function document(rows: readonly string[][]): string {
	const date = new Date().toISOString().slice(0, 10);
	return `# Compatibility

Written by \`npm run test:compat\` on ${date}, in Node.js 24 (n8n 1.85.4 in 22).

${table(['Version', '', 'What ran', 'Result'], rows)}
In n8n 1.85 and 2.20 the connection test tells fewer mistakes apart; with Retry On Fail, 1.85 outputs the rows of the first try. n8n before 1.85 lacks \`customOperations\`, which lists need; it was not tested.
`;
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${(error as Error).message}\n`);
	process.exitCode = 1;
});
