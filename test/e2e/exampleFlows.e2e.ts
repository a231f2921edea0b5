/** The examples that people build on: which messenger, contacts of a CRM, the watchdog of the instances. */

import type { IDataObject, INode, IPinData, IRunExecutionData } from 'n8n-workflow';

import { exampleWorkflow, type ImportedWorkflow } from '../../scripts/n8n/content';
import { waitFor } from '../../scripts/n8n/process';
import { change, ended, publish, rowsOf, RUN_TIMEOUT_MS, startByHand } from './executions';
import { createWorld, INSTALL_TIMEOUT_MS, post, type World } from './harness';
import { startRecorder, type Recorder } from './recorder';

const WHICH = 'which-messenger';
const CRM = 'crm-webhook';
const WATCHDOG = 'instance-watchdog';

/** The watchdog of somebody who has a WhatsApp instance only. */
const ONE_INSTANCE = 'watchdog-of-one';

const MANUAL = 'When clicking ‘Execute workflow’';

/** Header Auth of the webhook, and of the CRM's API. */
const WEBHOOK_KEY = { name: 'X-Key', value: 'of the CRM' };
const CRM_KEY = { name: 'X-Key', value: 'of the flow' };

let crm: Recorder;
let chat: Recorder;
let world: World;

beforeAll(async () => {
	crm = await startRecorder();
	chat = await startRecorder();
	const watchdog = exampleWorkflow(WATCHDOG, setUpWatchdog);
	world = await createWorld({
		// Hosts before 2026 take numbers of 11 and 12 digits only.
		instances: { answers: 'newer' },
		credentials: [
			{ id: 'webhook', name: 'Webhook', type: 'httpHeaderAuth', data: WEBHOOK_KEY },
			{ id: 'crm', name: 'CRM', type: 'httpHeaderAuth', data: CRM_KEY },
		],
		workflows: [
			exampleWorkflow(WHICH),
			exampleWorkflow(CRM, setUpCrm),
			watchdog,
			{ ...without(watchdog, ['State of Telegram', 'State of MAX']), id: ONE_INSTANCE },
		],
		published: [CRM],
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await world?.close();
	await crm?.close();
	await chat?.close();
});

beforeEach(() => {
	crm.reset();
	chat.reset();
	world.simulator.forget();
	for (const instance of world.simulator.instances) {
		Object.assign(instance, { state: 'authorized', faults: [], contacts: {}, suspendedUntil: 0 });
	}
});

describe('which-messenger', () => {
	/** One row for each contact, and the node on the right that it came to. */
	async function channelsOf(contacts: readonly IDataObject[]) {
		const run = await runByHand(WHICH, MANUAL, {
			Contact: contacts.map((json) => ({ json: { ...json } })),
		});
		const ends = ['WhatsApp', 'Telegram', 'MAX'].map((name) => `Write on ${name}`);
		const came = [...ends, 'No messenger', 'Not known'].flatMap((end) =>
			rowsOf(run, end).map(({ name }) => [name, end]),
		);
		return { rows: rowsOf(run, 'Best channel'), cameTo: Object.fromEntries(came) as object };
	}

	test('the contact of the example comes out with the messenger to write on', async () => {
		const run = await runByHand(WHICH, MANUAL);

		expect(rowsOf(run, 'Write on WhatsApp')).toEqual([
			{
				name: 'Anna Petrova',
				phone: '+7 912 345-67-80',
				channel: 'WhatsApp',
				chatId: '79123456780@c.us',
				WhatsApp: 'yes',
				Telegram: 'yes',
				MAX: 'yes',
				why: [],
				askAgain: false,
			},
		]);
	});

	test('several contacts keep their rows, each with the best messenger that it has', async () => {
		const only = (number: string) => ({ [number]: { chatId: `id of ${number}` } });
		Object.assign(world.simulator.instance('telegram'), { contacts: only('79120000001') });
		Object.assign(world.simulator.instance('max'), { contacts: only('79120000003') });

		const { rows, cameTo } = await channelsOf([
			{ name: 'max', phone: '+7 912 000-00-03' },
			{ name: 'none', phone: '+7 912 000-00-05' },
			{ name: 'telegram', phone: '+7 912 000-00-01' },
			{ name: 'all', phone: '+7 912 000-00-02' },
		]);

		expect(rows).toEqual([
			expect.objectContaining({ name: 'max', MAX: 'yes', chatId: 'id of 79120000003' }),
			expect.objectContaining({ name: 'none', channel: 'None', chatId: null, why: [] }),
			expect.objectContaining({ name: 'telegram', Telegram: 'yes', chatId: 'id of 79120000001' }),
			expect.objectContaining({ name: 'all', channel: 'WhatsApp', chatId: '79120000002@c.us' }),
		]);
		expect(cameTo).toEqual({
			max: 'Write on MAX',
			none: 'No messenger',
			telegram: 'Write on Telegram',
			all: 'Write on WhatsApp',
		});
		expect(world.simulator.calls()).toHaveLength(3 * rows.length);
	});

	test('a contact is in no messenger only where all of them said so', async () => {
		world.simulator.instance('telegram').faults = [{ status: 500, values: ['79120000007'] }];

		const { rows, cameTo } = await channelsOf([
			{ name: 'telegram fails', phone: '+7 912 000-00-07' },
			{ name: 'abroad', phone: '+49 1512 3456787' },
			{ name: 'abroad, on WhatsApp', phone: '+49 1512 3456788' },
			{ name: 'no number', phone: 'ask at reception' },
			{ name: 'none', phone: '+7 912 000-00-09' },
		]);

		const unknown = { channel: 'Not known', chatId: null };
		const unreadable: unknown = expect.stringContaining('"ask at reception" is not a phone number');
		expect(rows).toEqual([
			expect.objectContaining({
				...unknown,
				WhatsApp: 'no',
				Telegram: 'not known',
				MAX: 'no',
				why: [expect.stringMatching(/^Telegram: GREEN-API .+HTTP 500/)],
				askAgain: true,
			}),
			expect.objectContaining({
				...unknown,
				WhatsApp: 'no',
				Telegram: 'no',
				MAX: 'not known',
				why: [expect.stringMatching(/^MAX: .+\+7 .+\+375/)],
				askAgain: false,
			}),
			expect.objectContaining({ channel: 'WhatsApp', MAX: 'not known' }),
			expect.objectContaining({
				...unknown,
				why: [unreadable, unreadable, unreadable],
				askAgain: false,
			}),
			expect.objectContaining({ channel: 'None', why: [] }),
		]);
		expect(cameTo).toEqual({
			'telegram fails': 'Not known',
			abroad: 'Not known',
			'abroad, on WhatsApp': 'Write on WhatsApp',
			'no number': 'Not known',
			none: 'No messenger',
		});
	});

	test('an instance that is not authorized leaves the other two to answer', async () => {
		world.simulator.instance('whatsapp').state = 'notAuthorized';

		const { rows } = await channelsOf([
			{ name: 'found', phone: '+7 912 000-00-02' },
			{ name: 'not found', phone: '+7 912 000-00-05' },
		]);

		expect(rows).toEqual([
			expect.objectContaining({ channel: 'Telegram', WhatsApp: 'not known', Telegram: 'yes' }),
			expect.objectContaining({ channel: 'Not known', WhatsApp: 'not known', Telegram: 'no' }),
		]);
	});
});

describe('crm-webhook', () => {
	/** Calls the webhook as the CRM does. */
	async function tell(contact: object, key = WEBHOOK_KEY.value) {
		return await post(world.n8n, 'contact-changed', contact, { [WEBHOOK_KEY.name]: key });
	}

	const ANNA = { id: 17, phone: '8 (912) 345-67-80' };

	test.each([
		['has', ANNA, true, '79123456780@c.us'],
		['does not have', { id: 'a/b', phone: '+7 912 345 67 81' }, false, null],
	])('200: a contact that %s WhatsApp is updated in the CRM', async (_has, contact, exists, id) => {
		const { status, text } = await tell(contact);

		const fields = {
			whatsapp: exists,
			whatsappChatId: id,
			phoneClean: `+7912345678${exists ? 0 : 1}`,
			phoneProblem: null,
			checkedPhone: contact.phone,
		};
		expect([status, JSON.parse(text)]).toEqual([200, fields]);
		expect(crm.requests).toEqual([
			{
				method: 'PATCH',
				path: `/contacts/${encodeURIComponent(contact.id)}`,
				headers: expect.objectContaining({ 'x-key': CRM_KEY.value }),
				body: fields,
			},
		]);
	});

	test('204: what the flow itself has written into a contact is not looked up again', async () => {
		await tell(ANNA);
		const { checkedPhone } = crm.requests[0]?.body as IDataObject;
		const calls = world.simulator.calls().length;

		expect(await tell({ ...ANNA, checkedPhone })).toMatchObject({ status: 204, text: '' });
		expect(world.simulator.calls()).toHaveLength(calls);
		expect(crm.requests).toHaveLength(1);
	});

	test('422: an unusable number costs no check, and takes the old answer out of the CRM', async () => {
		const phone = 'ask at reception';
		const { status, text } = await tell({ ...ANNA, phone, checkedPhone: ANNA.phone });

		const fields = {
			whatsapp: null,
			whatsappChatId: null,
			phoneClean: null,
			phoneProblem: expect.stringMatching(/"ask at reception" is not a phone number/),
			checkedPhone: phone,
		};
		expect([status, JSON.parse(text)]).toEqual([422, fields]);
		expect(crm.requests).toMatchObject([{ path: '/contacts/17', body: fields }]);
		expect(world.simulator.calls()).toEqual([]);
	});

	test.each([
		['GREEN-API has an error of its own', { status: 500 }, '60'],
		['the instance is starting', { status: 400, body: '{"message":"in starting process"}' }, '300'],
	])('503 with Retry-After: %s; the CRM keeps what it has', async (_title, fault, seconds) => {
		world.simulator.instance('whatsapp').faults = [fault];
		const { status, retryAfter, text } = await tell(ANNA);

		expect([status, retryAfter]).toEqual([503, seconds]);
		expect(JSON.parse(text)).toEqual({ message: expect.stringMatching(/GREEN-API/) });
		expect(crm.requests).toEqual([]);
	});

	test('503 with Retry-After: the CRM does not take the answer', async () => {
		crm.status = 500;
		const { status, retryAfter } = await tell(ANNA);

		expect([status, retryAfter]).toEqual([503, '60']);
		expect(crm.requests).toHaveLength(3);
		expect(new Set(crm.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
		expect(await lastFailure(CRM)).toMatch(/500/);
	});

	test.each([
		['an instance that is not authorized', { state: 'notAuthorized' }, /not linked/],
		['a wrong token', { faults: [{ status: 401 }] }, /Copy apiTokenInstance/],
	])('500: %s needs a person; the execution fails and says why', async (_title, changes, why) => {
		Object.assign(world.simulator.instance('whatsapp'), changes);
		const { status, retryAfter, text } = await tell(ANNA);

		expect([status, retryAfter]).toEqual([500, '']);
		expect(JSON.parse(text)).toEqual({ message: expect.stringMatching(why) });
		expect(crm.requests).toEqual([]);
		expect(await lastFailure(CRM)).toMatch(why);
	});

	test('403: who does not know the key of the webhook spends no check', async () => {
		expect((await tell(ANNA, 'guessed')).status).toBe(403);
		expect(world.simulator.calls()).toEqual([]);
	});
});

describe('instance-watchdog', () => {
	const SCHEDULE = 'Every 5 minutes';

	/** What the chat was told by one run of the watchdog. */
	async function watch(id = WATCHDOG): Promise<unknown[]> {
		chat.requests.length = 0;
		await runByHand(id, SCHEDULE);
		return told();
	}

	const told = () => chat.requests.map(({ body }) => (body as { text: string }).text);

	/** Calls that the lookup flow made. */
	async function lookUp(): Promise<number> {
		world.simulator.forget();
		await runByHand(WATCHDOG, MANUAL);
		return world.simulator.calls().length;
	}

	test('the first run tells the states, the next ones only what has changed', async () => {
		expect(await watch()).toEqual([
			'WhatsApp instance: authorized. Lookups run.',
			'Telegram instance: authorized. Lookups run.',
			'MAX instance: authorized. Lookups run.',
		]);
		expect(await watch()).toEqual([]);

		world.simulator.instance('telegram').state = 'blocked';
		expect(await watch()).toEqual([
			'Telegram instance: blocked. Lookups pause. Look at it in the GREEN-API console.',
		]);
		expect(await watch()).toEqual([]);

		world.simulator.instance('telegram').state = 'authorized';
		expect(await watch()).toEqual(['Telegram instance: authorized. Lookups run.']);
	});

	test('a suspension is told with the time until which it holds, and again if that changes', async () => {
		const suspend = (until: string) =>
			Object.assign(world.simulator.instance('max'), {
				state: 'suspended',
				suspendedUntil: Date.parse(until) / 1000,
			});
		suspend('2027-01-01T12:00:00.000Z');
		expect(await watch()).toEqual([
			expect.stringMatching(
				/^MAX instance: suspended until 2027-01-01T12:00:00.000Z. Lookups pause/,
			),
		]);
		expect(await watch()).toEqual([]);

		suspend('2027-01-02T12:00:00.000Z');
		expect(await watch()).toEqual([expect.stringContaining('2027-01-02T12:00')]);
	});

	test('lookup flows pause while the instance is not authorized, and continue when it is', async () => {
		await watch();
		expect(await lookUp()).toBe(2);

		world.simulator.instance('whatsapp').state = 'notAuthorized';
		expect(await watch()).toEqual([expect.stringMatching(/^WhatsApp instance: notAuthorized/)]);
		expect(await lookUp()).toBe(0);

		world.simulator.instance('whatsapp').state = 'authorized';
		expect(await watch()).toEqual(['WhatsApp instance: authorized. Lookups run.']);
		expect(await lookUp()).toBe(2);
	});

	test('a wrong token is told as well', async () => {
		await watch();
		world.simulator.instance('whatsapp').faults = [{ status: 401 }];

		expect(await watch()).toEqual([
			expect.stringMatching(/^WhatsApp instance: unauthorized. Lookups pause. .+ Copy apiToken/),
		]);
		expect(await watch()).toEqual([]);
	});

	test('while GREEN-API does not answer nothing is known: nothing is told, the last state stays', async () => {
		await watch();
		const { instances } = world.simulator;
		for (const instance of instances) instance.faults = [{ status: 503 }];
		expect(await watch()).toEqual([]);
		for (const instance of instances) instance.faults = [];

		expect(await lookUp()).toBe(2);
	});

	test('what the chat did not take is told by the next run; lookups pause at once', async () => {
		await watch();
		world.simulator.instance('whatsapp').state = 'blocked';
		world.simulator.instance('max').state = 'notAuthorized';
		chat.status = 500;
		await expect(watch()).rejects.toThrow(/The chat was not told/);
		expect(await lookUp()).toBe(0);

		chat.status = 200;
		expect(await watch()).toEqual([
			expect.stringMatching(/^WhatsApp instance: blocked/),
			expect.stringMatching(/^MAX instance: notAuthorized/),
		]);
		expect(await watch()).toEqual([]);
	});

	test('it works with one instance: the nodes of the others are deleted', async () => {
		await watch();
		world.simulator.instance('whatsapp').state = 'notAuthorized';

		expect(await watch(ONE_INSTANCE)).toEqual([
			expect.stringMatching(/^WhatsApp instance: notAuthorized/),
		]);
		expect(await watch(ONE_INSTANCE)).toEqual([]);
	});

	test('published, it watches by itself and tells a change once', async () => {
		await watch();
		chat.requests.length = 0;
		world.simulator.instance('telegram').state = 'notAuthorized';
		world.simulator.forget();
		await publishEvery5Seconds();
		await waitFor('three runs', RUN_TIMEOUT_MS, async () => {
			return world.simulator.calls({ method: 'getwasettings' }).length > 3;
		});

		expect(told()).toEqual([expect.stringMatching(/^Telegram instance: notAuthorized/)]);
	});

	async function publishEvery5Seconds(): Promise<void> {
		const schedule = { interval: [{ field: 'seconds', secondsInterval: 5 }] };
		const versionId = await change(world.n8n, WATCHDOG, (workflow) => ({
			nodes: workflow.nodes.map((node) =>
				node.name === SCHEDULE ? { ...node, parameters: { rule: schedule } } : node,
			),
		}));
		await publish(world.n8n, WATCHDOG, versionId);
	}
});

function setUpCrm(node: INode): INode {
	const headerAuth = (id: string, name: string) => ({
		...node,
		credentials: { httpHeaderAuth: { id, name } },
	});
	switch (node.name) {
		case 'Contact created or changed':
			return headerAuth('webhook', 'Webhook');
		case 'Update the CRM':
			return headerAuth('crm', 'CRM');
		case 'Contact': {
			const text = JSON.stringify(node.parameters);
			const parameters = text.replace('https://crm.example.com/api', crm.url);
			return { ...node, parameters: JSON.parse(parameters) as INode['parameters'] };
		}
		default:
			return node;
	}
}

function setUpWatchdog(node: INode): INode {
	if (node.name !== 'Tell') return node;
	return { ...node, parameters: { ...node.parameters, url: `${chat.url}/hook` } };
}

/** The workflow with nodes deleted, as the editor does it: with their connections. */
function without(workflow: ImportedWorkflow, names: readonly string[]): ImportedWorkflow {
	const kept = (name: string) => !names.includes(name);
	const connections = Object.entries(workflow.connections)
		.filter(([from]) => kept(from))
		.map(([from, { main = [] }]) => [
			from,
			{ main: main.map((output) => output?.filter(({ node }) => kept(node)) ?? []) },
		]);
	return {
		...workflow,
		nodes: workflow.nodes.filter(({ name }) => kept(name)),
		connections: Object.fromEntries(connections) as ImportedWorkflow['connections'],
	};
}

/**
 * Runs a workflow as "Execute workflow" does.
 * @param pinData what nodes give instead of what they would
 * @throws the failure that ended the run
 */
async function runByHand(
	id: string,
	trigger: string,
	pinData: IPinData = {},
): Promise<IRunExecutionData> {
	await change(world.n8n, id, () => ({ pinData }));
	const run = await ended(world.n8n, await startByHand(world.n8n, id, trigger));
	const { error } = run.resultData;
	if (error) throw new Error(error.message);
	return run;
}

/** Why the newest execution of a workflow failed. */
async function lastFailure(workflowId: string): Promise<string | undefined> {
	return (await ended(world.n8n, { newestOf: workflowId })).resultData.error?.message;
}
