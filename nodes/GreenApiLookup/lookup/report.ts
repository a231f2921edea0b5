/** What a run has done, for people: in a few sentences at its end. */

import type { Endpoint } from '../messengers/definition';
import { labelOf, type Failure } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import { duration } from './answers/text';
import { NEEDS_COUNTRY } from './phone/readings';

/** What an item asks: first about its number in one form, then perhaps in the other; its contact. */
export type Step = 'first' | 'second' | 'contact';

/** What is counted while a run goes on. */
export class Report {
	/** Calls of this run. */
	calls = 0;
	/** Answers that earlier executions of the process have paid for. */
	reused = 0;
	/** Queries that got their answer by a call, whoever shares it. */
	readonly answered: Record<Step, number> = { first: 0, second: 0, contact: 0 };

	/** @param begunAt milliseconds of the monotonic clock */
	constructor(private readonly begunAt: number) {}

	/** What the node did, for the hint under its output. @param now monotonic milliseconds */
	summary(results: Results, now: number): string {
		const { items, answered, contacts, failed, withoutContact, quota } = results;
		const seconds = (now - this.begunAt) / 1000;
		const { calls, reused } = this;
		const { first, second } = this.answered;
		const shared = Math.max(0, answered - first);
		// From the first call to the last there is one interval less than there are calls.
		const rate = seconds >= 1 ? (calls - 1) / seconds : 0;
		const pace = rate > 0 ? ` (${rate.toFixed(1)} a second)` : '';
		return sentences(
			`${count(items, 'item')}, ${count(calls, 'call')} to GREEN-API in ${duration(seconds)}${pace}.`,
			second > 0 && `${count(second, 'call')} for the second form of a number.`,
			shared > 0 && `${count(shared, 'item')} needed no ${contacts > 0 ? 'check' : 'call'}.`,
			reused > 0 && `${count(reused, 'answer')} came from earlier executions.`,
			failed.summary('Not answered'),
			withoutContact.summary('Contact not answered'),
			quota && `Quota of the month: ${quota.used ?? '?'} of ${quota.total} used.`,
		);
	}
}

/** What became of the items of a run. */
export class Results {
	readonly items: number;
	answered = 0;
	/** Those for whose account a contact was wanted. */
	contacts = 0;
	readonly failed = new FailureCounts();
	readonly withoutContact = new FailureCounts();
	/** The failure that told the quota of the month. */
	quota: Failure | undefined;

	constructor(outcomes: ReadonlyArray<Outcome | undefined>) {
		this.items = outcomes.length;
		for (const outcome of outcomes) if (outcome) this.add(outcome);
	}

	private add(outcome: Outcome): void {
		if (isFailure(outcome)) return this.addFailure(outcome, this.failed);
		this.answered++;
		const { contact } = outcome;
		if (contact) this.contacts++;
		if (contact && isFailure(contact)) this.addFailure(contact, this.withoutContact);
	}

	private addFailure(failure: Failure, failures: FailureCounts): void {
		failures.add(failure);
		if (failure.total !== undefined && failure.code === 'quotaExceeded') this.quota = failure;
	}

	/** Whether something was not answered. */
	get hasFailures(): boolean {
		return this.failed.count + this.withoutContact.count > 0;
	}
}

/** Failures by cause, and what is to be done about them. */
class FailureCounts {
	count = 0;
	private readonly causes = new Map<string, number>();
	private readonly advice = new Map<string, number>();

	add({ code, advice }: Failure): void {
		this.count++;
		increment(this.causes, advice === NEEDS_COUNTRY ? 'no country code' : labelOf(code));
		increment(this.advice, advice);
	}

	/** How many there are and why, and what to do about most of them; empty where there are none. */
	summary(title: string): string {
		const [[advice, most] = ['', 0]] = byNumber(this.advice);
		const told = most * 2 > this.count ? advice : NEEDS_COUNTRY;
		const number = this.advice.get(told) ?? 0;
		const causes = byNumber(this.causes).map(
			([cause, of]) => `${of.toLocaleString('en')} (${cause})`,
		);
		return sentences(
			this.count > 0 && `${title}: ${causes.join(', ')}.`,
			number > 0 &&
				(number === this.count ? told : `For ${number.toLocaleString('en')} of them: ${told}`),
		);
	}
}

function increment(numbers: Map<string, number>, key: string): void {
	numbers.set(key, (numbers.get(key) ?? 0) + 1);
}

/** The entries, the highest number first. */
function byNumber(numbers: ReadonlyMap<string, number>): Array<[string, number]> {
	return [...numbers].sort(([, one], [, other]) => other - one);
}

/** Numbers of a list above which a messenger that is stricter than GREEN-API may stop answering. */
const LONG_LIST = 30;

/** What to say first where so many numbers are checked at GREEN-API's own pace; else empty. */
export function paceWarning(
	{ messenger, operation }: Endpoint,
	items: number,
	checksPerMinute: number,
): string {
	const isBounded = messenger.checksPerMinute === undefined || checksPerMinute > 0;
	if (isBounded || operation !== 'checkAccount' || items <= LONG_LIST) return '';
	return (
		`${messenger.name} may stop all answers for about 2 hours when many numbers are checked ` +
		'within minutes: set Checks per Minute in the options of this node.'
	);
}

/** The sentences that there are, one after the other. */
export function sentences(...parts: ReadonlyArray<string | false | undefined>): string {
	return parts.filter(Boolean).join(' ');
}

/** A number with its noun: "1 item", "1,000 items". */
export function count(number: number, thing: string): string {
	return `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`;
}
