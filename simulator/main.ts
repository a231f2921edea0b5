/** `npm run simulator`: a GREEN-API on loopback, with credentials to paste into n8n. */

import { parseArgs } from 'node:util';

import { instanceOf } from './instance';
import { startSimulator } from './server';

const HELP = `Starts a simulated GREEN-API on this machine. Nothing is sent to the real service.

Usage: npm run simulator -- [--port 4100]

  --port   Port on 127.0.0.1 to listen on (default 4100; 0 takes a free one)
  --help   Shows this text

Phone numbers with an even last digit have an account, those with an odd one do not.
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { port: { type: 'string', default: '4100' }, help: { type: 'boolean' } },
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
	}
	const messengers = ['max', 'telegram', 'whatsapp'] as const;
	const instances = messengers.map((messenger) => instanceOf(messenger, { answers: 'newer' }));
	const simulator = await startSimulator({ port, instances });
	const credentials = simulator.instances.map(
		({ messenger, idInstance, apiTokenInstance }) =>
			`${messenger}\n` +
			`  API URL      ${simulator.url}${messenger === 'max' ? '/v3' : ''}\n` +
			`  Instance ID  ${idInstance}\n` +
			`  API Token    ${apiTokenInstance}\n`,
	);
	process.stdout.write(
		`GREEN-API simulator on ${simulator.url}, Ctrl-C ends it.\n\n` +
			`Credentials (GREEN-API Instance API) to paste into n8n:\n\n${credentials.join('\n')}\n` +
			'Phone numbers with an even last digit have an account, those with an odd one do not.\n',
	);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void simulator.close());
	}
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	const hint = message.includes('EADDRINUSE')
		? ' Choose another one: npm run simulator -- --port 4101.'
		: '';
	process.stderr.write(`The simulator did not start: ${message}.${hint}\n`);
	process.exitCode = 1;
});
