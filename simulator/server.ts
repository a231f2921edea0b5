/**
 * A GREEN-API that runs on this machine: instances of three messengers on one loopback port, with
 * limits, latency and a log of every call. For tests, the demo and trying things out.
 */

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import {
	answer,
	isServedAt,
	methodOf,
	NGINX_403,
	NGINX_404,
	parseAddress,
	TOO_MANY,
	type SimulatedAnswer,
} from './greenApi';
import { Faults, inflict, valueOf, type Fault, type FaultyAnswer } from './faults';
import { instanceOf, type InstanceSettings, type MethodFamily } from './instance';
import { highestCount, RollingWindow, WholeSeconds } from './rollingWindow';

export interface SimulatorOptions {
	/** One of each messenger where none are given. */
	readonly instances?: readonly InstanceSettings[];
	/** 0, the default, takes a free one. */
	readonly port?: number;
	/** Milliseconds from any start, never falling; the system's monotonic clock by default. */
	readonly now?: () => number;
	/** Waits for milliseconds of the same clock. */
	readonly sleep?: (ms: number) => Promise<unknown>;
	/** From 0 to below 1, for faults that meet a share of the calls. */
	readonly random?: () => number;
}

/** One call and the status of its answer. */
export interface Call {
	/** Milliseconds of the simulator's clock. */
	readonly at: number;
	readonly idInstance: string;
	/** Lower case. */
	readonly method: string;
	readonly verb: string;
	/** Path without the token. */
	readonly path: string;
	/** Body as text. */
	readonly text: string;
	/** 0 where the connection was broken. */
	readonly status: number;
}

/** Which calls are meant; all of them where nothing is given. */
export interface CallFilter {
	readonly idInstance?: string;
	readonly method?: string;
}

export class Simulator {
	readonly instances: readonly InstanceSettings[];

	private readonly server: FastifyInstance;
	private readonly now: () => number;
	private readonly sleep: (ms: number) => Promise<unknown>;
	private readonly log: Call[] = [];
	private readonly windows = new Map<string, RollingWindow | WholeSeconds>();
	private readonly random: () => number;
	private readonly faults = new WeakMap<readonly Fault[], Faults>();
	private script: ((value: string | undefined) => FaultyAnswer) | undefined;
	private address = '';
	/** Calls that nothing is sent for at present: until their latency is over, or for ever. */
	private readonly hanging = new Set<FastifyReply>();

	constructor(options: SimulatorOptions = {}) {
		this.instances = options.instances ?? [
			instanceOf('max'),
			instanceOf('telegram'),
			instanceOf('whatsapp'),
		];
		this.now = options.now ?? (() => performance.now());
		this.sleep = options.sleep ?? sleep;
		this.random = options.random ?? Math.random;
		this.server = fastify({
			forceCloseConnections: true,
			bodyLimit: 10_000_000,
		});
		// Taken as text whatever its type says: what is wrong with a body is the service's to say.
		this.server.removeAllContentTypeParsers();
		this.server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
			done(null, body),
		);
		this.server.all('/*', async (request, reply) => await this.serve(request, reply));
	}

	/** Where it listens, e.g. http://127.0.0.1:41234; loopback only. */
	get url(): string {
		return this.address;
	}

	async listen(port = 0): Promise<void> {
		this.address = await this.server.listen({ host: '127.0.0.1', port });
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	/** The instance of one messenger. Its settings can be changed while it runs. */
	instance(messenger: InstanceSettings['messenger']): InstanceSettings {
		const found = this.instances.find((instance) => instance.messenger === messenger);
		if (!found) throw new Error(`No ${messenger} instance is simulated`);
		return found;
	}

	/** Every call since the start or the last `forget`, in the order in which they came. */
	calls(filter: CallFilter = {}): readonly Call[] {
		return this.log.filter(
			({ idInstance, method }) =>
				(filter.idInstance ?? idInstance) === idInstance &&
				(filter.method ?? method).toLowerCase() === method,
		);
	}

	/** The highest number of calls in any rolling second. */
	highestRate(filter: CallFilter = {}): number {
		return highestCount(this.calls(filter).map(({ at }) => at));
	}

	/** How many calls wait for an answer that cannot come before time goes on. */
	get hangingCalls(): number {
		return this.hanging.size;
	}

	/** From now on every call within the limit gets what the script says about its value. */
	answerWith(script: (value: string | undefined) => FaultyAnswer): void {
		this.script = script;
	}

	/** Forgets the calls, but neither limits nor quotas. */
	forget(): void {
		this.log.length = 0;
	}

	private async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
		const at = this.now();
		const path = request.url.split('?')[0] ?? '';
		const text = typeof request.body === 'string' ? request.body : '';
		const address = parseAddress(path);
		const instance =
			address && this.instances.find(({ idInstance }) => idInstance === address.idInstance);
		const log = (status: number) => {
			const { idInstance = '', method = '', token = '' } = address ?? {};
			const shown = token === '' ? path : path.replace(/[^/]+\/?$/, '<token>');
			this.log.push({ at, idInstance, method, verb: request.method, path: shown, text, status });
		};
		if (!address || !instance || !isServedAt(instance, address)) {
			const page = instance ? NGINX_404 : NGINX_403;
			log(page.status);
			return await send(reply, page);
		}
		const family = methodOf(instance, address)?.family ?? 'account';
		const remaining = this.take(instance, address.method, family, at);
		const answered =
			remaining < 0 ? TOO_MANY : answer(instance, address, { verb: request.method, path, text });
		const value = valueOf(text);
		const fault =
			remaining < 0 ? undefined : (this.script?.(value) ?? this.faultsOf(instance).next(value));
		log(fault ? ('status' in fault ? fault.status : 0) : answered.status);
		const perSecond = instance.ratePerSecond[family];
		void reply.headers(instance.rateHeaders(Math.max(0, remaining), perSecond));
		if (instance.latencyMs > 0) {
			this.hanging.add(reply);
			await this.sleep(instance.latencyMs);
			this.hanging.delete(reply);
		}
		if (fault && 'connection' in fault && fault.connection === 'hang') {
			this.hanging.add(reply);
			reply.raw.once('close', () => this.hanging.delete(reply));
		}
		if (fault) return await inflict(fault, reply, { path, token: address.token });
		return await send(reply, answered);
	}

	/** The faults of an instance; their count begins anew when they are set anew. */
	private faultsOf({ faults }: InstanceSettings): Faults {
		const known = this.faults.get(faults) ?? new Faults(faults, this.random);
		this.faults.set(faults, known);
		return known;
	}

	/** Calls remaining in this rolling second after this one; below 0 where it is one too many. */
	private take(
		{ idInstance, ratePerSecond, seconds }: InstanceSettings,
		method: string,
		family: MethodFamily,
		now: number,
	): number {
		const key = `${idInstance}/${method}`;
		const Window = seconds === 'whole' ? WholeSeconds : RollingWindow;
		const window = this.windows.get(key) ?? new Window();
		this.windows.set(key, window);
		const remaining = ratePerSecond[family] - window.count(now) - 1;
		if (remaining >= 0) window.add(now);
		return remaining;
	}
}

async function send(reply: FastifyReply, { status, contentType, body }: SimulatedAnswer) {
	const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
	return await reply.code(status).type(contentType).send(text);
}

/** Starts a simulator on loopback. Close it when done. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new Simulator(options);
	await simulator.listen(options.port);
	return simulator;
}
