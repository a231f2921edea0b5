/**
 * One instance in a run, and the steps of an item: its check, on WhatsApp also in the other form of
 * the number, and then its contact.
 */

import { endpointOf, type Endpoint, type Operation } from '../messengers/definition';
import { failure } from './answers/failures';
import { isFailure, type Answer, type Outcome } from './answers/response';
import { chatIdOf, existsIn } from './answers/rows';
import type { Instance } from './calls/instance';
import type { InstanceClient } from './calls/instanceClient';
import type { KnownOutcomes } from './knownOutcomes';
import { MethodRun, type InstanceState, type RunPart } from './methodRun';
import { otherFormOf, type Query } from './query';
import { readTypeInstance, settingsRequest, SETTINGS_CALLS_PER_SECOND } from './wrongInstance';

/** What is asked through a client of its own. */
export interface ClientMethod {
	readonly path: string;
	readonly callsPerSecond: number;
	readonly operation?: Operation;
}

/** What the items of an instance need of the run. */
export interface InstanceOptions {
	readonly run: RunPart;
	readonly known: KnownOutcomes;
	readonly clientOf: (method: ClientMethod) => InstanceClient;
	readonly instance: Instance;
	readonly endpoint: Endpoint;
	/** Whether the contact of an account that exists is asked for, too. */
	readonly includeContactInfo: boolean;
	/** Reads one more item of the run. @returns false where none remains */
	readonly readNext: () => Promise<boolean>;
	readonly settle: (index: number, outcome: Outcome) => void;
}

/** Tasks in progress at a time: enough for answers that take 10 s, at the limit of the method. */
const SLOWEST_ANSWER_S = 10;
const MOST_WORKERS = 100;

export class InstanceRun {
	/** Positions of the items that ended because the instance is not the messenger's. */
	readonly ofWrongInstance: number[] = [];
	readonly state: InstanceState;

	readonly checks: MethodRun;
	readonly contacts: MethodRun | undefined;
	private checksAreDone = false;
	private contactsChanged = () => {};
	private contactsChange: Promise<void> = Promise.resolve();

	constructor(private readonly options: InstanceOptions) {
		const { known, clientOf, endpoint, run, includeContactInfo } = options;
		const wake = () => this.wake();
		this.state = { known, hasAnswers: false, suspect: undefined, wake };
		this.checks = new MethodRun(this.state, clientOf(endpoint), run);
		if (!includeContactInfo || endpoint.operation !== 'checkAccount') return;
		const contact = endpointOf(endpoint.messenger, 'getContactInfo');
		this.contacts = new MethodRun(this.state, clientOf(contact), { ...run, answered() {} });
		this.expectContacts();
	}

	/** Takes an item of the list on. */
	add(index: number, query: Query): void {
		this.checks.add(query, (outcome) => this.checked(index, query, outcome));
	}

	/** Works until every item of the instance is checked. */
	async check(): Promise<void> {
		const { endpoint, readNext } = this.options;
		try {
			await this.checks.work(workersOf(endpoint), readNext);
		} finally {
			this.checksAreDone = true;
			this.contactsChanged();
		}
	}

	/** Works until every account that `check` finds has its contact. */
	async askContacts(): Promise<void> {
		const contact = endpointOf(this.options.endpoint.messenger, 'getContactInfo');
		await this.contacts?.work(workersOf(contact), async () => await this.moreContacts());
	}

	/** What the instance's settings call its messenger, where it has refused everything as unknown. */
	async typeIfWrong(signal: AbortSignal | undefined): Promise<string | undefined> {
		const { known, hasAnswers } = this.state;
		if (known.ended?.code !== 'wrongInstance' || hasAnswers) return undefined;
		return await known.typeInstance(async () => {
			if (!known.mayCall()) return undefined;
			const request = settingsRequest(this.options.instance);
			const method = { ...request, callsPerSecond: SETTINGS_CALLS_PER_SECOND };
			const conditions = { signal, isWanted: () => true, isAlone: () => false };
			const sent = await this.options.clientOf(method).send(request, conditions);
			sent?.release();
			return sent && readTypeInstance(sent.response);
		});
	}

	wake(): void {
		this.checks.wake();
		this.contacts?.wake();
	}

	/** A first form was answered: where it says no, the other form of the number has the last word. */
	private checked(index: number, query: Query, outcome: Outcome): void {
		const other = otherFormOf(query);
		const isOpen = isFailure(outcome) ? isLengthRefused(outcome) : !existsIn(outcome);
		if (!other || !isOpen) return this.found(index, outcome);
		const both = (second: Outcome) => {
			const { known } = this.state;
			if (!isFailure(outcome) && !isFailure(second)) {
				known.remember(outcome, query);
				known.remember(second, other);
			}
			this.found(index, inBothForms(query, outcome, other, second));
		};
		this.checks.add(other, both, 'later');
	}

	/** The query for the contact of an account; undefined where none is wanted, or there is no account. */
	contactQuery(answer: Answer): Query | undefined {
		const value = this.contacts ? chatIdOf(answer) : null;
		if (value === null) return undefined;
		const endpoint = endpointOf(answer.query.endpoint.messenger, 'getContactInfo');
		return { endpoint, value, force: false };
	}

	private found(index: number, outcome: Outcome): void {
		const query = isFailure(outcome) ? undefined : this.contactQuery(outcome);
		if (!query) return this.settle(index, outcome);
		this.contacts?.add(query, (contact) => this.settle(index, { ...(outcome as Answer), contact }));
		this.contactsChanged();
	}

	private settle(index: number, outcome: Outcome): void {
		if (isFailure(outcome) && outcome.code === 'wrongInstance') this.ofWrongInstance.push(index);
		this.options.settle(index, outcome);
	}

	private async moreContacts(): Promise<boolean> {
		if (this.checksAreDone) return false;
		await this.contactsChange;
		return true;
	}

	private expectContacts(): void {
		this.contactsChange = new Promise<void>((resolve) => {
			this.contactsChanged = () => {
				this.expectContacts();
				resolve();
			};
		});
	}
}

function workersOf({ callsPerSecond }: Endpoint): number {
	return Math.min(MOST_WORKERS, callsPerSecond * SLOWEST_ANSWER_S);
}

/** Whether the service did not take the number as it is. */
function isLengthRefused(outcome: Outcome): boolean {
	return isFailure(outcome) && outcome.code === 'invalidPhoneNumber' && outcome.asked;
}

/** What both forms of a number say together: "no" only if both do. */
function inBothForms(query: Query, first: Outcome, other: Query, second: Outcome): Outcome {
	if (!isFailure(second) && existsIn(second)) return second;
	// A call was made for the item, whatever kept the second one from being made.
	if (isFailure(second) && !isLengthRefused(second)) return { ...second, asked: true };
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
