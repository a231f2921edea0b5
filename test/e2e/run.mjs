/**
 * `npm run test:e2e`: first what measures times, alone on the machine; then all else, two files at a
 * time. Arguments are Jest's, e.g. `npm run test:e2e -- browser`.
 */
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const hasFiles = args.some((argument) => !argument.startsWith('-'));

function run(...command) {
	const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
	return status === 0;
}

function test(project, workers) {
	return run(
		'node_modules/jest/bin/jest.js',
		...args,
		'--config=test/e2e/jest.config.js',
		`--maxWorkers=${workers}`,
		// A file that was asked for belongs to one of the two.
		...(hasFiles ? ['--passWithNoTests'] : []),
		// Takes all that stands behind it.
		'--selectProjects',
		project,
	);
}

// Once for all files.
const isInstalled = run('-r', 'tsx/cjs', 'scripts/n8n/install.cts');
const passed = isInstalled && [test('timing', 1), test('features', 2)].every(Boolean);
process.exitCode = passed ? 0 : 1;
