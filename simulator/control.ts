/**
 * The control endpoint, for those who do not run the simulator from code:
 *   GET    /simulator                          instances, and what was called
 *   PATCH  /simulator/instances/:idInstance    changes settings of one instance
 *   DELETE /simulator/calls                    forgets the calls
 */

import type { FastifyInstance } from 'fastify';

import type { InstanceChanges } from './instance';
import type { Simulator } from './server';

const count = { type: 'integer', minimum: 0 } as const;

const FAULT_SCHEMA = {
	type: 'object',
	additionalProperties: false,
	properties: {
		calls: { type: 'array', items: count },
		every: { type: 'integer', minimum: 1 },
		values: { type: 'array', items: { type: 'string' } },
		share: { type: 'number', minimum: 0, maximum: 1 },
		status: { type: 'integer', minimum: 200, maximum: 599 },
		body: { type: 'string' },
		contentType: { type: 'string' },
		headers: { type: 'object', additionalProperties: { type: 'string' } },
		connection: { enum: ['reset', 'hang', 'half'] },
	},
	oneOf: [{ required: ['status'] }, { required: ['connection'] }],
} as const;

const CHANGES_SCHEMA = {
	type: 'object',
	additionalProperties: false,
	minProperties: 1,
	properties: {
		answers: { enum: ['older', 'newer'] },
		v3: { enum: ['strict', 'lenient'] },
		state: { type: 'string', minLength: 1 },
		suspendedUntil: count,
		quota: {
			type: 'object',
			additionalProperties: false,
			required: ['used', 'total'],
			properties: { used: count, total: count },
		},
		ratePerSecond: {
			type: 'object',
			additionalProperties: false,
			required: ['check', 'contact', 'account'],
			properties: { check: count, contact: count, account: count },
		},
		latencyMs: count,
		refusalStatus: { type: 'integer', minimum: 200, maximum: 599 },
		contacts: { type: 'object', additionalProperties: { type: 'object' } },
		unlisted: { enum: ['even', 'none'] },
		faults: { type: 'array', items: FAULT_SCHEMA },
	},
} as const;

export function addControl(server: FastifyInstance, simulator: Simulator): void {
	server.get('/simulator', async () => ({
		instances: simulator.instances,
		calls: simulator.calls().length,
		highestRate: simulator.highestRate(),
		methods: methodCounts(simulator),
	}));

	server.delete('/simulator/calls', async (_request, reply) => {
		simulator.forget();
		return await reply.code(204).send();
	});

	server.patch<{ Params: { idInstance: string }; Body: unknown }>(
		'/simulator/instances/:idInstance',
		{
			schema: { body: CHANGES_SCHEMA },
			// The server takes bodies as text; here one is JSON before it is validated.
			preValidation: async (request) => {
				request.body = parse(request.body);
			},
		},
		async (request, reply) => {
			const instance = simulator.instances.find(
				({ idInstance }) => idInstance === request.params.idInstance,
			);
			if (!instance) return await reply.code(404).send({ message: 'No such instance' });
			return Object.assign(instance, request.body as InstanceChanges);
		},
	);
}

/** Calls and their highest rate, for each instance and method that was called. */
function methodCounts(simulator: Simulator) {
	const keys = new Set(
		simulator.calls().map(({ idInstance, method }) => `${idInstance} ${method}`),
	);
	return [...keys].sort().map((key) => {
		const [idInstance, method] = key.split(' ');
		const filter = { idInstance, method };
		return {
			...filter,
			calls: simulator.calls(filter).length,
			refused: simulator.calls(filter).filter(({ status }) => status === 429).length,
			highestRate: simulator.highestRate(filter),
		};
	});
}

function parse(body: unknown): unknown {
	try {
		return JSON.parse(String(body));
	} catch {
		return undefined;
	}
}
