/** n8n's queue mode, where workers run the tools of agents and of MCP servers. */

import { agentCredentials, agentExample, callTool, chat, connect, factOf } from './agents';
import { INSTALL_TIMEOUT_MS } from './harness';
import { startOpenAiStandIn, type OpenAiStandIn } from './openAiStandIn';
import { QueueMode } from './queueMode';

const TOOL = 'Check_WhatsApp';

/** A phone number, and what the simulator says of it. */
const ANSWERS: ReadonlyArray<readonly [phone: string, fact: unknown]> = [
	['+79876543210', true],
	['+79876543211', false],
	['ask at reception', 'invalidPhoneNumber'],
];

let model: OpenAiStandIn;
let queue: QueueMode;

beforeAll(async () => {
	model = await startOpenAiStandIn();
	queue = await QueueMode.start({
		workflows: [agentExample('ai-agent'), agentExample('mcp-server')],
		credentials: agentCredentials(model),
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await queue?.close();
	await model?.close();
}, 60_000);

/** Executions that workers have begun so far. */
function begunByWorkers(): number {
	const lines = queue.workers.flatMap(({ log }) => log);
	return lines.filter((line) => line.includes('Worker started execution')).length;
}

test.each(ANSWERS)('an AI Agent is told of %s in a row: %s', async (phone, fact) => {
	const before = begunByWorkers();
	const { status, texts } = await chat(queue.main, model, 'ai-agent', [
		{ name: TOOL, arguments: { phone } },
	]);

	expect([status, texts.map(factOf)]).toEqual([200, [fact]]);
	expect(begunByWorkers()).toBeGreaterThan(before);
});

test.each(ANSWERS)('an MCP client is told of %s in a row: %s', async (phone, fact) => {
	const client = await connect(queue.main, 'green-api-lookup');
	const before = begunByWorkers();
	try {
		const { text, isError } = await callTool(client, TOOL, phone);

		expect([isError, factOf(text)]).toEqual([false, fact]);
		expect(begunByWorkers()).toBeGreaterThan(before);
	} finally {
		await client.close();
	}
});
