/** Agents and MCP servers of n8n, with a stand-in for the language model. */

import { randomUUID } from 'node:crypto';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
	StreamableHTTPClientTransport,
	StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import {
	exampleWorkflow,
	type ImportedCredential,
	type ImportedWorkflow,
} from '../../scripts/n8n/content';
import { waitFor, type RealN8n } from '../../scripts/n8n/process';
import { post } from './harness';
import { toolTexts, type OpenAiStandIn, type ToolCall } from './openAiStandIn';

export const AGENT = '@n8n/n8n-nodes-langchain.agent';
export const MCP_TRIGGER = '@n8n/n8n-nodes-langchain.mcpTrigger';
const CHAT_TRIGGER = '@n8n/n8n-nodes-langchain.chatTrigger';
const MODEL = '@n8n/n8n-nodes-langchain.lmChatOpenAi';

/** What a client of an MCP server shows. */
const BEARER = 'of this test';

/** The credentials of `agentExample`, besides GREEN-API's. */
export function agentCredentials({ url }: OpenAiStandIn): ImportedCredential[] {
	return [
		{ id: 'model', name: 'Model', type: 'openAiApi', data: { apiKey: 'none', url } },
		{ id: 'bearer', name: 'Bearer', type: 'httpBearerAuth', data: { token: BEARER } },
	];
}

/** A workflow of `examples/` with what its sticky note asks for, and a chat that HTTP can reach. */
export function agentExample(name: string): ImportedWorkflow {
	return exampleWorkflow(name, (node) => {
		const { type, parameters } = node;
		const credentials = {
			...node.credentials,
			...(type === MODEL && { openAiApi: { id: 'model', name: 'Model' } }),
			...(type === MCP_TRIGGER && { httpBearerAuth: { id: 'bearer', name: 'Bearer' } }),
		};
		if (type !== CHAT_TRIGGER) return { ...node, credentials };
		return { ...node, webhookId: name, parameters: { ...parameters, public: true } };
	});
}

/** A client of a published MCP Server Trigger. */
export async function connect(n8n: RealN8n, server: string, bearer = BEARER): Promise<Client> {
	const url = new URL(`${n8n.url}/mcp/${server}`);
	const requestInit = { headers: { authorization: `Bearer ${bearer}` } };
	let client = new Client({ name: 'test', version: '1.0.0' });
	await waitFor(`MCP server ${server}`, 30_000, async () => {
		client = new Client({ name: 'test', version: '1.0.0' });
		try {
			await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
			return true;
		} catch (error) {
			if (error instanceof StreamableHTTPError && error.code === 404) return false;
			throw error;
		}
	});
	return client;
}

/** What a tool answers to an MCP client: its text. */
export async function callTool(client: Client, name: string, phone: string) {
	const answer = await client.callTool({ name, arguments: { phone } });
	const [{ text } = { text: '' }] = answer.content as Array<{ text: string }>;
	return { text, isError: answer.isError === true };
}

/** Lets the agent's model call tools in one turn. Gives what they told it, and the chat's answer. */
export async function chat(
	n8n: RealN8n,
	model: OpenAiStandIn,
	agent: string,
	toolCalls: readonly ToolCall[],
) {
	model.requests.length = 0;
	model.toolCalls = toolCalls;
	const { status, text: answer } = await post(n8n, `${agent}/chat`, {
		action: 'sendMessage',
		sessionId: randomUUID(),
		chatInput: 'How do I reach it?',
	});
	const last = model.requests.at(-1);
	return { status, answer, texts: last ? toolTexts(last) : [] };
}

/** What a row of a tool's text says: whether the account exists, or the code of its error. */
export function factOf(text: string): unknown {
	const [row] = JSON.parse(text) as Array<{ exists: unknown; error?: { code: string } }>;
	return row?.error?.code ?? row?.exists;
}
