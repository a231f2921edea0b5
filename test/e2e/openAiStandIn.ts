/** A chat model without a mind: calls the tools that it was told to, then repeats what they said. */

import fastify from 'fastify';

/** A tool call that the model makes. */
export interface ToolCall {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>>;
}

/** A request as n8n's OpenAI Chat Model sends it, as far as tests look at it. */
export interface ChatRequest {
	readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }>;
	readonly tools?: ReadonlyArray<{
		readonly function: { readonly name: string; readonly description: string };
	}>;
}

export interface OpenAiStandIn {
	/** Base URL of a credential, e.g. http://127.0.0.1:41234/v1; loopback only. */
	readonly url: string;
	/** All requests, in order. */
	readonly requests: ChatRequest[];
	/** What it calls, all in one turn, whenever a person has spoken. */
	toolCalls: readonly ToolCall[];
	readonly close: () => Promise<void>;
}

/** Starts it on a free port. */
export async function startOpenAiStandIn(): Promise<OpenAiStandIn> {
	const server = fastify();
	const requests: ChatRequest[] = [];
	server.post('/v1/chat/completions', async ({ body }) => {
		const request = body as ChatRequest;
		requests.push(request);
		const said = toolTexts(request);
		return completion(
			said.length > 0
				? { content: said.join('\n') }
				: {
						content: null,
						tool_calls: standIn.toolCalls.map((call, index) => ({
							id: `call_${requests.length}_${index}`,
							type: 'function',
							function: { name: call.name, arguments: JSON.stringify(call.arguments) },
						})),
					},
		);
	});
	const address = await server.listen({ host: '127.0.0.1', port: 0 });
	const standIn: OpenAiStandIn = {
		url: `${address}/v1`,
		requests,
		toolCalls: [],
		close: async () => await server.close(),
	};
	return standIn;
}

/** What the tools have said since a person last spoke. */
export function toolTexts({ messages }: ChatRequest): string[] {
	const spoken = messages.map(({ role }) => role).lastIndexOf('user');
	return messages
		.slice(spoken)
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => String(content));
}

function completion(message: { content: string | null; tool_calls?: object[] }) {
	return {
		id: 'completion',
		object: 'chat.completion',
		created: 0,
		model: 'stand-in',
		choices: [
			{
				index: 0,
				message: { role: 'assistant', ...message },
				finish_reason: message.tool_calls ? 'tool_calls' : 'stop',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
