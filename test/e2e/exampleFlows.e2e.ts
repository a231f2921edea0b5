/** Examples that look up contacts or watch over that: each as its note says, and with something wrong in mid-list. */

import type { IDataObject, INode } from 'n8n-workflow';

import {
	exampleWorkflow,
	FOUND_ELSEWHERE,
	withCredential,
	type ImportedWorkflow,
} from '../../scripts/n8n/content';
import { MANUAL, callerOf, unpaced, withNodeBehind } from './exampleSetUp';
import { executionBy, rowsOf, runByHand } from './executions';
import { callWebhook, createWorld, INSTALL_TIMEOUT_MS, post, type World } from './harness';
import { startRecorder, type Recorder } from './recorder';

const MESSENGERS = ['whatsapp', 'telegram', 'max'] as const;

/** Header Auth of the webhook, and of the CRM's API. */
const KEY = { name: 'X-Key', value: 'of this test' };

/** GREEN-API's answers to a proxy without its password, and to a number that it does not take. */
const PROXY = { status: 407, body: 'Proxy Authentication Required', contentType: 'text/html' };
const REFUSED = { status: 400, body: '{"message":"bad phone number, valid 11 or 12 digits"}' };
const LIMIT = { status: 469, body: '{"reason":"User get contact info limit reached"}' };

let crm: Recorder;
let chat: Recorder;
let world: World;

beforeAll(async () => {
	crm = await startRecorder();
	chat = await startRecorder();
	const watchdog = exampleWorkflow('instance-watchdog', setUp);
	world = await createWorld({
		// Hosts before 2026 take numbers of 11 and 12 digits only.
		instances: { answers: 'newer' },
		credentials: [{ id: 'key', name: 'Key', type: 'httpHeaderAuth', data: KEY }],
		workflows: [
			...MESSENGERS.map(checkListOn),
			exampleWorkflow('waterfall', unpaced),
			withNodeBehind(exampleWorkflow('waterfall', unpaced), 'Best channel'),
			callerOf('waterfall'),
			exampleWorkflow('crm-webhook', setUp),
			withUnusableOption(exampleWorkflow('crm-webhook', setUp)),
			exampleWorkflow('quota-meter', setUp),
			watchdog,
			{ ...without(watchdog, ['State of Telegram', 'State of MAX']), id: 'watchdog-of-one' },
		],
		published: ['crm-webhook', 'crm-unusable', 'waterfall', 'caller-waterfall'],
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
		Object.assign(instance, {
			...{ state: 'authorized', faults: [], contacts: {}, suspendedUntil: 0 },
			quota: { used: 0, total: 30_000 },
		});
	}
});

const whatsapp = () => world.simulator.instance('whatsapp');
const callCount = () => world.simulator.calls().length;

/** Contacts with consecutive numbers; the even ones have an account. */
function contactsFrom(first: number, count: number): IDataObject[] {
	return Array.from({ length: count }, (_, index) => {
		const name = String(first + index);
		return { name, phone: `8 912 ${name.slice(-7)}` };
	});
}

describe('check-list', () => {
	test.each([
		['whatsapp', 11, '79123456780@c.us'],
		['telegram', 11, '108765432197'],
		['max', 7, '108765432197'],
	])('%s: each contact of the sample is answered or says why not', async (on, answered, chatId) => {
		const run = await runByHand(world.n8n, `check-list-${on}`, MANUAL);

		expect(rowsOf(run, 'Answered')).toHaveLength(answered);
		expect(rowsOf(run, 'Not answered')).toHaveLength(12 - answered);
		expect(rowsOf(run, 'Answered')[0]).toMatchObject({
			...{ name: 'Anna Petrova', messenger: on, phoneNumber: '79123456780' },
			...{ exists: true, chatId, country: 'RU', numberType: 'mobile' },
		});
	});

	test('the quota ends in mid-list: the rest is not answered, and nobody gets a wrong "no"', async () => {
		whatsapp().quota.total = 4;
		const run = await runByHand(world.n8n, 'check-list-whatsapp', MANUAL, {
			Contacts: contactsFrom(79121000000, 10),
		});

		const answers = rowsOf(run, 'Answered');
		expect(answers).toHaveLength(4);
		for (const { name, exists } of answers) expect(exists).toBe(Number(name) % 2 === 0);
		expect(rowsOf(run, 'Not answered')).toHaveLength(6);
		expect(rowsOf(run, 'Not answered')[5]).toMatchObject({
			name: '79121000009',
			error: { code: 'quotaExceeded', asked: false },
		});
	});
});

describe('waterfall', () => {
	const CONTACTS = contactsFrom(79122000001, 4);

	async function channelsOf(contacts: readonly IDataObject[]): Promise<IDataObject[]> {
		const run = await runByHand(world.n8n, 'waterfall', MANUAL, { Contacts: contacts });
		return rowsOf(run, 'Best channel');
	}

	/** Gives messengers accounts of numbers that would have none. */
	function register(messenger: 'telegram' | 'max', number: string, chatId: string): void {
		world.simulator.instance(messenger).contacts = { [number]: { chatId } };
	}

	test('each contact has its best channel; only the rest is asked further', async () => {
		register('telegram', '79122000001', '101');
		register('max', '79122000003', '303');
		const rows = await channelsOf([...CONTACTS, { name: 'none', phone: '+7 912 200-00-05' }]);

		expect(rows).toEqual([
			expect.objectContaining({ channel: 'Telegram', chatId: '101', whatsapp: false, max: null }),
			expect.objectContaining({ channel: 'WhatsApp', chatId: '79122000002@c.us' }),
			expect.objectContaining({ channel: 'MAX', chatId: '303', telegram: false, max: true }),
			expect.objectContaining({ name: '79122000004', channel: 'WhatsApp' }),
			{
				...{ name: 'none', phone: '+7 912 200-00-05', channel: 'none', chatId: null },
				...{ whatsapp: false, telegram: false, max: false, why: null },
			},
		]);
		expect(callCount()).toBe(5 + 3 + 2);
	});

	test('nodes behind find the contact of each row', async () => {
		register('telegram', '79122000001', '101');
		const run = await runByHand(world.n8n, 'waterfall-behind', MANUAL, { Contacts: CONTACTS });

		const behind = rowsOf(run, 'Behind').map(({ name }) => name);
		expect(behind).toEqual(CONTACTS.map(({ name }) => name));
	});

	test('its own list, with the accounts of `npm run n8n`: each messenger has somebody', async () => {
		for (const messenger of ['telegram', 'max'] as const) {
			Object.assign(world.simulator.instance(messenger).contacts, FOUND_ELSEWHERE[messenger]);
		}
		const run = await runByHand(world.n8n, 'waterfall', MANUAL, {});
		const channelOf = Object.fromEntries(
			rowsOf(run, 'Best channel').map(({ name, channel }) => [name, channel]),
		);

		expect(channelOf).toMatchObject({
			...{ 'Anna Petrova': 'WhatsApp', 'Boris Ivanov': 'Telegram', 'Irina Sokolova': 'MAX' },
			'Front desk': 'not known',
		});
	});

	test('the quota of WhatsApp ends in mid-list: who is found on Telegram is, the others are not known', async () => {
		whatsapp().quota.total = 0;
		register('telegram', '79122000001', '101');
		const rows = await channelsOf([CONTACTS[0] ?? {}, CONTACTS[2] ?? {}]);

		expect(rows).toEqual([
			expect.objectContaining({ channel: 'Telegram', chatId: '101', whatsapp: null, why: null }),
			expect.objectContaining({
				...{ channel: 'not known', whatsapp: null, telegram: false, max: false },
				why: expect.stringMatching(/^WhatsApp: .+quota/),
			}),
		]);
	});

	test('one contact, by another workflow', async () => {
		expect(
			await callWebhook(world.n8n, 'caller-waterfall', [{ name: 'One', phone: '+79122000002' }]),
		).toEqual([expect.objectContaining({ name: 'One', channel: 'WhatsApp' })]);
		expect(callCount()).toBe(1);
	});
});

describe('quota-meter', () => {
	/** Runs it for so many new numbers; its quota is 10. @returns what the chat was told */
	async function check(first: number, count: number): Promise<unknown[]> {
		chat.reset();
		const contacts = contactsFrom(first, count);
		await runByHand(world.n8n, 'quota-meter', MANUAL, { Contacts: contacts });
		return chat.bodies;
	}

	test('the execution that crosses 80 % of the quota tells the chat, once', async () => {
		expect(await check(79123000000, 6)).toEqual([]);
		expect(await check(79123000010, 3)).toEqual([
			{ text: expect.stringMatching(/^\d{4}-\d\d: 9 of 10 checks of the month are used\.$/) },
		]);
		expect(await check(79123000020, 1)).toEqual([]);
	});

	test('GREEN-API says in mid-list that the quota is used up: the chat is told that', async () => {
		whatsapp().quota.total = 1;

		expect(await check(79123000030, 4)).toEqual([
			{
				text: expect.stringMatching(
					/checks of the month are used\. This GREEN-API instance .+1 of 1/,
				),
			},
		]);
	});
});

describe('instance-watchdog', () => {
	/** What the chat was told by one run of the watchdog. */
	async function watch(id = 'instance-watchdog'): Promise<unknown[]> {
		chat.requests.length = 0;
		await runByHand(world.n8n, id, 'Every 5 minutes');
		return chat.bodies.map((body) => (body as { text: string }).text);
	}

	test('the first run tells the states, the next ones only what has changed', async () => {
		expect(await watch()).toEqual([
			'WhatsApp instance: authorized.',
			'Telegram instance: authorized.',
			'MAX instance: authorized.',
		]);
		expect(await watch()).toEqual([]);

		world.simulator.instance('telegram').state = 'blocked';
		Object.assign(world.simulator.instance('max'), {
			state: 'suspended',
			suspendedUntil: Date.parse('2027-01-01T12:00:00.000Z') / 1000,
		});
		expect(await watch()).toEqual([
			'Telegram instance: blocked. Look at it in the GREEN-API console.',
			expect.stringMatching(/^MAX instance: suspended until 2027-01-01T12:00:00.000Z\. Look/),
		]);
		expect(await watch()).toEqual([]);
	});

	test('a wrong token is told; no answer is not, and changes nothing', async () => {
		await watch();
		whatsapp().faults = [{ status: 401 }];
		expect(await watch()).toEqual([
			expect.stringMatching(/^WhatsApp instance: unauthorized\. .+ Copy apiToken/),
		]);
		whatsapp().faults = [PROXY];
		expect(await watch()).toEqual([]);
		whatsapp().faults = [];
		expect(await watch()).toEqual(['WhatsApp instance: authorized.']);
	});

	test('what the chat did not take is told by the next run', async () => {
		await watch();
		whatsapp().state = 'blocked';
		chat.status = 500;
		expect(await watch()).toHaveLength(1);

		chat.status = 200;
		expect(await watch()).toEqual([expect.stringMatching(/^WhatsApp instance: blocked/)]);
		expect(await watch()).toEqual([]);
	});

	test('it works with one instance: the nodes of the others are deleted', async () => {
		await watch();
		whatsapp().state = 'notAuthorized';

		expect(await watch('watchdog-of-one')).toEqual([
			expect.stringMatching(/^WhatsApp instance: notAuthorized/),
		]);
		expect(await watch('watchdog-of-one')).toEqual([]);
	});
});

describe('crm-webhook', () => {
	/** The contact in the CRM changes. @returns why the execution failed, if it did */
	async function changed(
		contact: object,
		path = 'crm-webhook',
		event: object = { id: 'a/7' },
	): Promise<string | undefined> {
		crm.answer = contact;
		const url = path === 'crm-webhook' ? 'contact-changed' : path;
		const { resultData } = await executionBy(
			world.n8n,
			path,
			async () => await post(world.n8n, url, event, { [KEY.name]: KEY.value }),
		);
		return resultData.error?.message;
	}

	const PHONES = ['+7 912 400-00-01', '8 (912) 400-00-02'];
	const CHECKED = `Checked: ${PHONES.join(', ')}`;
	const FOUND = ['+79124000002', '79124000002@c.us'] as const;
	const valuesOf = (field_id: number, value: unknown) => ({ field_id, values: [{ value }] });

	/** What each CRM sends, how it gives a contact and keeps what is written, and what it wants to be sent. */
	const CRMS: ReadonlyArray<readonly [string, object, (written?: IDataObject) => object, object]> =
		[
			[
				'Bitrix24',
				new URLSearchParams({ event: 'ONCRMCONTACTUPDATE', 'data[FIELDS][ID]': '17' }),
				({ fields } = {}) => ({
					result: { ID: '17', PHONE: PHONES.map((VALUE) => ({ VALUE })), ...(fields as object) },
				}),
				{
					id: '17',
					fields: {
						...{ UF_CRM_WHATSAPP: true, UF_CRM_WHATSAPPNUMBER: FOUND[0] },
						...{ UF_CRM_WHATSAPPCHATID: FOUND[1], UF_CRM_WHATSAPPCHECKED: CHECKED },
					},
				},
			],
			[
				'amoCRM',
				new URLSearchParams({ 'contacts[update][0][id]': '17' }),
				({ custom_fields_values: written = [] } = {}) => ({
					id: 17,
					custom_fields_values: [
						{ field_code: 'EMAIL', values: [{ value: 'a@example.com' }] },
						{ field_code: 'PHONE', values: PHONES.map((value) => ({ value })) },
						...(written as object[]),
					],
				}),
				{
					custom_fields_values: [
						...[valuesOf(101, true), valuesOf(102, FOUND[0])],
						...[valuesOf(103, FOUND[1]), valuesOf(104, CHECKED)],
					],
				},
			],
			[
				'HubSpot',
				[{ objectId: 17, subscriptionType: 'contact.propertyChange' }],
				({ properties } = {}) => ({
					id: '17',
					properties: { phone: PHONES.join('; '), mobilephone: null, ...(properties as object) },
				}),
				{
					properties: {
						...{ whatsapp: 'true', whatsappnumber: FOUND[0] },
						...{ whatsappchatid: FOUND[1], whatsappchecked: CHECKED },
					},
				},
			],
		];

	test.each(CRMS)(
		'%s: the first of its numbers that has WhatsApp is written back, and starts nothing new',
		async (_crm, event, contact, body) => {
			expect(await changed(contact(), undefined, event)).toBeUndefined();

			expect(crm.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
				'GET /contacts/17',
				'PATCH /contacts/17',
			]);
			expect(crm.bodies).toEqual([body]);
			world.simulator.forget();
			await changed(contact(body as IDataObject), undefined, event);
			expect([callCount(), crm.bodies]).toEqual([0, [body]]);
		},
	);

	test.each([
		['a new contact of amoCRM', new URLSearchParams({ 'contacts[add][0][id]': '18' })],
		['Bitrix24, as JSON', { data: { FIELDS: { ID: 18 } } }],
	])('the ID is found in the event: %s', async (_title, event) => {
		await changed({}, undefined, event);

		expect(crm.requests.map(({ path }) => path)).toEqual(['/contacts/18']);
	});

	test('"no" is written where all of its numbers said no; what is written starts nothing new', async () => {
		const contact = { id: 17, phone: '+7 912 400-00-03', mobilephone: '+7 912 400-00-05' };
		await changed(contact);
		const [fields] = crm.bodies as [object];

		expect(crm.requests[0]?.path).toBe('/contacts/a%2F7');
		expect(crm.requests[1]?.headers).toMatchObject({ 'x-key': KEY.value });
		expect(fields).toEqual({
			...{ whatsapp: false, whatsappNumber: null, whatsappChatId: null },
			whatsappChecked: 'Checked: +7 912 400-00-03, +7 912 400-00-05',
		});
		world.simulator.forget();
		await changed({ ...contact, ...fields });
		expect([callCount(), crm.bodies]).toEqual([0, [fields]]);
	});

	test('a number without an answer beside one that has WhatsApp: written once, asked again at the next change', async () => {
		const contact = { id: 17, phone: '+7 912 400-00-13', mobilephone: '+7 912 400-00-14' };
		const checked = '+7 912 400-00-13, +7 912 400-00-14';
		const found = { whatsapp: true, whatsappNumber: '+79124000014' };
		whatsapp().faults = [{ ...PROXY, values: ['79124000013'] }];
		await changed(contact);
		const [fields] = crm.bodies as [object];

		expect(fields).toMatchObject({
			...found,
			whatsappChecked: `Found +79124000014, not all answered: ${checked}`,
		});
		await changed({ ...contact, custom: fields });
		expect(crm.bodies).toHaveLength(1);

		whatsapp().faults = [];
		await changed({ ...contact, custom: fields });
		expect(crm.bodies[1]).toMatchObject({ ...found, whatsappChecked: `Checked: ${checked}` });
	});

	const KNOWN = { id: 17, whatsapp: true, whatsappNumber: '+79124000000' };

	test('a number that GREEN-API was asked about and refuses: checked, and what is known stays', async () => {
		whatsapp().faults = [{ ...REFUSED, values: ['79124000007'] }];
		await changed({ ...KNOWN, phone: '+7 912 400-00-07' });

		expect(crm.bodies).toEqual([{ whatsappChecked: 'Checked: +7 912 400-00-07' }]);
	});

	test.each([
		['a proxy wants a password', () => (whatsapp().faults = [PROXY]), /proxy/i],
		['the quota is used up', () => (whatsapp().quota.total = 0), /quota/],
		['an option is unusable', () => undefined, /Max Calls/],
		['the number cannot be read', () => undefined, /not a phone number/],
		// The last one: n8n asks nothing for two hours.
		['WhatsApp has paused the checks', () => (whatsapp().faults = [LIMIT]), /run the rest then/],
	])('%s: nothing is written, and the execution says why', async (title, fail, why) => {
		fail();
		const phone = title.includes('read') ? 'ask at reception' : '+7 912 400-00-09';
		const reason = await changed(
			{ ...KNOWN, phone, mobilephone: '+7 912 400-00-11' },
			title.includes('option') ? 'crm-unusable' : 'crm-webhook',
		);

		expect(reason).toMatch(why);
		expect(crm.bodies).toEqual([]);
	});
});

/** The list for one of the messengers, as its note says. */
function checkListOn(messenger: string): ImportedWorkflow {
	const workflow = exampleWorkflow('check-list', (node) =>
		node.name === 'Check Account'
			? withCredential({ ...node, parameters: { ...node.parameters, resource: messenger } })
			: node,
	);
	return { ...workflow, id: `check-list-${messenger}` };
}

/** What the notes ask for. */
function setUp(node: INode): INode {
	const text = JSON.stringify(node.parameters)
		.replaceAll('https://crm.example.com', crm.url)
		.replace('https://chat.example.com/hooks/…', chat.url)
		.replace('QUOTA = 30000', 'QUOTA = 10');
	const parameters = JSON.parse(text) as INode['parameters'];
	const needsKey = /headerAuth/i.test(text);
	return {
		...node,
		parameters,
		...(needsKey && { credentials: { httpHeaderAuth: { id: 'key', name: 'Key' } } }),
	};
}

/** The workflow with a Max Calls that is no number, and with another webhook. */
function withUnusableOption(workflow: ImportedWorkflow): ImportedWorkflow {
	const nodes = workflow.nodes.map((node): INode => {
		const { options, ...rest } = node.parameters;
		if (node.name === 'Contact changed') {
			return {
				...node,
				webhookId: 'unusable',
				parameters: { ...rest, path: 'crm-unusable', options },
			};
		}
		if (node.name !== 'Check WhatsApp') return node;
		const unusable = { ...(options as IDataObject), maxCalls: '={{ "many" }}' };
		return { ...node, parameters: { ...rest, options: unusable } };
	});
	return { ...workflow, id: 'crm-unusable', nodes };
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
