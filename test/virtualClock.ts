/**
 * A clock that stops until everything that can happen without waiting has happened, and then jumps
 * to the next moment at which a sleep ends. So no test sleeps, and none depends
 * on how fast the machine is.
 */

import { channel } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setImmediate as nextTick } from 'node:timers/promises';

import type { Clock, Environment } from '../nodes/GreenApiLookup/lookup/environment';
import type { Simulator } from '../simulator/server';

interface Sleeper {
	readonly due: number;
	readonly wake: () => void;
}

export class VirtualClock implements Clock {
	private time = 0;
	private readonly sleepers: Sleeper[] = [];
	private running = false;

	/** @param settle resolves when nothing can happen any more without time going on */
	constructor(private readonly settle: () => Promise<void> = async () => void (await nextTick())) {}

	now(): number {
		return Date.UTC(2026, 10, 22, 12) + this.time;
	}

	monotonic(): number {
		return this.time;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const cancel = () => {
				const index = this.sleepers.indexOf(sleeper);
				if (index >= 0) this.sleepers.splice(index, 1);
				resolve();
			};
			const wake = () => {
				signal?.removeEventListener('abort', cancel);
				resolve();
			};
			const sleeper: Sleeper = { due: this.time + ms, wake };
			signal?.addEventListener('abort', cancel, { once: true });
			this.insert(sleeper);
			if (!this.running) void this.run();
		});
	}

	/** Time stops for ever: pending sleeps never end. */
	stop(): void {
		this.sleepers.length = 0;
	}

	/** In the order of their due times; of two at one time the first goes first. */
	private insert(sleeper: Sleeper): void {
		const index = this.sleepers.findLastIndex(({ due }) => due <= sleeper.due);
		this.sleepers.splice(index + 1, 0, sleeper);
	}

	private async run(): Promise<void> {
		this.running = true;
		while (this.sleepers.length > 0) {
			await this.settle();
			const next = this.sleepers.shift();
			if (!next) break;
			this.time = Math.max(this.time, next.due);
			next.wake();
		}
		this.running = false;
	}
}

/** Rounds of the event loop in which everything that follows from an answer has happened. */
const ROUNDS = 12;

/**
 * An environment for engine tests over real sockets: time stops while any request is open, unless the
 * simulator lets it hang. Every answer is there before the next call of a paced list is due.
 */
export function steppedEnvironment(
	simulator: Simulator,
): Environment & { readonly stop: () => void } {
	const open = new Set<ClientRequest>();
	let stopped = false;
	const requests = channel('http.client.request.start');
	const watch = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		open.add(request);
		request.once('close', () => open.delete(request));
	};
	requests.subscribe(watch);
	const settle = async () => {
		for (let round = 0; round < ROUNDS; round++) {
			await nextTick();
			if (open.size > simulator.hangingCalls && !stopped) round = 0;
		}
	};
	const clock = new VirtualClock(settle);
	return {
		clock,
		random: () => 0.5,
		stop() {
			stopped = true;
			requests.unsubscribe(watch);
			clock.stop();
		},
	};
}
