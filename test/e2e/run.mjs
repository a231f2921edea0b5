/**
 * `npm run test:e2e`: first what measures times, alone on the machine; then all else, three files at
 * a time, since they mostly wait. Arguments are Jest's, e.g. `npm run test:e2e -- browser`.
 */
import { spawnSync } from 'node:child_process';

const WORKERS = { timing: 1, features: 3 };

const args = process.argv.slice(2);

function run(command, stdio = 'inherit') {
	return spawnSync(process.execPath, command, { stdio, encoding: 'utf8' });
}

function jest(project, ...options) {
	// --selectProjects takes every argument after it.
	const selected = ['--config=test/e2e/jest.config.js', '--selectProjects', project];
	return ['node_modules/jest/bin/jest.js', ...args, ...options, ...selected];
}

/** Whether a file of the project was asked for: without arguments each is. */
function hasFiles(project) {
	return run(jest(project, '--listTests'), ['ignore', 'pipe', 'inherit']).stdout.includes(
		'.e2e.ts',
	);
}

function test(project) {
	return run(jest(project, `--maxWorkers=${WORKERS[project]}`)).status === 0;
}

const projects = Object.keys(WORKERS).filter(hasFiles);
if (projects.length === 0) {
	console.error(`No file in test/e2e is called like ${args.join(' ')}`);
	process.exitCode = 1;
} else {
	// n8n itself, once for all files.
	const isInstalled = run(['-r', 'tsx/cjs', 'scripts/n8n/install.ts']).status === 0;
	const passed = isInstalled && projects.map(test).every(Boolean);
	process.exitCode = passed ? 0 : 1;
}
