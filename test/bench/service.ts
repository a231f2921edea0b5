/**
 * A simulated GREEN-API in a process of its own, for one measurement: tells its parent where it
 * listens, and how many calls it got when the parent asks.
 */

import { HIGHEST_LIMIT } from '../../nodes/GreenApiLookup/lookup/calls/speed';
import type { Fault } from '../../simulator/faults';
import { instanceOf, type InstanceChanges, type InstanceSettings } from '../../simulator/instance';
import { startSimulator } from '../../simulator/server';
import { randomOf } from '../random';

/** Two of a hundred calls fail, and succeed when they are repeated. */
export const FAULTS: readonly Fault[] = [
	{ share: 0.0067, status: 429 },
	{ share: 0.0067, status: 502, body: '<html>Bad Gateway</html>', contentType: 'text/html' },
	{ share: 0.0067, connection: 'reset' },
];

/** What a service is like in a measurement. */
export interface Service {
	/** Checks per second; 0 for no limit. */
	readonly limit: number;
	/** Milliseconds. */
	readonly latencyMs: number;
	readonly faults?: readonly Fault[];
	/** WhatsApp instances; one where it is not said. */
	readonly instances?: number;
}

/** Calls in all, and those that were answered 429. */
export interface Counts {
	readonly calls: number;
	readonly refused: number;
}

/** The settings of its instances. Without a limit the header says the most that the node believes. */
export function changesFor({ limit, latencyMs, faults = [] }: Service): InstanceChanges {
	const perSecond = String(limit || HIGHEST_LIMIT);
	return {
		latencyMs,
		faults: [...faults],
		ratePerSecond: { check: limit || 1_000_000, contact: 1, account: 1 },
		rateHeaders: (_remaining, rate) => ({
			'X-RateLimit-Replenish-Rate': rate === 1 ? '1' : perSecond,
		}),
		quota: { used: 0, total: 1_000_000 },
	};
}

/** Ids of its instances; the first is that of the simulator. */
export function idsOf(instances = 1): string[] {
	const first = Number(instanceOf('whatsapp').idInstance);
	return Array.from({ length: instances }, (_, index) => String(first + index));
}

async function main(): Promise<void> {
	const [service = '{}'] = process.argv.slice(2);
	const given = JSON.parse(service) as Service;
	const instances: InstanceSettings[] = idsOf(given.instances).map((idInstance) => ({
		...instanceOf('whatsapp', changesFor(given)),
		idInstance,
	}));
	const simulator = await startSimulator({ instances, random: randomOf(20_261_122) });
	process.once('message', () => {
		const calls = simulator.calls();
		const refused = calls.filter(({ status }) => status === 429).length;
		const counts: Counts = { calls: calls.length, refused };
		process.send?.(counts, () => process.disconnect());
		void simulator.close();
	});
	process.send?.(simulator.url);
}

if (require.main === module) void main();
