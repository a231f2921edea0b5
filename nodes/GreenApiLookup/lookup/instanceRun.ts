/**
 * One instance in a run, and the steps of an item: its check, on WhatsApp also in the other form of
 * the number, and then its contact.
 */

import { endpointOf, type Endpoint, type MessengerDefinition } from '../messengers/definition';
import { failure, type Failure } from './answers/failures';
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
const MOST_SLOTS = 100;

export class InstanceRun {
	readonly state: InstanceState;

	readonly checks: MethodRun;
	readonly contacts: MethodRun | undefined;
	private readonly clients: InstanceClient[] = [];
	private readonly contactEndpoint: Endpoint;
	/** The checks of all items so far. */
	private readonly checking: Array<Promise<unknown>> = [];

	constructor(
		private readonly connection: Connection,
		private readonly run: RunContext,
	) {
		const { endpoint, memories, state, reuseMs, includeContactInfo, checksPerMinute } = run.options;
		const { report } = run;
		const known = new KnownOutcomes(memories, state, connection.instance, reuseMs, report);
		this.state = { known, hasAnswers: false, suspect: undefined, wake: () => this.wake() };
		this.contactEndpoint = endpointOf(endpoint.messenger, 'getContactInfo');
		this.checks = this.methodOf(endpoint, checksPerMinute);
		this.contacts = includeContactInfo ? this.methodOf(this.contactEndpoint) : undefined;
	}

	private methodOf(endpoint: Endpoint, callsPerMinute?: number): MethodRun {
		const slots = Math.min(MOST_SLOTS, endpoint.callsPerSecond * SLOWEST_ANSWER_S);
		return new MethodRun(this.state, this.clientOf(endpoint, callsPerMinute), this.run, slots);
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

	/** The failure of an item that is known before anything is asked: from an earlier try, or a block. */
	knownFailure(query: Query): Failure | undefined {
		const { known } = this.state;
		const outcome = known.get(known.keyOf(query), query) ?? known.blockedBy(query, false);
		if (!outcome || !isFailure(outcome)) return undefined;
		return isNumberRefused(outcome) && otherFormOf(query) ? undefined : outcome;
	}

	/** Resolves when all items are checked; then its bounds for checks hold for nobody any longer. */
	async checksDone(): Promise<void> {
		for (const check of this.checking) await check;
		this.checks.client.close();
	}

	/** The outcome of an item, with its contact where that is wanted; undefined where the run is over. */
	async lookUp(query: Query): Promise<Outcome | undefined> {
		const other = otherFormOf(query);
		const first = this.checks.ask(query, 'first');
		const check = other ? this.withOtherForm(query, first, other) : first;
		this.checking.push(check);
		const outcome = await check;
		// A failure is told at once: it may end the run.
		if (!outcome || isFailure(outcome)) return outcome;
		// Thousands of equal items get their answer at once.
		await this.run.endSlice();
		if (!this.contacts) return outcome;
		const contactQuery = this.contactQuery(outcome);
		if (!contactQuery) return outcome;
		// A contact must not use up the call of a check.
		if (this.run.options.memories.execution.record.maxCalls) await this.run.checked;
		const contact = await this.contacts.ask(contactQuery, 'contact');
		return contact && { ...outcome, contact };
	}

	/** A check in both forms of its number: where one has no account, the other has the last word. */
	private async withOtherForm(
		query: Query,
		asked: Promise<Outcome | undefined>,
		other: Query,
	): Promise<Outcome | undefined> {
		const first = await asked;
		if (!first) return undefined;
		const isFinal = isFailure(first) ? !isNumberRefused(first) : existsIn(first);
		if (isFinal) return first;
		// The first forms of all numbers go before the second ones.
		await this.run.reading;
		const second = await this.checks.ask(other, 'second');
		if (!second) return undefined;
		if (!isFailure(first) && !isFailure(second) && !existsIn(second)) {
			this.state.known.remember(first, query);
			this.state.known.remember(second, other);
		}
		return inBothForms(query, first, other, second);
	}

	/** The query for the contact of an account; undefined where none is wanted, or there is no account. */
	contactQuery(answer: Answer): Query | undefined {
		const value = this.contacts && existsIn(answer) ? chatIdOf(answer) : null;
		return value === null ? undefined : { endpoint: this.contactEndpoint, value, force: false };
	}

	/** The messenger that the instance belongs to, where it has refused everything as unknown. */
	async ownerIfWrong(): Promise<MessengerDefinition | undefined> {
		const { known, hasAnswers } = this.state;
		if (hasAnswers) return undefined;
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

	/** Wakes all waiting tasks, which check whether to go on. */
	wake(): void {
		this.checks.wake();
		this.contacts?.wake();
	}

	/** Gives up the calls in flight. */
	giveUp(): void {
		for (const client of this.clients) client.giveUp();
	}

	/** Nothing more will be asked. */
	close(): void {
		for (const client of this.clients) client.close();
	}
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
