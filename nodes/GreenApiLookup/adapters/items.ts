/** Items of n8n: their parameters in, their rows out. */

import { NodeApiError, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';

import type { Endpoint } from '../messengers/definition';
import { settingFailure, type Failure } from '../lookup/answers/failures';
import { isFailure, type Outcome } from '../lookup/answers/response';
import { failedRowOf, rowOf, type Row, type RowShape } from '../lookup/answers/rows';
import { inSlices, type Clock } from '../lookup/environment';
import type { RunResult, Stopped } from '../lookup/runOptions';
import { readQuery, type Query } from '../lookup/query';
import { FORCE, isTool, readSetting, reasonOf, type ReadParameter } from './settings';

/** One item, its parameters read once. */
export interface ReadItem {
	/** Position among n8n's items. */
	readonly index: number;
	readonly input: INodeExecutionData;
	/** What the item asks about, raw. */
	readonly value: unknown;
	readonly query: Query | Failure;
}

/** Reads an item; a parameter whose expression fails is the failure of this item. */
export function readItem(
	endpoint: Endpoint,
	index: number,
	input: INodeExecutionData,
	read: ReadParameter,
): ReadItem {
	let value: unknown = null;
	let query: Query | Failure;
	try {
		value = endpoint.subject && read(endpoint.subject);
		const defaultCountry = endpoint.subject && read('options.defaultCountry');
		const force =
			endpoint.subject === 'phoneNumber' && readSetting(FORCE, () => read('options.force'));
		query =
			typeof force === 'object' ? force : readQuery(endpoint, { value, force, defaultCountry });
	} catch (error) {
		query = settingFailure(
			endpoint.subject === 'chatId' ? 'invalidChatId' : 'invalidPhoneNumber',
			`The parameters of this item cannot be read: ${reasonOf(error)}.`,
			'Correct the expression, or the item that it reads.',
		);
	}
	return { index, input, value, query };
}

/** What the rows of a run depend on besides their outcomes. */
export interface OutputContext extends RowShape {
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
	style: OutputContext,
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

function toItem(item: ReadItem, outcome: Outcome, style: OutputContext): INodeExecutionData {
	const { index, input } = item;
	// The object form: with a plain number n8n loses the input on the error branch.
	const pairedItem = { item: index };
	const binary = input.binary && { binary: input.binary };
	if (isFailure(outcome) && style.node.onError === 'continueErrorOutput') {
		// No other key beside `error`: n8n before 2.37 would take the row for a success. n8n itself
		// adds the fields of the input, but not its binary data.
		return { json: { error: { ...outcome } }, ...binary, pairedItem };
	}
	const row = isFailure(outcome) ? failedRow(item, outcome, style) : rowOf(outcome, style);
	if (!style.includeInputFields) return { json: row as IDataObject, pairedItem };
	const fields = { ...input.json };
	// These two would make n8n take an answered row for a failed one.
	delete fields.error;
	delete fields.details;
	return { json: { ...fields, ...row } as IDataObject, ...binary, pairedItem };
}

function failedRow({ value, query }: ReadItem, failure: Failure, style: OutputContext): Row {
	// An agent is shown the message alone.
	const message = isTool(style.node) ? `${failure.message} ${failure.advice}` : failure.message;
	const asked = isFailure(query) ? value : query.value;
	return failedRowOf(style.endpoint, asked, { ...failure, message }, style);
}

/** Built from the failure alone: an error of the HTTP client would carry the URL with the token. */
function toApiError(
	{ failure, index, answered }: Stopped,
	items: readonly ReadItem[],
	{ node, count, isShared }: OutputContext,
): NodeApiError {
	const { code, message, advice, httpStatus } = failure;
	const concernsOneItem = count > 1 && !isShared(failure);
	const description = concernsOneItem ? `${advice} ${listAdvice(index, answered)}` : advice;
	const httpCode = httpStatus === undefined ? undefined : String(httpStatus);
	// n8n names the item in the message.
	const itemIndex = concernsOneItem ? items[index]?.index : undefined;
	const error = new NodeApiError(node, { code }, { message, description, httpCode, itemIndex });
	// n8n puts a text of its own in place of a message that names an error like ECONNRESET.
	error.message = message;
	error.description = description;
	return error;
}

/** How to get the other items of a list through. */
function listAdvice(index: number, answered: number): string {
	const lost = answered > 0 ? ` The answers to ${answered} of the other items are lost.` : '';
	return (
		`This is item ${index + 1} of the list.${lost} To get a row for every item, set On Error in ` +
		`the settings of this node to "Continue (using error output)". n8n's [item ${index}] counts from 0.`
	);
}
