/**
 * One instance in a run, and the steps of an item: its check, on WhatsApp also in the other form of
 * the number, and then its contact.
 */

import { endpointOf, type Endpoint, type MessengerDefinition } from '../messengers/definition';
import { failure } from './answers/failures';
import { isFailure, type Answer, type Outcome } from './answers/response';
import { chatIdOf, existsIn } from './answers/rows';
import { InstanceClient, type Connection } from './calls/instanceClient';
import { Outage } from './calls/outage';
import { KnownOutcomes } from './knownOutcomes';
import { MethodRun, type InstanceState } from './methodRun';
import { otherFormOf, type Query } from './query';
import type { RunContext } from './runOptions';
import { readTypeInstance, settingsRequest, SETTINGS_CALLS_PER_SECOND } from './wrongInstance';

/** Tasks in progress at a time: enough for answers that take 10 s, at the limit of the method. */
const SLOWEST_ANSWER_S = 10;
const MOST_WORKERS = 100;

export class InstanceRun {
	/** Positions of the items that ended because the instance is not the messenger's. */
	readonly ofWrongInstance: number[] = [];
	readonly state: InstanceState;

	readonly checks: MethodRun;
	readonly contacts: MethodRun | undefined;
	private readonly clients: InstanceClient[] = [];
	private readonly contactEndpoint: Endpoint;
	private checksAreDone = false;
	/** Workers that wait until a contact is wanted, or until none will be any more. */
	private readonly waiting: Array<() => void> = [];

	constructor(
		private readonly connection: Connection,
		private readonly run: RunContext,
	) {
		const { endpoint, memories, state, reuseMs, includeContactInfo, checksPerMinute } = run.options;
		const { report } = run;
		const known = new KnownOutcomes(memories, state, connection.instance, reuseMs, report);
		this.state = { known, hasAnswers: false, suspect: undefined, wake: () => this.wake() };
		this.contactEndpoint = endpointOf(endpoint.messenger, 'getContactInfo');
		const checks = this.clientOf(endpoint, checksPerMinute);
		this.checks = new MethodRun(this.state, checks, run, (isFirst) => {
			if (isFirst) report.answeredQueries++;
			else report.answeredSecondForms++;
		});
		if (!includeContactInfo) return;
		const contacts = this.clientOf(this.contactEndpoint);
		this.contacts = new MethodRun(this.state, contacts, run, () => undefined);
	}

	private clientOf(
		{ path, callsPerSecond }: Pick<Endpoint, 'path' | 'callsPerSecond'>,
		callsPerMinute = 0,
	): InstanceClient {
		const { state, batching, memories, maxWaitMs } = this.run.options;
		const limiter = state.limiterOf(this.connection.instance, path, callsPerSecond);
		const outage = new Outage(maxWaitMs, () =>
			Math.max(limiter.longestGapMs, batching.longestGapMs),
		);
		const bounds = { limiter, batching, outage, callsPerMinute };
		const { clock } = state.environment;
		const client = new InstanceClient(this.connection, bounds, clock, () => {
			memories.execution.record.calls++;
			this.run.report.calls++;
		});
		this.clients.push(client);
		return client;
	}

	/** Takes an item of the list on. */
	add(index: number, query: Query): void {
		this.checks.add(query, (outcome) => this.firstFormDone(index, query, outcome));
	}

	/** Works until every item of the instance is checked. */
	async check(): Promise<void> {
		try {
			const { endpoint } = this.run.options;
			await this.checks.work(workersOf(endpoint), async () => await this.run.readNext());
		} finally {
			this.checksAreDone = true;
			this.checks.client.close();
			this.contactsChanged();
		}
	}

	/** Works until every account that `check` finds has its contact. */
	async askContacts(): Promise<void> {
		await this.contacts?.work(workersOf(this.contactEndpoint), async () => {
			if (this.checksAreDone) return false;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
			return true;
		});
	}

	/** The messenger that the instance belongs to, where it has refused everything as unknown. */
	async ownerIfWrong(): Promise<MessengerDefinition | undefined> {
		const { known, hasAnswers } = this.state;
		if (this.ofWrongInstance.length === 0 || hasAnswers) return undefined;
		const { memories, messengers, signal } = this.run.options;
		const type = await known.typeInstance(async () => {
			if (memories.execution.callsLeft === 0) return undefined;
			const request = settingsRequest(this.connection.instance);
			const client = this.clientOf({ ...request, callsPerSecond: SETTINGS_CALLS_PER_SECOND });
			const conditions = { signal, isWanted: () => true, isAlone: () => false };
			const sent = await client.send(request, conditions);
			sent?.release();
			return sent && readTypeInstance(sent.response);
		});
		return messengers.find(({ typeInstance }) => typeInstance === type);
	}

	/** Whoever waits looks again. */
	wake(): void {
		this.checks.wake();
		this.contacts?.wake();
	}

	/** Gives up the calls in flight. */
	giveUp(): void {
		for (const client of this.clients) client.giveUp();
	}

	/** Ends its part in the bounds of the rate limiters. */
	close(): void {
		for (const client of this.clients) client.close();
	}

	/** A first form was answered: where it says no, the other form of the number has the last word. */
	private firstFormDone(index: number, query: Query, outcome: Outcome): void {
		const other = otherFormOf(query);
		const isOpen = isFailure(outcome) ? isNumberRefused(outcome) : !existsIn(outcome);
		if (!other || !isOpen) return this.checkDone(index, outcome);
		const secondFormDone = (second: Outcome) => {
			const { known } = this.state;
			if (!isFailure(outcome) && !isFailure(second) && !existsIn(second)) {
				known.remember(outcome, query);
				known.remember(second, other);
			}
			this.checkDone(index, inBothForms(query, outcome, other, second));
		};
		this.checks.add(other, secondFormDone, 'second');
	}

	/** The query for the contact of an account; undefined where none is wanted, or there is no account. */
	contactQuery(answer: Answer): Query | undefined {
		const value = this.contacts && existsIn(answer) ? chatIdOf(answer) : null;
		return value === null ? undefined : { endpoint: this.contactEndpoint, value, force: false };
	}

	private checkDone(index: number, outcome: Outcome): void {
		const query = isFailure(outcome) ? undefined : this.contactQuery(outcome);
		if (!query) return this.settle(index, outcome);
		this.contacts?.add(query, (contact) => this.settle(index, { ...(outcome as Answer), contact }));
		this.contactsChanged();
	}

	private contactsChanged(): void {
		for (const goOn of this.waiting.splice(0)) goOn();
	}

	private settle(index: number, outcome: Outcome): void {
		if (isFailure(outcome) && outcome.code === 'wrongInstance') this.ofWrongInstance.push(index);
		this.run.settle(index, outcome);
	}
}

function workersOf({ callsPerSecond }: Endpoint): number {
	return Math.min(MOST_WORKERS, callsPerSecond * SLOWEST_ANSWER_S);
}

/** Whether the service refused the number in this form. */
function isNumberRefused(outcome: Outcome): boolean {
	return isFailure(outcome) && outcome.code === 'invalidPhoneNumber' && outcome.asked;
}

/** What both forms of a number say together: "no" only if both do. */
function inBothForms(query: Query, first: Outcome, other: Query, second: Outcome): Outcome {
	if (!isFailure(second) && existsIn(second)) return second;
	// A call was made for the item, whatever kept the second one from being made.
	if (isFailure(second) && !isNumberRefused(second)) return { ...second, asked: true };
	if (isFailure(first) && isFailure(second)) return first;
	if (!isFailure(first) && !isFailure(second)) {
		return { ...first, at: Math.min(first.at ?? 0, second.at ?? 0) };
	}
	const absent = isFailure(first) ? other : query;
	return failure('invalidPhoneNumber', {
		...query,
		asked: true,
		httpStatus: [first, second].find(isFailure)?.httpStatus,
		message: `+${absent.value} has no account, and this instance does not take its other form`,
		advice: 'Ask an instance on a newer host of GREEN-API; nothing is known about the other form.',
	});
}
