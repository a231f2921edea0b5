/** Builds the package once before engine tests, so that they never test an old build. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';

export default function build(): void {
	const root = path.resolve(__dirname, '../..');
	execFileSync('npx', ['--no-install', 'gulp', 'build', '--silent'], {
		cwd: root,
		stdio: 'inherit',
	});
}
