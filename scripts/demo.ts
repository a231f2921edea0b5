/**
 * `npm run demo`: the example that checks a list, for each messenger, in n8n's own engine with the built
 * package, against the simulator or, on request, a real GREEN-API instance.
 */

import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { parse as parseCsv } from 'csv-parse/sync';

import { MESSENGERS } from '../nodes/GreenApiLookup/messengers';
import { messengerOf } from '../test/endpoints';
import { instanceOf, type Messenger } from '../simulator/instance';
import { startSimulator, type Simulator } from '../simulator/server';
import { CREDENTIAL_TYPE, NODE_TYPE, runWorkflow, type WorkflowJson } from '../test/engine/engine';

const HELP = `Looks up a list of contacts with the example check-list, in n8n's engine on this machine.

Usage: npm run demo -- [--phones contacts.csv] [--country DE] [--messenger telegram]

  --phones      CSV file with contacts: a column "phone" (or the first one), and perhaps "name"
  --country     Default Country of numbers without a country code, e.g. DE (default: none; RU for
                the sample list)
  --messenger   whatsapp, telegram or max (default: all three)
  --help        Shows this text

Without more, a simulated GREEN-API on this machine answers. To ask a real instance, give --phones
and --messenger, and set GREEN_API_URL, GREEN_API_ID and GREEN_API_TOKEN in the environment. Each
number then counts against the instance's monthly quota of checks.
`;

/** Milliseconds that the simulated GREEN-API takes for an answer: about what a real one does. */
const SIMULATED_LATENCY_MS = 120;

const EXAMPLES = path.resolve(__dirname, '../examples');

interface Contact {
	readonly name: string;
	readonly phone: string;
}

interface Credential {
	readonly apiUrl: string;
	readonly idInstance: string;
	readonly apiTokenInstance: string;
}

/** A row of Check Account, or of its error branch. */
interface Row {
	readonly phoneNumber?: string;
	readonly exists?: boolean;
	readonly chatId?: string;
	readonly error?: { readonly code: string; readonly message: string; readonly asked: boolean };
}

/** What became of the list on one messenger: one outcome for each contact, in their order. */
interface Findings {
	readonly messenger: Messenger;
	readonly outcomes: readonly Row[];
	readonly seconds: number;
	readonly calls: number;
}

/** A mistake in how the demo was called; shown without a stack. */
class UsageError extends Error {}

async function main(signal: AbortSignal): Promise<void> {
	const { values } = readArguments();
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const messengers = messengersOf(values.messenger);
	const contacts = readContacts(values.phones ?? path.join(EXAMPLES, 'contacts.csv'));
	// The example has the sample list's; nobody else's numbers are taken for Russian ones.
	const country = values.country ?? (values.phones === undefined ? 'RU' : '');
	const real = realCredential(values.phones, values.messenger);
	const simulator = real ? undefined : await startDemoSimulator();
	try {
		const findings: Findings[] = [];
		for (const messenger of messengers) {
			const credential = real ?? simulatedCredential(simulator as Simulator, messenger);
			findings.push(await lookUp({ messenger, contacts, country, credential, signal }));
			if (signal.aborted) break;
		}
		process.stdout.write(signal.aborted ? 'Stopped.\n' : report(contacts, findings));
	} finally {
		await simulator?.close();
	}
}

function readArguments() {
	try {
		return parseArgs({
			options: {
				phones: { type: 'string' },
				country: { type: 'string' },
				messenger: { type: 'string' },
				help: { type: 'boolean' },
			},
		});
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

function messengersOf(given: string | undefined): Messenger[] {
	const all = MESSENGERS.map(({ id }) => id) as Messenger[];
	if (given === undefined) return all.reverse();
	const found = all.find((messenger) => messenger === given.toLowerCase());
	if (found) return [found];
	throw new UsageError(`--messenger is one of ${all.join(', ')}, not "${given}"`);
}

function readContacts(file: string): Contact[] {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch {
		throw new UsageError(`The file ${file} of --phones cannot be read`);
	}
	const rows = parseCsv(text, {
		bom: true,
		skip_empty_lines: true,
		trim: true,
		relax_column_count: true,
		delimiter: delimiterOf(text),
	});
	const [head = [], ...rest] = rows;
	const columns = head.map((cell) => cell.toLowerCase());
	const hasHead = !/\d{5}/.test(head.join(''));
	const phone = Math.max(
		0,
		columns.findIndex((column) => /phone|number|tel/.test(column)),
	);
	const name = columns.indexOf('name');
	const contacts = (hasHead ? rest : rows).map((row) => ({
		name: (hasHead && row[name]) || '',
		phone: row[phone] ?? '',
	}));
	if (contacts.length === 0) throw new UsageError(`There are no contacts in ${file}`);
	return contacts;
}

/** Spreadsheet programs write commas, semicolons or tabs: whichever the first line has most of. */
function delimiterOf(text: string): string {
	const [line = ''] = text.split(/\r?\n/, 1);
	const countOf = (delimiter: string) => line.split(delimiter).length;
	return [',', ';', '\t'].reduce((most, each) => (countOf(each) > countOf(most) ? each : most));
}

/** The instance of the environment, asked for by --phones; undefined for the simulated ones. */
function realCredential(phones?: string, messenger?: string): Credential | undefined {
	const names = ['GREEN_API_URL', 'GREEN_API_ID', 'GREEN_API_TOKEN'] as const;
	const missing = names.filter((name) => !process.env[name]);
	if (missing.length === names.length || phones === undefined) return undefined;
	if (missing.length > 0) throw new UsageError(`Set ${missing.join(' and ')} as well`);
	if (messenger === undefined)
		throw new UsageError('Say with --messenger what the instance is for');
	const [apiUrl = '', idInstance = '', apiTokenInstance = ''] = names.map(
		(name) => process.env[name],
	);
	return { apiUrl, idInstance, apiTokenInstance };
}

async function startDemoSimulator(): Promise<Simulator> {
	const settings = { latencyMs: SIMULATED_LATENCY_MS, answers: 'newer' as const };
	return await startSimulator({
		instances: (['max', 'telegram', 'whatsapp'] as const).map((messenger) =>
			instanceOf(messenger, settings),
		),
	});
}

function simulatedCredential(simulator: Simulator, messenger: Messenger): Credential {
	const { idInstance, apiTokenInstance } = simulator.instance(messenger);
	return { apiUrl: simulator.url, idInstance, apiTokenInstance };
}

async function lookUp(task: {
	readonly messenger: Messenger;
	readonly contacts: readonly Contact[];
	/** Default Country; empty for none. */
	readonly country: string;
	readonly credential: Credential;
	readonly signal: AbortSignal;
}): Promise<Findings> {
	const { messenger, contacts, country, credential, signal } = task;
	const { workflow, lookup } = readExample(messenger);
	// An exported workflow has no credential in it; in n8n the user chooses one.
	lookup.credentials = { [CREDENTIAL_TYPE]: { id: '1', name: 'GREEN-API' } };
	Object.assign(lookup.parameters.options as object, { defaultCountry: country });

	const progress = startProgress(messengerOf(messenger).name, contacts.length);
	const start = performance.now();
	try {
		const { error, output } = await runWorkflow({
			workflow,
			credential: { ...credential },
			pinned: { Contacts: contacts.map((contact) => ({ ...contact })) },
			signal,
		});
		if (error && !signal.aborted) throw error;
		const outcomes: Row[] = [];
		for (const { json, pairedItem } of [...output(lookup.name, 0), ...output(lookup.name, 1)]) {
			outcomes[(pairedItem as { item: number }).item] = json;
		}
		return {
			messenger,
			outcomes,
			seconds: (performance.now() - start) / 1000,
			calls: progress.calls(),
		};
	} finally {
		progress.stop();
	}
}

/** The example that checks a list, as its note says to change it for a messenger. */
function readExample(messenger: Messenger) {
	const file = path.join(EXAMPLES, 'check-list.json');
	const workflow = JSON.parse(readFileSync(file, 'utf8')) as WorkflowJson;
	const lookup = workflow.nodes.find(({ type }) => type === NODE_TYPE);
	if (!lookup) throw new Error(`There is no lookup node in ${file}`);
	lookup.parameters.resource = messenger;
	return { workflow, lookup };
}

/** A progress line that counts the answers as they come in, whoever asks for them. */
function startProgress(title: string, total: number) {
	const bar = new SingleBar({
		format: `${title.padEnd(9)} {bar} {value}/{total} asked, {duration_formatted}`,
		clearOnComplete: true,
		hideCursor: true,
		noTTYOutput: true,
		notTTYSchedule: 1000,
	});
	let calls = 0;
	const started = channel('http.client.request.start');
	const finished = channel('http.client.response.finish');
	const count = () => calls++;
	const show = () => bar.increment();
	bar.start(total, 0);
	started.subscribe(count);
	finished.subscribe(show);
	return {
		calls: () => calls,
		stop() {
			started.unsubscribe(count);
			finished.unsubscribe(show);
			bar.stop();
		},
	};
}

function report(contacts: readonly Contact[], findings: readonly Findings[]): string {
	const table = new Table({
		head: ['Name', 'Phone', ...findings.map(({ messenger }) => messengerOf(messenger).name)],
		style: { head: [], border: [] },
		// One line for each contact: no rules between the rows.
		chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
	});
	contacts.forEach(({ name, phone }, index) => {
		table.push([name, phone, ...findings.map(({ outcomes }) => cellOf(outcomes[index] as Row))]);
	});
	return `${table.toString()}\n\n${findings.map(summaryOf).join('')}${failuresOf(contacts, findings)}`;
}

function cellOf({ exists, chatId = '', error }: Row): string {
	if (error) return `? ${error.code}`;
	return exists ? `yes ${chatId}` : 'no';
}

function summaryOf({ messenger, outcomes, calls, seconds }: Findings): string {
	const count = (exists: boolean) => outcomes.filter((row) => row.exists === exists).length;
	const failed = outcomes.filter(({ error }) => error).length;
	// Shorter ones say little: the first calls need not wait.
	const rate = seconds >= 1 ? ` (${(calls / seconds).toFixed(1)} a second)` : '';
	return (
		`${messengerOf(messenger).name.padEnd(9)} ${count(true)} with an account, ${count(false)} without, ` +
		`${failed} not answered; ${calls} ${calls === 1 ? 'call' : 'calls'} in ${seconds.toFixed(1)} s${rate}, ` +
		`${savedOf(outcomes)} saved\n`
	);
}

/** How many contacts cost no call: none was needed, or the same number had one. */
function savedOf(outcomes: readonly Row[]): number {
	const answered = outcomes.filter(({ error }) => !error).map(({ phoneNumber }) => phoneNumber);
	const askedInVain = outcomes.filter(({ error }) => error?.asked).length;
	return outcomes.length - new Set(answered).size - askedInVain;
}

/** What to do about those that were not answered: each sentence once, with its first contact. */
function failuresOf(contacts: readonly Contact[], findings: readonly Findings[]): string {
	const sentences = new Map<string, string>();
	for (const { messenger, outcomes } of findings) {
		outcomes.forEach(({ error }, index) => {
			if (!error || sentences.has(error.message)) return;
			const { name, phone } = contacts[index] as Contact;
			sentences.set(
				error.message,
				`${messengerOf(messenger).name}, ${name || phone || `row ${index + 1}`}`,
			);
		});
	}
	if (sentences.size === 0) return '';
	const lines = [...sentences].map(([message, where]) => `  ${where}: ${message}\n`);
	return `\nNot answered:\n${lines.join('')}`;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => {
		process.exitCode = 130;
		interrupted.abort();
	});
}

main(interrupted.signal).catch((error: unknown) => {
	const { message } = error as Error;
	process.exitCode = 1;
	if (error instanceof UsageError) {
		process.stderr.write(`${message}. See npm run demo -- --help\n`);
	} else {
		process.stderr.write(`The demo ended early: ${message}\n`);
	}
});
