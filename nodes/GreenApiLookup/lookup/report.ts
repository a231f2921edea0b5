/** What a run has done, for people: counted while it goes on, told in a few sentences at its end. */

import type { Endpoint } from '../messengers/definition';
import { labelOf, type Failure } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';
import { duration } from './answers/text';
import { NEEDS_COUNTRY } from './phone/readings';

export class Report {
	/** Calls of this run. */
	calls = 0;
	/** Answers that earlier executions of the process have paid for. */
	reused = 0;

	private answered = 0;
	private answeredQueries = 0;
	private readonly failed = new Failures();
	private readonly withoutContact = new Failures();
	private quota: Failure | undefined;

	/** @param begunAt milliseconds of the monotonic clock */
	constructor(
		private readonly items: number,
		private readonly begunAt: number,
	) {}

	/** An item's own query got its answer by a call, whoever shares it. */
	answeredByCall(): void {
		this.answeredQueries++;
	}

	/** An item has its outcome. */
	settled(outcome: Outcome): void {
		if (isFailure(outcome)) return this.count(outcome, this.failed);
		this.answered++;
		const { contact } = outcome;
		if (contact && isFailure(contact)) this.count(contact, this.withoutContact);
	}

	private count(failure: Failure, failures: Failures): void {
		failures.add(failure);
		if (failure.total !== undefined && failure.code === 'quotaExceeded') this.quota = failure;
	}

	/** Whether something was not answered. */
	get hasFailures(): boolean {
		return this.failed.count + this.withoutContact.count > 0;
	}

	/** What the node did, for the hint under its output. @param now monotonic milliseconds */
	summary(now: number): string {
		const seconds = (now - this.begunAt) / 1000;
		const { items, calls, reused } = this;
		const shared = Math.max(0, this.answered - this.answeredQueries);
		const rate = calls > 1 && seconds >= 1 ? ` (${(calls / seconds).toFixed(1)} a second)` : '';
		return sentences(
			`${count(items, 'item')}, ${count(calls, 'call')} to GREEN-API in ${duration(seconds)}${rate}.`,
			shared > 0 &&
				`${count(shared, 'item')} needed no call of ${shared === 1 ? 'its' : 'their'} own.`,
			reused > 0 && `${count(reused, 'answer')} came from earlier executions.`,
			this.failures('Not answered'),
			this.withoutContact.summary('Contact not answered'),
			this.quota && `Quota of the month: ${this.quota.used ?? '?'} of ${this.quota.total} used.`,
		);
	}

	/** How many items failed and why, and what to do about most of them; empty where none did. */
	failures(title: string): string {
		return this.failed.summary(title);
	}
}

/** Failures by cause, and what is to be done about them. */
class Failures {
	count = 0;
	private readonly causes = new Map<string, number>();
	private readonly advice = new Map<string, number>();

	add({ code, advice }: Failure): void {
		const cause = advice === NEEDS_COUNTRY ? 'no country code' : labelOf(code);
		this.count++;
		this.causes.set(cause, (this.causes.get(cause) ?? 0) + 1);
		this.advice.set(advice, (this.advice.get(advice) ?? 0) + 1);
	}

	summary(title: string): string {
		if (this.count === 0) return '';
		const causes = [...this.causes].map(
			([cause, number]) => `${number.toLocaleString('en')} (${cause})`,
		);
		const [advice, most] = [...this.advice].reduce((one, other) =>
			other[1] > one[1] ? other : one,
		);
		return sentences(
			`${title}: ${causes.join(', ')}.`,
			most * 2 > this.count && (most === this.count ? advice : `For most of them: ${advice}`),
		);
	}
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
		'within minutes: set Checks per Minute in the options of this node. '
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
