/** Items of n8n: their parameters in, their rows out. */

import { NodeApiError, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';

import type { Endpoint } from '../messengers/definition';
import { settingFailure, type Failure } from '../lookup/answers/failures';
import { isFailure, type Outcome } from '../lookup/answers/response';
import { failedRowOf, rowOf, type Row } from '../lookup/answers/rows';
import { inSlices, type Clock } from '../lookup/environment';
import type { RunResult } from '../lookup/lookupRun';
import { readQuery, type Query } from '../lookup/query';
import { isTool, type ReadParameter } from './settings';

/** One item, its parameters read once. */
export interface ReadItem {
	readonly index: number;
	readonly input: INodeExecutionData;
	/** The parameter that the query is about, raw. */
	readonly subject: unknown;
	readonly query: Query | Failure;
	readonly simplify: boolean;
	readonly includeInputFields: boolean;
}

export function readItem(
	endpoint: Endpoint,
	index: number,
	input: INodeExecutionData,
	read: ReadParameter,
): ReadItem {
	try {
		const options = read('options', {}) as Record<string, unknown>;
		const { defaultCountry } = options;
		const force = options.force === true;
		const subject = endpoint.subject && read(endpoint.subject);
		return {
			index,
			input,
			subject,
			query: readQuery(endpoint, { subject, force, defaultCountry }),
			simplify: read('simplify', true) === true,
			includeInputFields: options.includeInputFields === true,
		};
	} catch (error) {
		const query = unreadable(endpoint, error instanceof Error ? error.message : '');
		return { index, input, subject: null, query, simplify: true, includeInputFields: false };
	}
}

/** The failure of an item whose parameters cannot be read, because an expression in them fails. */
function unreadable({ subject }: Endpoint, why: string): Failure {
	const codes = { phoneNumber: 'invalidPhoneNumber', chatId: 'invalidChatId' } as const;
	return settingFailure(
		subject === null ? 'badRequest' : codes[subject],
		`The parameters of this item cannot be read: ${why || 'an expression fails'}.`,
		'Correct the expression, or the item that it reads.',
	);
}

/**
 * The output items of a run, each paired with its input.
 * @throws NodeApiError if a failure stopped the run
 */
export async function toItems(
	endpoint: Endpoint,
	items: readonly ReadItem[],
	result: RunResult,
	node: INode,
	clock: Clock,
): Promise<INodeExecutionData[]> {
	if ('failure' in result) {
		const { failure, index, answered } = result;
		const advice = stoppedAdvice(failure, index, items.length, answered);
		throw toApiError(failure, advice, node, items[index]?.index);
	}
	const rows: INodeExecutionData[] = [];
	const endSlice = inSlices(clock);
	for (const [index, item] of items.entries()) {
		await endSlice();
		const outcome = result[index];
		if (outcome) rows.push(toItem(endpoint, item, outcome, node));
	}
	return rows;
}

function toItem(
	endpoint: Endpoint,
	item: ReadItem,
	outcome: Outcome,
	node: INode,
): INodeExecutionData {
	const { index, subject, simplify } = item;
	if (!isFailure(outcome)) return withInput(item, rowOf(outcome, simplify));
	if (node.onError === 'continueErrorOutput') {
		// No other key beside `error`: n8n before 2.37 would take the row for a success.
		return { json: { error: { ...outcome } }, pairedItem: { item: index } };
	}
	const { message, advice } = outcome;
	// An agent is shown the message alone.
	const error = isTool(node) ? { ...outcome, message: `${message} ${advice}` } : outcome;
	return withInput(item, failedRowOf(endpoint, subject, error));
}

/** The object form of pairedItem: with a plain number n8n loses the input on the error branch. */
function withInput({ index, input, includeInputFields }: ReadItem, row: Row): INodeExecutionData {
	const pairedItem = { item: index };
	if (!includeInputFields) return { json: row as IDataObject, pairedItem };
	const fields = { ...input.json };
	// These two would make n8n take an answered row for a failed one.
	delete fields.error;
	delete fields.details;
	return {
		json: { ...fields, ...row } as IDataObject,
		...(input.binary && { binary: input.binary }),
		pairedItem,
	};
}

/** What to do about a list that stopped: about the failure, and to get the other items through. */
function stoppedAdvice(
	{ advice }: Failure,
	index: number,
	total: number,
	answered: number,
): string {
	if (total === 1) return advice;
	const lost =
		answered === 0
			? 'No item is passed on.'
			: answered === 1
				? 'The answer of 1 other item is not passed on.'
				: `The answers of ${answered} other items are not passed on.`;
	return (
		`${advice} This is item ${index + 1} of ${total}. ${lost} To get a row for every item, set ` +
		'On Error in the settings of this node to "Continue (using error output)".'
	);
}

/** Built from the failure alone: an error of the HTTP client would carry the URL with the token. */
function toApiError(
	{ code, message, httpStatus }: Failure,
	description: string,
	node: INode,
	itemIndex: number | undefined,
): NodeApiError {
	const httpCode = httpStatus === undefined ? undefined : String(httpStatus);
	const details = { message, description, httpCode, itemIndex };
	const error = new NodeApiError(node, { code }, details);
	// n8n puts a text of its own in place of a message that names an error like ECONNRESET.
	error.message = message;
	error.description = description;
	return error;
}
