/** What a model sees of the node: as a tool of the MCP Server Trigger and of AI Agents, and in the examples. */

import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { IConnections, INode } from 'n8n-workflow';

import { NODE_TYPE, withCredential, type ImportedWorkflow } from '../../scripts/n8n/content';
import type { InstanceChanges } from '../../simulator/instance';
import * as agents from './agents';
import { AGENT, agentCredentials, agentExample, factOf, MCP_TRIGGER } from './agents';
import { createWorld, INSTALL_TIMEOUT_MS, whileBroken, type World } from './harness';
import { startOpenAiStandIn, type OpenAiStandIn, type ToolCall } from './openAiStandIn';

/** Part of every token; no model may see it. */
const MARK = 'PLANTED9d2e';

const PHONE = 'Phone number in international format with the country code';
const FOUND = '+79876543210';
const ABSENT = '+79876543211';
const BAD = 'ask at reception';
const BAD_MESSAGE =
	'"ask at reception" is not a phone number that can be looked up: it contains no digits.';
const BAD_ADVICE = 'Fill in a phone number with its country code, e.g. +7 987 654-32-10.';

const FOUND_ROW = {
	messenger: 'whatsapp',
	phoneNumber: '79876543210',
	exists: true,
	chatId: '79876543210@c.us',
	country: 'RU',
	numberType: 'mobile',
	checkedAt: expect.any(String),
};
const ABSENT_ROW = { ...FOUND_ROW, phoneNumber: '79876543211', exists: false, chatId: null };
const BAD_ROW = {
	messenger: 'whatsapp',
	phoneNumber: BAD,
	exists: null,
	error: {
		code: 'invalidPhoneNumber',
		// A model is shown the message alone by some callers: it holds the advice too.
		message: `${BAD_MESSAGE} ${BAD_ADVICE}`,
		advice: BAD_ADVICE,
		retryable: false,
		asked: false,
	},
	chatId: null,
	country: null,
	numberType: null,
	checkedAt: null,
};

/** Tools that differ in On Error only: the name says which. A new node has none of the three. */
const TOOLS: Readonly<Record<string, INode['onError']>> = {
	Untouched: undefined,
	Stop: 'stopWorkflow',
	Continue: 'continueRegularOutput',
	Error_output: 'continueErrorOutput',
};

const EXAMPLE_TOOLS = ['Check_WhatsApp', 'Check_Telegram', 'Check_MAX'];

let model: OpenAiStandIn;
let world: World;

beforeAll(async () => {
	model = await startOpenAiStandIn();
	const workflows = [
		agentExample('ai-agent'),
		agentExample('mcp-server'),
		withOwnTools('agent-3', agentExample('ai-agent'), 3),
		withOwnTools('agent-2', agentExample('ai-agent'), 2.2),
		withOwnTools('mcp', agentExample('mcp-server')),
	];
	world = await createWorld({
		apiTokenInstance: `t0${MARK}`,
		credentials: agentCredentials(model),
		workflows,
		published: workflows.map(({ id }) => id),
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await world?.close();
	await model?.close();
});

beforeEach(() => world.simulator.forget());

/** The example with the tools of `TOOLS` in place of its own. */
function withOwnTools(id: string, base: ImportedWorkflow, agentVersion?: number): ImportedWorkflow {
	const isOurs = ({ type }: INode) => type === `${NODE_TYPE}Tool`;
	const root = base.nodes.find(({ type }) => type === AGENT || type === MCP_TRIGGER)?.name ?? '';
	const kept = base.nodes
		.filter((node) => !isOurs(node))
		.map((node) => ({
			...node,
			...(node.webhookId && { webhookId: id }),
			...(node.type === MCP_TRIGGER && { parameters: { ...node.parameters, path: id } }),
			...(node.type === AGENT && { typeVersion: agentVersion ?? node.typeVersion }),
		}));
	const tools = Object.entries(TOOLS).map(([name, onError]) =>
		withCredential({
			id: name,
			name,
			type: `${NODE_TYPE}Tool`,
			typeVersion: 1,
			position: [0, 0],
			parameters: {
				resource: 'whatsapp',
				operation: 'checkAccount',
				phoneNumber: `={{ $fromAI('phone', '${PHONE}', 'string') }}`,
			},
			...(onError && { onError }),
		}),
	);
	tools.push(
		withCredential({
			id: 'Settings',
			name: 'Settings',
			type: `${NODE_TYPE}Tool`,
			typeVersion: 1,
			position: [0, 0],
			parameters: { resource: 'whatsapp', operation: 'getAccountSettings' },
		}),
	);
	const connections: IConnections = { ...base.connections };
	for (const { name } of base.nodes.filter(isOurs)) delete connections[name];
	for (const { name } of tools) {
		connections[name] = { ai_tool: [[{ node: root, type: 'ai_tool', index: 0 }]] };
	}
	return { ...base, id, name: id, nodes: [...kept, ...tools], connections };
}

async function connect(server: string, bearer?: string): Promise<Client> {
	return await agents.connect(world.n8n, server, bearer);
}

/** What a tool answers to an MCP client, without anything of a token in it. */
async function callTool(client: Client, name: string, phone: string) {
	const answer = await agents.callTool(client, name, phone);
	expect(JSON.stringify(answer)).not.toContain(MARK);
	return answer;
}

/** What tools told an agent's model in one turn, and the chat's answer, without anything of a token. */
async function chat(agent: string, toolCalls: readonly ToolCall[]) {
	const told = await agents.chat(world.n8n, model, agent, toolCalls);
	expect(JSON.stringify([told, model.requests])).not.toContain(MARK);
	return told;
}

const PROBLEMS: Array<[string, InstanceChanges, RegExp]> = [
	[
		'a wrong token',
		{ faults: [{ status: 401 }] },
		/Copy apiTokenInstance from the GREEN-API console/,
	],
	[
		'a token in the answer',
		{ faults: [{ status: 400, body: '{"path":"{path}","message":"Bad Request {token}"}' }] },
		/GREEN-API refused the query[^]*Check the value/,
	],
	[
		'an instance without account',
		{ state: 'notAuthorized' },
		/link the account if it is not, and run again/,
	],
];

describe('behind an MCP Server Trigger', () => {
	let client: Client;

	beforeAll(async () => (client = await connect('mcp')));

	afterAll(async () => await client?.close());

	test('a tool names itself, its operation and the phone number', async () => {
		const { tools } = await client.listTools();

		expect(tools.map(({ name }) => name).sort()).toEqual(
			[...Object.keys(TOOLS), 'Settings'].sort(),
		);
		for (const { description, inputSchema } of tools.filter(({ name }) => name in TOOLS)) {
			expect(description).toBe('Check WhatsApp account in GREEN-API Lookup');
			expect(inputSchema).toMatchObject({
				type: 'object',
				properties: { phone: { type: 'string', description: PHONE } },
				required: ['phone'],
			});
		}
	});

	test.each(Object.keys(TOOLS))('%s: a found and an absent number are rows', async (tool) => {
		const found = await callTool(client, tool, FOUND);
		const absent = await callTool(client, tool, ABSENT);

		expect([found.isError, JSON.parse(found.text)]).toEqual([false, [FOUND_ROW]]);
		expect([absent.isError, JSON.parse(absent.text)]).toEqual([false, [ABSENT_ROW]]);
	});

	test.each(['Untouched', 'Continue'])('%s: a bad number is a row that says so', async (tool) => {
		const { text, isError } = await callTool(client, tool, BAD);

		expect([isError, JSON.parse(text)]).toEqual([false, [BAD_ROW]]);
	});

	test('Stop: a bad number is an error that says so', async () => {
		const { text, isError } = await callTool(client, 'Stop', BAD);

		expect([isError, text]).toEqual([
			true,
			`NodeOperationError: ${BAD_MESSAGE}\n\nDetails: ${BAD_ADVICE}`,
		]);
	});

	test.each(PROBLEMS)('%s: the row says what to do', async (_title, changes, message) => {
		await whileBroken(world, changes, async () => {
			const row = await callTool(client, 'Untouched', FOUND);
			const stopped = await callTool(client, 'Stop', FOUND);

			expect(JSON.parse(row.text)).toMatchObject([
				{ exists: null, error: { message: expect.stringMatching(message) } },
			]);
			expect([stopped.isError, stopped.text]).toEqual([true, expect.stringMatching(message)]);
		});
	});
});

describe.each(['agent-3', 'agent-2'])('for an AI Agent, %s', (agent) => {
	const call = (name: string, phone: string) => ({ name, arguments: { phone } });

	test.each(['Untouched', 'Continue'])(
		'%s: found, absent and bad numbers are rows, all in one turn',
		async (tool) => {
			const { texts } = await chat(
				agent,
				[FOUND, ABSENT, BAD].map((phone) => call(tool, phone)),
			);

			expect(texts.map(parsed)).toEqual([[FOUND_ROW], [ABSENT_ROW], [BAD_ROW]]);
		},
	);

	test.each(PROBLEMS)('%s: the row says what to do', async (_title, changes, message) => {
		await whileBroken(world, changes, async () => {
			const { texts } = await chat(agent, [call('Untouched', FOUND)]);

			expect(texts.map(parsed)).toMatchObject([
				[{ exists: null, error: { message: expect.stringMatching(message) } }],
			]);
		});
	});

	test('the settings of an account, asked for twice in one turn, are two calls', async () => {
		const settings = { name: 'Settings', arguments: {} };
		const { texts } = await chat(agent, [settings, settings]);

		expect(texts.map(parsed)).toMatchObject([
			[{ stateInstance: 'authorized' }],
			[{ stateInstance: 'authorized' }],
		]);
		expect(world.simulator.calls()).toHaveLength(2);
	});

	test('the same number twice in one turn costs one call', async () => {
		const { texts } = await chat(agent, [
			call('Continue', FOUND),
			call('Continue', '+7 (987) 654-32-10'),
		]);

		expect(texts.map(parsed)).toEqual([[FOUND_ROW], [FOUND_ROW]]);
		expect(world.simulator.calls()).toHaveLength(1);
	});
});

/** What n8n makes of the settings that a node from its panel of tools does not show. */
describe('the other settings of On Error', () => {
	test.each<[string, string, unknown, unknown]>([
		['agent-3', 'Stop', [FOUND_ROW], 'the run ends'],
		['agent-3', 'Error_output', '', ''],
		['agent-2', 'Stop', [FOUND_ROW], ''],
		[
			'agent-2',
			'Error_output',
			[FOUND_ROW],
			[{ error: { ...BAD_ROW.error, message: BAD_MESSAGE } }],
		],
	])('%s, %s: what the model is given', async (agent, tool, found, bad) => {
		const seen = [];
		for (const phone of [FOUND, BAD]) {
			const { status, texts } = await chat(agent, [{ name: tool, arguments: { phone } }]);
			seen.push(status === 200 ? parsed(texts[0] ?? 'nothing') : 'the run ends');
		}

		expect(seen).toEqual([found, bad]);
	});
});

describe('the examples', () => {
	const everywhere = (phone: string) =>
		EXAMPLE_TOOLS.map((name) => ({ name, arguments: { phone } }));

	test('ai-agent: the model is told what the tools do, and that no answer is no "no"', async () => {
		await chat('ai-agent', everywhere(FOUND));
		const { tools = [], messages = [] } = model.requests[0] ?? {};

		expect(tools.map(({ function: { name } }) => name).sort()).toEqual([...EXAMPLE_TOOLS].sort());
		for (const { function: tool } of tools) {
			expect(tool.description).toMatch(
				/null, or an error, means not known: never take it for a no/,
			);
		}
		expect(messages[0]?.content).toMatch(/"not known", never "no"/);
	});

	test.each<[string, string, unknown[]]>([
		['a found number', FOUND, [true, true, true]],
		['an absent one', ABSENT, [false, false, false]],
		['a bad one', BAD, ['invalidPhoneNumber', 'invalidPhoneNumber', 'invalidPhoneNumber']],
		['a number that MAX cannot be asked about', '+33612345678', [true, true, 'unsupportedCountry']],
	])('ai-agent: %s is answered by all three tools', async (_title, phone, expected) => {
		const { status, answer, texts } = await chat('ai-agent', everywhere(phone));

		expect(texts.map(factOf)).toEqual(expected);
		expect([status, JSON.parse(answer)]).toEqual([200, { output: texts.join('\n') }]);
	});

	test('mcp-server: three tools, with a word on what no answer means', async () => {
		const client = await connect('green-api-lookup');
		try {
			const { tools } = await client.listTools();
			const texts: string[] = [];
			for (const name of EXAMPLE_TOOLS) texts.push((await callTool(client, name, FOUND)).text);
			const bad = await callTool(client, 'Check_WhatsApp', BAD);

			expect(tools.map(({ name }) => name).sort()).toEqual([...EXAMPLE_TOOLS].sort());
			expect(client.getInstructions()).toMatch(/null, or an error, means that it is not known/);
			expect(texts.map(factOf)).toEqual([true, true, true]);
			expect(JSON.parse(texts[0] ?? '')).toMatchObject([{ contact: { name: 'Somebody' } }]);
			expect(factOf(bad.text)).toBe('invalidPhoneNumber');
		} finally {
			await client.close();
		}
	});

	test('mcp-server: an answer is used again, as its note says', async () => {
		const client = await connect('green-api-lookup');
		try {
			const { text } = await callTool(client, 'Check_WhatsApp', '+79876540020');
			const asked = world.simulator.calls().length;

			expect([factOf(text), asked > 0]).toEqual([true, true]);
			expect((await callTool(client, 'Check_WhatsApp', '+7 987 654-00-20')).text).toBe(text);
			expect(world.simulator.calls()).toHaveLength(asked);
		} finally {
			await client.close();
		}
	});

	test('the quota is used up: both are told so, and that nothing is known', async () => {
		world.simulator.instance('whatsapp').quota.total = 0;
		const phone = '+79876540010';
		const client = await connect('green-api-lookup');
		try {
			const { text } = await callTool(client, 'Check_WhatsApp', phone);
			const { texts } = await chat('ai-agent', [{ name: 'Check_WhatsApp', arguments: { phone } }]);

			for (const told of [text, ...texts]) {
				expect(parsed(told)).toMatchObject([
					{
						exists: null,
						error: { code: 'quotaExceeded', message: expect.stringMatching(/plan/) },
					},
				]);
			}
			expect(texts).toHaveLength(1);
		} finally {
			await client.close();
			world.simulator.instance('whatsapp').quota.total = 30_000;
		}
	});

	test('mcp-server: without the bearer token no check is spent', async () => {
		await (await connect('green-api-lookup')).close();

		await expect(connect('green-api-lookup', 'another')).rejects.toMatchObject({ code: 403 });
		expect(world.simulator.calls()).toEqual([]);
	});
});

/** The tool's text as a model reads it: JSON, or else the text. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
