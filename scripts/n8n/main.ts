/**
 * `npm run n8n`: n8n's editor with this package in it, a simulated GREEN-API, credentials for its
 * instances and the example workflows. `npm run dev`: the same, and n8n loads the node again after
 * every change of its code.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { instanceOf, type InstanceSettings, type Messenger } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { credentialsOf, exampleWorkflows, FOUND_ELSEWHERE, importInto } from './content';
import { CACHE, installN8n, NEWEST } from './install';
import { installPackage, watchPackage } from './pack';
import { OWNER, RealN8n } from './process';

const HELP = `Starts n8n's editor with this package, a simulated GREEN-API and the example workflows.

Usage: npm run n8n -- [--dev] [--real] [--port 5678] [--verbose]

  --dev       Builds and loads the node again after every change (\`npm run dev\`)
  --real      No simulator and no credentials: for an instance of your own
  --port      Port of the editor on this machine (default 5678)
  --verbose   Shows n8n's log
  --help      Shows this text

The first start installs n8n ${NEWEST} into ${CACHE}: 3 GB, about 7 minutes. Ctrl-C stops everything, and
deletes the workflows that you made in it.
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			dev: { type: 'boolean', default: false },
			real: { type: 'boolean', default: false },
			port: { type: 'string', default: '5678' },
			verbose: { type: 'boolean', default: false },
			help: { type: 'boolean' },
		},
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new Error(`--port must be a number from 1 to 65535, not "${values.port}"`);
	}
	const stopping = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => stopping.abort());
	}
	const installed = await installN8n(NEWEST, tell);
	const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-'));
	let simulator: Simulator | undefined;
	let n8n: RealN8n | undefined;
	let stopWatching = () => {};
	try {
		installPackage(userFolder);
		n8n = await RealN8n.create({
			installed,
			userFolder,
			port,
			...(values.dev && { env: { N8N_DEV_RELOAD: 'true' } }),
			...(values.verbose && { onLog: tell }),
		});
		if (stopping.signal.aborted) return;
		if (!values.real)
			simulator = await startSimulator({ instances: MESSENGERS.map(instanceIn2026) });
		tell('Importing the example workflows …');
		await importInto(n8n, simulator ? credentialsOf(simulator) : [], exampleWorkflows());
		if (stopping.signal.aborted) return;
		tell('Starting n8n …');
		await n8n.start();
		await n8n.setUpOwner();
		if (values.dev) stopWatching = watchPackage(userFolder, tell);
		process.stdout.write(welcome(n8n.url, simulator));
		if (!stopping.signal.aborted) {
			await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
		}
		tell('Stopping …');
	} finally {
		stopWatching();
		await n8n?.stop();
		await simulator?.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
}

const MESSENGERS = ['max', 'telegram', 'whatsapp'] as const;

/** As GREEN-API's hosts answer since 2026: numbers of more than 12 digits too. */
function instanceIn2026(messenger: Messenger): InstanceSettings {
	return instanceOf(messenger, { answers: 'newer', contacts: { ...FOUND_ELSEWHERE[messenger] } });
}

function welcome(url: string, simulator: Simulator | undefined): string {
	const local = url.replace('127.0.0.1', 'localhost');
	return [
		'',
		`Begin     ${local}/workflow/check-list and click Execute workflow`,
		`Log in    ${OWNER.email}, ${OWNER.password}`,
		`Examples  ${local}/home/workflows`,
		...(simulator
			? [
					`GREEN-API simulated on ${simulator.url}, with a credential for each messenger:`,
					...simulator.instances.map(
						({ messenger, idInstance, apiTokenInstance }) =>
							`          ${messenger}: Instance ID ${idInstance}, API Token ${apiTokenInstance}`,
					),
					'          Numbers with an even last digit have an account, those with an odd one do not,',
					'          but for +7 912 345-67-81 on Telegram and +7 912 345-67-83 on MAX',
				]
			: ['GREEN-API the real one: create a credential of type GREEN-API Instance API']),
		'',
		'Ctrl-C stops all of it, and deletes what you made in this n8n: to keep a workflow, download it',
		'from its ⋯ menu.',
		'',
	].join('\n');
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	const hint = message.includes('EADDRINUSE')
		? '. Choose another port: npm run n8n -- --port 5679'
		: '';
	process.stderr.write(`n8n did not start: ${message}${hint}\n`);
	process.exitCode = 1;
});
