/** What a run has done, for people: counted while it goes on, told in a few sentences at its end. */

import { definitionOf, type FailureCode } from './answers/failures';
import { isFailure, type Outcome } from './answers/response';

export class Report {
	private calls = 0;
	private answered = 0;
	private answeredQueries = 0;
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

	/** A query got its answer by a call, whoever shares it. */
	answeredByCall(): void {
		this.answeredQueries++;
	}

	/** @param items how many items share the outcome */
	settled(outcome: Outcome, items: number): void {
		if (!isFailure(outcome)) {
			this.answered += items;
			return;
		}
		this.failed.set(outcome.code, (this.failed.get(outcome.code) ?? 0) + items);
		if (outcome.total !== undefined && outcome.code === 'quotaExceeded') {
			this.quota = { used: outcome.used, total: outcome.total };
		}
	}

	/** Whether there is something to tell: more than one item, or a failure. */
	get isWorthTelling(): boolean {
		return this.items > 1 || this.failed.size > 0;
	}

	/** What the node did, for the hint under its output. */
	summary(now: number): string {
		const { items, calls } = this;
		const seconds = (now - this.begunAt) / 1000;
		const shared = this.answered - this.answeredQueries;
		const failed = [...this.failed].map(
			([code, count]) => `${count} (${definitionOf(code).label})`,
		);
		const rate = calls > 1 && seconds >= 1 ? ` (${(calls / seconds).toFixed(1)} a second)` : '';
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
