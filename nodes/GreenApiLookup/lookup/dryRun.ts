/** What a run would ask, found out without a call. */

import { isFailure, type Answer, type Outcome } from './answers/response';
import { existsIn } from './answers/rows';
import { duration } from './answers/text';
import type { Batching } from './calls/batching';
import type { InstanceRun } from './instanceRun';
import { otherFormOf, type Query } from './query';
import { count, sentences } from './report';

/** What an instance would be asked: queries by key, with the answer where that is known. */
type Plan = Map<string, { readonly query: Query; readonly answer: Answer | undefined }>;

/** Calls of one instance. */
interface Cost {
	readonly numbers: number;
	readonly known: number;
	readonly checks: number;
	/** At most: of numbers whose first form has no account. */
	readonly secondForms: number;
	/** At most: of numbers with an account. */
	readonly contacts: number;
	/** At the present pace, if all of them are asked. */
	readonly seconds: number;
}

export class DryRun {
	private readonly plans = new Map<InstanceRun, Plan>();

	/** Counts the query of an item. @returns the item's outcome: readable, and nothing asked */
	add(query: Query, instance: InstanceRun): Outcome {
		const plan: Plan = this.plans.get(instance) ?? new Map();
		this.plans.set(instance, plan);
		const key = instance.state.known.keyOf(query);
		if (!plan.has(key)) plan.set(key, { query, answer: answerTo(query, instance) });
		return { query, body: {}, at: null };
	}

	/**
	 * What the run would cost, in a few sentences.
	 * @param callsLeft calls that Max Calls still allows
	 */
	async summary(
		items: number,
		callsLeft: number,
		{ callsPerSecond }: Batching,
		endSlice: () => Promise<void>,
	): Promise<string> {
		const costs: Cost[] = [];
		for (const [instance, plan] of this.plans) costs.push(await costOf(instance, plan, endSlice));
		const sum = (field: keyof Cost) => costs.reduce((all, cost) => all + cost[field], 0);
		const [checks, secondForms, contacts] = [sum('checks'), sum('secondForms'), sum('contacts')];
		const most = checks + secondForms + contacts;
		const calls = [
			count(checks, 'check'),
			secondForms > 0 &&
				`at most ${secondForms.toLocaleString('en')} more for numbers with a second form`,
			contacts > 0 && `at most ${count(contacts, 'contact')}`,
		].filter(Boolean);
		const known = sum('known');
		const times = [most / callsPerSecond, ...costs.map(({ seconds }) => seconds)];
		const missing = most - callsLeft;
		return sentences(
			`Dry run: ${count(items, 'item')}, ${count(sum('numbers'), 'different number')}: ${calls.join(', ')}.`,
			known > 0 && `${count(known, 'answer')} ${known === 1 ? 'is' : 'are'} known.`,
			missing > 0 &&
				`Max Calls allows ${count(callsLeft, 'call')}, up to ${missing.toLocaleString('en')} too few.`,
			most > 0 && `All of it takes about ${duration(Math.max(...times))}.`,
		);
	}
}

function answerTo(query: Query, { state: { known } }: InstanceRun): Answer | undefined {
	const outcome = known.get(known.keyOf(query), query);
	return outcome && !isFailure(outcome) ? outcome : undefined;
}

async function costOf(
	instance: InstanceRun,
	plan: Plan,
	endSlice: () => Promise<void>,
): Promise<Cost> {
	const { checks, contacts, state } = instance;
	const cost = { numbers: plan.size, known: 0, checks: 0, secondForms: 0, contacts: 0 };
	const isNew = (query: Query | undefined) => query !== undefined && !answerTo(query, instance);
	for (const { query, answer } of plan.values()) {
		await endSlice();
		if (answer) cost.known++;
		else cost.checks++;
		const other = answer && existsIn(answer) ? undefined : otherFormOf(query);
		if (other && !plan.has(state.known.keyOf(other)) && isNew(other)) cost.secondForms++;
		if (answer ? isNew(instance.contactQuery(answer)) : contacts) cost.contacts++;
	}
	const seconds = Math.max(
		(cost.checks + cost.secondForms) / checks.client.callsPerSecond,
		contacts ? cost.contacts / contacts.client.callsPerSecond : 0,
	);
	return { ...cost, seconds };
}
