/**
 * The samples in the documentation, against what the built node gives and the simulator answers. A
 * comment above a block, which readers do not see, names its scene and which part of it is shown.
 */

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { ENDPOINTS } from '../endpoints';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import type { Call } from '../../simulator/server';
import { readPages, readText } from '../markdown';
import { createNode, PACKAGE_FOLDER, SYSTEM_ENVIRONMENT } from './engine';
import { lookUp, startService, type Looked, type Lookup } from './lookUp';

const PERSON = {
	name: 'Ivan Petrov',
	contactName: 'Ivan, accounts',
	avatar: 'https://example.com/avatar/ivan.jpg',
};
/** 2026-11-22 08:30 UTC. */
const LAST_SEEN = 1795336200;
const WHATSAPP: InstanceChanges = { contacts: { '79876543210': PERSON } };
const TELEGRAM_PERSON = {
	...PERSON,
	chatId: '10000000',
	username: 'ivanpetrov',
	lastSeen: LAST_SEEN,
};
const TELEGRAM: InstanceChanges = {
	contacts: {
		'79876543210': TELEGRAM_PERSON,
		'@ivanpetrov': TELEGRAM_PERSON,
	},
};
const MAX: InstanceChanges = {
	contacts: { '79876543210': { ...PERSON, chatId: '11111111', lastSeen: LAST_SEEN } },
};

const PHONE = { phone: '+7 987 654-32-10' };
const LIST = [
	{ name: 'Anna', ...PHONE },
	{ name: 'Boris', phone: '+7 987 654-32-11' },
	{ name: 'Front desk', phone: 'ask at reception' },
];

/** Runs of the node; a name begins with messenger and operation, if they are not the fixture's. */
const SCENES: Readonly<Record<string, Lookup>> = {
	'whatsapp checkAccount': { items: [PHONE] },
	'whatsapp checkAccount, newer host': {
		items: [PHONE],
		instance: {
			answers: 'newer',
			contacts: { '79876543210': { chatId: '123456789012345@lid', username: 'ivanpetrov' } },
		},
	},
	'whatsapp checkAccount, with contact': {
		items: [PHONE],
		options: { includeContactInfo: true },
		instance: WHATSAPP,
	},
	'dry run': {
		items: [
			...Array.from({ length: 700 }, (_, index) => ({ phone: `+7 900 000 ${1000 + index}` })),
			...Array.from({ length: 35 }, (_, index) => ({ phone: `+52 55 1234 ${1000 + index}` })),
			...Array.from({ length: 23 }, (_, index) => ({ phone: `030 1234${10 + index}` })),
		],
		options: { dryRun: true, includeContactInfo: true, maxCalls: 1000 },
	},
	'whatsapp getAccountSettings': { items: [{}] },
	'whatsapp getContactInfo': { items: [{ chatId: '79876543210@c.us' }], instance: WHATSAPP },
	'telegram checkAccount': { items: [PHONE], instance: TELEGRAM },
	'telegram checkAccount, username': { items: [{ phone: '@ivanpetrov' }], instance: TELEGRAM },
	'telegram checkAccount, paused': {
		items: [PHONE],
		onError: 'continueRegularOutput',
		instance: {
			faults: [
				{ status: 469, body: '{"status":false,"reason":"User get contact info limit reached"}' },
			],
		},
	},
	'telegram getAccountSettings': { items: [{}] },
	'telegram getContactInfo': { items: [{ chatId: '10000000' }], instance: TELEGRAM },
	'max checkAccount': { items: [PHONE], instance: MAX },
	'max getAccountSettings': { items: [{}] },
	'max getContactInfo': { items: [{ chatId: '11111111' }], instance: MAX },
	'list, Stop Workflow': { items: LIST },
	'list, Continue': { items: LIST, onError: 'continueRegularOutput' },
	'list, error output': { items: LIST, onError: 'continueErrorOutput' },
	'input fields': {
		items: [{ ...LIST[0], exists: 'perhaps' }],
		options: { includeInputFields: true },
	},
	quota: {
		items: [PHONE],
		onError: 'continueRegularOutput',
		instance: { quota: { used: 30_000, total: 30_000 } },
	},
};

const NOW = Date.UTC(2026, 10, 22, 12);
const environment = {
	...SYSTEM_ENVIRONMENT,
	clock: { ...SYSTEM_ENVIRONMENT.clock, now: () => NOW },
};

/** Runs a scene with GREEN-API's own limits; failures stop the run, as in a new node. */
async function play(name: string, simplify: boolean): Promise<Looked> {
	const scene = SCENES[name] as Lookup;
	const { messenger = 'whatsapp', operation } =
		ENDPOINTS.find((row) => name.startsWith(`${row.messenger} ${row.operation}`)) ?? {};
	return await lookUp({
		onError: 'stopWorkflow',
		messenger,
		...(operation && { operation }),
		...scene,
		service: await startService(instanceOf(messenger, scene.instance)),
		node: await createNode(environment),
		parameters: {
			phoneNumber: '={{ $json.phone }}',
			chatId: '={{ $json.chatId }}',
			simplify,
		},
	});
}

/** What a sample can show of a scene: text as it is, all else as JSON. */
const PARTS: Readonly<Record<string, (looked: Looked) => unknown>> = {
	request: ({ calls: [call] }) => {
		const { verb, path, idInstance, text } = call as Call;
		const names = path.replace(idInstance, '{idInstance}').replace('<token>', '{apiTokenInstance}');
		return `${verb} ${names}\n${text}`.trim();
	},
	answer: ({ rows }) => rows[0],
	row: ({ rows }) => rows[0],
	rows: ({ rows }) => rows,
	'failed rows': ({ failedRows }) => failedRows,
	message: ({ error }) => error?.message,
	hint: ({ hint }) => hint?.replace(/in [\d.]+ s/, 'in 0.2 s'),
};

const PAGES = readPages();
const SAMPLES = PAGES.flatMap(({ file, fences }) =>
	fences.flatMap(({ sample = '', ...fence }) => {
		const [scene = '', part = ''] = sample.split(': ');
		return sample ? [{ ...fence, file, sample, scene, part }] : [];
	}),
);

/** `UPDATE_SAMPLES=1 npx jest test/engine/docs` writes what the node gives today into the pages. */
function updateSample(file: string, code: string, shown: string): void {
	const page = readText(file);
	expect(page.split(code)).toHaveLength(2);
	writeFileSync(
		path.join(PACKAGE_FOLDER, file),
		page.replace(code, () => shown),
	);
}

test.each(SAMPLES)('$file, line $line: $sample', async ({ file, scene, part, language, code }) => {
	expect(Object.keys(SCENES)).toContain(scene);
	expect(Object.keys(PARTS)).toContain(part);

	// GREEN-API's own answer is the row that is not simplified.
	const shown = PARTS[part]?.(await play(scene, part !== 'answer'));

	const sample = language === 'json' ? inLines(JSON.parse(code)) : code;
	const expected = typeof shown === 'string' ? shown : inLines(shown);
	if (process.env.UPDATE_SAMPLES === '1' && sample !== expected) updateSample(file, code, expected);
	else expect(sample).toBe(expected);
});

/** The order of the fields counts too. */
function inLines(value: unknown): string {
	return JSON.stringify(value, null, 2);
}

test('docs/ shows no JSON that is not compared', () => {
	const blocks = PAGES.filter(({ file }) => file.startsWith('docs/')).flatMap(({ file, fences }) =>
		fences.map((fence) => ({ ...fence, file })),
	);

	expect(
		blocks.filter(({ language, sample }) => language === 'json' && sample === undefined),
	).toEqual([]);
});

test.each(ENDPOINTS)(
	'docs/operations.md shows $messenger $operation',
	({ messenger, operation }) => {
		const shown = SAMPLES.filter(({ file }) => file === 'docs/operations.md');

		expect(shown.map(({ sample }) => sample)).toEqual(
			expect.arrayContaining(
				['request', 'answer', 'row'].map((part) => `${messenger} ${operation}: ${part}`),
			),
		);
	},
);

test('every scene is shown somewhere', () => {
	expect(new Set(SAMPLES.map(({ scene }) => scene))).toEqual(new Set(Object.keys(SCENES)));
});
