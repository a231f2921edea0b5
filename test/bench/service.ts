/**
 * A simulated GREEN-API in a process of its own, for one measurement: tells its parent where it
 * listens, and how many calls it got when the parent asks.
 */

import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import { startSimulator } from '../../simulator/server';

/** Calls in all, and those that were answered 429. */
export interface Counts {
	readonly calls: number;
	readonly refused: number;
}

async function main(): Promise<void> {
	const [changes = '{}'] = process.argv.slice(2);
	const instance = instanceOf('whatsapp', JSON.parse(changes) as InstanceChanges);
	const simulator = await startSimulator({ instances: [instance] });
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
