/**
 * Makes a fresh clone ready: installs what package-lock.json names, unless it is there, and builds.
 * The other commands run it first, so that each of them works as the very first one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
	console.error(`Node.js 20 or newer is needed, this is ${process.version}.`);
	process.exit(1);
}

process.chdir(new URL('..', import.meta.url).pathname);

if (!isInstalled()) {
	console.log(
		'Installing the development packages, about 1.2 GB. Once, it takes a minute or two …',
	);
	run('npm', ['ci', '--no-progress', '--loglevel=error']);
}
run('npx', ['--no-install', 'gulp', 'build', '--silent']);

/** Whether node_modules holds every package of the lock file in its version. */
function isInstalled() {
	const installed = 'node_modules/.package-lock.json';
	if (!existsSync(installed)) return false;
	const there = packagesOf(installed);
	return Object.entries(packagesOf('package-lock.json')).every(
		// Optional ones are for other machines too, and npm leaves those out.
		([name, { version, optional }]) => name === '' || optional || there[name]?.version === version,
	);
}

function packagesOf(lockFile) {
	return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function run(command, args) {
	const { status } = spawnSync(command, args, { stdio: 'inherit' });
	if (status !== 0) {
		console.error(`\`${command} ${args.join(' ')}\` failed; its output is above.`);
		process.exit(1);
	}
}
