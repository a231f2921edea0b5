/** What a run has done, for people: counts while it goes on, and one sentence or two at its end. */

import { labelOf, type FailureCode } from './failures';
import { isFailure, type Outcome } from './outcome';

/** Where a run stands. */
export interface Progress {
	readonly items: number;
	/** Items that have their outcome. */
	readonly done: number;
	readonly calls: number;
	/** On average since the start. */
	readonly callsPerSecond: number;
	readonly secondsLeft: number | undefined;
}

export class Report {
	private done = 0;
	private calls = 0;
	private answered = 0;
	private answeredQuestions = 0;
	private readonly failed = new Map<FailureCode, number>();
	private quota: { used: number | undefined; total: number } | undefined;

	/** @param begunAt milliseconds of the monotonic clock */
	constructor(
		private readonly items: number,
		private readonly begunAt: number,
	) {}

	called(): void {
		this.calls++;
	}

	/** The outcome of a question that was asked, whoever shares it. */
	answeredByCall(outcome: Outcome): void {
		if (!isFailure(outcome)) this.answeredQuestions++;
	}

	/** @param items how many items share the outcome */
	settled(outcome: Outcome, items: number): void {
		this.done += items;
		if (!isFailure(outcome)) {
			this.answered += items;
			return;
		}
		this.failed.set(outcome.code, (this.failed.get(outcome.code) ?? 0) + items);
		if (outcome.total !== undefined && outcome.code === 'quotaExceeded') {
			this.quota = { used: outcome.used, total: outcome.total };
		}
	}

	/** Whether the instance has answered at least once. */
	get hasAnswers(): boolean {
		return this.answeredQuestions > 0;
	}

	/** Whether there is something to tell: more than one item, or a failure. */
	get isWorthTelling(): boolean {
		return this.items > 1 || this.failed.size > 0;
	}

	progress(now: number): Progress {
		const seconds = (now - this.begunAt) / 1000;
		const callsPerSecond = seconds > 0 ? this.calls / seconds : 0;
		const perItem = this.done > 0 ? seconds / this.done : undefined;
		const secondsLeft = perItem === undefined ? undefined : perItem * (this.items - this.done);
		return { items: this.items, done: this.done, calls: this.calls, callsPerSecond, secondsLeft };
	}

	/** One line for a log. */
	progressLine(now: number): string {
		const { items, done, calls, callsPerSecond, secondsLeft } = this.progress(now);
		const left = secondsLeft === undefined ? '' : `, about ${duration(secondsLeft)} left`;
		return `${done} of ${items} items done, ${calls} calls, ${callsPerSecond.toFixed(1)} a second${left}`;
	}

	/** What the node did, for the hint under its output. */
	summary(now: number): string {
		const { items, calls, callsPerSecond } = this.progress(now);
		const seconds = (now - this.begunAt) / 1000;
		const shared = this.answered - this.answeredQuestions;
		const failed = [...this.failed].map(([code, count]) => `${count} (${labelOf(code)})`);
		const rate = calls > 1 && seconds >= 1 ? ` (${callsPerSecond.toFixed(1)} a second)` : '';
		return [
			`${count(items, 'item')}, ${count(calls, 'call')} to GREEN-API in ${duration(seconds)}${rate}.`,
			...(shared > 0
				? [`${count(shared, 'item')} needed no call of ${shared === 1 ? 'its' : 'their'} own.`]
				: []),
			...(failed.length > 0 ? [`Not answered: ${failed.join(', ')}.`] : []),
			...(this.quota
				? [`Quota of the month: ${this.quota.used ?? '?'} of ${this.quota.total} used.`]
				: []),
		].join(' ');
	}
}

function count(number: number, thing: string): string {
	return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
	if (seconds < 10) return `${Math.max(0.1, seconds).toFixed(1)} s`;
	if (seconds < 100) return `${Math.round(seconds)} s`;
	return `${Math.round(seconds / 60)} min`;
}
