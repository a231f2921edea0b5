/** The two examples for long lists, through kills of n8n and through everything that ends a list early. */

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { IDataObject, INode } from 'n8n-workflow';

import { exampleWorkflow, type ImportedWorkflow } from '../../scripts/n8n/content';
import { waitFor } from '../../scripts/n8n/process';
import { MANUAL, unpaced } from './exampleSetUp';
import { change, ended, rowsOf, runByHand, RUN_TIMEOUT_MS, startByHand } from './executions';
import { createWorld, INSTALL_TIMEOUT_MS, type World } from './harness';
import { Postgres, POSTGRES_USER } from './services';

/** The database that the nightly example reads. */
const CRM = 'crm';
const POSTGRES_NODE = 'n8n-nodes-base.postgres';
const NIGHTLY = 'nightly-enrichment';

/** A proxy without its password, and the messenger's own limit. */
const PROXY = { status: 407, body: 'Proxy Authentication Required', contentType: 'text/html' };
const LIMIT = { status: 469, body: '{"reason":"User get contact info limit reached"}' };

/** Seconds: n8n keeps a pause of 65 and more in its database, a shorter one in its process. */
const PAUSE = { inProcess: 20, inDatabase: 66 };

let postgres: Postgres;
let world: World;

beforeAll(async () => {
	postgres = await Postgres.start([CRM]);
	const { port } = postgres;
	const data = { host: '127.0.0.1', port, database: CRM, user: POSTGRES_USER, password: 'none' };
	const nightly = exampleWorkflow(NIGHTLY, (node) =>
		node.type === POSTGRES_NODE
			? { ...node, credentials: { postgres: { id: CRM, name: 'Contacts' } } }
			: node,
	);
	world = await createWorld({
		credentials: [
			{ id: CRM, name: 'Contacts', type: 'postgres', data: { ...data, ssl: 'disable' } },
		],
		workflows: [
			nightly,
			withMaxCalls('nightly-unusable', nightly, '={{ "many" }}'),
			withMaxCalls('nightly-capped', nightly, 50),
			longList('pause-in-process', PAUSE.inProcess),
			longList('pause-in-database', PAUSE.inDatabase),
		],
	});
	await postgres.run(
		CRM,
		readFileSync(path.join(__dirname, '../../examples', `${NIGHTLY}.sql`), 'utf8'),
	);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await world?.close();
	await postgres?.stop();
});

beforeEach(() => {
	world.simulator.forget();
	for (const instance of world.simulator.instances) {
		Object.assign(instance, { faults: [], quota: { used: 0, total: 30_000 } });
	}
});

/** What GREEN-API was asked about, in order. */
function asked(): string[] {
	return world.simulator
		.calls()
		.map(({ text }) => String((JSON.parse(text) as { phoneNumber: number }).phoneNumber));
}

async function reach(calls: number): Promise<void> {
	await waitFor(`${calls} calls`, RUN_TIMEOUT_MS, () =>
		Promise.resolve(world.simulator.calls().length >= calls),
	);
}

/** Ends n8n as a power cut does, and starts it again. */
async function killAndStart(): Promise<void> {
	await world.n8n.stop('SIGKILL');
	await world.n8n.start();
	await waitFor('the login', RUN_TIMEOUT_MS, async () => {
		return await world.n8n.logIn().then(
			() => true,
			() => false,
		);
	});
}

interface Execution {
	readonly status: string;
	readonly waitTill: string | null;
}

/** Waits until an execution has a status, for which it is known. */
async function reachStatus(id: string, status: string): Promise<Execution> {
	let execution: Execution = { status: '', waitTill: null };
	await waitFor(`execution ${id}: ${status}`, RUN_TIMEOUT_MS, async () => {
		const { body } = await world.n8n.rest('GET', `/rest/executions/${id}`);
		execution = (body as { data: Execution }).data;
		return execution.status === status;
	});
	return execution;
}

describe('long-list', () => {
	const contacts = (first: number, count: number) =>
		Array.from({ length: count }, (_, index) => ({ json: { phone: String(first + index) } }));

	async function startList(id: string, first: number, count: number): Promise<string> {
		const pinData = { Contacts: contacts(first, count) };
		await change(world.n8n, id, () => ({ pinData }));
		return await startByHand(world.n8n, id, MANUAL);
	}

	/** Click on "Retry with original workflow". @returns the id of the new execution */
	async function retry(id: string): Promise<string> {
		const { status, body } = await world.n8n.rest('POST', `/rest/executions/${id}/retry`, {
			loadWorkflow: false,
		});
		expect(status).toBe(200);
		return String((body as { data: { id: string } }).data.id);
	}

	test(
		'n8n is killed in mid-list: it goes on by itself or by Retry, and no number is asked twice',
		async () => {
			const inProcess = await startList('pause-in-process', 79126000000, 20);
			await reach(10);
			const inDatabase = await startList('pause-in-database', 79125000000, 20);
			await reachStatus(inDatabase, 'waiting');
			expect(asked()).toHaveLength(20);
			await killAndStart();

			await reachStatus(inProcess, 'crashed');
			const again = await ended(world.n8n, await retry(inProcess));
			expect([again.status, rowsOf(again, 'Answered').length]).toEqual(['success', 20]);
			expect(rowsOf(again, 'Answered')[19]).toMatchObject({
				...{ phone: '79126000019', messenger: 'telegram', exists: false, chatId: null },
			});
			const byItself = await ended(world.n8n, inDatabase);
			expect([byItself.status, rowsOf(byItself, 'Answered').length]).toEqual(['success', 20]);
			expect(asked()).toHaveLength(40);
			expect(new Set(asked()).size).toBe(40);
		},
		3 * RUN_TIMEOUT_MS,
	);

	test('Telegram stops answering in mid-list: the rest of the batch is not known, and the pause is two hours', async () => {
		world.simulator.instance('telegram').faults = [{ ...LIMIT, values: ['79127000002'] }];
		const id = await startList('pause-in-process', 79127000000, 20);
		const { waitTill } = await reachStatus(id, 'waiting');

		const hours = (Date.parse(waitTill ?? '') - Date.now()) / 3_600_000;
		expect(hours).toBeGreaterThan(1.9);
		expect(hours).toBeLessThanOrEqual(2.01);
		expect(asked().length).toBeLessThanOrEqual(10);
	});
});

describe('nightly-enrichment', () => {
	/** Contacts with the answer of forty days ago, "yes", for all of them. */
	async function fill(count: number): Promise<void> {
		await postgres.run(
			CRM,
			`TRUNCATE contacts;
			INSERT INTO contacts (id, phone, has_whatsapp, chat_id, checked_at)
			SELECT i, '8 ' || 9120000000 + i, true, 'known', now() - interval '40 days'
			FROM generate_series(1, ${count}) AS i`,
		);
	}

	const run = async (id = NIGHTLY) => await runByHand(world.n8n, id, 'Every night');

	/** Contacts that count as checked tonight. @throws if what is known of any contact is wrong */
	async function checked(): Promise<number[]> {
		const isNew = `checked_at > now() - interval '1 day'`;
		const right = `has_whatsapp = (id % 2 = 0) AND chat_id IS NOT DISTINCT FROM
			CASE WHEN id % 2 = 0 THEN 7 || substr(phone, 3) || '@c.us' END`;
		const wrong = await postgres.rows(
			CRM,
			`SELECT * FROM contacts WHERE NOT (CASE WHEN ${isNew} AND failure IS NULL
				THEN ${right} ELSE has_whatsapp AND chat_id = 'known' END)`,
		);
		expect(wrong).toEqual([]);
		const rows = await postgres.rows<{ id: number }>(
			CRM,
			`SELECT id FROM contacts WHERE ${isNew} ORDER BY id`,
		);
		return rows.map(({ id }) => id);
	}

	const whatsapp = () => world.simulator.instance('whatsapp');

	test('every contact is checked; a number that is refused keeps what is known, an unreadable one is not checked', async () => {
		await fill(260);
		await postgres.run(CRM, `UPDATE contacts SET phone = 'ask at reception' WHERE id = 7`);
		const bad = '{"message":"bad phone number, valid 11 or 12 digits"}';
		whatsapp().faults = [{ status: 400, body: bad, values: ['79120000008'] }];
		await run();

		const ids = await checked();
		expect([ids.length, ids.includes(7), ids.includes(8)]).toEqual([259, false, true]);
		expect(
			await postgres.rows(
				CRM,
				'SELECT id, failure FROM contacts WHERE failure IS NOT NULL ORDER BY 1',
			),
		).toEqual([
			{ id: 7, failure: expect.stringMatching(/not a phone number/) },
			{ id: 8, failure: expect.stringMatching(/79120000008|bad phone number/) },
		]);
		expect(asked()).toHaveLength(259);
	});

	test('the quota ends in mid-list: it stops and says so, and the next night does the rest', async () => {
		await fill(260);
		whatsapp().quota.total = 100;
		await expect(run()).rejects.toThrow(/quota/);
		expect(await checked()).toHaveLength(100);

		whatsapp().quota.total = 30_000;
		await run();
		expect(await checked()).toHaveLength(260);
	});

	test.each([
		['a proxy wants a password', NIGHTLY, [PROXY], /proxy/i],
		['an option is unusable', 'nightly-unusable', [], /Max Calls/],
	])('%s: nothing is checked, and the execution says why', async (_title, id, faults, why) => {
		await fill(30);
		whatsapp().faults = faults;
		await expect(run(id)).rejects.toThrow(why);
		expect(await checked()).toEqual([]);
	});

	test('Max Calls is reached: the night ends without a failure', async () => {
		await fill(120);
		await run('nightly-capped');
		expect(await checked()).toHaveLength(50);
	});

	test('n8n is killed in mid-list: the next run does the rest, one batch at most is asked twice', async () => {
		await fill(450);
		whatsapp().ratePerSecond.check = 100;
		await startByHand(world.n8n, NIGHTLY, 'Every night');
		await reach(250);
		await killAndStart();
		whatsapp().ratePerSecond.check = 100_000;
		await run();

		expect(await checked()).toHaveLength(450);
		expect(new Set(asked()).size).toBe(450);
		expect(asked().length - 450).toBeLessThanOrEqual(200);
	});

	test('WhatsApp pauses the checks in mid-list: it stops, and only what was answered is checked', async () => {
		await fill(260);
		whatsapp().ratePerSecond.check = 100;
		whatsapp().faults = [{ ...LIMIT, values: ['79120000100'] }];
		await expect(run()).rejects.toThrow(/run the rest then/);

		expect((await checked()).length).toBeLessThan(200);
		expect(await checked()).not.toContain(100);
	});
});

/** The long list for tests: with pauses of so many seconds, and as fast as possible within a batch. */
function longList(id: string, seconds: number): ImportedWorkflow {
	const workflow = exampleWorkflow('long-list', (node) => {
		if (node.name !== 'Pause') return unpaced(node);
		const amount = (node.parameters.amount as string).replace('300', String(seconds));
		return { ...node, parameters: { ...node.parameters, amount } };
	});
	return { ...workflow, id };
}

function withMaxCalls(
	id: string,
	workflow: ImportedWorkflow,
	maxCalls: number | string,
): ImportedWorkflow {
	const nodes = workflow.nodes.map((node): INode => {
		if (node.name !== 'Check WhatsApp') return node;
		const options = { ...(node.parameters.options as IDataObject), maxCalls };
		return { ...node, parameters: { ...node.parameters, options } };
	});
	return { ...workflow, id, nodes };
}
