/** Items of n8n: their parameters in, their rows out. */

import { NodeApiError, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';

import type { Endpoint } from '../messengers/definition';
import { settingFailure, type Failure } from '../lookup/answers/failures';
import { isFailure, type Outcome } from '../lookup/answers/response';
import { failedRowOf, rowOf, type Row, type RowShape } from '../lookup/answers/rows';
import { inSlices, type Clock } from '../lookup/environment';
import type { RunResult, Stopped } from '../lookup/runOptions';
import { readQuery, type Query } from '../lookup/query';
import { FORCE, isTool, readSetting, type ReadParameter } from './settings';

/** One item, its parameters read once. */
export interface ReadItem {
	/** Position among n8n's items. */
	readonly index: number;
	readonly input: INodeExecutionData;
	/** The parameter that the query is about, raw. */
	readonly subject: unknown;
	readonly query: Query | Failure;
}

export function readItem(
	endpoint: Endpoint,
	index: number,
	input: INodeExecutionData,
	read: ReadParameter,
): ReadItem {
	let subject: unknown = null;
	try {
		subject = endpoint.subject && read(endpoint.subject);
		const defaultCountry = endpoint.subject && read('options.defaultCountry');
		const force = readSetting(FORCE, () => read('options.force'));
		const query =
			typeof force === 'object' ? force : readQuery(endpoint, { subject, force, defaultCountry });
		return { index, input, subject, query };
	} catch (error) {
		const query = unreadable(endpoint, error instanceof Error ? error.message : '');
		return { index, input, subject, query };
	}
}

/** The failure of an item whose parameters cannot be read, because an expression in them fails. */
function unreadable({ subject }: Endpoint, why: string): Failure {
	return settingFailure(
		subject === 'chatId' ? 'invalidChatId' : 'invalidPhoneNumber',
		`The parameters of this item cannot be read: ${why || 'an expression fails'}.`,
		'Correct the expression, or the item that it reads.',
	);
}

/** What the rows of a run depend on besides their outcomes. */
export interface RowStyle extends RowShape {
	readonly endpoint: Endpoint;
	readonly node: INode;
	/** Items of the list, also those that a stopped run has not read. */
	readonly count: number;
	readonly includeInputFields: boolean;
	/** Whether a failure is that of every item. */
	readonly isShared: (failure: Failure) => boolean;
}

/**
 * The output items of a run, each paired with its input.
 * @throws NodeApiError if a failure stopped the run
 */
export async function toItems(
	items: readonly ReadItem[],
	result: RunResult,
	style: RowStyle,
	clock: Clock,
): Promise<INodeExecutionData[]> {
	if ('failure' in result) throw toApiError(result, items, style);
	const rows: INodeExecutionData[] = [];
	const endSlice = inSlices(clock);
	for (const [index, item] of items.entries()) {
		await endSlice();
		const outcome = result[index];
		if (outcome) rows.push(toItem(item, outcome, style));
	}
	return rows;
}

function toItem(item: ReadItem, outcome: Outcome, style: RowStyle): INodeExecutionData {
	const { endpoint, node } = style;
	if (!isFailure(outcome)) return withInput(item, rowOf(outcome, style), style);
	if (node.onError === 'continueErrorOutput') {
		// No other key beside `error`: n8n before 2.37 would take the row for a success. n8n itself
		// adds the fields of the input, but not its binary data.
		const { index, input } = item;
		return {
			json: { error: { ...outcome } },
			...(input.binary && { binary: input.binary }),
			pairedItem: { item: index },
		};
	}
	const { message, advice } = outcome;
	// An agent is shown the message alone.
	const error = isTool(node) ? { ...outcome, message: `${message} ${advice}` } : outcome;
	const value = isFailure(item.query) ? item.subject : item.query.value;
	return withInput(item, failedRowOf(endpoint, value, error, style), style);
}

/** The object form of pairedItem: with a plain number n8n loses the input on the error branch. */
function withInput(
	{ index, input }: ReadItem,
	row: Row,
	{ includeInputFields }: RowStyle,
): INodeExecutionData {
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

/** Built from the failure alone: an error of the HTTP client would carry the URL with the token. */
function toApiError(
	{ failure, index, answered }: Stopped,
	items: readonly ReadItem[],
	{ node, count, isShared }: RowStyle,
): NodeApiError {
	const { code, message, advice, httpStatus } = failure;
	const isOfOne = count > 1 && !isShared(failure);
	const description = isOfOne ? `${advice} ${listAdvice(index, answered)}` : advice;
	const httpCode = httpStatus === undefined ? undefined : String(httpStatus);
	// n8n names the item in the message.
	const itemIndex = isOfOne ? items[index]?.index : undefined;
	const error = new NodeApiError(node, { code }, { message, description, httpCode, itemIndex });
	// n8n puts a text of its own in place of a message that names an error like ECONNRESET.
	error.message = message;
	error.description = description;
	return error;
}

/** How to get the other items of a list through. */
function listAdvice(index: number, answered: number): string {
	const lost =
		answered === 0
			? ''
			: ` The answers of ${answered} other ${answered === 1 ? 'item is' : 'items are'} not passed on.`;
	return (
		`This is item ${index + 1} of the list.${lost} To get a row for every item, set On Error in ` +
		'the settings of this node to "Continue (using error output)".'
	);
}
