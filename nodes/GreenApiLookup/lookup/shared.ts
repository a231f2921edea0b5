/**
 * What all executions of the process share: one pacer for each instance and method, and the holds of
 * instances that the messenger told to pause. Kept by a hash of the instance; nothing stays for ever.
 */

import { createHash } from 'node:crypto';

import type { Endpoint } from '../endpoints';
import type { Instance } from './instance';
import { Pacer } from './pacer';
import type { Platform } from './platform';

/** Milliseconds after which an unused pacer, and with it what it has learned, is forgotten. */
const FORGET_AFTER_MS = 10 * 60_000;

/** GREEN-API's advice after a 469: green-api.com/docs, CheckAccount for Telegram, 2026-11-22. */
export const CONTACT_LIMIT_PAUSE_MS = 2 * 3600_000;

export class Shared {
	private readonly pacers = new Map<string, Pacer>();
	/** Ends of the pauses, in milliseconds since 1970. */
	private readonly holds = new Map<string, number>();

	constructor(readonly platform: Platform) {}

	/** The pacer of one method of an instance, the same for everybody who asks. */
	pacerOf(
		instance: Instance,
		{ path, callsPerSecond }: Pick<Endpoint, 'path' | 'callsPerSecond'>,
	): Pacer {
		for (const [key, pacer] of this.pacers) {
			if (pacer.isIdle(FORGET_AFTER_MS)) this.pacers.delete(key);
		}
		const key = hashOf(keyOfInstance(instance), path);
		const pacer = this.pacers.get(key) ?? new Pacer(callsPerSecond, this.platform.clock);
		this.pacers.set(key, pacer);
		return pacer;
	}

	/** How much is kept at the moment: pacers and pauses. */
	get size(): number {
		return this.pacers.size + this.holds.size;
	}

	/** Until when number checks of the instance are paused; undefined where they are not. */
	heldUntil(instance: Instance): number | undefined {
		const now = this.platform.clock.now();
		for (const [key, until] of this.holds) if (until <= now) this.holds.delete(key);
		return this.holds.get(keyOfInstance(instance));
	}

	/** Pauses number checks of an instance, in this process. @returns until when */
	hold(instance: Instance, ms: number): number {
		const until = this.platform.clock.now() + ms;
		this.holds.set(keyOfInstance(instance), until);
		return until;
	}
}

/**
 * One instance, whichever of GREEN-API's hosts it is asked at. The token is part of it, so that a
 * credential with somebody else's id can neither slow that instance down nor pause it.
 */
export function keyOfInstance({ idInstance, apiTokenInstance }: Instance): string {
	return hashOf(idInstance, apiTokenInstance);
}

/** A key that does not tell what it was made of. */
export function hashOf(...parts: string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
