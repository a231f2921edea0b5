/**
 * What all executions of the process share: a rate limiter for each instance and method, the pauses
 * that a messenger imposed, and answers. Keys are hashes; what is not used any more is forgotten.
 */

import { createHash } from 'node:crypto';

import type { Answer } from './answers/response';
import type { Instance } from './calls/instance';
import { RateLimiter } from './calls/rateLimiter';
import type { Clock, Environment } from './environment';

/** Milliseconds after which an unused limiter, and with it what it has learned, is forgotten. */
const FORGET_AFTER_MS = 10 * 60_000;

export class ProcessState {
	private readonly limiters = new Map<string, RateLimiter>();
	/** Ends of the pauses, in monotonic milliseconds: the wall clock may jump by years. */
	private readonly pauses = new Map<string, number>();

	/** Answers for later executions. */
	readonly answers: AnswerMemory;

	constructor(readonly environment: Environment) {
		this.answers = new AnswerMemory(environment.clock);
	}

	/** The rate limiter of one method of an instance, the same for everybody who asks. */
	limiterOf(instance: Instance, path: string, callsPerSecond: number): RateLimiter {
		for (const [key, limiter] of this.limiters) {
			if (limiter.isIdle(FORGET_AFTER_MS)) this.limiters.delete(key);
		}
		const key = hashOf(keyOfInstance(instance), path);
		const { clock, random } = this.environment;
		const limiter = this.limiters.get(key) ?? new RateLimiter(callsPerSecond, clock, random);
		this.limiters.set(key, limiter);
		return limiter;
	}

	/** Milliseconds for which a method of an instance is still paused; 0 where it is not. */
	pausedFor(instance: Instance, path: string): number {
		const now = this.environment.clock.monotonic();
		for (const [key, until] of this.pauses) if (until <= now) this.pauses.delete(key);
		// Asked several times for every call: without a pause nothing is hashed.
		if (this.pauses.size === 0) return 0;
		return (this.pauses.get(hashOf(keyOfInstance(instance), path)) ?? now) - now;
	}

	/** Pauses a method of an instance, in this process. */
	pause(instance: Instance, path: string, ms: number): void {
		const until = this.environment.clock.monotonic() + ms;
		const key = hashOf(keyOfInstance(instance), path);
		this.pauses.set(key, Math.max(until, this.pauses.get(key) ?? until));
	}
}

/** Answers that the process remembers at most. */
const MOST_ANSWERS = 50_000;

/** The latest answers of all executions, by a hash; nothing of it is written anywhere. */
class AnswerMemory {
	private readonly kept = new Map<string, { readonly answer: Answer; readonly at: number }>();

	constructor(private readonly clock: Clock) {}

	has(key: string): boolean {
		return this.kept.has(key);
	}

	/** @param maxAgeMs milliseconds; an older answer is not given, but kept for runs that accept it */
	get(key: string, maxAgeMs: number): Answer | undefined {
		const found = this.kept.get(key);
		if (!found || this.clock.monotonic() - found.at > maxAgeMs) return undefined;
		this.keep(key, found);
		return found.answer;
	}

	/** An answer that is in it already does not become younger. */
	set(key: string, answer: Answer): void {
		if (this.kept.get(key)?.answer === answer) return;
		const age = Math.max(0, this.clock.now() - (answer.at ?? 0));
		this.keep(key, { answer, at: this.clock.monotonic() - age });
	}

	/** The latest used ones are kept: a Map has its keys in the order in which they came. */
	private keep(key: string, entry: { readonly answer: Answer; readonly at: number }): void {
		this.kept.delete(key);
		this.kept.set(key, entry);
		const [oldest] = this.kept.size > MOST_ANSWERS ? this.kept.keys() : [];
		if (oldest !== undefined) this.kept.delete(oldest);
	}

	get size(): number {
		return this.kept.size;
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
