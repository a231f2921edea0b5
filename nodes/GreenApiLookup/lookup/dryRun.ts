/** What a run would ask, found out without a call. */

import { isFailure, type Outcome } from './answers/response';
import type { KnownOutcomes } from './knownOutcomes';
import { otherFormOf, type Query } from './query';
import { count, duration, type Report } from './report';

export class DryRun {
	/** Different queries, by key: how many calls more the other form of the number may cost. */
	private readonly queries = new Map<string, Query>();
	private readonly keys = new Set<string>();
	private known = 0;
	private secondForms = 0;

	/** Counts the query of an item. @returns the item's outcome: readable, and nothing asked */
	add(query: Query, known: KnownOutcomes): Outcome {
		const key = known.keyOf(query);
		if (!this.keys.has(key)) {
			this.keys.add(key);
			const answer = known.get(key, query);
			if (answer && !isFailure(answer)) this.known++;
			else {
				this.queries.set(key, query);
				const other = otherFormOf(query);
				if (other && !this.keys.has(known.keyOf(other))) this.secondForms++;
			}
		}
		return { query, body: {}, at: null };
	}

	/**
	 * What the run would cost, in a few sentences.
	 * @param callsPerSecond at the present pace, all instances together
	 * @param mayCall calls that Max Calls still allows
	 */
	summary(
		report: Report,
		items: number,
		{
			callsPerSecond,
			mayCall,
			contacts,
		}: { callsPerSecond: number; mayCall: number; contacts: boolean },
	): string {
		const checks = this.queries.size;
		const most = checks + this.secondForms + (contacts ? checks + this.known : 0);
		const more = [
			...(this.secondForms > 0
				? [`at most ${this.secondForms.toLocaleString('en')} more for second forms`]
				: []),
			...(contacts ? [`at most ${count(checks + this.known, 'contact')}`] : []),
		];
		return [
			`Dry run: ${count(items, 'item')}, ${count(this.keys.size, 'different number')}: ` +
				`${[count(checks, 'check'), ...more].join(', ')}.`,
			...(this.known > 0 ? [`${count(this.known, 'answer')} known already.`] : []),
			...(most > mayCall
				? [
						`Max Calls allows ${count(mayCall, 'call')}: up to ${count(most - mayCall, 'call')} too few.`,
					]
				: []),
			...(checks > 0 ? [`The checks take about ${duration(checks / callsPerSecond)}.`] : []),
			...report.failures('Cannot be asked'),
		].join(' ');
	}
}
