/** Workflows as users run them: the examples by n8n's command line, lists by a production webhook. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { exampleWorkflow } from '../../scripts/n8n/content';
import { ended, rowsOf } from './executions';
import {
	callWebhook,
	createWorld,
	execute,
	INSTALL_TIMEOUT_MS,
	LOOKUP,
	webhookWorkflow,
	type World,
} from './harness';

const MARK = 'PLANTED9d2e';

const CHECK = {
	resource: 'whatsapp',
	operation: 'checkAccount',
	phoneNumber: '={{ $json.phone }}',
};

let world: World;

beforeAll(async () => {
	world = await createWorld({
		apiTokenInstance: `t0_${MARK}-9`,
		env: { N8N_LOG_LEVEL: 'debug' },
		// Hosts before 2026 take numbers of 11 and 12 digits only.
		instances: { answers: 'newer' },
		workflows: [
			exampleWorkflow('check-list'),
			webhookWorkflow('stop', CHECK),
			webhookWorkflow('rows', CHECK, { onError: 'continueRegularOutput' }),
			webhookWorkflow('branches', CHECK, { onError: 'continueErrorOutput' }),
		],
		published: ['stop', 'rows', 'branches'],
		isNotStarted: true,
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => await world.close());

test('n8n execute: every contact of an example is answered or says why not', async () => {
	const run = await execute(world, 'check-list');
	expect(JSON.stringify(run)).not.toContain(MARK);

	expect(run.resultData.error).toBeUndefined();
	const rows = rowsOf(run, 'Answered');
	expect(rows).toHaveLength(11);
	for (const row of rows) expect([true, false]).toContain(row.exists);
	expect(rowsOf(run, 'Not answered')).toEqual([
		expect.objectContaining({
			...{ name: 'Front desk', phone: 'ask at reception' },
			error: expect.objectContaining({ code: 'invalidPhoneNumber', asked: false }),
		}),
	]);
});

describe('in a running n8n', () => {
	beforeAll(async () => {
		await world.n8n.start();
		await world.n8n.setUpOwner();
	});

	const PHONES = ['79876543210', '8 987', '79876543211'].map((phone) => ({ phone }));

	test('a production webhook gives a row for every item', async () => {
		expect(await callWebhook(world.n8n, 'rows', PHONES)).toEqual([
			expect.objectContaining({ phoneNumber: '79876543210', exists: true }),
			expect.objectContaining({
				phoneNumber: '8 987',
				exists: null,
				error: expect.objectContaining({ code: 'invalidPhoneNumber' }),
			}),
			expect.objectContaining({ phoneNumber: '79876543211', exists: false }),
		]);
	});

	test('the run data in the database is what the node returned, paired with its items', async () => {
		await callWebhook(world.n8n, 'branches', PHONES);
		const { resultData } = await ended(world.n8n, { newestOf: 'branches' });
		const [succeeded = [], failed = []] = resultData.runData[LOOKUP]?.[0]?.data?.main ?? [];

		expect(succeeded?.map(({ json, pairedItem }) => [json.exists, pairedItem])).toEqual([
			[true, { item: 0 }],
			[false, { item: 2 }],
		]);
		expect(failed).toEqual([
			expect.objectContaining({
				json: { phone: '8 987', error: expect.objectContaining({ code: 'invalidPhoneNumber' }) },
				pairedItem: { item: 1 },
			}),
		]);
	});

	test('a failure that stops the workflow says what to do', async () => {
		await callWebhook(world.n8n, 'stop', PHONES);
		const { resultData } = await ended(world.n8n, { newestOf: 'stop' });

		expect(resultData.error).toMatchObject({
			message: expect.stringMatching(/^"8 987" is not/),
			description: expect.stringMatching(/item 2 of the list.*Continue \(using error output\)/),
		});
	});

	test('the token is neither in the database nor in the log at level debug', async () => {
		world.simulator.instance('whatsapp').faults = [
			{
				status: 400,
				body: JSON.stringify({ statusCode: 400, path: '{path}', message: 'Bad Request {token}' }),
			},
		];
		for (const id of ['rows', 'branches', 'stop']) await callWebhook(world.n8n, id, PHONES);
		await ended(world.n8n, { newestOf: 'stop' });
		await world.n8n.stop();

		const read = filesOf(world.userFolder).filter((file) => readFileSync(file).includes(MARK));
		expect(read).toEqual([]);
		expect(world.n8n.log.length).toBeGreaterThan(100);
		expect(world.n8n.log.filter((line) => line.includes(MARK))).toEqual([]);
	});
});

function filesOf(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const file = path.join(folder, name);
		if (name === 'node_modules') return [];
		return statSync(file).isDirectory() ? filesOf(file) : [file];
	});
}
